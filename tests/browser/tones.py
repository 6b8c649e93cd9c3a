"""Agents whose microphones sing, each a tone of its own: so it is heard who hears whom."""

from __future__ import annotations

import math
import struct
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.stack import eventually
from tests.chromium import launch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

    from tests.browser.desk import DeskPage
    from tests.browser.stack import Stack

RATE = 48_000
# A tone that is there stands this far above the floor; one that is not there lies well below it.
THERE, AWAY = -55.0, -75.0
LOUD, QUIET = 300, 0.003  # of 32767; of 1
# The loudness of each of some frequencies in dB, at its greatest within some milliseconds.
_LEVELS = """
async ([tones, milliseconds]) => {
  const stream = globalThis.ringdesk.remoteStream();
  if (!stream) return tones.map(() => -200);
  const context = (globalThis.__ear ??= new AudioContext());
  await context.resume();
  const source = context.createMediaStreamSource(stream);
  const analyser = context.createAnalyser();
  analyser.fftSize = 8192;
  analyser.smoothingTimeConstant = 0;
  source.connect(analyser);
  const bins = new Float32Array(analyser.frequencyBinCount);
  const width = context.sampleRate / analyser.fftSize;
  const found = tones.map(() => -200);
  const end = performance.now() + milliseconds;
  // What was in the ear before this moment is not what is heard now.
  await new Promise((next) => setTimeout(next, (1000 * analyser.fftSize) / context.sampleRate));
  while (performance.now() < end) {
    await new Promise((next) => setTimeout(next, 40));
    analyser.getFloatFrequencyData(bins);
    tones.forEach((hz, at) => {
      const middle = Math.round(hz / width);
      found[at] = Math.max(found[at], ...bins.slice(middle - 2, middle + 3));
    });
  }
  source.disconnect();
  return found;
}
"""


@contextmanager
def singing(playwright: Playwright, folder: Path, hz: int) -> Iterator[Browser]:
    """A browser whose microphone hears nothing but this tone."""
    path = folder / f"{hz}.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        # A whole number of waves: it goes round without a click.
        file.writeframes(
            b"".join(struct.pack("<h", round(9000 * math.sin(2 * math.pi * hz * n / RATE))) for n in range(RATE))
        )
    browser = launch(playwright, extra=[f"--use-file-for-fake-audio-capture={path}"])
    try:
        yield browser
    finally:
        browser.close()


def levels(desk: DeskPage, *tones: int, milliseconds: int = 700) -> list[float]:
    """How loud each of these frequencies is in what the desk hears, in dB."""
    found: list[float] = desk.page.evaluate(_LEVELS, [list(tones), milliseconds])
    return found


def expect_hears(desk: DeskPage, *tones: int, but: tuple[int, ...] = ()) -> None:
    """The desk hears all of these and none of the others."""

    def so() -> bool:
        found = levels(desk, *tones, *but)
        return all(level > THERE for level in found[: len(tones)]) and all(
            level < AWAY for level in found[len(tones) :]
        )

    eventually(so, f"hears {tones} and not {but}")


def expect_hears_music(desk: DeskPage, *, but: tuple[int, ...]) -> None:
    """The desk hears something in which these tones are no more than a trace: music has a little of everything."""

    def so() -> bool:
        loudest = desk.hears(700)
        if loudest["rms"] < QUIET or any(abs(loudest["hz"] - hz) < 25 for hz in but):
            return False
        level, *others = levels(desk, round(loudest["hz"]), *but, milliseconds=1200)
        return all(other < level - 15 for other in others)

    eventually(so, f"hears music and not {but}")


def expect_telephone_hears(stack: Stack, sid: str, hz: int) -> None:
    """The loudest that the telephone hears is this."""
    eventually(
        lambda: (heard := stack.heard(sid, 0.6))["rms"] > LOUD and abs(heard["hz"] - hz) < 25,
        f"the telephone hears {hz} Hz",
    )
