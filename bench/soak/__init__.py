"""The soak: hundreds of calls of every kind, with faults, after which the log must say what the simulator says."""
