"""Django's SQLite, whose files nobody else on the machine may read: they hold numbers, notes and sessions."""
