"""Threads for work that must not take the others'."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any


class QueueFull(Exception):
    """As many wait as may."""


class BoundedPool:
    """A few threads, before which only so many wait. Used from one event loop."""

    def __init__(self, threads: int, waiting: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._most = threads + waiting
        self._inside = 0

    async def run(self, work: Callable[..., Any], *args: Any) -> Any:
        """What `work` returns. Raises `QueueFull` at once when too many wait already."""
        if self._inside >= self._most:
            raise QueueFull
        self._inside += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, copy_context().run, work, *args)
        finally:
            self._inside -= 1
