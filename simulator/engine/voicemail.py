"""The voicemail of a mobile: it answers, says its greeting, beeps, and takes down what it hears."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from simulator.engine.audio import beep
from simulator.engine.reactions import say_words
from simulator.engine.recorder import Recorder
from simulator.leg import CallLeg
from simulator.world import Telephone

if TYPE_CHECKING:
    from simulator.engine.calls import CallEngine

GREETING = "The person you have called is not available. Please leave a message after the tone."
CONFIDENCE = 0.9
#: Seconds.
LONGEST_MESSAGE = 120.0
BEEP_SECONDS = 0.5


async def take_message(engine: CallEngine, leg: CallLeg, telephone: Telephone) -> None:
    """From its answer on; until the other side hangs up, or until there is no more room on it."""
    seconds = say_words(engine, leg, telephone.greeting or GREETING, CONFIDENCE) or 0.0
    await engine.pause(seconds)
    if leg.over:
        return
    leg.endpoint.utter(beep)
    await engine.pause(BEEP_SECONDS)
    leg.beeped.set()
    recorder = Recorder([leg.endpoint.port.overhear()])
    running = asyncio.create_task(recorder.run(LONGEST_MESSAGE))
    ended = asyncio.create_task(leg.ended.wait())
    try:
        await asyncio.wait({running, ended}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        running.cancel()
        ended.cancel()
    leg.voicemail = recorder.seconds
    engine.world.add_voicemail(leg.sid, recorder.wav())
    leg.changed()
    leg.party_hung_up()
