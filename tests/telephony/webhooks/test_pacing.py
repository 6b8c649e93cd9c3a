"""Long forms, of which nobody knows yet whether Twilio sent them, get a part of the event loop's time and no more."""

from __future__ import annotations

import asyncio

import pytest

from telephony.webhooks import pacing
from telephony.webhooks.pacing import LONG, Pace, TooBusy, wait_for_turn


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long forms were kept, on a clock that stands still."""
    seconds: list[float] = []

    async def sleep(delay: float) -> None:
        seconds.append(delay)

    monkeypatch.setattr(pacing, "_pace", Pace())
    monkeypatch.setattr("telephony.webhooks.pacing.asyncio.sleep", sleep)
    monkeypatch.setattr("telephony.webhooks.pacing.time.monotonic", lambda: 1000.0)
    return seconds


def wait(*sizes: int) -> None:
    async def all_of_them() -> None:
        for size in sizes:
            await wait_for_turn(size)

    asyncio.run(all_of_them())


def test_short_forms_never_wait(slept):
    wait(*[LONG] * 10_000)

    assert slept == []


def test_a_long_form_that_comes_alone_does_not_wait(slept):
    wait(65_536)

    assert slept == []


def test_short_forms_do_not_wait_behind_long_ones(slept):
    wait(65_536, 1500, 1500)

    assert slept == []


def test_long_forms_wait_for_those_before_them(slept):
    wait(60_000, 60_000, 30_000, 60_000)

    assert slept == pytest.approx([0.04, 0.08, 0.10])


def test_turns_that_nobody_took_are_not_saved_up():
    pace = Pace()
    pace.seconds_until_turn(60_000, now=0.0)

    assert pace.seconds_until_turn(60_000, now=50.0) == 0
    assert pace.seconds_until_turn(60_000, now=50.0) == pytest.approx(0.04)


def test_who_would_wait_too_long_is_sent_away_and_keeps_no_turn():
    pace = Pace()

    def told(now: float) -> float | None:
        try:
            return pace.seconds_until_turn(60_000, now)
        except TooBusy:
            return None

    taken = sum(told(0.0) is not None for _ in range(1000))

    # Each takes 0.04 s, and the last of them waits for two seconds.
    assert 49 <= taken <= 51
    assert told(1.0) is not None
