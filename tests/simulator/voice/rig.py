"""A small call engine and a server, so that the voice side can be tested without the rest of the simulator."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import jwt
import uvicorn
from starlette.applications import Starlette
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from simulator.ports import Unreachable
from simulator.voice import Voice
from simulator.voice.audio.analysis import measure
from simulator.voice.audio.sources import Tone

ACCOUNT_SID = "AC" + "0" * 32
API_KEY_SID = "SK" + "1" * 32
API_KEY_SECRET = "s" * 32
APPLICATION_SID = "AP" + "2" * 32
SDK = Path(__file__).parents[3] / "frontend/node_modules/@twilio/voice-sdk/dist/twilio.min.js"
PAGE = Path(__file__).with_name("page.html")

DEADLINE = 30.0


@dataclass
class Credentials:
    account_sid: str = ACCOUNT_SID
    api_key_sid: str = API_KEY_SID
    api_key_secret: str = API_KEY_SECRET
    twiml_app_sid: str = APPLICATION_SID


def make_token(identity="ada", *, ttl=3600, secret=API_KEY_SECRET, header=None, **overrides):
    """A token as Twilio's library makes it; `overrides` replace parts of its payload."""
    now = int(time.time())
    voice = {"incoming": {"allow": True}, "outgoing": {"application_sid": APPLICATION_SID}}
    payload = {
        "jti": f"{API_KEY_SID}-{now}",
        "iss": API_KEY_SID,
        "sub": ACCOUNT_SID,
        "nbf": now,
        "exp": now + ttl,
        "grants": {"identity": identity, "voice": voice},
    } | overrides
    return jwt.encode(payload, secret, algorithm="HS256", headers={"cty": "twilio-fpa;v=1"} | (header or {}))


_numbers = itertools.count(1)


@dataclass(eq=False)
class RigLeg:
    """A leg that writes down what its party did."""

    endpoint: object
    from_: str = "+12025550142"
    to: str = "client:ada"
    custom_parameters: list[tuple[str, str]] = field(default_factory=list)
    account_sid: str = ACCOUNT_SID
    params: dict[str, str] = field(default_factory=dict)
    stir_status: str | None = None

    def __post_init__(self):
        self.sid = f"CA{next(_numbers):032x}"
        self.did = []
        self.digits = ""
        self.messages = []

    def party_answered(self):
        self.did.append("answered")

    def party_rejected(self):
        self.did.append("rejected")

    def party_hung_up(self):
        self.did.append("hung up")

    def party_digits(self, digits):
        self.digits += digits

    def party_message(self, sid, content, content_type):
        self.messages.append((sid, content, content_type))


class RigEngine:
    """Answers every browser's call at once with a tone of 440 Hz, unless its `To` is `wait`."""

    def __init__(self):
        self.legs = {}

    async def place_client_call(self, *, identity, application_sid, params, endpoint):
        if application_sid != APPLICATION_SID:
            raise LookupError("There is no such application")
        leg = self.add(RigLeg(endpoint, from_=f"client:{identity}", to=params.get("To", ""), params=params))
        if leg.to != "wait":
            endpoint.port.hear(Tone(440))
            self.answering = asyncio.create_task(endpoint.answer())
        return leg

    def find_leg(self, sid):
        return self.legs.get(sid)

    def add(self, leg):
        self.legs[leg.sid] = leg
        return leg


class Server:
    """The voice side on a port of its own, in a thread with an event loop of its own."""

    def __init__(self):
        self.voice = Voice(Credentials())
        self.engine = RigEngine()
        routes = [Route("/", _page), Route("/sdk.js", _sdk), Route("/sound.wav", _sound)]
        app = Starlette(routes=[*routes, *self.voice.routes(self.engine)], lifespan=self._lifespan)
        self._server = uvicorn.Server(
            uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="websockets-sansio", loop="uvloop")
        )
        self._thread = threading.Thread(target=self._server.run)
        self.loop = None

    @contextlib.asynccontextmanager
    async def _lifespan(self, _app):
        self.loop = asyncio.get_running_loop()
        yield
        await self.voice.close()
        self.left_over = self.voice.stats()

    @property
    def exchange(self):
        return self.voice._exchange

    def __enter__(self):
        self._thread.start()
        wait_until(lambda: self._server.started, "the server did not start")
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    def __exit__(self, *_):
        self._server.should_exit = True
        self._thread.join(DEADLINE)
        assert not self._thread.is_alive(), "the server did not stop"

    def run(self, work):
        """Runs a coroutine in the server's loop and gives its outcome."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(DEADLINE)

    def do(self, act: Callable[[], object]):
        """Calls a function in the server's loop and gives its outcome."""

        async def work():
            return act()

        return self.run(work())

    def ring(self, identity="ada", **facts):
        """Rings an identity with a tone of 440 Hz. Raises `Unreachable`."""

        async def work():
            endpoint = self.voice.endpoint_for(identity)
            leg = self.engine.add(RigLeg(endpoint, to=f"client:{identity}", **facts))
            endpoint.port.hear(Tone(440))
            await endpoint.ring(leg)
            return leg

        return self.run(work())

    def listen(self, leg, seconds=1.0):
        """What a leg's party says during the next `seconds`: see `analysis.measure`."""
        return self.run(collect(leg.endpoint.port.listen(), seconds))

    def drop_socket(self, identity):
        """Cuts the sockets of an identity without a word."""
        self.do(lambda: [session.close() for session in self.exchange.sessions if session.identity == identity])

    @property
    def only_leg(self):
        wait_until(lambda: self.engine.legs, "no call was placed")
        return list(self.engine.legs.values())[-1]


async def collect(source, seconds):
    import numpy as np

    loop = asyncio.get_running_loop()
    begun, frames = loop.time(), []
    while len(frames) < seconds * 50:
        frames.append(source.read())
        await asyncio.sleep(max(0.0, begun + len(frames) * 0.02 - loop.time()))
    return measure(np.concatenate(frames))


def wait_until(condition, problem, seconds=DEADLINE):
    """Waits until `condition()` is true and gives what it gave."""
    deadline = time.monotonic() + seconds
    while not (outcome := condition()):
        assert time.monotonic() < deadline, problem() if callable(problem) else problem
        time.sleep(0.02)
    return outcome


async def eventually(condition, problem, seconds=DEADLINE):
    """The same inside an event loop."""
    deadline = time.monotonic() + seconds
    while not (outcome := condition()):
        assert time.monotonic() < deadline, problem() if callable(problem) else problem
        await asyncio.sleep(0.01)
    return outcome


async def _page(request) -> Response:
    return HTMLResponse(PAGE.read_text())


async def _sdk(request) -> Response:
    return FileResponse(SDK)


async def _sound(request) -> Response:
    return Response(wav(0.1), media_type="audio/wav")


def wav(seconds, hz=800, rate=8000):
    """A WAV file of a tone."""
    import io
    import wave

    import numpy as np

    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        times = np.arange(int(seconds * rate)) / rate
        file.writeframes((8000 * np.sin(2 * np.pi * hz * times)).astype("<i2").tobytes())
    return out.getvalue()


__all__ = ["Credentials", "RigEngine", "RigLeg", "Server", "Unreachable", "make_token", "wait_until"]
