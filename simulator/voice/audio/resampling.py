"""From whatever a decoder gives to our own samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from av import AudioFrame, AudioResampler

from simulator.ports import SAMPLE_RATE

if TYPE_CHECKING:
    from simulator.ports import Frame


class ToSamples:
    """Turns decoded frames into mono samples at `SAMPLE_RATE`. What is that already passes untouched."""

    def __init__(self) -> None:
        self._resampler: AudioResampler | None = None

    def convert(self, frame: AudioFrame | None) -> Frame:
        """The samples of a frame; None asks for what is left at the end."""
        if frame is not None and self._resampler is None:
            if frame.sample_rate == SAMPLE_RATE and frame.format.name == "s16" and frame.layout.nb_channels == 1:
                return _samples(frame)
            self._resampler = AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
        if self._resampler is None:
            return np.zeros(0, dtype=np.int16)
        parts = [_samples(part) for part in self._resampler.resample(frame)]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int16)


def resample(samples: Frame, rate: int) -> Frame:
    """Mono samples of another rate."""
    if rate == SAMPLE_RATE:
        return samples
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples).reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = rate
    converter = ToSamples()
    return np.concatenate((converter.convert(frame), converter.convert(None)))


def _samples(frame: AudioFrame) -> Frame:
    return np.asarray(frame.to_ndarray(), dtype=np.int16).reshape(-1)
