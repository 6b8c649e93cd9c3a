"""A browser without a browser: speaks the SDK's messages, and WebRTC by aiortc, in the test's own event loop."""

from __future__ import annotations

import asyncio
import contextlib
import json

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from simulator.voice import Voice
from simulator.voice.audio.buffer import Reader
from simulator.voice.audio.resampling import ToSamples
from simulator.voice.audio.sources import Silence, Tone
from simulator.voice.session import Session
from simulator.voice.track import OutgoingTrack
from tests.simulator.voice.rig import Credentials, RigEngine, RigLeg, eventually, make_token


class House:
    """A voice side with a small engine, to be used as `async with`. Asserts that nothing is left of it."""

    async def __aenter__(self):
        self.before = asyncio.all_tasks()
        self.voice = Voice(Credentials())
        self.engine = RigEngine()
        self.routes = self.voice.routes(self.engine)
        self.exchange = self.voice._exchange
        return self

    async def __aexit__(self, kind, *_):
        await self.voice.close()
        if kind is None:
            assert set(self.voice.stats().values()) == {0}, self.voice.stats()
            await eventually(lambda: asyncio.all_tasks() == self.before, lambda: f"tasks: {asyncio.all_tasks()}")

    def ring(self, identity="ada", **facts):
        endpoint = self.voice.endpoint_for(identity)
        leg = self.engine.add(RigLeg(endpoint, to=f"client:{identity}", **facts))
        return leg, endpoint.ring(leg)


class Wire:
    """One socket's worth of messages. `sent` is what the server said, as `(type, payload)`."""

    def __init__(self, house):
        self.sent = []
        self.shut = False
        self.session = Session(house.exchange, self._take, self._shut)

    def _take(self, text):
        frame = json.loads(text)
        assert frame["version"] == "1.6"
        self.sent.append((frame["type"], frame["payload"]))

    def _shut(self):
        self.shut = True
        self.session.closed()

    async def say(self, kind, **payload):
        await self.session.receive(json.dumps({"type": kind, "payload": payload, "version": "1.6"}))

    async def listen(self, token=None, seconds=30, **more):
        await self.say("listen", token=token or make_token(**more), reconnectTimeout=seconds, browserinfo={})
        return self

    async def register(self, identity="ada", **more):
        await self.listen(identity=identity, **more)
        await self.say("register", media={"audio": True})
        assert self.kinds == ["connected", "ready"]
        return self

    @property
    def kinds(self):
        return [kind for kind, _ in self.sent]

    def got(self, kind):
        """The payload of the last message of a kind; None when there was none."""
        return next((payload for sent, payload in reversed(self.sent) if sent == kind), None)

    async def expect(self, kind):
        return await eventually(lambda: self.got(kind), lambda: f"no {kind} among {self.kinds}")


class Phone:
    """The browser's side of a peer connection: says a tone (0: nothing), and keeps what it hears in `heard`."""

    def __init__(self, hz=700):
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connection.addTrack(OutgoingTrack((Tone(hz) if hz else Silence()).read))
        self._connection.on("track", self._hear)
        self.heard = Reader()
        self._task = None

    async def offer(self):
        await self._connection.setLocalDescription(await self._connection.createOffer())
        # The SDK reads its offer before any candidate is gathered.
        lines = self._connection.localDescription.sdp.splitlines()
        return "\r\n".join(line for line in lines if "candidate" not in line) + "\r\n"

    async def accept(self, answer):
        await self._connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def answer(self, offer):
        await self._connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await self._connection.setLocalDescription(await self._connection.createAnswer())
        return self._connection.localDescription.sdp

    def _hear(self, track):
        self._task = asyncio.create_task(self._pump(track))

    async def _pump(self, track):
        converter = ToSamples()
        with contextlib.suppress(MediaStreamError):
            while True:
                self.heard.push(converter.convert(await track.recv()))

    async def close(self):
        await self._connection.close()
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
