"""The voice side of the simulator: browsers and their signalling, telephones, and all that can be heard.

A browser speaks to it through the unmodified `@twilio/voice-sdk`; `engine/` decides what calls are for. The two know
of each other only what is in `ports.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.faults import Faults
from simulator.voice.attachment import attachment_route
from simulator.voice.audio.files import SoundFile
from simulator.voice.exchange import Exchange
from simulator.voice.rung_call import RungCall
from simulator.voice.signalling import signalling_route
from simulator.voice.telephone import Telephone

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from simulator.ports import AudioSource, Endpoint, Engine, Frame
    from simulator.voice.exchange import Credentials

__all__ = ["Voice"]


class Voice:
    """`ports.Registrar`, and the routes that browsers use. Everything but its making needs a running event loop."""

    def __init__(self, credentials: Credentials, faults: Faults | None = None) -> None:
        self._exchange = Exchange(credentials, faults or Faults())

    def endpoint_for(self, identity: str) -> Endpoint:
        return RungCall(self._exchange, identity)

    def telephone(self, number: str, voice: str) -> Endpoint:
        """Raises `ValueError` when there is no such voice."""
        return Telephone(self._exchange, voice)

    def say(self, text: str, language: str = "en-US") -> AudioSource:
        return self._exchange.speaker.say(text, language)

    async def spoken(self, text: str) -> Frame:
        return await self._exchange.speaker.spoken(text)

    def play(self, data: bytes, content_type: str) -> AudioSource:
        return SoundFile(data, content_type)

    def routes(self, engine: Engine) -> list[BaseRoute]:
        self._exchange.engine = engine
        return [signalling_route(self._exchange), attachment_route(engine)]

    def stats(self) -> dict[str, int]:
        """How much there is of what must not leak."""
        exchange = self._exchange
        return {
            "sockets": len(exchange.sessions),
            "registrations": len(exchange.registrations),
            "calls": len(set(exchange.calls.values())),
            "peers": len(exchange.peers),
            "tasks": len(exchange.tasks),
        }

    async def close(self) -> None:
        """Ends all calls and sockets, and waits until nothing of them is left."""
        await self._exchange.close()
