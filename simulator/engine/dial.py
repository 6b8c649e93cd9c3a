"""`<Dial>`: connects the party to another. Twilio Docs, "TwiML Voice: <Dial>"."""

from __future__ import annotations

import asyncio

from simulator.engine import enqueue, joining
from simulator.engine.dialling import Dialling, Outcome
from simulator.engine.interpreter import Script, Step
from simulator.engine.recorder import recording_url
from simulator.twiml.reading import Verb

MIXED_NOUNS = 13000
#: How a caller's unanswered call ends when its `<Dial>` was the last verb.
UNANSWERED = {"busy": "busy", "failed": "failed", "no-answer": "no-answer", "canceled": "no-answer"}


async def dial(script: Script, verb: Verb) -> Step:
    """Asks the action with what became of it; without an action the next verb runs.

    The action is also asked when the caller hung up, but then its TwiML is not run.
    """
    nouns = verb.children or ([Verb("Number", text=verb.text)] if verb.text else [])
    alone = [noun for noun in nouns if noun.name in ("Conference", "Queue")]
    if alone and len(nouns) > 1:
        script.warn(MIXED_NOUNS, f"<{alone[0].name}> cannot be dialled together with others; the others are left out")
    outcome = Outcome()
    try:
        if alone and alone[0].name == "Conference":
            await joining.dial_conference(script, verb, alone[0], outcome)
        elif alone:
            await enqueue.dial_queue(script, verb, alone[0], outcome)
        else:
            await Dialling(script, verb, nouns, outcome).run()
    except asyncio.CancelledError:
        action = script.action(verb, _params(script, outcome))
        if script.leg.over and action:
            script.later(action)
        raise
    script.outcome = UNANSWERED.get(outcome.status)
    return script.action(verb, _params(script, outcome))


def _params(script: Script, outcome: Outcome) -> dict[str, str]:
    params = {"DialCallStatus": outcome.status, "DialBridged": str(outcome.bridged).lower(), **outcome.extra}
    if outcome.sid:
        params["DialCallSid"] = outcome.sid
    if outcome.seconds is not None:
        params["DialCallDuration"] = str(outcome.seconds)
    if outcome.recording_sid:
        params["RecordingUrl"] = recording_url(script.engine, outcome.recording_sid)
        params["RecordingSid"] = outcome.recording_sid
    return params
