"""A desk that goes away while something is being said to it: no phone is rung that is not there."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from agents.models import Agent, Desk
from config.asgi import application
from tests.desk.desk_socket import run, scope_of

pytestmark = pytest.mark.django_db(transaction=True)


class LeavingBrowser:
    """A socket that is gone after the first frame, as a server tells it: every send fails, then comes the end."""

    def __init__(self, agent: Agent) -> None:
        self.scope = scope_of(agent)
        said = {"type": "websocket.receive", "text": json.dumps({"type": "phone.state", "registered": True})}
        self._says = [{"type": "websocket.connect"}, said, {"type": "websocket.disconnect", "code": 1001}]
        self._told = asyncio.Event()
        self.frames: list[str] = []

    async def receive(self) -> dict[str, Any]:
        if len(self._says) == 1:
            # The end comes only after a send has failed.
            await self._told.wait()
        return self._says.pop(0)

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] != "websocket.send":
            return
        if self.frames:
            self._told.set()
            raise OSError
        self.frames.append(message["text"])

    async def visit(self) -> None:
        await asyncio.wait_for(application(self.scope, self.receive, self.send), 10)


def test_a_desk_that_left_in_the_middle_of_a_push_is_closed(ada):
    ada.desks.all().delete()
    browser = LeavingBrowser(ada)

    run(browser.visit)

    assert json.loads(browser.frames[0])["type"] == "desk.snapshot"
    assert not Desk.objects.exists()
