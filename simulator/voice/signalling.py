"""The WebSocket `/signal`, as the SDK's `wstransport.ts` expects it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from simulator.severed import cut
from simulator.voice import faulty
from simulator.voice.edges import edge_for
from simulator.voice.frames import KEEP_ALIVE
from simulator.voice.session import Session

if TYPE_CHECKING:
    from simulator.voice.exchange import Exchange

log = logging.getLogger(__name__)

#: The SDK drops a socket that was silent for 15 s.
KEEP_ALIVE_SECONDS = 5.0
#: It answers each keep-alive; one that does not is gone, even if the network has not noticed.
SILENCE_SECONDS = 20.0
#: A browser that reads nothing any more must not fill our memory.
MOST_WAITING_FRAMES = 200

GOING_AWAY = 1001


def signalling_route(exchange: Exchange) -> WebSocketRoute:
    async def signal(websocket: WebSocket) -> None:
        edge = edge_for(websocket.headers.get("host", ""), websocket.url.query)
        if edge is None:
            log.warning("A phone asked for an edge that Twilio does not have: %.80r", websocket.url.query)
            await websocket.close()
            return
        await websocket.accept()
        await Line(exchange, websocket, edge).run()

    return WebSocketRoute("/signal", signal)


class Line:
    """The socket of a session: one task reads, in order; another writes and keeps it alive."""

    def __init__(self, exchange: Exchange, websocket: WebSocket, edge: str) -> None:
        self._websocket = websocket
        self._waiting: asyncio.Queue[str | None] = asyncio.Queue()
        self._exchange = exchange
        self._session = Session(exchange, self._queue, lambda: self._waiting.put_nowait(None), edge)

    async def run(self) -> None:
        reader = asyncio.create_task(self._read())
        writer = asyncio.create_task(self._write())
        breaker = asyncio.create_task(faulty.line_breaks(self._exchange, self._session))
        tasks = (reader, writer, breaker)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if breaker.done():
                self._cut()
        finally:
            self._session.closed()
            for task in tasks:
                task.cancel()
            for outcome in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(outcome, Exception):
                    log.error("A signalling socket failed", exc_info=outcome)
            await self._hang_up()

    def _queue(self, text: str) -> None:
        self._waiting.put_nowait(text if self._waiting.qsize() < MOST_WAITING_FRAMES else None)

    async def _read(self) -> None:
        with contextlib.suppress(WebSocketDisconnect, TimeoutError):
            while True:
                async with asyncio.timeout(SILENCE_SECONDS):
                    message = await self._websocket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                await self._session.receive(message.get("text") or "")

    async def _write(self) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                try:
                    async with asyncio.timeout(KEEP_ALIVE_SECONDS):
                        text = await self._waiting.get()
                except TimeoutError:
                    text = KEEP_ALIVE
                if text is None:
                    return
                await self._websocket.send_text(text)

    def _cut(self) -> None:
        """Where there is no connection to cut, a goodbye has to do."""
        with contextlib.suppress(ConnectionAbortedError):
            cut(self._websocket._receive)  # noqa: SLF001  Starlette's wrapper hides the server's own

    async def _hang_up(self) -> None:
        if WebSocketState.DISCONNECTED not in (self._websocket.client_state, self._websocket.application_state):
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await self._websocket.close(GOING_AWAY)
