"""The sound of a browser's leg."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.voice.audio.buffer import SILENT_FRAME, Outlet

if TYPE_CHECKING:
    from simulator.ports import AudioSource, Frame


class BrowserPort:
    """`ports.Port` of a browser. It outlives its peer connections: after an ICE restart another one uses it."""

    def __init__(self) -> None:
        self._source: AudioSource | None = None
        self._said = Outlet()
        self._heard = Outlet()

    def hear(self, source: AudioSource | None) -> None:
        self._source = source

    def listen(self) -> AudioSource:
        return self._said.open()

    def overhear(self) -> AudioSource:
        return self._heard.open()

    def pull(self) -> Frame:
        """The next 20 ms the browser is to hear."""
        frame = SILENT_FRAME if self._source is None else self._source.read()
        self._heard.push(frame)
        return frame

    def push(self, samples: Frame) -> None:
        """What the browser just said."""
        self._said.push(samples)
