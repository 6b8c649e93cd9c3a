"""The web process: how requests travel in it, and its chores."""
