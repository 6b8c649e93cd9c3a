"""A voice side without sound: parties that do what a test's script says, and remember what was done to them."""

from __future__ import annotations

import asyncio

import numpy as np

from simulator.ports import FRAME_SAMPLES, Unreachable


class Silence:
    """A source that says nothing, for so many seconds."""

    def __init__(self, duration: float | None = 0.0) -> None:
        self.duration = duration

    def read(self):
        return np.zeros(FRAME_SAMPLES, dtype=np.int16)


class Loud(Silence):
    """A source that never stops."""

    def __init__(self) -> None:
        super().__init__(None)

    def read(self):
        return np.full(FRAME_SAMPLES, 5000, dtype=np.int16)


class Heard(Silence):
    """What a port hears at the moment."""

    def __init__(self, port) -> None:
        super().__init__(None)
        self.port = port

    def read(self):
        return super().read() if self.port.source is None else self.port.source.read()


class FakePort:
    def __init__(self, voice: str) -> None:
        self.voice = voice
        self.source = None
        self.hearing = []

    def hear(self, source) -> None:
        self.source = source
        self.hearing.append(source)

    def listen(self):
        return Silence(None) if self.voice == "silence" else Loud()

    def overhear(self):
        return Heard(self)

    async def heard(self, seconds: float, tones) -> dict[str, float]:
        return {"rms": 0.0 if self.source is None else 1.0, "peak": 0.0, "hz": 0.0}


class FakeEndpoint:
    """A party. `behaviour` is what it does when rung: `answer`, `reject`, `unreachable` or `manual`."""

    def __init__(self, name: str, behaviour: str = "manual", voice: str = "tone:440") -> None:
        self.name = name
        self.behaviour = behaviour
        self.port = FakePort(voice)
        self.leg = None
        self.told: list[str] = []
        self.end_code = None

    @property
    def words(self) -> str:
        kind, _, detail = self.port.voice.partition(":")
        return detail if kind == "speech" else ""

    def utter(self, make):
        self.told.append("utter")
        return make().duration

    async def ring(self, leg) -> None:
        self.leg = leg
        self.told.append("ring")
        if self.behaviour == "unreachable":
            raise Unreachable(self.name)
        if self.behaviour == "answer":
            asyncio.get_running_loop().call_soon(leg.party_answered)
        elif self.behaviour == "reject":
            asyncio.get_running_loop().call_soon(leg.party_rejected)

    async def ringing(self) -> None:
        self.told.append("ringing")

    async def answer(self) -> None:
        self.told.append("answer")

    def message(self, sid, content, content_type) -> bool:
        self.told.append(("message", content))
        return self.behaviour != "unreachable"

    async def end(self, code=None, message="") -> None:
        self.told.append("end")
        self.end_code = code


class FakeVoice:
    """The whole voice side. `behaviours` says what each identity does when it is rung."""

    def __init__(self) -> None:
        self.behaviours: dict[str, str] = {}
        self.endpoints: list[FakeEndpoint] = []

    def endpoint_for(self, identity: str) -> FakeEndpoint:
        return self._keep(FakeEndpoint(identity, self.behaviours.get(identity, "unreachable")))

    def telephone(self, number: str, voice: str) -> FakeEndpoint:
        return self._keep(FakeEndpoint(number, voice=voice))

    def _keep(self, endpoint: FakeEndpoint) -> FakeEndpoint:
        self.endpoints.append(endpoint)
        return endpoint

    def named(self, name: str) -> FakeEndpoint:
        return next(endpoint for endpoint in reversed(self.endpoints) if endpoint.name == name)

    def say(self, text: str, language: str = "en-US") -> Silence:
        return Silence(0.0)

    async def spoken(self, text: str):
        return np.zeros(0, dtype=np.int16)

    def play(self, data: bytes, content_type: str) -> Silence:
        if not content_type.startswith("audio/"):
            raise ValueError("no sound")
        return Silence(0.0)

    def routes(self, engine):
        return []

    async def close(self) -> None:
        return None
