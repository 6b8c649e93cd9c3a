"""What a telephone hears. It costs nothing while nobody wants to know."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.voice.audio.buffer import SILENT_FRAME
from simulator.voice.track import FRAME_SECONDS, MOST_LATENESS_SECONDS

if TYPE_CHECKING:
    from simulator.ports import AudioSource, Frame
    from simulator.voice.tasks import Tasks

Tap = Callable[["Frame"], None]


class Ear:
    """Reads its source while there are taps, and gives each frame to all of them."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._taps: list[Tap] = []
        self._source: AudioSource | None = None
        self._read_until = 0.0
        self._pump: asyncio.Task[None] | None = None

    def hear(self, source: AudioSource | None) -> None:
        self._source = source
        self._read_until = asyncio.get_running_loop().time() if source is not None else 0.0

    def tap(self, tap: Tap) -> None:
        """From now on `tap` is called with every frame that is heard, fifty times a second."""
        self._taps.append(tap)
        if self._pump is None:
            self._pump = self._tasks.spawn(self._run())

    def untap(self, tap: Tap) -> None:
        if tap in self._taps:
            self._taps.remove(tap)
        if not self._taps and self._pump is not None:
            self._pump.cancel()
            self._pump = None

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        self._skip(loop.time())
        due = loop.time()
        while True:
            frame = SILENT_FRAME if self._source is None else self._source.read()
            self._read_until = loop.time()
            for tap in list(self._taps):
                tap(frame)
            due = max(due + FRAME_SECONDS, loop.time() - MOST_LATENESS_SECONDS)
            await asyncio.sleep(due - loop.time())

    def _skip(self, now: float) -> None:
        """Passes over what was said while nobody listened: a sentence does not wait for its hearer."""
        if self._source is None or self._source.duration is None:
            return
        missed = min(now - self._read_until, self._source.duration)
        for _ in range(int(missed / FRAME_SECONDS)):
            self._source.read()
