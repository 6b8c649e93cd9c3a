"""What the Redis layer has in an event loop: one connection that listens for all of its consumers, one to send."""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
from typing import Any

import msgpack  # type: ignore[import-untyped]
from redis.asyncio.connection import AbstractConnection, ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from core.realtime.channel_layer import Members, Message, Stretch

logger = logging.getLogger(__name__)

AWAY = (RedisError, OSError, TimeoutError)
_CONNECT_SECONDS = _ANSWER_SECONDS = 5.0
# So often we look whether Redis is still there: a connection whose other end vanished stays silent for ever.
_LOOK_SECONDS = 20.0
_BETWEEN_SECONDS = 0.02
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 5.0


def _connection(url: str) -> AbstractConnection:
    """One that is not open yet, and opens by itself when something is sent. It tries nothing twice behind our back."""
    # redis-py's own time-out would close a connection that is quiet for five seconds.
    options = {"socket_timeout": None, "socket_connect_timeout": _CONNECT_SECONDS, "protocol": 2}
    pool = ConnectionPool.from_url(url, **options, retry=Retry(NoBackoff(), 0))
    connection: AbstractConnection = pool.make_connection()  # type: ignore[no-untyped-call]
    return connection


class Publisher:
    """redis-py's client takes three times as long as its connection."""

    def __init__(self, url: str) -> None:
        self._connection = _connection(url)
        self._lock = asyncio.Lock()

    async def publish(self, messages: list[tuple[str, Any]]) -> None:
        """Sends to channels of Redis, in this order. Raises one of `AWAY`."""
        commands = [("PUBLISH", name, msgpack.packb(message)) for name, message in messages]
        async with self._lock, asyncio.timeout(_ANSWER_SECONDS):
            fresh = not self._connection.is_connected
            try:
                await self._send(commands)
            except RedisConnectionError:
                # Redis was started again since. What it did not answer is said once more.
                if fresh:
                    raise
                await self._send(commands)

    async def _send(self, commands: list[tuple[str, str, bytes]]) -> None:
        """Takes off the list what was answered."""
        connection = self._connection
        try:
            await connection.send_packed_command(connection.pack_commands(commands), check_health=False)
            while commands:
                await connection.read_response()
                del commands[0]
        except BaseException:
            # What was not read would be taken for the next one's answer.
            await self.close()
            raise

    async def close(self) -> None:
        await self._connection.disconnect(nowait=True)


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
        self._url = url
        self._connection: AbstractConnection | None = None
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
                if self._connection is None:
                    return
                confirmed = self._confirmed.get(name) or asyncio.get_running_loop().create_future()
                if name not in self._confirmed:
                    self._confirmed[name] = confirmed
                    try:
                        await self._connection.send_command("SUBSCRIBE", name)
                    except AWAY:
                        # Whoever reads from this connection notices, too, and sees to it.
                        return
        if not confirmed.done():
            await asyncio.wait([confirmed], timeout=_ANSWER_SECONDS)

    async def unsubscribe(self, names: list[str]) -> None:
        """Of these, from the ones that nobody is interested in any more."""
        async with self._lock:
            if self._connection is None:
                return
            wanted = {name for name in names if name.removeprefix(self._groups) in self.members.groups}
            gone = [name for name in names if name in self._confirmed and name not in wanted]
            for name in gone:
                del self._confirmed[name]
            if gone:
                try:
                    await self._connection.send_command("UNSUBSCRIBE", *gone)
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
                    self._was_lost(group.exceptions[0])
                    wait = _FIRST_WAIT
                except Exception as error:
                    self._was_lost(error)
                await asyncio.sleep(wait * random.uniform(0.5, 1))  # noqa: S311
                wait = min(wait * 2, _LONGEST_WAIT)
        finally:
            await self.publisher.close()

    def _was_lost(self, error: Exception) -> None:
        if not isinstance(error, AWAY):
            logger.error("the connection to Redis broke off", exc_info=error)
        elif not self._lost:
            # The error's text may hold Redis's address.
            logger.warning("Redis does not answer (%s): desks hear nothing until it does.", type(error).__name__)
        self._lost = True

    async def _listen(self) -> None:
        """Until the connection is lost. Raises one of `AWAY` when there is none, else a group of exceptions."""
        connection = _connection(self._url)
        try:
            try:
                await self._open(connection)
            finally:
                self._tried.set()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read(connection))
                tasks.create_task(self._look(connection))
        finally:
            self._connection = None
            for confirmed in self._confirmed.values():
                if not confirmed.done():
                    confirmed.set_result(None)
            self._confirmed = {}
            await connection.disconnect(nowait=True)

    async def _open(self, connection: AbstractConnection) -> None:
        loop = asyncio.get_running_loop()
        async with self._lock, asyncio.timeout(_CONNECT_SECONDS):
            await connection.connect()  # type: ignore[no-untyped-call]
            if self._lost:
                for listener in self.members.listeners.values():
                    listener.missed()
            names = self._wanted()
            await connection.send_command("SUBSCRIBE", *names)
            self._confirmed = {name: loop.create_future() for name in names}
            self._connection, self._last = connection, names[-1]

    async def _look(self, connection: AbstractConnection) -> None:
        while True:
            self._alive = False
            await connection.send_command("PING")
            await asyncio.sleep(_LOOK_SECONDS)
            if not self._alive:
                raise TimeoutError

    async def _read(self, connection: AbstractConnection) -> None:
        stretch = Stretch()
        while True:
            # Does not wait for what came together with the last one.
            told: Any = await connection.read_response(disconnect_on_error=False)
            self._alive = True
            if told[0] == b"message":
                self._take(told[1].decode(), told[2])
            elif told[0] == b"subscribe":
                self._confirm(told[1].decode())
            await stretch.give_way()

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
            logger.warning("Redis answers again.")
            self._tell_of_loss()

    def _tell_of_loss(self) -> None:
        if self._after_loss is None:
            return
        loop = asyncio.get_running_loop()
        for place, channel in enumerate(self.members.listeners):
            # One after the other: what they then ask for must not all come at once.
            loop.call_later(place * _BETWEEN_SECONDS, self.members.remind, channel, self._after_loss)
