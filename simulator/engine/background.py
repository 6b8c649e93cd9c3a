"""Work that goes on beside everything else, and its orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from typing import Any

from simulator.inspector import Inspector

log = logging.getLogger(__name__)

#: Seconds that ending tasks are given.
GRACE = 5.0


class Background:
    """Tasks that are held until they are done. A failure is logged and shown in the inspector."""

    def __init__(self, inspector: Inspector) -> None:
        self._inspector = inspector
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("The simulator failed", exc_info=error)
            self._inspector.warn(None, f"The simulator failed: {error!r}", level="error")

    async def cancel_all(self) -> None:
        """Ends every task, and those that they begin while ending."""
        while tasks := self._tasks - {asyncio.current_task()}:
            for task in tasks:
                task.cancel()
            _, late = await asyncio.wait(tasks, timeout=GRACE)
            if late:
                log.warning("%d tasks do not end", len(late))
                return

    async def settle(self) -> None:
        """Waits for every task, but not longer than a grace."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                while tasks := self._tasks - {asyncio.current_task()}:
                    await asyncio.wait(tasks)
