"""A desk's side of the WebSocket, for tests."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from http.cookies import SimpleCookie
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from channels.testing import WebsocketCommunicator
from django.test import Client

from agents.models import Agent
from config.asgi import application
from tests.desk.schema import mistakes
from tests.twilio import TwilioClient

ORIGIN = "https://desk.example.com"


def cookie_of(client: Client) -> str:
    cookies: SimpleCookie = client.cookies
    return "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())


def scope_of(agent: Agent) -> dict[str, Any]:
    """A signed-in agent's browser opens a desk, as a server tells it."""
    client = Client()
    client.force_login(agent)
    headers = [(b"host", b"desk.example.com"), (b"origin", ORIGIN.encode()), (b"cookie", cookie_of(client).encode())]
    return {"type": "websocket", "path": "/ws/desk/", "query_string": b"", "subprotocols": [], "headers": headers}


class DeskSocket:
    """A desk's side of the socket."""

    def __init__(self, agent: Agent | None, *, origin: str | None = ORIGIN) -> None:
        self.client = Client()
        if agent is not None:
            self.client.force_login(agent)
        headers = [(b"host", b"desk.example.com"), (b"cookie", cookie_of(self.client).encode())]
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        self.communicator = WebsocketCommunicator(application, "/ws/desk/", headers=headers)

    async def open(self) -> dict[str, Any]:
        connected, _ = await self.communicator.connect()
        assert connected
        return await self.next()

    async def next(self) -> dict[str, Any]:
        """Every frame of every test is as the API's description says, but for those that a test makes up."""
        frame: dict[str, Any] = await self.communicator.receive_json_from(timeout=5)
        wrong = [] if frame["type"].startswith("test.") else mistakes("ServerFrame", frame)
        assert wrong == [], frame
        return frame

    async def until(self, *types: str) -> dict[str, Any]:
        """The next frame of one of these types."""
        came: list[str] = []
        while True:
            try:
                frame = await self.next()
            except TimeoutError:
                raise AssertionError(f"no {' or '.join(types)}; came: {', '.join(came) or 'nothing'}") from None
            if frame["type"] in types:
                return frame
            came.append(frame["type"])

    async def send(self, **frame: Any) -> None:
        await self.communicator.send_json_to(frame)

    async def nothing_of(self, *types: str) -> None:
        """Everything sent so far, pong included, holds none of these."""
        await self.send(type="ping")
        frame = await self.next()
        while frame["type"] != "pong":
            assert frame["type"] not in types, frame
            frame = await self.next()

    async def closed_with(self) -> int:
        code: int = (await self.communicator.receive_output(timeout=5))["code"]
        return code

    async def close(self) -> None:
        await self.communicator.disconnect()


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async_to_sync(test)()


async def webhook(path: str, data: dict[str, Any]) -> None:
    await sync_to_async(TwilioClient().webhook)(path, data)
