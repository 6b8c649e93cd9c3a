"""Found by Django as the backend `config.sqlite`."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Sees to the files' modes before each connection."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        database = str(conn_params["database"])
        if database != ":memory:" and not database.startswith("file:"):
            keep_private(database)
        return super().get_new_connection(conn_params)


def keep_private(database: str) -> None:
    """0600 for the file and those beside it. Makes the file when there is none: its log gets its mode from SQLite."""
    # Never opened when it is there: closing it would take the locks away that SQLite holds in this process
    # (https://sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
    with suppress(OSError):
        os.close(os.open(database, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    for path in (database, f"{database}-wal", f"{database}-shm", f"{database}-journal"):
        # Not there, or somebody else's.
        with suppress(OSError):
            if os.stat(path).st_mode & 0o077:
                os.chmod(path, 0o600)
