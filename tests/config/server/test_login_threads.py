"""A flood of log-ins waits for itself, not for the pages."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse

from config.server.handler import OneHopHandler
from tests.config.server.test_webhooks_over_asgi import scope, whole

DESK, ADMIN, REST = "/accounts/login/", "/admin/login/", "/api/v1/auth/login/"


class Server:
    """A handler whose log-ins take until `release` is set."""

    def __init__(self) -> None:
        self.handler = OneHopHandler()
        self.release = threading.Event()
        self.handler._respond = self._respond  # type: ignore[method-assign]

    def _respond(self, request: Any) -> HttpResponse:
        if request.method == "POST":
            assert self.release.wait(20)
        return HttpResponse(threading.current_thread().name)

    async def ask(self, path: str, method: str = "POST") -> tuple[int, dict[str, str], str]:
        sent: list[dict[str, Any]] = []
        messages = whole(urlencode({"username": "ada", "password": "wrong"}).encode() if method == "POST" else b"")

        async def receive() -> dict[str, Any]:
            return messages.pop(0)

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        headers = {"Host": "desk.example.com", "Content-Type": "application/x-www-form-urlencoded"}
        await self.handler(scope(path, headers, method), receive, send)
        answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], answered, b"".join(part.get("body", b"") for part in sent[1:]).decode()


@pytest.mark.parametrize("path", [DESK, ADMIN, REST])
def test_log_ins_that_wait_keep_no_page_waiting(path, settings):
    async def flood() -> None:
        server = Server()
        log_ins = [asyncio.create_task(server.ask(path)) for _ in range(4 * settings.WEB_THREADS)]
        await asyncio.sleep(0)

        try:
            status, _, thread = await asyncio.wait_for(server.ask(DESK, "GET"), 10)
        finally:
            server.release.set()
        answers = await asyncio.gather(*log_ins)

        assert (status, thread[:3]) == (200, "web")
        assert {thread[:5] for status, _, thread in answers if status == 200} == {"login"}

    asyncio.run(flood())


@pytest.mark.parametrize("path", [DESK, REST])
def test_a_log_in_for_which_no_place_is_left_is_told_so_at_once(path, settings):
    settings.LOGIN_THREADS = 1

    async def flood() -> None:
        server = Server()
        log_ins = [asyncio.create_task(server.ask(path)) for _ in range(11)]
        await asyncio.sleep(0)

        status, headers, text = await asyncio.wait_for(server.ask(path), 10)
        server.release.set()

        assert status == 503
        assert (headers["Retry-After"], headers["Cache-Control"]) == ("5", "no-store")
        sentence = json.loads(text)["detail"] if path == REST else text
        assert sentence == "Too many people are signing in at this moment. Wait a few seconds, then try again."
        assert {status for status, *_ in await asyncio.gather(*log_ins)} == {200}
        assert (await server.ask(path))[0] == 200

    asyncio.run(flood())
