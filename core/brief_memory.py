"""Something small that is read over and over, and may be some seconds old."""

from __future__ import annotations

from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")


class BriefMemory(Generic[T]):
    """What was read last, for some seconds, in this process.

    known, turn = memory.known(), memory.turn()
    if known is None:
        known = …
        memory.put(known, turn)
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = Lock()
        self._until = 0.0
        self._value: T | None = None
        self._turn = 0

    def known(self) -> T | None:
        """None: to be read."""
        with self._lock:
            return self._value if monotonic() < self._until else None

    def turn(self) -> int:
        """Rises with each change. To be asked before reading."""
        return self._turn

    def put(self, value: T, turn: int) -> None:
        with self._lock:
            # What was read before a change is not kept after it.
            if turn == self._turn:
                self._value, self._until = value, monotonic() + self._seconds

    def forget(self) -> None:
        """After a change: whoever asks next reads anew."""
        with self._lock:
            self._until = 0.0
            self._turn += 1
