"""What `config.redis_layer` has in an event loop: one connection that listens for all of its consumers, one to send."""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
from typing import Any

import msgpack  # type: ignore[import-untyped]
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from config.channel_layer import Members, Message

logger = logging.getLogger(__name__)

AWAY = (RedisError, OSError, TimeoutError)
_CONNECT_SECONDS = _ANSWER_SECONDS = 5.0
# So often we look whether Redis is still there: a connection whose other end vanished stays silent for ever.
_LOOK_SECONDS = 20.0
_BETWEEN_SECONDS = 0.01
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 5.0


def _client(url: str, **options: Any) -> Redis:
    # redis-py's own time-out would close connections that are quiet for five seconds.
    return Redis.from_url(url, socket_timeout=None, socket_connect_timeout=_CONNECT_SECONDS, **options)


class Publisher:
    def __init__(self, url: str) -> None:
        self._redis = _client(url, retry=Retry(NoBackoff(), 1))

    async def publish(self, messages: list[tuple[str, Any]]) -> None:
        """Sends to channels of Redis, in this order. Raises one of `AWAY`."""
        async with asyncio.timeout(_ANSWER_SECONDS):
            if len(messages) == 1:
                [(name, message)] = messages
                await self._redis.publish(name, msgpack.packb(message))
                return
            async with self._redis.pipeline(transaction=False) as pipe:
                for name, message in messages:
                    pipe.publish(name, msgpack.packb(message))
                await pipe.execute()

    async def close(self) -> None:
        await self._redis.aclose()


class Hub:
    """When its connection was lost, it comes back by itself, and all who `listen` are told so: they may have
    missed something.

    Whoever joins a group while Redis is away is let in, too: they get what is sent once it is back.
    """

    def __init__(self, url: str, prefix: str, capacity: int, after_loss: Message | None) -> None:
        self.place = secrets.token_hex(8)
        self._channels, self._groups = f"{prefix}.channel.", f"{prefix}.group."
        self.own_name = self._channels + self.place
        # Redis's names for channels that belong to nobody in particular.
        self.shared: set[str] = set()
        self.members = Members(capacity)
        self._after_loss = after_loss
        self.publisher = Publisher(url)
        # Lost connections must be seen, so nothing may be tried again behind our back.
        self._redis = _client(url, retry=Retry(NoBackoff(), 0))
        self._pubsub: PubSub | None = None
        self._confirmed: dict[str, asyncio.Future[None]] = {}
        self._lock = asyncio.Lock()
        self._tried = asyncio.Event()
        self._lost = self._alive = False
        self._last = ""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])

    # --- Which names Redis tells us about ---------------------------------------------------------------------------

    def _wanted(self) -> list[str]:
        return [self.own_name, *self.shared, *(self._groups + group for group in self.members.groups)]

    async def subscribe(self, name: str) -> None:
        """Returns once all that is sent from now on will come; while Redis is away, at once."""
        await self._tried.wait()
        confirmed = self._confirmed.get(name)
        if confirmed is None:
            async with self._lock:
                if self._pubsub is None:
                    return
                confirmed = self._confirmed.get(name) or asyncio.get_running_loop().create_future()
                if name not in self._confirmed:
                    self._confirmed[name] = confirmed
                    try:
                        await self._pubsub.subscribe(name)
                    except AWAY:
                        # Whoever reads from this connection notices, too, and sees to it.
                        return
        if not confirmed.done():
            await asyncio.wait([confirmed], timeout=_ANSWER_SECONDS)

    async def unsubscribe(self, names: list[str]) -> None:
        """Of these, from the ones that nobody is interested in any more."""
        async with self._lock:
            if self._pubsub is None:
                return
            wanted = {name for name in names if name.removeprefix(self._groups) in self.members.groups}
            gone = [name for name in names if name in self._confirmed and name not in wanted]
            for name in gone:
                del self._confirmed[name]
            if gone:
                try:
                    await self._pubsub.unsubscribe(*gone)
                except AWAY:
                    return

    # --- The connection that listens --------------------------------------------------------------------------------

    async def _run(self) -> None:
        wait = _FIRST_WAIT
        try:
            while True:
                try:
                    await self._listen()
                except ExceptionGroup as group:
                    logger.warning("The connection to Redis was lost (%s).", type(group.exceptions[0]).__name__)
                    wait = _FIRST_WAIT
                except AWAY as error:
                    logger.warning("Redis does not answer (%s).", type(error).__name__)
                self._lost = True
                await asyncio.sleep(wait * random.uniform(0.5, 1))  # noqa: S311
                wait = min(wait * 2, _LONGEST_WAIT)
        finally:
            await self._redis.aclose()
            await self.publisher.close()

    async def _listen(self) -> None:
        """Until the connection is lost. Raises one of `AWAY` when there is none, else a group of exceptions."""
        pubsub = self._redis.pubsub()
        try:
            try:
                async with self._lock:
                    names = self._wanted()
                    async with asyncio.timeout(_CONNECT_SECONDS):
                        await pubsub.subscribe(*names)
                    loop = asyncio.get_running_loop()
                    self._confirmed = {name: loop.create_future() for name in names}
                    self._pubsub, self._last = pubsub, names[-1]
            finally:
                self._tried.set()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read(pubsub))
                tasks.create_task(self._look(pubsub))
        finally:
            self._pubsub = None
            for confirmed in self._confirmed.values():
                if not confirmed.done():
                    confirmed.set_result(None)
            self._confirmed = {}
            await pubsub.aclose()  # type: ignore[no-untyped-call]

    async def _look(self, pubsub: PubSub) -> None:
        while True:
            self._alive = False
            await pubsub.ping()
            await asyncio.sleep(_LOOK_SECONDS)
            if not self._alive:
                raise TimeoutError

    async def _read(self, pubsub: PubSub) -> None:
        async for message in pubsub.listen():
            self._alive = True
            if message["type"] == "message":
                self._take(message["channel"].decode(), message["data"])
            elif message["type"] == "subscribe":
                self._confirm(message["channel"].decode())

    def _take(self, name: str, data: bytes) -> None:
        try:
            message = msgpack.unpackb(data)
            if name.startswith(self._groups):
                self.members.put_to_group(name.removeprefix(self._groups), message)
            else:
                self.members.put(*message)
        except Exception:
            # Whatever somebody published, and whoever is full: the others go on.
            logger.exception("a message could not be delivered")

    def _confirm(self, name: str) -> None:
        confirmed = self._confirmed.get(name)
        if confirmed is not None and not confirmed.done():
            confirmed.set_result(None)
        if self._lost and name == self._last:
            self._lost = False
            self._tell_of_loss()

    def _tell_of_loss(self) -> None:
        if self._after_loss is None:
            return
        loop = asyncio.get_running_loop()
        for place, channel in enumerate(self.members.listeners):
            # One after the other: what they then ask for must not all come at once.
            loop.call_later(place * _BETWEEN_SECONDS, self.members.remind, channel, self._after_loss)
