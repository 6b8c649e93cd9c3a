"""The supervisors' board: who waits, who works, and how the day has gone, by team and by line. docs/board.md."""
