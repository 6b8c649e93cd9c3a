"""The verbs by name, and the short ones themselves."""

from __future__ import annotations

from simulator.engine import dial, enqueue, gather, interpreter, record
from simulator.engine.interpreter import Goto, Script, Step, Stop
from simulator.twiml.reading import BAD_CONTENT_TYPE, Verb
from simulator.webhooks.sender import Webhook

#: What a browser is told when it is turned away: SDK errors BusyHere and TemporarilyUnavailable.
BUSY_HERE, UNAVAILABLE = 31486, 31480


def _times(verb: Verb) -> int:
    """How often `loop` asks for it: 0 is as good as endless."""
    times = int(verb.number("loop", 1))
    return times if times > 0 else 1000


async def say(script: Script, verb: Verb) -> Step:
    for _ in range(_times(verb)):
        await script.say(verb.text, verb.get("language", "en-US"))
    return None


async def play(script: Script, verb: Verb) -> Step:
    await script.answer()
    if verb.get("digits"):
        await script.play_digits(verb.get("digits"))
        return None
    data = verb.data
    if data is None:
        url = script.url(verb.text)
        answer = await script.engine.sender.send(
            Webhook("media", url, "GET", [], script.leg.sid, script.leg.credentials, cookies=script.leg.cookies)
        )
        if answer.error_code:
            script.warn(answer.error_code, f"<Play>: {answer.error}")
            return None
        data = (answer.body, answer.content_type.partition(";")[0].strip().lower())
        script.engine.caption(script.leg, f"(plays {url.rpartition('/')[2] or url})")
    try:
        for _ in range(_times(verb)):
            await script.hear(script.engine.registrar.play(*data), "sound")
    except ValueError as error:
        script.warn(BAD_CONTENT_TYPE, f"<Play>: this is no sound that can be played: {error}")
    return None


async def pause(script: Script, verb: Verb) -> Step:
    """As the first verb it delays the answer, so it does not answer by itself (TwiML Voice: <Pause>)."""
    await script.engine.pause(verb.number("length", 1))
    return None


async def redirect(script: Script, verb: Verb) -> Step:
    return Goto(script.url(verb.text), verb.get("method", "POST"))


async def hangup(script: Script, verb: Verb) -> Step:
    return Stop()


async def reject(script: Script, verb: Verb) -> Step:
    """Turns the caller away without answering: the call is `busy`, or `no-answer` when `rejected`."""
    leg = script.leg
    busy = verb.get("reason") == "busy"
    if leg.answered:
        script.warn(None, "<Reject> after the call was answered hangs up")
    leg.end_error = (BUSY_HERE, "Busy Here") if busy else (UNAVAILABLE, "Temporarily Unavailable")
    leg.finish("busy" if busy else "no-answer", 486 if busy else 603)
    return Stop()


async def leave(script: Script, verb: Verb) -> Step:
    if not script.nested:
        script.warn(None, "<Leave> outside of a queue does nothing")
        return None
    script.left = True
    return Stop()


interpreter.HANDLERS.update(
    {
        "Say": say,
        "Play": play,
        "Pause": pause,
        "Redirect": redirect,
        "Hangup": hangup,
        "Reject": reject,
        "Leave": leave,
        "Gather": gather.gather,
        "Dial": dial.dial,
        "Record": record.record,
        "Enqueue": enqueue.enqueue,
    }
)
