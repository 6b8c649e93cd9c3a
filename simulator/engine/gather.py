"""`<Gather>`: digits from the party while it is spoken to. Twilio Docs, "TwiML Voice: <Gather>"."""

from __future__ import annotations

import asyncio
import contextlib

from simulator.engine.interpreter import Goto, Script, Step
from simulator.twiml.reading import Verb


async def gather(script: Script, verb: Verb) -> Step:
    """Asks the action with `Digits`; falls through to the next verb when nothing was pressed."""
    await script.answer()
    if "speech" in verb.get("input", "dtmf").split():
        script.warn(None, "<Gather input=speech>: the simulator understands digits only")
    script.leg.forget_digits()
    finish = verb.attributes.get("finishOnKey", "#")
    prompt = asyncio.create_task(_prompt(script, verb.children))
    try:
        digits, key = await _collect(script, prompt, finish, verb.number("numDigits", 0), verb.number("timeout", 5))
    finally:
        prompt.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await prompt
    if not digits and not verb.flag("actionOnEmptyResult", default=False):
        return None
    params = {"Digits": digits, "msg": "Gather End"} | ({"FinishedOnKey": key} if key else {})
    # Without an action the current document is asked for again, now with the digits.
    return script.action(verb, params) or Goto(script.here.url, verb.get("method", "POST"), params, "action")


async def _prompt(script: Script, verbs: list[Verb]) -> None:
    await script.run_verbs(verbs)
    script.leg.run_verb("Gather")


async def _collect(
    script: Script, prompt: asyncio.Task[None], finish: str, most: float, patience: float
) -> tuple[str, str]:
    """The digits, and the key that ended them if one did. `patience` starts anew at every digit, in seconds."""
    digits = ""
    first = await _first_digit(script, prompt, patience)
    while first is not None:
        if finish and first in finish:
            return digits, first
        digits += first
        if most and len(digits) >= most:
            break
        first = await _digit(script, patience)
    return digits, ""


async def _first_digit(script: Script, prompt: asyncio.Task[None], patience: float) -> str | None:
    """A digit interrupts what is being said; the timeout begins when all is said."""
    waiting = asyncio.create_task(script.leg.digit_queue.get())
    try:
        await asyncio.wait({waiting, prompt}, return_when=asyncio.FIRST_COMPLETED)
        if waiting.done():
            return waiting.result()
    finally:
        waiting.cancel()
    if not prompt.cancelled() and (error := prompt.exception()):
        raise error
    return await _digit(script, patience)


async def _digit(script: Script, patience: float) -> str | None:
    try:
        async with asyncio.timeout(patience):
            return await script.leg.digit_queue.get()
    except TimeoutError:
        return None
