"""What is kept of one person: found, handed over, erased."""
