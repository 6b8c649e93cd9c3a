"""What the account has used, day by day, what it costs, and who is told when it is much."""
