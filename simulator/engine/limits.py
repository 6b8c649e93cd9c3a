"""How long a call may last at most."""

from __future__ import annotations

import asyncio

from simulator.identifiers import now
from simulator.leg import CallLeg


def end_after(leg: CallLeg, seconds: float) -> None:
    """Ends the call so many seconds after it is, or was, answered: Twilio's `TimeLimit`."""
    timer: asyncio.TimerHandle | None = None

    def follow(leg: CallLeg, status: str | None) -> None:
        nonlocal timer
        if leg.answered and not leg.over and timer is None:
            assert leg.answer_time is not None  # noqa: S101
            left = seconds - (now() - leg.answer_time).total_seconds()
            timer = asyncio.get_running_loop().call_later(max(left, 0), lambda: leg.finish("completed", by="timeout"))
        elif leg.over and timer is not None:
            timer.cancel()

    leg.observe(follow)
    follow(leg, None)
