"""Who writes next in SQLite, of the threads of one process: in the order in which they asked.

SQLite has one writer at a time, and whoever finds it taken looks again every tenth of a second
(https://sqlite.org/c3ref/busy_timeout.html): among many, somebody may be passed over for seconds, and a caller's
webhook has but a few. Here the next one is woken in the moment in which the one before is done. Other processes are
waited for as ever.
"""

from __future__ import annotations

import os
import threading
from collections import deque


class Turns:
    """Of one database file. Each thread has one turn at the most."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_taken = False
        self._waiting: deque[threading.Lock] = deque()

    def take(self, seconds: float) -> bool:
        """Waits for it. False when it did not come in time: then SQLite's own lock must do."""
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=seconds):
            return True
        with self._lock:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
        # It came in that very moment.
        return True

    def give(self) -> None:
        """To the one who has waited for longest."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False


_turns: dict[str, Turns] = {}
# A child has none of the threads that wait.
os.register_at_fork(after_in_child=_turns.clear)


def turns_of(database: str) -> Turns | None:
    """None for a database in memory, which nobody else writes."""
    if database == ":memory:" or database.startswith("file:"):
        return None
    return _turns.setdefault(database, Turns())
