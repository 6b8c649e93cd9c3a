"""What a telephone does by its own rule when it is asked for keys or words: "press 1", "say sales"."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from simulator.leg import CallLeg, Utterance

if TYPE_CHECKING:
    from simulator.engine.calls import CallEngine


def say_words(engine: CallEngine, leg: CallLeg, words: str, confidence: float) -> float | None:
    """Lets the leg's telephone say something. Returns the seconds it takes; None when no telephone is there."""
    seconds = leg.endpoint.utter(lambda: engine.registrar.say(words))
    if seconds is not None:
        leg.party_says(Utterance(words, confidence, seconds))
    return seconds


def react(engine: CallEngine, leg: CallLeg, *, dtmf: bool, speech: bool) -> asyncio.Task[None] | None:
    """Begins what the rule of the leg's telephone says for the `<Gather>` that begins; None when it says nothing.

    `dtmf` and `speech` say what is listened to. Keys are pressed rather than words said where both would do.
    """
    number = leg.telephone_number
    telephone = engine.world.telephones.get(number) if number else None
    if telephone is None:
        return None
    press = telephone.press.at(leg.gathers) if dtmf else None
    say = telephone.say.at(leg.gathers) if speech else None

    async def do() -> None:
        if press is not None:
            await asyncio.sleep(press.after)
            leg.party_digits(press.what)
        elif say is not None:
            await asyncio.sleep(say.after)
            say_words(engine, leg, say.what, say.confidence)

    return asyncio.create_task(do()) if press or say else None
