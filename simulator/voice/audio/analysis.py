"""What is in a piece of sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import numpy as np

from simulator.ports import SAMPLE_RATE

if TYPE_CHECKING:
    from simulator.ports import Frame


class Measure(TypedDict):
    """Loudness on a scale of 0 to 32767, and the strongest frequency (0 when there is nothing to hear)."""

    rms: float
    peak: float
    hz: float


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
