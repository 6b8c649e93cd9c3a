"""Who waits in which team's queue: shown, told to desks, and taken out of it by hand."""
