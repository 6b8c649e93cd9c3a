"""`<Record>`: takes down what the party says. Twilio Docs, "TwiML Voice: <Record>"."""

from __future__ import annotations

import asyncio

from simulator.engine.audio import beep
from simulator.engine.interpreter import Goto, Script, Step
from simulator.engine.recorder import (
    FRAME_SECONDS,
    Recorder,
    begin,
    callback_of,
    discard,
    keep,
    recording_url,
    tell,
)
from simulator.twiml.reading import Verb
from simulator.world import Recording

SOURCE = "RecordVerb"
ANY_KEY = "1234567890*#"
DEFAULT_LENGTH = 3600.0
#: Calls from the voice SDK record ten minutes at most.
CLIENT_LENGTH = 600.0


async def record(script: Script, verb: Verb) -> Step:
    """Asks the action with `RecordingUrl`; nothing but silence is no recording and falls through."""
    await script.answer()
    leg = script.leg
    if verb.flag("playBeep", default=True):
        await script.hear(beep(), "beep")
    leg.forget_digits()
    recorder = Recorder([leg.endpoint.port.listen()])
    recording = begin(script.engine, leg, recorder, SOURCE)
    callback = callback_of(script, verb)
    tell(script.engine, leg, callback, recording.sid, "in-progress", recorder, SOURCE)
    try:
        key = await _listen(script, verb, recorder)
    except asyncio.CancelledError:
        if leg.over and recorder.heard_anything:
            script.later(_keep(script, verb, recorder, recording, "hangup"))
        else:
            discard(recording)
        raise
    if not recorder.heard_anything:
        discard(recording)
        tell(script.engine, leg, callback, recording.sid, "absent", recorder, SOURCE)
        return None
    return _keep(script, verb, recorder, recording, key)


async def _listen(script: Script, verb: Verb, recorder: Recorder) -> str:
    """Records until a key, the length or the silence ends it. Returns the key, or an empty string."""
    finish = verb.attributes.get("finishOnKey", ANY_KEY)
    silence = verb.number("timeout", 5)
    longest = CLIENT_LENGTH if script.leg.party == "client" else DEFAULT_LENGTH
    running = asyncio.create_task(recorder.run(min(verb.number("maxLength", longest), longest)))
    try:
        while not running.done() and recorder.silent_for < silence:
            while not script.leg.digit_queue.empty():
                if (key := script.leg.digit_queue.get_nowait()) in finish:
                    return key
            await asyncio.sleep(FRAME_SECONDS)
        if running.done():
            running.result()
        return ""
    finally:
        running.cancel()


def _keep(script: Script, verb: Verb, recorder: Recorder, recording: Recording, digits: str) -> Goto:
    keep(script.engine, script.leg, recorder, recording)
    tell(script.engine, script.leg, callback_of(script, verb), recording.sid, "completed", recorder, SOURCE)
    params = {
        "RecordingUrl": recording_url(script.engine, recording.sid),
        "RecordingSid": recording.sid,
        "RecordingDuration": str(round(recording.duration)),
        "Digits": digits,
    }
    # Without an action the current document is asked for again, as Twilio does: beware of loops.
    return script.action(verb, params) or Goto(script.here.url, verb.get("method", "POST"), params, "action")
