"""G.711 µ-law by table: cheaper by far than an encoder and a thread for every twenty milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.ports import Frame

_BIAS = 132
_CLIP = 32635


def _table() -> NDArray[np.uint8]:
    """The code of every sample, by the sample's sixteen bits read without sign. ITU-T G.711, table 2a."""
    samples = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    magnitudes = np.minimum(np.abs(samples), _CLIP) + _BIAS
    exponents = np.floor(np.log2(magnitudes)).astype(np.int32) - 7
    mantissas = (magnitudes >> (exponents + 3)) & 0x0F
    signs = np.where(samples < 0, 0x80, 0)
    codes: NDArray[np.uint8] = (~(signs | (exponents << 4) | mantissas) & 0xFF).astype(np.uint8)
    return codes


_CODES = _table()


def encode(frame: Frame) -> bytes:
    """One byte a sample."""
    return _CODES[frame.view(np.uint16)].tobytes()
