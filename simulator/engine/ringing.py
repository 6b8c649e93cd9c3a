"""Rings the party of an outgoing leg, and lets a telephone do what it is set to do."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from simulator.engine.voicemail import take_message
from simulator.leg import CallLeg
from simulator.ports import Unreachable
from simulator.world import Telephone

if TYPE_CHECKING:
    from simulator.engine.calls import CallEngine

NOT_FOUND = 404


async def offer(engine: CallEngine, leg: CallLeg, telephone: Telephone | None) -> None:
    """From the leg's first state to ringing, and further when nobody has to be waited for.

    `telephone` says what the party does; None when it is a browser.
    """
    if leg.over:
        return
    if leg.status == "queued":
        leg.move("initiated")
    else:
        leg.changed("initiated")  # legs of a <Dial> begin there
    if telephone is not None and telephone.behaviour in ("busy", "failed"):
        await _wait(leg, telephone.delay)
        leg.finish(telephone.behaviour, by="party")
        return
    try:
        await leg.endpoint.ring(leg)
    except Unreachable:
        leg.finish("no-answer", NOT_FOUND, by="party")
        return
    if leg.status == "initiated":
        leg.move("ringing")
    if telephone is not None and telephone.behaviour in ("answer", "reject", "voicemail"):
        await _wait(leg, telephone.delay)
        if telephone.behaviour == "reject":
            leg.party_rejected()
        else:
            leg.party_answered()
        if telephone.behaviour == "voicemail" and leg.answered:
            await take_message(engine, leg, telephone)


async def _wait(leg: CallLeg, seconds: float) -> None:
    """Waits, but not longer than the leg lives."""
    if seconds > 0:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await leg.ended.wait()
