"""SQLite's write-ahead log is emptied beside the callers, not by one of their commits.

A commit that finds the log long copies it into the database and waits for the disk: one in forty took twice as long as
the others. So commits do that only when the log has grown far beyond what it should (`wal_autocheckpoint` in the
settings), and the web server does it before, in a thread. SQLite lets others read and write meanwhile
(https://sqlite.org/wal.html#ckpt).
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from django.db import connection

logger = logging.getLogger(__name__)

# Seconds between two looks.
_PAUSE = 0.5
# Nanoseconds. When a file was written is known as exactly as the kernel's clock ticks, at most.
_TICK = 20_000_000


async def checkpoint_forever() -> None:
    """The web server's own look at its log. Other databases see to theirs themselves."""
    if connection.vendor == "sqlite":
        await _watch(str(connection.settings_dict["NAME"]))


async def _watch(database: str) -> None:
    log = Path(f"{database}-wal")
    seen = None
    while True:
        await asyncio.sleep(_PAUSE)
        written = _written_at(log)
        if written is not None and written != seen:
            # What is written in the same tick has the same time.
            seen = written if time.time_ns() - written > _TICK else None
            await asyncio.to_thread(checkpoint, database)


def _written_at(log: Path) -> int | None:
    try:
        return log.stat().st_mtime_ns
    except OSError:
        return None


def checkpoint(database: str) -> int:
    """Copies what is in the log into the database; returns how many pages stay for the next time.

    Waits for nobody: what somebody reads or writes just now stays.
    """
    try:
        with closing(sqlite3.connect(database)) as own:
            _, pages, copied = own.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    except sqlite3.Error as error:
        # Whoever commits does it then.
        logger.warning("SQLite's log could not be written into the database: %s", error)
        return 0
    return int(pages - copied)
