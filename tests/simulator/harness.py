"""A simulator in the test's own event loop, and a product for it to call: a web server that answers from a table."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.app import create_app
from simulator.config import Config
from tests.simulator.fakes import FakeVoice

ACCOUNT = "AC" + "0" * 32
TOKEN = "token-for-tests"
API_KEY = "SK" + "1" * 32
API_SECRET = "secret-for-tests"
APP = "AP" + "2" * 32
SUPPORT = "+12025550100"
SALES = "+12025550101"
CALLER = "+12025550142"


@dataclass
class Received:
    """A webhook as the product got it. `url` is the full one, as a validator would see it."""

    path: str
    method: str
    url: str
    params: dict[str, str]
    headers: dict[str, str]


@dataclass
class Product:
    """Answers each path with TwiML, with a whole response, or with what a function makes of the request."""

    answers: dict[str, str | Response | Callable] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    async def serve(self, request: Request) -> Response:
        raw = (await request.body()).decode()
        form = {name: values[0] for name, values in parse_qs(raw, keep_blank_values=True).items()}
        received = Received(request.url.path, request.method, str(request.url), form, dict(request.headers))
        self.received.append(received)
        self.arrived.set()
        answer = self.answers.get(request.url.path, Response(status_code=204))
        if callable(answer) and not isinstance(answer, Response):
            answer = answer(received)
            if asyncio.iscoroutine(answer):
                answer = await answer
        return answer if isinstance(answer, Response) else Response(answer, media_type="text/xml")

    def at(self, path: str) -> list[Received]:
        return [request for request in self.received if request.path == path]

    def statuses(self, path: str = "/twilio/voice/status/") -> list[str]:
        return [request.params["CallStatus"] for request in self.at(path)]


@contextlib.asynccontextmanager
async def serving(app):
    """A real server for an application, on a port of its own; gives its URL."""
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="on", timeout_graceful_shutdown=1)
    )
    server.install_signal_handlers = lambda: None
    with _no_signals(server):
        task = asyncio.create_task(server.serve())
        await until(lambda: server.started or task.done())
        try:
            yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


@contextlib.contextmanager
def _no_signals(server):
    server.capture_signals = contextlib.nullcontext
    yield


async def until(condition: Callable[[], object], seconds: float = 10.0):
    """Waits until something is so; fails when that takes too long. Gives what the condition gave."""
    async with asyncio.timeout(seconds):
        while not (result := condition()):  # noqa: ASYNC110  conditions of any kind
            await asyncio.sleep(0.005)
        return result


@dataclass
class Bench:
    """A simulator under test: its engine, its voice side, a client of its HTTP interfaces, and the product."""

    app: Starlette
    voice: FakeVoice
    product: Product
    http: httpx.AsyncClient

    @property
    def engine(self):
        return self.app.state.engine

    @property
    def auth(self) -> tuple[str, str]:
        return ACCOUNT, TOKEN

    @property
    def warnings(self) -> list[int | None]:
        return [warning["code"] for warning in self.engine.inspector.warnings]

    async def call(self, from_: str = CALLER, to: str = SUPPORT, **fields):
        response = await self.http.post("/sim/calls", json={"from": from_, "to": to, **fields})
        assert response.status_code == 201, response.text
        return self.engine.find_leg(response.json()["sid"])

    async def client_calls(self, params: dict[str, str], identity: str = "ada"):
        from tests.simulator.fakes import FakeEndpoint

        endpoint = FakeEndpoint(identity)
        return await self.engine.place_client_call(
            identity=identity, application_sid=APP, params=params, endpoint=endpoint
        )

    async def rest(self, method: str, path: str, **fields) -> httpx.Response:
        url = f"/2010-04-01/Accounts/{ACCOUNT}{path}"
        return await self.http.request(method, url, auth=(ACCOUNT, TOKEN), **fields)

    async def quiet(self) -> None:
        """Until no call lives, nothing is left to be sent, and all has its price."""
        engine = self.engine
        await until(lambda: not engine.world.live_calls and not engine.usage.unsettled and not engine.tasks)


@contextlib.asynccontextmanager
async def bench(voice: type | None = FakeVoice, **settings):
    """`voice` makes the voice side; None is the real one."""
    product = Product()
    app = Starlette(routes=[Route("/{path:path}", product.serve, methods=["GET", "POST"])])
    async with serving(app) as url:
        product.url = url
        config = Config(
            **{
                "account_sid": ACCOUNT,
                "auth_token": TOKEN,
                "api_key_sid": API_KEY,
                "api_key_secret": API_SECRET,
                "twiml_app_sid": APP,
                "public_base_url": url,
                "speed": 1000.0,
                "dial_buffer": 0.0,
                **settings,
            }
        )
        sound = voice() if voice else None
        simulator = create_app(config, sound)
        transport = httpx.ASGITransport(simulator)
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://localhost") as http,
            simulator.router.lifespan_context(simulator),
        ):
            yield Bench(simulator, sound, product, http)


def say(text: str) -> str:
    return f"<Response><Say>{text}</Say></Response>"


def twiml(body: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{body}</Response>'


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@contextlib.asynccontextmanager
async def serving_app(b):
    """The bench's simulator on a port of its own; gives its URL."""

    async def without_lifespan(scope, receive, send):
        if scope["type"] == "lifespan":  # the bench has begun and will end it
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
        else:
            await b.app(scope, receive, send)

    async with serving(without_lifespan) as url:
        yield url
