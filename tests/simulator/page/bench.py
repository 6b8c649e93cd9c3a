"""A stand-in for the simulator behind the page: it serves the page, says what a test tells it to say, remembers what
the page asked for."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

Json = dict[str, Any]
T = TypeVar("T")

STATIC = Path(__file__).parents[3] / "simulator" / "page" / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
NUMBERS = [
    {
        "sid": "PN1",
        "phone_number": "+12025550100",
        "friendly_name": "Support",
        "voice_url": "http://localhost:8000/twilio/voice/incoming/",
    },
    {"sid": "PN2", "phone_number": "+12025550101", "friendly_name": "Sales", "voice_url": "http://localhost:8000/"},
]
_serial = itertools.count(1)


def ago(seconds: float = 0) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def call(**changes: Any) -> Json:
    """A telephone's call to our Support number, ringing."""
    return {
        "sid": f"CA{next(_serial):032x}",
        "parent_call_sid": None,
        "direction": "inbound",
        "from": "+12025550142",
        "to": "+12025550100",
        "status": "ringing",
        "party": "telephone",
        "start_time": ago(7),
        "answer_time": None,
        "end_time": None,
        "duration": None,
        "digits": "",
        "verb": None,
        "captions": [],
        "children": [],
        **changes,
    }


def web_request(**changes: Any) -> Json:
    """The webhook of an incoming call, answered."""
    return {
        "id": next(_serial),
        "time": ago(),
        "direction": "out",
        "kind": "voice",
        "method": "POST",
        "url": "http://localhost:8000/twilio/voice/incoming/",
        "call_sid": None,
        "params": {"From": "+12025550142", "To": "+12025550100"},
        "headers": {"X-Twilio-Signature": "c2ln", "Content-Type": "application/x-www-form-urlencoded"},
        "attempt": 1,
        "status": 200,
        "duration_ms": 41,
        "content_type": "text/xml",
        "response_body": '<?xml version="1.0" encoding="UTF-8"?><Response><Say>Welcome.</Say><Dial/></Response>',
        "error": None,
        **changes,
    }


def fault(kind: str, **changes: Any) -> Json:
    """A rule of a fault, as events tell of it."""
    return {"kind": kind, "rate": 1.0, "fired": 0, "active": True, **changes}


class Bench:
    """The server and its script. `asked` holds every request of the page as (method, path, body)."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.answers: dict[str, tuple[int, Json]] = {}
        self.snapshot: Json = {}
        self.sockets: list[WebSocket] = []
        self.reachable = True
        self.start_over()
        self.port = free_port()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/"

    def start_over(self) -> None:
        """As new, for the next test."""
        self.asked.clear()
        self.answers.clear()
        self.reachable = True
        self.snapshot = {
            "type": "snapshot",
            "calls": [],
            "requests": [],
            "numbers": NUMBERS,
            "telephones": [],
            "warnings": [],
            "faults": {"seed": 0, "rules": []},
        }

    def say(self, **event: Any) -> None:
        """Sends an event to every page."""
        self._run(self._say(event))

    def say_when_back(self, **event: Any) -> None:
        """Sends an event as soon as a page listens again."""
        eventually(lambda: self.sockets, "the page to come back")
        self.say(**event)

    def hang_up_sockets(self) -> None:
        self._run(self._close())

    def wait_for(self, method: str, path: str, **holds: Any) -> Any:
        """The body of the first such request of the page that holds these values; fails when it does not come.

        The page tells of its telephones by itself when it opens, so the first request need not be the one meant.
        """

        def asked() -> list[Any]:
            bodies = [body for m, p, body in self.asked if (m, p) == (method, path)]
            return [body for body in bodies if all(body.get(name) == value for name, value in holds.items())]

        return eventually(asked, f"{method} {path} {holds or ''}")[0]

    def _run(self, work: Any) -> None:
        assert self._loop
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _say(self, event: Json) -> None:
        for each in list(self.sockets):
            await each.send_json(event)

    async def _close(self) -> None:
        for each in list(self.sockets):
            self.sockets.remove(each)
            await each.close()

    async def _events(self, websocket: WebSocket) -> None:
        if not self.reachable:
            await websocket.close()
            return
        await websocket.accept()
        await websocket.send_json(self.snapshot)
        self.sockets.append(websocket)
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                await websocket.receive_text()
        if websocket in self.sockets:
            self.sockets.remove(websocket)

    async def _control(self, request: Request) -> Response:
        raw = await request.body()
        self.asked.append((request.method, request.url.path, await request.json() if raw else None))
        status, answer = self.answers.get(request.url.path, (200, {}))
        return JSONResponse(answer, status)

    async def _page(self, request: Request) -> Response:
        return FileResponse(STATIC / "index.html")

    def app(self) -> Starlette:
        app = Starlette(
            routes=[
                Route("/", self._page),
                WebSocketRoute("/sim/events", self._events),
                Route("/sim/{rest:path}", self._control, methods=["GET", "POST", "PUT", "DELETE"]),
                Mount("/static", StaticFiles(directory=STATIC)),
            ]
        )
        app.add_middleware(BaseHTTPMiddleware, dispatch=_strict)
        return app

    @contextlib.contextmanager
    def running(self) -> Iterator[Bench]:
        server = uvicorn.Server(uvicorn.Config(self.app(), host="127.0.0.1", port=self.port, log_level="warning"))

        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            await server.serve()

        thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        thread.start()
        eventually(lambda: server.started, "the stand-in to start")
        yield self
        server.should_exit = True
        thread.join(10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _strict(request: Request, follow: Any) -> Response:
    response: Response = await follow(request)
    response.headers["Content-Security-Policy"] = POLICY
    return response


def eventually(check: Callable[[], T], what: str, seconds: float = 10) -> T:
    """What `check` returns as soon as it is true."""
    deadline = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds:g} s"
        threading.Event().wait(0.02)
    return found
