"""The agent's desk: its page, its socket, and how both are let in."""
