"""How pushes travel inside one process. `core.realtime.redis_layer` takes them across processes.

Both are ordinary Channels layers. Besides, a consumer may `listen` at its channel: it is handed each message at once,
without a queue and the tasks around it, and the same message as all other members of a group.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any, Protocol, TypeAlias

from channels.exceptions import ChannelFull
from channels.layers import BaseChannelLayer

logger = logging.getLogger(__name__)

Message: TypeAlias = dict[str, Any]
Frames: TypeAlias = Iterable[tuple[str, Message]]  # group, message

# Five hundred changes that five hundred desks are told of take more than a second, in which no webhook was answered.
_AT_A_STRETCH_SECONDS = 0.005


class Stretch:
    """Long work in an event loop, which lets others have their turn now and then."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    async def give_way(self) -> None:
        """To be called between two pieces of the work."""
        if time.monotonic() - self._began >= _AT_A_STRETCH_SECONDS:
            await asyncio.sleep(0)
            self._began = time.monotonic()


class Listener(Protocol):
    def on_group_message(self, message: Message) -> Message | None:
        """Takes a message, which belongs to others, too, and must not be changed. Returns what is to wait in the queue.

        It does not block, and lets no more wait than it can take.
        """

    def missed(self) -> None:
        """Messages may have been lost before the next one."""


class Members:
    """The channels of one event loop, and which groups they are in."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._queues: dict[str, asyncio.Queue[Message]] = {}
        self.listeners: dict[str, Listener] = {}
        self.groups: dict[str, dict[str, None]] = {}

    def new_channel(self, prefix: str) -> str:
        channel = f"{prefix}!{secrets.token_hex(12)}"
        self._queues[channel] = asyncio.Queue()
        return channel

    def join(self, group: str, channel: str) -> None:
        self.groups.setdefault(group, {})[channel] = None

    def leave(self, group: str, channel: str) -> None:
        members = self.groups.get(group, {})
        members.pop(channel, None)
        if not members:
            self.groups.pop(group, None)

    def is_heard(self, group: str) -> bool:
        """May be asked in any thread."""
        return group in self.groups

    def forget(self, channel: str) -> list[str]:
        """Says which groups it was in."""
        self.listeners.pop(channel, None)
        self._queues.pop(channel, None)
        left = [group for group, members in self.groups.items() if channel in members]
        for group in left:
            self.leave(group, channel)
        return left

    async def receive(self, channel: str) -> Message:
        queue = self._queues.setdefault(channel, asyncio.Queue())
        try:
            return await queue.get()
        except asyncio.CancelledError:
            # Channels never says that a consumer is gone. It stops to receive.
            if "!" in channel:
                self._queues.pop(channel, None)
            raise

    def put(self, channel: str, message: Message) -> None:
        """Raises `ChannelFull`."""
        listener = self.listeners.get(channel)
        if listener is not None:
            left = listener.on_group_message(message)
            if left is not None:
                self._queues.setdefault(channel, asyncio.Queue()).put_nowait(left)
            return
        queue = self._queues.get(channel)
        if queue is None:
            if "!" in channel:
                return
            queue = self._queues[channel] = asyncio.Queue()
        if queue.qsize() >= self._capacity:
            raise ChannelFull(channel)
        queue.put_nowait(deepcopy(message))

    def remind(self, channel: str, message: Message) -> None:
        """As `put`, for a listener that may be gone by now."""
        if channel in self.listeners:
            self.put(channel, message)

    def put_to_group(self, group: str, message: Message) -> None:
        for channel in tuple(self.groups.get(group, ())):
            try:
                self.put(channel, message)
            except ChannelFull:
                pass
            except Exception:
                logger.exception("a message could not be handed to one of its group")

    async def put_to_groups(self, frames: Frames) -> None:
        stretch = Stretch()
        for group, message in frames:
            self.put_to_group(group, message)
            await stretch.give_way()


class ProcessChannelLayer(BaseChannelLayer):
    """For one process: a task's thread may send as well.

    The loop of the first socket is the home of all channels; a send from elsewhere is handed over to it.
    """

    extensions = ["groups", "flush"]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._members = Members(self.capacity)
        self._home: asyncio.AbstractEventLoop | None = None

    def _settle(self) -> Members:
        if self._home is None or not self._home.is_running():
            self._home = asyncio.get_running_loop()
        return self._members

    async def new_channel(self, prefix: str = "specific") -> str:
        return self._members.new_channel(f"{prefix.rstrip('.')}.process")

    async def receive(self, channel: str) -> Message:
        self.require_valid_channel_name(channel)
        return await self._settle().receive(channel)

    async def send(self, channel: str, message: Message) -> None:
        require_message(message)
        self.require_valid_channel_name(channel)
        await self._at_home(self._members.put, channel, message)

    async def group_add(self, group: str, channel: str) -> None:
        self.require_valid_group_name(group)
        self.require_valid_channel_name(channel)
        self._settle().join(group, channel)

    async def group_discard(self, group: str, channel: str) -> None:
        self.require_valid_group_name(group)
        self.require_valid_channel_name(channel)
        self._members.leave(group, channel)

    async def group_send(self, group: str, message: Message) -> None:
        require_message(message)
        self.require_valid_group_name(group)
        await self._at_home(self._members.put_to_group, group, message)

    async def _at_home(self, do: Any, *arguments: Any) -> None:
        home = self._home
        if home is None or home is asyncio.get_running_loop() or not home.is_running():
            do(*arguments)
            return

        async def there() -> None:
            do(*arguments)

        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(there(), home))

    async def group_send_many(self, frames: Frames) -> None:
        stretch = Stretch()
        for group, message in frames:
            await self.group_send(group, message)
            await stretch.give_way()

    async def flush(self) -> None:
        self._members = Members(self.capacity)

    def listen(self, channel: str, listener: Listener) -> None:
        self._settle().listeners[channel] = listener

    async def forget(self, channel: str) -> None:
        """Ends all that a channel had: its consumer is gone."""
        self._members.forget(channel)

    def remind(self, channel: str, message: Message) -> None:
        """Puts a message where a consumer of this event loop listens, if it still does."""
        self._members.remind(channel, message)

    async def group_send_here(self, frames: Frames) -> None:
        """To those of the groups whose consumers are in this event loop."""
        await self._members.put_to_groups(frames)

    def heard_here(self) -> Callable[[str], bool]:
        """Says of a group whether it has consumers in this event loop; may be asked in any thread."""
        return self._settle().is_heard


def require_message(message: Message) -> None:
    if not isinstance(message, dict):
        raise TypeError("A message is a dict.")
