"""What is sent to a browser: twenty milliseconds of sound, fifty times a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, Packet

from simulator.ports import FRAME_SAMPLES, SAMPLE_RATE
from simulator.voice.audio import ulaw
from simulator.voice.audio.buffer import SILENT_FRAME

if TYPE_CHECKING:
    from simulator.ports import Frame

    Sound = Packet[Any] | AudioFrame

TIME_BASE = Fraction(1, SAMPLE_RATE)
FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE
#: When the loop was held up for longer, the lost time is skipped: a burst of frames would only be dropped.
MOST_LATENESS_SECONDS = 0.2


class OutgoingTrack(MediaStreamTrack):
    """Pulls a frame at each tick of its own clock.

    A track can change what it sends without renegotiation, which the SDK could not follow. When PCMU was agreed on
    it encodes by itself: aiortc would hand each frame to a thread.
    """

    kind = "audio"

    def __init__(self, pull: Callable[[], Frame]) -> None:
        super().__init__()
        self._pull = pull
        self._samples = 0
        self._begun: float | None = None
        self.is_pcmu = False

    def silence(self) -> None:
        """Sends silence from now on, and pulls no more."""
        self._pull = lambda: SILENT_FRAME

    async def recv(self) -> Sound:
        if self.readyState != "live":
            raise MediaStreamError
        await self._tick()
        samples = self._pull()
        if self.is_pcmu:
            data: Sound = Packet(ulaw.encode(samples))
        else:
            data = AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
            data.sample_rate = SAMPLE_RATE
        data.pts = self._samples
        data.time_base = TIME_BASE
        self._samples += FRAME_SAMPLES
        return data

    async def _tick(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._begun is None:
            self._begun = now
        wait = self._begun + self._samples / SAMPLE_RATE - now
        if wait > 0:
            await asyncio.sleep(wait)
        elif wait < -MOST_LATENESS_SECONDS:
            self._samples += int(-wait / FRAME_SECONDS) * FRAME_SAMPLES
