"""What agents do to calls."""
