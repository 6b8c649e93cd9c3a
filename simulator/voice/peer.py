"""A peer connection with one browser: sound out, sound in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame

from simulator.voice import faulty, ice, sdp  # noqa: F401  `ice` by being imported
from simulator.voice.audio.resampling import ToSamples
from simulator.voice.track import OutgoingTrack

if TYPE_CHECKING:
    from simulator.ports import Frame

log = logging.getLogger(__name__)


def never() -> bool:
    return False


class BadDescription(Exception):
    """The browser's session description cannot be used."""


class Peer:
    """One peer connection. It offers or it answers, once: aiortc cannot restart ICE, so a restart is a new peer."""

    def __init__(
        self,
        pull: Callable[[], Frame],
        push: Callable[[Frame], None],
        peers: set[Peer],
        lost: Callable[[], bool] = never,
    ) -> None:
        # Without this a public STUN server would be asked.
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._track = OutgoingTrack(pull)
        self._push = push
        self._peers = peers
        self._loses = lost
        self._pump: asyncio.Task[None] | None = None
        #: Held while a description is made. Closed meanwhile, aioice goes on to open sockets, and they stay.
        self._describing = asyncio.Lock()
        self._closed = False
        self.connected = asyncio.Event()
        #: Set when the connection was there and is no more, or when it could not be made.
        self.lost = asyncio.Event()
        self._connection.on("track", self._heard)
        self._connection.on("connectionstatechange", self._changed)
        peers.add(self)

    async def offer(self) -> str:
        """Our offer, with all candidates: the SDK takes none later. Empty when the peer was closed before."""
        async with self._describing:
            if self._closed:
                return ""
            faulty.lose_packets(self._connection.addTrack(self._track).transport, self._loses)
            await self._connection.setLocalDescription(await self._connection.createOffer())
            return str(self._connection.localDescription.sdp)

    async def accept(self, answer: str) -> None:
        """Takes the browser's answer to our offer. Raises `BadDescription`."""
        await self._take(answer, "answer")
        self._track.is_pcmu = sdp.first_codec(answer) == "PCMU"

    async def answer(self, offer: str) -> str:
        """Our answer to the browser's offer. Raises `BadDescription`."""
        if not sdp.first_codec(offer):
            raise BadDescription("the offer has no sound in it")
        async with self._describing:
            if self._closed:
                raise BadDescription("the call is over")
            faulty.lose_packets(self._connection.addTrack(self._track).transport, self._loses)
            await self._take(offer, "offer")
            await self._connection.setLocalDescription(await self._connection.createAnswer())
            answer = str(self._connection.localDescription.sdp)
        self._track.is_pcmu = sdp.first_codec(answer) == "PCMU"
        return answer

    def silence(self) -> None:
        """Lets go of the source that is sent, so that another peer can have it."""
        self._track.silence()

    async def close(self) -> None:
        """Ends the connection and everything that belongs to it."""
        self._closed = True
        self._track.stop()
        async with self._describing:
            await self._connection.close()
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.gather(self._pump, return_exceptions=True)
        self.lost.set()
        self._peers.discard(self)

    async def _take(self, description: str, kind: str) -> None:
        try:
            await self._connection.setRemoteDescription(
                RTCSessionDescription(sdp.without_candidates(description), kind)
            )
        except Exception as error:  # aiortc lets whatever its parser meets come through
            raise BadDescription(f"the {kind} cannot be used: {error}") from error

    def _changed(self) -> None:
        state = self._connection.connectionState
        log.debug("peer connection: %s", state)
        if state == "connected":
            self.connected.set()
        elif state in ("failed", "closed"):
            self.lost.set()

    def _heard(self, track: MediaStreamTrack) -> None:
        if track.kind == "audio" and self._pump is None:
            self._pump = asyncio.create_task(self._pump_in(track))

    async def _pump_in(self, track: MediaStreamTrack) -> None:
        converter = ToSamples()
        try:
            while True:
                frame = await track.recv()
                if isinstance(frame, AudioFrame):
                    self._push(converter.convert(frame))
        except MediaStreamError:
            pass
