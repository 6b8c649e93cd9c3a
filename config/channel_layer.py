"""How pushes travel: inside one process, or across Redis. Both send what is at hand in one go."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from channels.layers import InMemoryChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer
from redis.asyncio import Redis

Frames = Iterable[tuple[str, dict[str, Any]]]  # group, message


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

    async def group_send_many(self, frames: Frames) -> None:
        for group, message in frames:
            await self.group_send(group, message)


class PubSubChannelLayer(RedisPubSubChannelLayer):  # type: ignore[misc]
    """Channels' layer over Redis, which sends one message with each round trip. Here, all that wait go in one.

    A server's event loop alone may use `group_send_many`.
    """

    _publisher: Redis | None = None

    async def group_send_many(self, frames: Frames) -> None:
        prefix = self._kwargs["prefix"]
        async with self._connection().pipeline(transaction=False) as pipe:
            for group, message in frames:
                pipe.publish(f"{prefix}__group__{group}", self.serialize(message))
            await pipe.execute()

    def _connection(self) -> Redis:
        if self._publisher is None:
            self._publisher = Redis.from_url(self._kwargs["hosts"][0]["address"])
        return self._publisher
