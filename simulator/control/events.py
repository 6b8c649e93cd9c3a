"""The WebSocket `/sim/events`: a snapshot, then every event as it happens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.websockets import WebSocket, WebSocketDisconnect

from simulator.engine.calls import CallEngine
from simulator.inspector import Json, Subscription

TOO_SLOW = 1013


def events_endpoint(engine: CallEngine, snapshot: Callable[[], Json]) -> Callable[[WebSocket], Awaitable[None]]:
    async def events(socket: WebSocket) -> None:
        await socket.accept()
        subscription = engine.inspector.subscribe()
        subscription.events.put_nowait(snapshot())
        sending = asyncio.create_task(_send(socket, subscription))
        receiving = asyncio.create_task(_receive(socket))
        try:
            await asyncio.wait({sending, receiving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            engine.inspector.unsubscribe(subscription)
            for task in (sending, receiving):
                task.cancel()
            await asyncio.gather(sending, receiving, return_exceptions=True)

    return events


async def _send(socket: WebSocket, subscription: Subscription) -> None:
    while (event := await subscription.events.get()) is not None:
        await socket.send_json(event)
    await socket.close(TOO_SLOW)


async def _receive(socket: WebSocket) -> None:
    """The page has nothing to say, but this is how its going away is noticed."""
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        return
