"""TwiML: what of it the simulator knows, and reading it."""
