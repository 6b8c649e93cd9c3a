"""What is in a piece of sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import numpy as np

from simulator.ports import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.ports import Frame


class Measure(TypedDict):
    """Loudness on a scale of 0 to 32767, and the strongest frequency (0 when there is nothing to hear)."""

    rms: float
    peak: float
    hz: float


class Heard(Measure):
    """`silence`: of the longest stretch in which nothing was to be heard, in seconds of sound."""

    silence: float


#: Of 32767: quieter than this is the noise of a codec.
AUDIBLE = 300


def longest_silence(frames: Sequence[Frame]) -> float:
    """In seconds of sound, whatever the clock said meanwhile."""
    longest = quiet = 0
    for frame in frames:
        quiet = 0 if np.abs(frame).max(initial=0) > AUDIBLE else quiet + len(frame)
        longest = max(longest, quiet)
    return longest / SAMPLE_RATE


def measure(samples: Frame) -> Measure:
    """The frequency is exact to one over the length in seconds."""
    if not len(samples):
        return Measure(rms=0.0, peak=0.0, hz=0.0)
    wave = samples.astype(np.float64)
    rms = float(np.sqrt(np.mean(wave**2)))
    hz = 0.0
    if rms >= 1.0:
        spectrum = np.abs(np.fft.rfft((wave - wave.mean()) * np.hanning(len(wave))))
        hz = float(np.argmax(spectrum)) * SAMPLE_RATE / len(wave)
    return Measure(rms=rms, peak=float(np.abs(wave).max()), hz=hz)
