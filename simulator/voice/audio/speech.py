"""Words, spoken by espeak-ng where it is installed, else hummed: a tone pattern about as long."""

from __future__ import annotations

import asyncio
import logging
import re
import shutil
from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np

from simulator.ports import SAMPLE_RATE
from simulator.voice.audio.buffer import SILENT_FRAME
from simulator.voice.audio.resampling import resample
from simulator.voice.audio.sources import TONE_AMPLITUDE, Samples

if TYPE_CHECKING:
    from simulator.ports import Frame
    from simulator.voice.tasks import Tasks

log = logging.getLogger(__name__)

#: Twilio Docs, "TwiML Voice: <Say>": 4,096 characters at most.
MOST_CHARACTERS = 4096
MOST_CACHED_SAMPLES = 20 * 60 * SAMPLE_RATE
SYNTHESIS_SECONDS = 10.0
#: Between two sayings of a telephone that repeats itself.
REPEAT_GAP_SECONDS = 1.0

WAV_HEADER_BYTES = 44
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")

# Measured on espeak-ng 1.51 at its own pace, and rounded up: a little silence after the words is better than a
# sentence cut off.
_BASE_SECONDS = 0.6
_SECONDS_PER_CHARACTER = 0.062
_SECONDS_PER_DIGIT = 0.35


class Speech:
    """Words on their way. Silence until they are synthesised; then `duration` is exact, before it is an estimate."""

    def __init__(self, seconds: float, *, loop: bool) -> None:
        self._samples: Samples | None = None
        self._loop = loop
        self.duration: float | None = None if loop else seconds

    def fill(self, samples: Frame) -> None:
        if self._loop:
            samples = np.pad(samples, (0, int(REPEAT_GAP_SECONDS * SAMPLE_RATE)))
        self._samples = Samples(samples, loop=self._loop)
        self.duration = self._samples.duration

    def read(self) -> Frame:
        return SILENT_FRAME if self._samples is None else self._samples.read()


class Speaker:
    """Says things, and remembers how they sounded."""

    def __init__(self, tasks: Tasks, program: str | None = "espeak-ng") -> None:
        self._tasks = tasks
        self._program = shutil.which(program) if program else None
        self._spoken: OrderedDict[tuple[str, str], Frame] = OrderedDict()
        self._waiting: dict[tuple[str, str], list[Speech]] = {}
        self._turns = asyncio.Semaphore(2)

    def say(self, text: str, language: str = "en-US", *, loop: bool = False) -> Speech:
        """Begins to speak. Must be called while the event loop runs."""
        text = " ".join(text.split())[:MOST_CHARACTERS]
        key = (text, language)
        speech = Speech(estimate(text), loop=loop)
        if (samples := self._spoken.get(key)) is not None:
            self._spoken.move_to_end(key)
            speech.fill(samples)
        elif self._program is None or not text:
            speech.fill(hum(text))
        elif key in self._waiting:
            self._waiting[key].append(speech)
        else:
            self._waiting[key] = [speech]
            self._tasks.spawn(self._fill(key))
        return speech

    async def spoken(self, text: str, language: str = "en-US") -> Frame:
        """All of it at once. Not remembered: whoever asks keeps it."""
        if self._program is None:
            return hum(text)
        async with self._turns:
            return await self._synthesise(text, language)

    async def _fill(self, key: tuple[str, str]) -> None:
        try:
            async with self._turns:
                samples = await self._synthesise(*key)
            self._remember(key, samples)
            for speech in self._waiting[key]:
                speech.fill(samples)
        finally:
            del self._waiting[key]

    async def _synthesise(self, text: str, language: str) -> Frame:
        wanted = language.lower() if _LANGUAGE.fullmatch(language) else "en-us"
        for voice in dict.fromkeys((wanted, wanted.partition("-")[0], "en-us")):
            samples = await self._espeak(text, voice)
            if samples is not None:
                return samples
        return hum(text)

    async def _espeak(self, text: str, voice: str) -> Frame | None:
        """The words in one of espeak-ng's voices; None when it has no such voice or fails."""
        pipe = asyncio.subprocess.PIPE
        arguments = (str(self._program), "-v", voice, "--stdin", "--stdout")
        process = await asyncio.create_subprocess_exec(
            *arguments, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            async with asyncio.timeout(SYNTHESIS_SECONDS):
                wav, _ = await process.communicate(text.encode())
        except TimeoutError:
            log.warning("espeak-ng took longer than %s s", SYNTHESIS_SECONDS)
            return None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode or len(wav) <= WAV_HEADER_BYTES:
            return None
        # Written to a pipe, the header cannot know the length: only its rate is of use.
        rate = int.from_bytes(wav[24:28], "little")
        body = wav[WAV_HEADER_BYTES : len(wav) - len(wav) % 2]
        return resample(np.frombuffer(body, dtype="<i2").astype(np.int16), rate)

    def _remember(self, key: tuple[str, str], samples: Frame) -> None:
        self._spoken[key] = samples
        while len(self._spoken) > 1 and sum(map(len, self._spoken.values())) > MOST_CACHED_SAMPLES:
            self._spoken.popitem(last=False)


def estimate(text: str) -> float:
    """About how many seconds it takes to say."""
    digits = sum(character.isdigit() for character in text)
    return _BASE_SECONDS + (len(text) - digits) * _SECONDS_PER_CHARACTER + digits * _SECONDS_PER_DIGIT


def hum(text: str) -> Frame:
    """A note for every word, as long as the word takes to say, and a breath between them."""
    notes = []
    for position, word in enumerate(text.split()):
        seconds = max(0.1, estimate(word) - _BASE_SECONDS)
        times = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
        hz = 220 + 40 * ((position * 3 + len(word)) % 5)
        notes.append(TONE_AMPLITUDE * np.sin(2 * np.pi * hz * times) * np.sin(np.pi * times / seconds))
        notes.append(np.zeros(int(_SECONDS_PER_CHARACTER * SAMPLE_RATE)))
    notes.append(np.zeros(int(0.1 * SAMPLE_RATE)))
    return np.concatenate(notes).astype(np.int16)
