"""`<Enqueue>`, and `<Dial><Queue>` that takes the first in line. Twilio Docs, "TwiML Voice: <Enqueue>", "<Queue>"."""

from __future__ import annotations

import asyncio
import time

from simulator.engine import bridge
from simulator.engine.dialling import Outcome, until_over
from simulator.engine.interpreter import Allowed, Goto, Script, Step, Stop
from simulator.engine.queue import LONGEST_NAME, Place
from simulator.engine.waiting import QUEUE_VERBS, any_of, silenced, wait_music
from simulator.faults import Kind, Occasion
from simulator.twiml.reading import Verb

NAME_TOO_SHORT, NAME_TOO_LONG, QUEUE_FULL = 14204, 14205, 14207
DIALLED_NAME_TOO_SHORT, DIALLED_NAME_TOO_LONG = 14212, 14213
WHISPER = Allowed(frozenset({"Say", "Play", "Pause", "Redirect"}))


async def enqueue(script: Script, verb: Verb) -> Step:
    """Waits in line; asks the action with `QueueResult` when the wait, or the talk after it, is over."""
    await script.answer()
    name, engine = verb.text, script.engine
    if not 0 < len(name) <= LONGEST_NAME:
        code = NAME_TOO_LONG if name else NAME_TOO_SHORT
        script.warn(code, f"<Enqueue>: a queue's name has 1 to {LONGEST_NAME} characters", level="error")
        return script.action(verb, {"QueueResult": "error"})
    if engine.faults.draw(Occasion(call_sids=(script.leg.sid,)), Kind.QUEUE_SYSTEM_ERROR):
        script.warn(None, "<Enqueue> failed: a fault on purpose", level="error")
        return script.action(verb, {"QueueResult": "system-error"})
    queue = engine.queues.named(name)
    if queue.full:
        script.warn(QUEUE_FULL, f"<Enqueue>: {name!r} is full with {queue.max_size}")
        return script.action(verb, {"QueueResult": "queue-full"})
    return await Waiting(script, verb, queue.enter(script.leg)).run()


class Waiting:
    """One `<Enqueue>` from the moment its caller is in the queue."""

    def __init__(self, script: Script, verb: Verb, place: Place) -> None:
        self.script = script
        self.place = place
        self._verb = verb
        self._overruled = False

    async def run(self) -> Step:
        script, place, waiting = self.script, self.place, self.script.engine.enqueued
        waiting[place.sid] = self
        music = asyncio.create_task(self._music())
        taken = asyncio.create_task(place.taken.wait())
        try:
            await asyncio.wait({music, taken}, return_when=asyncio.FIRST_COMPLETED)
            if not place.taken.is_set():
                return self._after(music.result())
            await silenced(music)
            script.leg.run_verb("Enqueue")
            place.quiet.set()
            await place.released.wait()
            return self._action("bridged" if place.bridged else "bridging-in-process")
        except asyncio.CancelledError:
            self._tell_at_once()
            raise
        finally:
            if waiting.get(place.sid) is self:
                del waiting[place.sid]
            place.queue.drop(place)
            place.left.set()
            music.cancel()
            taken.cancel()

    def leave(self) -> Goto | None:
        """Takes the caller, whom the REST API sends elsewhere, out of the queue at once.

        Twilio asks the action, too, and it is not documented which of the two answers is run. Usually it is the one
        of where the caller is sent; when a fault says otherwise, the action is given back, to be run instead.
        """
        place = self.place
        place.queue.drop(place)
        action = self._action(self._redirected)
        occasion = Occasion(call_sids=(place.sid,))
        if action is None or not self.script.engine.faults.draw(occasion, Kind.QUEUE_ACTION_WINS):
            return None
        self._overruled = True
        return action

    async def _music(self) -> Script | None:
        attributes = self._verb.attributes
        method = self._verb.get("waitUrlMethod", "POST")
        place = self.place
        return await wait_music(
            self.script, attributes.get("waitUrl"), method, QUEUE_VERBS, lambda: place.queue.facts(place)
        )

    def _after(self, document: Script | None) -> Step:
        """Where the wait document led that ended the wait."""
        script = self.script
        if document is None or document.left:
            return self._action("leave")
        if document.failed:
            return self._action("error")
        if not script.leg.over:
            script.leg.finish("completed")  # <Hangup>
        self._tell("hangup")
        return Stop()

    def _tell_at_once(self) -> None:
        """The caller hung up, or was sent elsewhere: Twilio tells the action, and does not run its answer."""
        if self._overruled:
            return
        if not self.script.leg.over:
            self._tell(self._redirected)
        elif self.place.taken.is_set():
            self._tell("bridged" if self.place.bridged else "bridging-in-process")
        else:
            self._tell("hangup")

    @property
    def _redirected(self) -> str:
        return "redirected-from-bridged" if self.place.bridged else "redirected"

    def _action(self, result: str) -> Goto | None:
        place = self.place
        params = {"QueueResult": result, "QueueSid": place.queue.sid, "QueueTime": str(place.seconds)}
        return self.script.action(self._verb, params)

    def _tell(self, result: str) -> None:
        if action := self._action(result):
            self.script.later(action)


async def dial_queue(script: Script, verb: Verb, noun: Verb, outcome: Outcome) -> None:
    """Connects the party to the first in line. A queue that does not exist is a failure at once."""
    await script.answer()
    name = noun.text
    if not 0 < len(name) <= LONGEST_NAME:
        code = DIALLED_NAME_TOO_LONG if name else DIALLED_NAME_TOO_SHORT
        script.warn(code, f"<Queue>: a queue's name has 1 to {LONGEST_NAME} characters", level="error")
        return
    queue = script.engine.queues.get(name)
    if queue is None:
        script.warn(None, f"<Queue>: there is no queue {name!r}; only <Enqueue> makes one", level="error")
        return
    outcome.status, outcome.extra = "no-answer", {"QueueSid": queue.sid}
    try:
        async with asyncio.timeout(verb.number("timeout", 30) + script.engine.config.dial_buffer):
            place = await queue.next()
    except TimeoutError:
        return
    try:
        await _connect(script, verb, noun, place, outcome)
    finally:
        bridge.part(script.leg)
        if not place.left.is_set():
            bridge.part(place.leg)
        place.released.set()


async def _connect(script: Script, verb: Verb, noun: Verb, place: Place, outcome: Outcome) -> None:
    """Whispers to the caller who waited, and connects the two until the caller leaves, or the `<Dial>` ends."""
    facts = {"QueueSid": place.queue.sid, "QueueTime": str(place.seconds), "DequeingCallSid": script.leg.sid}
    outcome.extra |= facts
    outcome.sid = place.sid
    await any_of(place.quiet, place.left)
    if noun.get("url") and not place.left.is_set():
        whisper = Script(script.engine, place.leg, allowed=WHISPER)
        url = script.url(noun.get("url"))
        running = asyncio.create_task(whisper.run(Goto(url, noun.get("method", "POST"), facts)))
        gone = asyncio.create_task(place.left.wait())
        try:
            await asyncio.wait({running, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            running.cancel()
            await asyncio.wait({running})
    if place.left.is_set():
        return
    begun = time.monotonic()
    place.bridged = True
    bridge.join(script.leg, place.leg)
    outcome.status, outcome.bridged = "completed", True
    await until_over(place.left, script.leg, verb)
    outcome.seconds = round(time.monotonic() - begun)
