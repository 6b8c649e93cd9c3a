"""Sound files as telephones carry them: 8,000 Hz, mono, 16 bit."""

from __future__ import annotations

import hashlib
import io
import struct
import wave
from array import array
from dataclasses import dataclass
from itertools import accumulate, pairwise
from sys import byteorder
from typing import Literal

from core.languages import Sentence, sentence
from core.languages import kept as _

RATE = 8000
MOST_BYTES, MOST_SECONDS = 12_000_000, 60
_RATES, _WIDTHS, _MOST_CHANNELS = range(8000, 96_001), (1, 2, 3, 4), 2


class SoundRefused(ValueError):
    """Its text is a sentence that says what to do."""

    def __init__(self, text: Sentence) -> None:
        super().__init__(text)
        self.text = text

    @property
    def message(self) -> str:
        return sentence(self.text)


@dataclass(frozen=True, slots=True)
class Sound:
    wav: bytes
    seconds: int
    """Rounded up."""

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.wav).hexdigest()


def sound_convert(data: bytes) -> Sound:
    """A WAV file (PCM) of any usual kind as one that Twilio plays. Raises `SoundRefused`."""
    if len(data) > MOST_BYTES:
        raise SoundRefused(_TOO_LARGE)
    try:
        with wave.open(io.BytesIO(data)) as file:
            width, channels, rate, count = (
                file.getsampwidth(), file.getnchannels(), file.getframerate(), file.getnframes()
            )  # fmt: skip
            if width not in _WIDTHS or not 1 <= channels <= _MOST_CHANNELS or rate not in _RATES:
                raise SoundRefused(_NO_WAV)
            size = width * channels
            frames = file.readframes(min(count, MOST_SECONDS * rate + 1))
            if len(frames) > MOST_SECONDS * rate * size:
                raise SoundRefused(_("A greeting lasts at most %(count)d seconds.") % {"count": MOST_SECONDS})
            # A tenth of a second is nothing that anybody misses.
            if len(frames) // size < count - rate // 10 and count < _UNKNOWN_BYTES // size:
                raise SoundRefused(_CUT_OFF)
    except SoundRefused:
        raise
    except (wave.Error, EOFError, OSError, RuntimeError, ValueError, struct.error):
        # Whatever Python's library stumbles over.
        raise SoundRefused(_NO_WAV) from None
    made = _resampled(_mono(_samples(frames, width), channels), rate)
    # Silence is heard as nothing, too.
    if not any(made):
        raise SoundRefused(_("There is no sound in this file."))
    return Sound(_written(made), -(-len(made) // RATE))


_TOO_LARGE = _("Upload at most %(size)d MB.") % {"size": MOST_BYTES // 1_000_000}


def too_large() -> str:
    """What is said of a file that is larger than that."""
    return sentence(_TOO_LARGE)


# What programs write as the length that cannot go back to the head of the file when they know it.
_UNKNOWN_BYTES = 0xFFFF_FF00
_CUT_OFF = _("This file ends before the sound does: a part of it is missing. Export it again, and upload that.")
_NO_WAV = _("This is no sound file that can be used. Upload a WAV file (PCM), as recorders and phones export it.")


def _samples(frames: bytes, width: int) -> array[int]:
    """As 16 bit. In an array, as all below: a minute of numbers, each by itself, would fill the memory of a server."""
    if width == 1:
        return array("h", ((value - 128) << 8 for value in frames))
    if width == 3:
        # The two upper bytes of each three.
        pairs = bytearray(len(frames) // 3 * 2)
        pairs[0::2], pairs[1::2] = frames[1 : len(frames) // 3 * 3 : 3], frames[2 : len(frames) // 3 * 3 : 3]
        return _native(bytes(pairs), "h")
    if width == 4:
        return array("h", (value >> 16 for value in _native(frames, "i")))
    return _native(frames, "h")


def _native(frames: bytes, kind: Literal["h", "i"]) -> array[int]:
    values = array(kind)
    values.frombytes(frames[: len(frames) // values.itemsize * values.itemsize])
    if byteorder == "big":
        values.byteswap()
    return values


def _mono(samples: array[int], channels: int) -> array[int]:
    if channels == 1:
        return samples
    return array("h", ((left + right) // 2 for left, right in zip(samples[0::2], samples[1::2], strict=False)))


def _resampled(samples: array[int], rate: int) -> array[int]:
    """Each new sample is the mean of the old ones in its place: what is too high for a telephone goes with it."""
    if rate == RATE:
        return samples
    sums = array("q", accumulate(samples, initial=0))
    edges = (number * rate // RATE for number in range(len(samples) * RATE // rate + 1))
    return array("h", ((sums[end] - sums[begin]) // (end - begin) for begin, end in pairwise(edges) if end > begin))


def _written(samples: array[int]) -> bytes:
    values = array("h", samples)
    if byteorder == "big":
        values.byteswap()
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(values.tobytes())
    return made.getvalue()
