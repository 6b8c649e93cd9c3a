"""Ending a connection as a broken line does: without an answer, and without a goodbye."""

from __future__ import annotations

import asyncio
import contextlib

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


def cut(receive: Receive) -> None:
    """Cuts the connection that a request or a WebSocket came by.

    ASGI knows no way to do that, so this reaches for the transport of the server below it, uvicorn. Raises
    `ConnectionAbortedError` where there is none.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    abort = getattr(transport, "abort", None)  # not by its class: uvloop's transports are of none of asyncio's
    if abort is None:
        raise ConnectionAbortedError("The connection is cut on purpose")
    abort()


class NoAnswer(Response):
    """The answer that never comes: the connection is cut after so many seconds, or sooner by the client."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__()
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.seconds):
                await _gone(receive)
                return
        cut(receive)
        await _gone(receive)  # or the server would think that the answer was forgotten


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
