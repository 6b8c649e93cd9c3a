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


class ToneHeard(TypedDict):
    """How loud one frequency is, as the amplitude of a sine (of 32767): only a quarter of all slices is louder. So who
    speaks all the time is heard, though the sound has gaps, and a click or a short note is not."""

    hz: float
    level: float


class Heard(Measure):
    """`silence`: of the longest stretch in which nothing was to be heard, in seconds of sound."""

    silence: float
    tones: list[ToneHeard]


#: Of 32767: quieter than this is the noise of a codec.
AUDIBLE = 300
#: Seconds: long enough to tell tones apart that are 40 Hz from each other.
SLICE_SECONDS = 0.1


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


def tones_heard(samples: Frame, tones: Sequence[float]) -> list[ToneHeard]:
    """Of each tone how loud it is among whatever else is heard; 0 in sound that is shorter than a slice."""
    length = round(SLICE_SECONDS * SAMPLE_RATE)
    slices = samples[: len(samples) // length * length].reshape(-1, length) * np.hanning(length)
    if not len(slices):
        return [ToneHeard(hz=hz, level=0.0) for hz in tones]
    # What a sine comes to through this window is its amplitude times a quarter of the slice's length.
    waves = np.exp(-2j * np.pi * np.outer(np.arange(length), np.asarray(tones, dtype=np.float64)) / SAMPLE_RATE)
    levels = np.quantile(np.abs(slices @ waves), 0.75, axis=0) / (length / 4)
    return [ToneHeard(hz=hz, level=float(level)) for hz, level in zip(tones, levels, strict=True)]
