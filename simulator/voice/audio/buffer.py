"""Sound between those who make it and those who read it, each at a clock of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakSet

import numpy as np

from simulator.ports import FRAME_SAMPLES, SAMPLE_RATE

if TYPE_CHECKING:
    from simulator.ports import Frame

SILENT_FRAME: Frame = np.zeros(FRAME_SAMPLES, dtype=np.int16)
SILENT_FRAME.setflags(write=False)

MOST_SAMPLES = SAMPLE_RATE // 5
#: So much must be there before a reader starts, at first and after it ran dry: it covers the jitter of two clocks.
START_SAMPLES = 2 * FRAME_SAMPLES


class Reader:
    """Samples pushed by one side and read by the other, 200 ms at most: what is too old is dropped."""

    duration: float | None = None

    def __init__(self) -> None:
        self._waiting: Frame = SILENT_FRAME[:0]
        self._started = False

    def push(self, samples: Frame) -> None:
        self._waiting = np.concatenate((self._waiting, samples))[-MOST_SAMPLES:]
        if len(self._waiting) >= START_SAMPLES:
            self._started = True

    def read(self) -> Frame:
        if not self._started or len(self._waiting) < FRAME_SAMPLES:
            self._started = False
            return SILENT_FRAME
        frame, self._waiting = self._waiting[:FRAME_SAMPLES], self._waiting[FRAME_SAMPLES:]
        return frame


class Outlet:
    """Gives what one party says to everybody who listens. A reader that nobody holds any more leaves by itself."""

    def __init__(self) -> None:
        self._readers: WeakSet[Reader] = WeakSet()

    def open(self) -> Reader:
        reader = Reader()
        self._readers.add(reader)
        return reader

    def push(self, samples: Frame) -> None:
        for reader in self._readers:
            reader.push(samples)

    def __len__(self) -> int:
        return len(self._readers)
