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

    from tests.browser.desk import DeskPage, Heard
    from tests.browser.stack import Stack

RATE = 48_000
# A tone that is there stands this far above the floor; one that is not there lies well below it.
THERE, AWAY = -55.0, -75.0
LOUD, QUIET = 300, 0.003  # of 32767; of 1


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


def expect_hears(desk: DeskPage, *tones: int, but: tuple[int, ...] = ()) -> None:
    """The desk hears all of these and none of the others."""

    def so() -> bool:
        found = desk.hears(700, [*tones, *but])["most"]
        return all(level > THERE for level in found[: len(tones)]) and all(
            level < AWAY for level in found[len(tones) :]
        )

    eventually(so, f"hears {tones} and not {but}")


def expect_hears_music(desk: DeskPage, *, but: tuple[int, ...]) -> None:
    """The desk hears something, and not these people: a voice sings all the time, and what music has of its tone comes
    and goes."""

    def so() -> Heard | None:
        heard = desk.hears(1500, but)
        return heard if heard["rms"] >= QUIET and all(level < AWAY for level in heard["least"]) else None

    eventually(so, f"hears music and not {but}")


def expect_telephone_hears(stack: Stack, sid: str, hz: int) -> None:
    """The loudest that the telephone hears is this."""
    eventually(
        lambda: (heard := stack.heard(sid, 0.6))["rms"] > LOUD and abs(heard["hz"] - hz) < 25,
        f"the telephone hears {hz} Hz",
    )
