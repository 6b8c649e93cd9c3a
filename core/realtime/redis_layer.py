"""How pushes travel between processes: over Redis's publish and subscribe. Why not channels_redis: decision 8."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from channels.layers import BaseChannelLayer

from core.realtime.channel_layer import Frames, Listener, Message, require_message
from core.realtime.redis_hub import Hub, Publisher


class RedisChannelLayer(BaseChannelLayer):
    """An ordinary Channels layer, with `listen` as in `core.realtime.channel_layer`.

    An event loop that receives has a `Hub`; one that only sends, such as a task's, connects for each message.
    """

    extensions = ["groups", "flush"]

    def __init__(self, url: str, prefix: str = "channels", after_loss: Message | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._url, self._prefix, self._after_loss = url, prefix, after_loss
        self._hubs: dict[asyncio.AbstractEventLoop, Hub] = {}

    def _hub(self) -> Hub:
        """Where this event loop's consumers are."""
        loop = asyncio.get_running_loop()
        if loop not in self._hubs:
            self._hubs = {other: hub for other, hub in self._hubs.items() if not other.is_closed()}
            self._hubs[loop] = Hub(self._url, self._prefix, self.capacity, self._after_loss)
        return self._hubs[loop]

    async def new_channel(self, prefix: str = "specific") -> str:
        hub = self._hub()
        await hub.subscribe(hub.own_name)
        return hub.members.new_channel(f"{prefix.rstrip('.')}.{hub.place}")

    async def receive(self, channel: str) -> Message:
        self.require_valid_channel_name(channel)
        hub = self._hub()
        if "!" not in channel:
            hub.shared.add(self._channel_name(channel))
            await hub.subscribe(self._channel_name(channel))
        return await hub.members.receive(channel)

    async def send(self, channel: str, message: Message) -> None:
        require_message(message)
        self.require_valid_channel_name(channel)
        await self._publish([(self._channel_name(channel), [channel, message])])

    def _channel_name(self, channel: str) -> str:
        """Redis's name for it: one for all the consumers that a `Hub` serves."""
        place = channel.partition("!")[0].rpartition(".")[2] if "!" in channel else channel
        return f"{self._prefix}.channel.{place}"

    def _group_name(self, group: str) -> str:
        return f"{self._prefix}.group.{group}"

    async def group_add(self, group: str, channel: str) -> None:
        self.require_valid_group_name(group)
        self.require_valid_channel_name(channel)
        hub = self._hub()
        hub.members.join(group, channel)
        await hub.subscribe(self._group_name(group))

    async def group_discard(self, group: str, channel: str) -> None:
        self.require_valid_group_name(group)
        self.require_valid_channel_name(channel)
        hub = self._hub()
        hub.members.leave(group, channel)
        await hub.unsubscribe([self._group_name(group)])

    async def group_send(self, group: str, message: Message) -> None:
        require_message(message)
        self.require_valid_group_name(group)
        await self._publish([(self._group_name(group), message)])

    async def group_send_many(self, frames: Frames) -> None:
        """All in one round trip. For an event loop that stays, such as a server's."""
        self._hub()
        await self._publish([(self._group_name(group), message) for group, message in frames])

    async def _publish(self, messages: list[tuple[str, Any]]) -> None:
        """Raises `RedisError`, `OSError` or `TimeoutError` when Redis is away."""
        hub = self._hubs.get(asyncio.get_running_loop())
        if hub is not None:
            await hub.publisher.publish(messages)
            return
        publisher = Publisher(self._url)
        try:
            await publisher.publish(messages)
        finally:
            await publisher.close()

    async def flush(self) -> None:
        hub = self._hubs.pop(asyncio.get_running_loop(), None)
        if hub is not None:
            await hub.close()

    def listen(self, channel: str, listener: Listener) -> None:
        self._hub().members.listeners[channel] = listener

    async def forget(self, channel: str) -> None:
        """Ends all that a channel had: its consumer is gone."""
        hub = self._hub()
        await hub.unsubscribe([self._group_name(group) for group in hub.members.forget(channel)])

    def remind(self, channel: str, message: Message) -> None:
        """Puts a message where a consumer of this event loop listens, if it still does; Redis is not needed for it."""
        self._hub().members.remind(channel, message)

    async def group_send_here(self, frames: Frames) -> None:
        """To those of the groups whose consumers are in this event loop."""
        await self._hub().members.put_to_groups(frames)

    def heard_here(self) -> Callable[[str], bool]:
        """Says of a group whether it has consumers in this event loop; may be asked in any thread."""
        return self._hub().members.is_heard
