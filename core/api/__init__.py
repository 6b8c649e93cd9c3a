"""What REST endpoints of every app share."""
