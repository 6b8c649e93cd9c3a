"""Sounds the engine makes itself: ringing, tones, beeps, and the mixing of a conference."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from simulator.ports import FRAME_SAMPLES, SAMPLE_RATE, AudioSource

if TYPE_CHECKING:
    from simulator.ports import Frame

SILENT_FRAME: Frame = np.zeros(FRAME_SAMPLES, dtype=np.int16)
#: Below this a frame counts as silence, of 32767.
SILENCE_RMS = 200.0
AMPLITUDE = 6000

_DTMF_ROWS = (697, 770, 852, 941)
_DTMF_COLUMNS = (1209, 1336, 1477, 1633)
_DTMF_KEYS = "123A456B789C*0#D"


def rms(frame: Frame) -> float:
    return float(np.sqrt(np.mean(np.square(frame, dtype=np.float64)))) if frame.size else 0.0


class Samples:
    """Samples played once, or over and over."""

    def __init__(self, samples: Frame, *, loop: bool = False) -> None:
        self._samples = samples
        self._loop = loop
        self._at = 0
        self.duration: float | None = None if loop else len(samples) / SAMPLE_RATE

    def read(self) -> Frame:
        frame = self._samples[self._at : self._at + FRAME_SAMPLES]
        self._at += FRAME_SAMPLES
        if self._loop and self._at >= len(self._samples):
            self._at = 0
        if len(frame) < FRAME_SAMPLES:
            frame = np.concatenate([frame, SILENT_FRAME[len(frame) :]])
        return frame


def tone(frequencies: Iterable[float], seconds: float) -> Frame:
    times = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    waves = [np.sin(2 * np.pi * hertz * times) for hertz in frequencies]
    return np.asarray(np.sum(waves, axis=0) / len(waves) * AMPLITUDE, dtype=np.int16)


def silence(seconds: float) -> Frame:
    return np.zeros(int(seconds * SAMPLE_RATE), dtype=np.int16)


def ringback() -> AudioSource:
    """What a caller in North America hears while the other side rings: two seconds in six."""
    return Samples(np.concatenate([tone((440, 480), 2), silence(4)]), loop=True)


def beep() -> AudioSource:
    return Samples(tone((1000,), 0.5))


def hold_tone() -> AudioSource:
    """A soft note every few seconds: stands for hold music."""
    return Samples(np.concatenate([tone((330,), 0.4) // 3, silence(3.6)]), loop=True)


def dtmf(digits: str) -> AudioSource:
    """The tones of a string of digits; `w` is half a second of silence, `W` a whole one."""
    parts = [silence(0.02)]
    for digit in digits:
        if digit in "wW":
            parts.append(silence(0.5 if digit == "w" else 1.0))
        elif digit in _DTMF_KEYS:
            at = _DTMF_KEYS.index(digit)
            parts += [tone((_DTMF_ROWS[at // 4], _DTMF_COLUMNS[at % 4]), 0.1), silence(0.1)]
    return Samples(np.concatenate(parts))


class Mix:
    """The sum of several sources, as one. `sources` is asked anew for every frame, so members may come and go."""

    duration: float | None = None

    def __init__(self, sources: Callable[[], list[AudioSource]]) -> None:
        self._sources = sources

    def read(self) -> Frame:
        frames = [source.read() for source in self._sources()]
        if not frames:
            return SILENT_FRAME
        total = np.sum([frame.astype(np.int32) for frame in frames], axis=0)
        return np.asarray(np.clip(total, -32768, 32767), dtype=np.int16)
