"""`<Enqueue>`, and `<Dial><Queue>` that takes the first in line. Twilio Docs, "TwiML Voice: <Enqueue>", "<Queue>"."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.engine import bridge
from simulator.engine.interpreter import Goto, Script, Step, Stop
from simulator.engine.waiting import QUEUE_VERBS, wait_music
from simulator.identifiers import new_sid
from simulator.leg import CallLeg
from simulator.twiml.reading import Verb

if TYPE_CHECKING:
    from simulator.engine.dialling import Outcome

MAX_SIZE = 1000
WHISPER = frozenset({"Say", "Play", "Pause", "Gather", "Redirect"})


@dataclass(eq=False)
class Place:
    """A caller's place in the queue.

    `taken` is set when somebody takes the call, `released` when the taker is done, `left` when the caller is gone:
    hung up, or sent elsewhere.
    """

    leg: CallLeg
    entered: float = field(default_factory=time.monotonic)
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def seconds(self) -> int:
        return round(time.monotonic() - self.entered)


class Queue:
    """Callers in the order they came. Made when it is first named."""

    def __init__(self, name: str) -> None:
        self.sid = new_sid("QU")
        self.name = name
        self.places: list[Place] = []
        self.grown = asyncio.Event()

    def enter(self, leg: CallLeg) -> Place:
        place = Place(leg)
        self.places.append(place)
        self.grown.set()
        return place

    def drop(self, place: Place) -> None:
        if place in self.places:
            self.places.remove(place)

    async def next(self) -> Place:
        """Takes the first in line; waits for one when there is none."""
        while not self.places:
            self.grown.clear()
            await self.grown.wait()
        place = self.places.pop(0)
        place.taken.set()
        return place

    def facts(self, place: Place) -> dict[str, str]:
        """What a waiting caller's `waitUrl` is told."""
        waits = [other.seconds for other in self.places] or [0]
        return {
            "QueueSid": self.sid,
            "QueuePosition": str(self.places.index(place) + 1 if place in self.places else 1),
            "QueueTime": str(place.seconds),
            "AvgQueueTime": str(sum(waits) // len(waits)),
            "CurrentQueueSize": str(len(self.places)),
            "MaxQueueSize": str(MAX_SIZE),
        }


async def enqueue(script: Script, verb: Verb) -> Step:
    """Waits in line; asks the action with `QueueResult` when the wait, or the talk after it, is over."""
    await script.answer()
    queue = script.engine.queue(verb.text or "default")
    if len(queue.places) >= MAX_SIZE:
        return script.action(verb, {"QueueResult": "queue-full"})
    place = queue.enter(script.leg)
    music = asyncio.create_task(
        wait_music(script, verb, QUEUE_VERBS, lambda: queue.facts(place), verb.get("waitUrlMethod", "POST"))
    )
    taken = asyncio.create_task(place.taken.wait())
    seconds = 0

    def result(word: str) -> Goto | None:
        return script.action(verb, {"QueueResult": word, "QueueSid": queue.sid, "QueueTime": str(seconds)})

    try:
        await asyncio.wait({music, taken}, return_when=asyncio.FIRST_COMPLETED)
        seconds = place.seconds
        if place.taken.is_set():
            music.cancel()
            script.leg.run_verb("Enqueue")
            await place.released.wait()
            return result("bridged")
        left = music.result()
        if left is not None and not left.left:
            return Stop()
        return result("leave")
    except asyncio.CancelledError:
        seconds = seconds or place.seconds
        talked = place.taken.is_set()
        if script.leg.over:
            word = "bridged" if talked else "hangup"
        else:  # the REST API sent the call elsewhere: Twilio tells at once, and does not run what it is answered
            word = "redirected-from-bridged" if talked else "redirected"
        if action := result(word):
            script.later(action)
        raise
    finally:
        queue.drop(place)
        place.left.set()
        music.cancel()
        taken.cancel()


async def dial_queue(script: Script, verb: Verb, noun: Verb, outcome: Outcome) -> None:
    """Connects the party to the first in line. A queue that does not exist is a failure at once."""
    await script.answer()
    name = noun.text or "default"
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
    other = place.leg
    outcome.extra["QueueTime"] = str(place.seconds)
    outcome.sid = other.sid
    try:
        if noun.get("url"):
            params = {"QueueSid": queue.sid, "QueueTime": str(place.seconds), "DequeingCallSid": script.leg.sid}
            whisper = Script(script.engine, other, allowed=WHISPER)
            await whisper.run(Goto(script.url(noun.get("url")), noun.get("method", "POST"), params))
        begun = time.monotonic()
        bridge.join(script.leg, other)
        outcome.status, outcome.bridged = "completed", True
        await place.left.wait()
        outcome.seconds = round(time.monotonic() - begun)
    finally:
        bridge.part(script.leg)
        if not place.left.is_set():
            bridge.part(other)
        place.released.set()
