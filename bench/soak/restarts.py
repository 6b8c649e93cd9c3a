"""Kills web and worker at moments that the seed says, and starts them again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from bench.soak.house import House

#: Callers who ring while nothing is there. More would only hear the same.
BRAVE = 3


class Restarts:
    """`times` kills, spread over a load of `calls` calls."""

    def __init__(self, house: House, seed: int, times: int, calls: int) -> None:
        rng = random.Random(seed + 1)
        self._house = house
        span = calls / (times + 1)
        self._moments = [(round(span * (turn + rng.uniform(0.5, 1.0))), rng.uniform(0, 0.6)) for turn in range(times)]
        self._up = asyncio.Event()
        self._up.set()
        self._brave = 0
        self.done = 0

    async def run(self, calls_done: Callable[[], int]) -> None:
        for after, pause in self._moments:
            while calls_done() < after:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            await asyncio.sleep(pause)
            await self._restart()

    async def _restart(self) -> None:
        self._up.clear()
        self._brave = BRAVE
        try:
            await asyncio.to_thread(self._house.kill_product)
            await asyncio.to_thread(self._house.start_product)
        finally:
            self._up.set()
        self.done += 1

    async def gate(self) -> None:
        """Holds new calls back while nothing is there to take them, but for a few."""
        if not self._up.is_set() and self._brave:
            self._brave -= 1
            return
        await self._up.wait()

    async def finish(self) -> None:
        """Waits until what was killed is there again."""
        await self._up.wait()
