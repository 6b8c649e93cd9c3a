"""SQL that runs with every webhook: prepared, sent several statements at a time, and done for many at once."""
