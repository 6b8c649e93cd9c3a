"""Reading the call log."""
