"""Kills web and worker at moments that the seed says, and starts them again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from bench.soak.house import House


class Restarts:
    """`times` kills, spread over a load of `calls` calls."""

    def __init__(self, house: House, seed: int, times: int, calls: int) -> None:
        rng = random.Random(seed + 1)
        self._house = house
        span = calls / (times + 1)
        self._moments = [(round(span * (turn + rng.uniform(0.5, 1.0))), rng.uniform(0, 0.4)) for turn in range(times)]
        self.done = 0

    async def run(self, calls_done: Callable[[], int]) -> None:
        for after, pause in self._moments:
            while calls_done() < after:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            await asyncio.sleep(pause)
            await asyncio.to_thread(self._house.kill_product)
            await asyncio.to_thread(self._house.start_product)
            self.done += 1
