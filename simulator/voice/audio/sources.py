"""Sources that need nothing but themselves: silence, a tone, samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.ports import FRAME_SAMPLES, SAMPLE_RATE
from simulator.voice.audio.buffer import SILENT_FRAME

if TYPE_CHECKING:
    from simulator.ports import Frame

TONE_AMPLITUDE = 8000
#: What a telephone line carries.
LOWEST_HZ, HIGHEST_HZ = 50.0, 3400.0


class Silence:
    """Nothing, for ever."""

    duration: float | None = None

    def read(self) -> Frame:
        return SILENT_FRAME


class Tone:
    """A steady sine. Raises `ValueError` when a telephone line would not carry it."""

    duration: float | None = None

    def __init__(self, hz: float) -> None:
        if not LOWEST_HZ <= hz <= HIGHEST_HZ:
            raise ValueError(f"a tone must be of {LOWEST_HZ:.0f} to {HIGHEST_HZ:.0f} Hz, not {hz:g}")
        self._step = 2 * np.pi * hz / SAMPLE_RATE
        self._phases = np.arange(FRAME_SAMPLES) * self._step
        self._phase = 0.0

    def read(self) -> Frame:
        frame: Frame = (TONE_AMPLITUDE * np.sin(self._phases + self._phase)).astype(np.int16)
        self._phase = (self._phase + FRAME_SAMPLES * self._step) % (2 * np.pi)
        return frame


class Samples:
    """Samples from first to last and then silence, or over and over."""

    def __init__(self, samples: Frame, *, loop: bool = False) -> None:
        missing = -len(samples) % FRAME_SAMPLES
        self._samples = np.pad(samples, (0, missing)) if missing else samples
        self._loop = loop and len(samples) > 0
        self._at = 0
        self.duration: float | None = None if self._loop else len(samples) / SAMPLE_RATE

    def read(self) -> Frame:
        if self._at >= len(self._samples):
            if not self._loop:
                return SILENT_FRAME
            self._at = 0
        frame = self._samples[self._at : self._at + FRAME_SAMPLES]
        self._at += FRAME_SAMPLES
        return frame
