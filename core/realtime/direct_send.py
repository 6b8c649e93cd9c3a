"""A consumer that is sent to without delay, and closed when it is too slow."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Generator
from contextlib import suppress
from types import coroutine
from typing import Any, TypeAlias, cast

from channels.generic.websocket import AsyncWebsocketConsumer

logger = logging.getLogger(__name__)

# Messages that may wait for one socket. Who is further behind is helped more by starting afresh.
FAR_BEHIND = 1000
Message: TypeAlias = dict[str, Any]
_GO_ON: Message = {"type": "go.on"}


class DirectSendConsumer(AsyncWebsocketConsumer):
    """What a group is told goes from the channel layer straight to the socket while nothing else is going on here.

    Otherwise it waits in the consumer's queue, as all messages do in Channels, and they are dealt with one after the
    other, behind the handler that runs. The queue is what a slow browser leaves waiting, too.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._waiting = 0
        self._busy = self._over = self._listens = False
        self._rest: Awaitable[None] | None = None
        self._task = asyncio.current_task()
        self._base_send = send
        try:
            await super().__call__(scope, receive, send)
        except asyncio.CancelledError:
            if not self._over:
                raise
            await self.disconnect(1006)
        except Exception:
            # Channels says so only to who leaves in good order.
            await self.disconnect(1006)
            raise
        finally:
            if self._listens:
                layer: Any = self.channel_layer
                await layer.forget(self.channel_name)

    async def disconnect(self, code: int) -> None:
        """May be called again after it was done, or when nothing was connected."""

    def text_to_send(self, message: Message) -> str | None:
        """What a message sends to the socket; None when it needs its handler."""
        raise NotImplementedError

    def missed(self) -> None:
        """Called by the channel layer: messages may have been lost before the next one."""

    def listen(self) -> None:
        """To be called before the first group is joined."""
        layer: Any = self.channel_layer
        self._listens = True
        layer.listen(self.channel_name, self)

    def on_group_message(self, message: Message) -> Message | None:
        """Called by the channel layer. Returns what is to be put in the queue."""
        if self._over:
            return None
        text = None if self._busy or self._waiting else self.text_to_send(message)
        if text is not None:
            try:
                self._rest = run_until_blocked(self._base_send({"type": "websocket.send", "text": text}))
            except Exception as error:
                # The server has closed it, and does not say so to a consumer that only listens.
                self._end_at_once(f"nothing can be sent any more ({type(error).__name__})")
                return None
            if self._rest is None:
                return None
            message = _GO_ON
        self._waiting += 1
        if self._waiting > FAR_BEHIND:
            self._end_at_once(f"{FAR_BEHIND} messages waited")
            return None
        return message

    def _end_at_once(self, why: str) -> None:
        """Wherever the consumer is held up. The server then closes the connection, without a word: none would get
        through."""
        logger.warning("a socket was closed: %s", why)
        self._over = True
        if self._task is not None:
            self._task.cancel()

    async def dispatch(self, message: Message) -> None:
        self._busy = True
        try:
            if self._rest is not None:
                rest, self._rest = self._rest, None
                with suppress(OSError):
                    await rest
            await super().dispatch(message)
        finally:
            self._busy = False
            if not message["type"].startswith("websocket."):
                self._waiting -= 1

    async def go_on(self, message: Message) -> None:
        """Nothing is left to do: `dispatch` sent the rest."""


def run_until_blocked(sending: Any) -> Awaitable[None] | None:
    """Runs a coroutine up to where it has to wait. Returns what is left of it; mostly nothing, and no task was needed.

    Nothing is raised when the other side has left: ASGI says so with OSError.
    """
    try:
        awaited = sending.send(None)
    except (StopIteration, OSError):
        return None
    return cast("Awaitable[None]", _rest(sending, awaited))


@coroutine
def _rest(sending: Any, awaited: Any) -> Generator[Any, Any, None]:
    while True:
        try:
            try:
                value = yield awaited
            except BaseException as error:
                awaited = sending.throw(error)
            else:
                awaited = sending.send(value)
        except StopIteration:
            return
