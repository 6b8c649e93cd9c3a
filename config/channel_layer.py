"""Pushes inside one process, from any of its threads."""

from __future__ import annotations

import asyncio
from typing import Any

from channels.layers import InMemoryChannelLayer


class ProcessChannelLayer(InMemoryChannelLayer):
    """Channels' in-memory layer, which belongs to one event loop, made safe to be used from a worker's threads.

    The loop of the first socket is the home of all queues; a send from elsewhere is handed over to it.
    """

    _home: asyncio.AbstractEventLoop | None = None

    async def receive(self, channel: str) -> dict[str, Any]:
        if self._home is None or self._home.is_closed():
            self._home = asyncio.get_running_loop()
        message: dict[str, Any] = await super().receive(channel)
        return message

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        home = self._home
        if home is None or home is asyncio.get_running_loop() or not home.is_running():
            await super().group_send(group, message)
            return
        handed_over = asyncio.run_coroutine_threadsafe(super().group_send(group, message), home)
        await asyncio.wrap_future(handed_over)
