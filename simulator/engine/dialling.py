"""Rings up to ten parties for a caller, connects the first to answer, and stays until they part."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field

from simulator.engine import bridge, own_number
from simulator.engine.audio import ringback
from simulator.engine.detection import Detection, detect
from simulator.engine.interpreter import Allowed, Goto, Script
from simulator.engine.recorder import DialRecording
from simulator.identifiers import to_e164
from simulator.leg import CallLeg, Subscription
from simulator.twiml.reading import Verb

INVALID_CALLER_ID = 13214
INVALID_NUMBER = 13223
NO_PERMISSION = 13227
SCHEMA_WARNING = 12200
MAX_NOUNS = 10
DEFAULT_TIMEOUT = 30.0
MAX_LENGTH = 14_400.0
#: What a whisper may do before the parties are connected: everything but dialling on.
WHISPER = Allowed(frozenset({"Say", "Play", "Pause", "Gather", "Record", "Redirect", "Hangup"}))


async def until_over(over: asyncio.Event, leg: CallLeg, verb: Verb) -> None:
    """Waits until what the `<Dial>` led into is over: by itself, by the caller's star, or by its `timeLimit`."""
    waits: set[asyncio.Task[object]] = {asyncio.create_task(over.wait())}
    if verb.flag("hangupOnStar", default=False):
        leg.forget_digits()
        waits.add(asyncio.create_task(_star(leg)))
    try:
        longest = min(verb.number("timeLimit", MAX_LENGTH), MAX_LENGTH)
        await asyncio.wait(waits, timeout=longest, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


async def _star(leg: CallLeg) -> None:
    while await leg.digit_queue.get() != "*":
        pass


@dataclass
class Outcome:
    """What became of a `<Dial>`, in the words of its action's form fields. `seconds` count from the answer."""

    status: str = "failed"
    sid: str | None = None
    seconds: int | None = None
    bridged: bool = False
    recording_sid: str | None = None
    extra: dict[str, str] = field(default_factory=dict)


class Dialling:
    """One `<Dial>` with `<Number>` and `<Client>` nouns."""

    def __init__(self, script: Script, verb: Verb, nouns: list[Verb], outcome: Outcome) -> None:
        self.script = script
        self.engine = script.engine
        self.leg = script.leg
        self.verb = verb
        self.nouns = nouns
        self.outcome = outcome
        self.children: list[CallLeg] = []
        self._noun_of: dict[str, Verb] = {}
        self._changed = asyncio.Event()
        self._told_ringing = False

    async def run(self) -> None:
        if len(self.nouns) > MAX_NOUNS:
            self.script.warn(SCHEMA_WARNING, f"<Dial> rings at most {MAX_NOUNS} at once; the rest is left out")
        if not self.verb.flag("answerOnBridge", default=False):
            await self.script.answer()
        self.leg.observe(self._on_change)
        try:
            groups = [[noun] for noun in self.nouns] if self.verb.flag("sequential", default=False) else [self.nouns]
            for group in groups:
                children = [child for noun in group[:MAX_NOUNS] if (child := self._make_child(noun))]
                winner = await self._ring(children)
                if winner is not None and await self._prepare(winner):
                    await self._connect(winner)
                    return
        except asyncio.CancelledError:
            self._give_up()
            raise
        finally:
            self.leg.unobserve(self._on_change)
            self._end_children("completed")

    def _give_up(self) -> None:
        """The caller hung up, or was sent elsewhere."""
        talking = self.outcome.bridged
        self._end_children("canceled")
        self.outcome.status = "completed" if talking else "canceled"
        if talking:
            self.outcome.seconds = next((child.duration for child in self.children if child.answered), None)
        elif self.children:
            self.outcome.sid = self.children[-1].sid

    def _end_children(self, unanswered: str) -> None:
        for child in self.children:
            child.unobserve(self._on_change)
            if not child.detached:
                child.finish("canceled" if unanswered == "completed" else unanswered, by="dial")

    # --- making the legs --------------------------------------------------------------------------------------------

    def _make_child(self, noun: Verb) -> CallLeg | None:
        """A leg to the noun's party, which begins to ring; None (with a warning) when it cannot be called."""
        if noun.name == "Client":
            identities = [child.text for child in noun.children if child.name == "Identity"]
            to = f"client:{identities[0] if identities else noun.text}"
            caller: str | None = self.verb.get("callerId") or self.leg.from_
        else:
            number = to_e164(noun.text)
            if number is None:
                self.script.warn(INVALID_NUMBER, f"<Number>: {noun.text!r} is no phone number in E.164", level="error")
                return None
            if self.engine.limits.forbids(number):
                self.script.warn(NO_PERMISSION, f"<Number>: no permission to call {number}", level="error")
                return None
            to = number
            caller = self._caller_id()
        if caller is None:
            return None
        child = self.engine.outgoing_leg(caller, to, "outbound-dial", parent=self.leg)
        child.custom_parameters = [(p.get("name"), p.get("value")) for p in noun.children if p.name == "Parameter"]
        if url := noun.get("statusCallback"):
            events = frozenset(noun.get("statusCallbackEvent", "completed").split())
            method = noun.get("statusCallbackMethod", "POST")
            child.subscriptions = [Subscription(self.script.url(url), method, events)]
        self.children.append(child)
        self._noun_of[child.sid] = noun
        if not self.engine.admitted(child):
            return None
        self.engine.announce(child)
        child.observe(self._on_change)
        self._detect_machine(child, noun)
        self.engine.ring(child)
        return child

    def _detect_machine(self, child: CallLeg, noun: Verb) -> None:
        """Finds out who answered while the two are connected already."""
        if not noun.get("machineDetection"):
            return
        url = noun.get("amdStatusCallback")
        callback = self.script.url(url) if url else ""
        method = noun.get("amdStatusCallbackMethod", "POST")
        wanted = Detection(noun.get("machineDetection"), callback, method, in_background=True)

        def follow(leg: CallLeg, status: str | None) -> None:
            if status == "in-progress":
                self.engine.spawn(detect(self.engine, leg, wanted))

        child.observe(follow)

    def _caller_id(self) -> str | None:
        """The number a telephone shows: the inbound caller's, or one of ours. None when Twilio would refuse it."""
        wanted = self.verb.get("callerId") or self.leg.from_
        own = {self.leg.from_, self.leg.to} | {n.phone_number for n in self.engine.world.numbers.values()}
        number = to_e164(wanted) or wanted
        if number in own and not number.startswith("client:"):
            return number
        self.script.warn(
            INVALID_CALLER_ID, f"<Dial>: {wanted!r} cannot be the caller id of a call to a number", level="error"
        )
        return None

    # --- ringing ----------------------------------------------------------------------------------------------------

    def _on_change(self, leg: CallLeg, status: str | None) -> None:
        self._changed.set()

    async def _ring(self, children: list[CallLeg]) -> CallLeg | None:
        """Waits for the first to answer; None when nobody does."""
        if not children:
            return None
        if self.leg.answered:
            self.leg.hear(ringback(), "ringing")
        timeout = self.verb.number("timeout", DEFAULT_TIMEOUT)
        winner = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout + self.engine.config.dial_buffer):
                while not all(child.over for child in children):
                    await self._tell_ringing(children)
                    if winner := next((child for child in children if child.answered and not child.over), None):
                        break
                    await self._next_change()
        for child in children:
            if child is not winner:
                child.finish("no-answer" if winner is None else "canceled", by="dial")
        if self.leg.answered and winner is None:
            bridge.part(self.leg)  # else it hears the ringing until the two are connected
        self._settle(winner or children[-1], children)
        return winner

    def _settle(self, child: CallLeg, children: list[CallLeg]) -> None:
        self.outcome.sid = child.sid
        ends = {leg.status for leg in children}
        if child.answered and not child.over:
            self.outcome.status = "no-answer"  # until they are connected
        elif "completed" in ends:
            self.outcome.status = "completed"  # answered, and gone again at once
        else:
            self.outcome.status = next(s for s in ("no-answer", "busy", "failed", "canceled") if s in ends)

    async def _tell_ringing(self, children: list[CallLeg]) -> None:
        if (
            self._told_ringing
            or self.leg.answered
            or not any(child.status in ("ringing", "in-progress") for child in children)
        ):
            return
        self._told_ringing = True
        if self.leg.party == "client":  # a telephone hears the ringing from the beginning
            await self.leg.endpoint.ringing()

    async def _next_change(self) -> None:
        await self._changed.wait()
        self._changed.clear()

    # --- connecting -------------------------------------------------------------------------------------------------

    async def _prepare(self, child: CallLeg) -> bool:
        """Sends digits and runs the noun's whisper. False when the called party was hung up in it."""
        noun = self._noun_of[child.sid]
        script = Script(self.engine, child, allowed=WHISPER)
        if noun.get("sendDigits"):
            await script.play_digits(noun.get("sendDigits"))
        if noun.get("url"):
            script.here = self.script.here
            whisper = asyncio.create_task(script.run(Goto(script.url(noun.get("url")), noun.get("method", "POST"))))
            whisper.add_done_callback(lambda _: self._changed.set())
            try:
                while not (whisper.done() or child.over or child.detached):
                    await self._next_change()
            finally:
                whisper.cancel()
            child.run_verb(None)
            if script.stopped and not child.detached:
                child.finish("no-answer")
        ready = not (child.over or child.detached)
        if not ready:
            bridge.part(self.leg)
        return ready

    async def _connect(self, child: CallLeg) -> None:
        await self.script.answer()
        self.outcome.bridged = True
        bridge.join(self.leg, child)
        recording = self._record(child)
        self.leg.forget_digits()
        child.forget_digits()
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(self.verb.number("timeLimit", MAX_LENGTH), MAX_LENGTH)):
                    while not (child.over or child.detached or self._pass_on(child)):
                        await self._next_change()
            self.outcome.status = "completed"
            if not child.detached:  # Twilio leaves the duration out when the other leg was sent elsewhere
                child.finish("canceled", by="dial")
                self.outcome.seconds = child.duration
        finally:
            bridge.part(self.leg)
            if recording is not None:
                recording.stop()

    def _pass_on(self, child: CallLeg) -> bool:
        """Shows each party what the other pressed. True when the caller's star drops the called party."""
        star = False
        for one, other in ((self.leg, child), (child, self.leg)):
            while not one.digit_queue.empty():
                digit = one.digit_queue.get_nowait()
                star = star or (digit == "*" and one is self.leg)
                self.engine.caption(other, f"(digit {digit})")
                own_number.pass_digits(other, digit)
            while not one.speech_queue.empty():
                own_number.pass_words(other, one.speech_queue.get_nowait())
        return star and self.verb.flag("hangupOnStar", default=False)

    def _record(self, child: CallLeg) -> DialRecording | None:
        wanted = self.verb.get("record", "do-not-record")
        if not wanted.startswith(("true", "record-from")):
            return None
        sources = [self.leg.endpoint.port.listen(), child.endpoint.port.listen()]
        recording = DialRecording(self.script, self.verb, sources, dual=wanted.endswith("-dual"))
        self.outcome.recording_sid = recording.sid
        return recording
