"""Sound files, decoded as they are heard."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import av
import numpy as np

from simulator.ports import FRAME_SAMPLES, SAMPLE_RATE
from simulator.voice.audio.buffer import SILENT_FRAME
from simulator.voice.audio.resampling import ToSamples

if TYPE_CHECKING:
    from simulator.ports import Frame

#: Twilio Docs, "TwiML Voice: <Play>": "There is a 40 MB limit on the size of audio files".
MOST_BYTES = 40_000_000
#: A file that says nothing of its length is read through once; a hostile one must not keep us.
MOST_SECONDS = 4 * 3600.0


class SoundFile:
    """A WAV, MP3 or Ogg file (or whatever else FFmpeg reads), decoded a frame at a time.

    Raises `ValueError` when `data` is no sound or too long.
    """

    def __init__(self, data: bytes, content_type: str) -> None:
        if len(data) > MOST_BYTES:
            raise ValueError(f"the file has {len(data)} bytes; {MOST_BYTES} are allowed")
        kind = content_type.partition(";")[0].strip().lower()
        if kind and not kind.startswith("audio/") and kind != "application/octet-stream":
            raise ValueError(f"{kind} is no sound")
        self._decoded = _decode(data)
        try:
            self._waiting = next(self._decoded)
        except StopIteration as error:
            raise ValueError("there is no sound in the file") from error
        except av.FFmpegError as error:
            raise ValueError(f"the file cannot be decoded: {error.strerror}") from error
        self.duration: float | None = _length(data)

    def read(self) -> Frame:
        while len(self._waiting) < FRAME_SAMPLES:
            try:
                more = next(self._decoded)
            except (StopIteration, av.FFmpegError):
                last, self._waiting = self._waiting, SILENT_FRAME[:0]
                return np.pad(last, (0, FRAME_SAMPLES - len(last))) if len(last) else SILENT_FRAME
            self._waiting = np.concatenate((self._waiting, more))
        frame, self._waiting = self._waiting[:FRAME_SAMPLES], self._waiting[FRAME_SAMPLES:]
        return frame


def _decode(data: bytes) -> Iterator[Frame]:
    converter = ToSamples()
    with av.open(io.BytesIO(data), mode="r") as container:
        if not container.streams.audio:
            return
        for frame in container.decode(audio=0):
            if len(samples := converter.convert(frame)):
                yield samples
    if len(samples := converter.convert(None)):
        yield samples


def _length(data: bytes) -> float:
    """Seconds, by the packets' own timestamps: headers lie more often, and MP3 files have none."""
    end = 0.0
    with av.open(io.BytesIO(data), mode="r") as container:
        stream = container.streams.audio[0]
        if stream.duration is not None and stream.time_base is not None:
            end = float(stream.duration * stream.time_base)
        elif container.duration is not None:
            end = container.duration / av.time_base
        else:
            for packet in container.demux(stream):
                if packet.pts is not None and packet.time_base is not None:
                    end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    if end > MOST_SECONDS:
        raise ValueError(f"the file lasts {end:.0f} s; {MOST_SECONDS:.0f} are allowed")
    return max(end, FRAME_SAMPLES / SAMPLE_RATE)
