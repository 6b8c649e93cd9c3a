"""Calls while they live: their legs, whom they ring, and what open desks are told."""
