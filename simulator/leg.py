"""One leg of a call: its explicit states, and what its party does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http.cookiejar import CookieJar
from typing import Any, Literal

from simulator.identifiers import iso, moment, new_sid, now
from simulator.ports import AudioSource, Endpoint

Json = dict[str, Any]
#: `number`: a call with one of our own numbers at its other end.
Party = Literal["telephone", "client", "number"]
#: Who ended a leg: its own party (who hung up, declined, or was not there), its TwiML, the `<Dial>` that made it, the
#: REST API, a limit of time, or the simulator (a failure of its own, or a reset).
Ender = Literal["party", "twiml", "dial", "api", "timeout", "simulator"]
#: What a party hears, in a word; empty for silence. `party` is another leg.
Hearing = Literal["", "words", "sound", "music", "ringing", "digits", "beep", "party", "conference"]

TERMINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
UNANSWERED_ENDS = frozenset({"busy", "failed", "no-answer", "canceled"})
#: Twilio Docs, "Call resource", "Call status values". `completed` only follows an answer.
TRANSITIONS: dict[str, frozenset[str]] = {
    "queued": frozenset({"initiated"}) | UNANSWERED_ENDS,
    "initiated": frozenset({"ringing"}) | UNANSWERED_ENDS,
    "ringing": frozenset({"in-progress"}) | UNANSWERED_ENDS,
    "in-progress": frozenset({"completed"}),
    **{status: frozenset() for status in TERMINAL},
}
#: The event of a status callback that a status belongs to.
EVENTS = {"initiated": "initiated", "ringing": "ringing", "in-progress": "answered"}
#: The SIP answer behind an end: Twilio Docs, "Call resource", `SipResponseCode`.
SIP_CODES = {"completed": 200, "busy": 486, "failed": 404, "no-answer": 487, "canceled": 487}

CAPTIONS_KEPT = 200


class IllegalTransitionError(Exception):
    """A leg was to go from one state to another that cannot follow it."""


@dataclass(frozen=True)
class Subscription:
    """Who wants to be told of which events of a leg."""

    url: str
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


@dataclass
class CallerFacts:
    """What the network says of the caller beside the number. `extra` are form fields by Twilio's names."""

    caller_name: str | None = None
    forwarded_from: str | None = None
    stir_verstat: str | None = None
    geography: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Message:
    """A user-defined message. `content` is what its JSON says."""

    sid: str
    content: object
    content_type: str = "application/json"

    @property
    def text(self) -> str:
        return self.content if isinstance(self.content, str) else json.dumps(self.content)


@dataclass(frozen=True)
class Utterance:
    """Words of a party, how sure recognition is of them (0 to 1), and the seconds that they take to say."""

    words: str
    confidence: float
    seconds: float


class CallLeg:
    """A leg. Observers are told, in order and at once, of every change of status and of every other change."""

    def __init__(
        self,
        account_sid: str,
        from_: str,
        to: str,
        direction: str,
        party: Party,
        endpoint: Endpoint,
        status: str,
        parent: CallLeg | None = None,
    ) -> None:
        self.sid = new_sid("CA")
        self.account_sid = account_sid
        self.from_ = from_
        self.to = to
        self.direction = direction
        self.party: Party = party
        self.endpoint = endpoint
        self.status = status
        self.previous_status: str | None = None
        self.parent = parent
        self.custom_parameters: list[tuple[str, str]] = []
        self.children: list[CallLeg] = []
        #: How many calls to our own numbers led to this one.
        self.hops: int = parent.hops if parent else 0
        if parent:
            parent.children.append(self)

        self.application_sid: str | None = None
        self.phone_number_sid: str | None = None
        #: Fields the SDK passed to `connect()`; they go with the first TwiML request only.
        self.sdk_params: dict[str, str] = {}
        self.facts = CallerFacts()
        self.subscriptions: list[Subscription] = []
        #: Passwords this call has shown, by host. Legs of one call share them.
        self.credentials: dict[str, tuple[str, str]] = parent.credentials if parent else {}
        #: And the cookies that it was given.
        self.cookies: CookieJar = parent.cookies if parent else CookieJar()
        self.sequence = 0

        self.date_created = moment()
        self.start_time: datetime | None = self.date_created
        self.answer_time: datetime | None = None
        self.end_time: datetime | None = None
        #: What it cost, a moment after its end; None before, and when it was not answered.
        self.price: str | None = None
        self.sip_code: int | None = None
        #: Milliseconds until the REST API has its turn to make it.
        self.queue_time = 0
        self.ended_by: Ender | None = None
        #: Who answered, as the detection of machines found out: `human`, `machine_start`…
        self.answered_by: str | None = None
        #: Code and message for the party when the leg ends on an error, as `Endpoint.end` takes them.
        self.end_error: tuple[int | None, str] = (None, "")

        self.digits = ""
        self.digit_queue: asyncio.Queue[str] = asyncio.Queue()
        #: What the party has said in words, and what of it nobody has listened to yet.
        self.said: list[Json] = []
        self.speech_queue: asyncio.Queue[Utterance] = asyncio.Queue()
        #: How often the party was asked for keys or words.
        self.gathers = 0
        #: Set when a machine that answered has asked for a message with its beep; and how long that message is.
        self.beeped = asyncio.Event()
        self.voicemail: float | None = None
        self.verb: str | None = None
        self.hearing: Hearing = ""
        #: The path of the document that runs, or ran last.
        self.document = ""
        self.captions: list[Json] = []
        self.recordings: list[str] = []
        #: What product and browser told each other, oldest first; and who is told of what the browser says, by SID.
        self.messages: list[Json] = []
        self.message_subscriptions: dict[str, Subscription] = {}
        self.on_message: Callable[[CallLeg, Message], None] | None = None
        #: What the last status callback says of a recording of the whole call, by Twilio's names.
        self.recording_facts: dict[str, str] = {}
        #: The task that runs TwiML on this leg, if any.
        self.script: asyncio.Task[None] | None = None
        #: A child that the REST API has sent elsewhere: its parent's `<Dial>` lets go of it.
        self.detached = False
        self.ended = asyncio.Event()

        self._observers: list[Callable[[CallLeg, str | None], None]] = []

    # --- what the engine does -------------------------------------------------------------------------------------

    @property
    def over(self) -> bool:
        return self.status in TERMINAL

    @property
    def answered(self) -> bool:
        return self.answer_time is not None

    @property
    def placed_by_party(self) -> bool:
        """Whether the party called us, rather than being called."""
        return self.direction == "inbound"

    @property
    def telephone_number(self) -> str | None:
        """The number of the telephone at the end of the leg; None when something else is there."""
        if self.party != "telephone":
            return None
        return self.from_ if self.placed_by_party else self.to

    @property
    def duration(self) -> int | None:
        """Whole seconds from answer to end; None while the leg lives."""
        if self.end_time is None:
            return None
        return round((self.end_time - self.answer_time).total_seconds()) if self.answer_time else 0

    def observe(self, observer: Callable[[CallLeg, str | None], None]) -> None:
        """`observer(leg, status)` is called with the new status, or with None when anything else changed."""
        self._observers.append(observer)

    def unobserve(self, observer: Callable[[CallLeg, str | None], None]) -> None:
        if observer in self._observers:
            self._observers.remove(observer)

    def changed(self, status: str | None = None) -> None:
        for observer in list(self._observers):
            observer(self, status)

    def move(self, status: str, sip_code: int | None = None, by: Ender = "twiml") -> None:
        """Goes on to `status`; `by` is who ended it. Raises `IllegalTransitionError` when that cannot follow."""
        if status not in TRANSITIONS[self.status]:
            raise IllegalTransitionError(f"{self.sid}: {self.status} cannot become {status}")
        self.previous_status, self.status = self.status, status
        if status == "in-progress":
            self.answer_time = now()
        elif status in TERMINAL:
            self.end_time = now()
            self.sip_code = sip_code or SIP_CODES[status]
            self.ended_by = by
            self.verb = None
            self.ended.set()
        self.changed(status)

    def finish(self, unanswered: str, sip_code: int | None = None, *, by: Ender = "twiml") -> None:
        """Ends the leg: `completed` if it was answered, else `unanswered`. Harmless when it is over."""
        if not self.over:
            self.move("completed" if self.answered else unanswered, None if self.answered else sip_code, by)

    def run_verb(self, name: str | None) -> None:
        if self.verb != name and not self.over:
            self.verb = name
            self.changed()

    def hear(self, source: AudioSource | None, what: Hearing = "") -> None:
        """From now on the party hears this instead of what it heard before."""
        self.endpoint.port.hear(source)
        if self.hearing != what:
            self.hearing = what
            if not self.over:
                self.changed()

    def run_document(self, path: str) -> None:
        if self.document != path and not self.over:
            self.document = path
            self.changed()

    def caption(self, text: str) -> Json:
        caption = {"time": iso(now()), "text": text}
        self.captions.append(caption)
        del self.captions[:-CAPTIONS_KEPT]
        return caption

    def forget_digits(self) -> None:
        """Digits pressed before a verb that reads them do not count for it, nor do words."""
        while not self.digit_queue.empty():
            self.digit_queue.get_nowait()
        while not self.speech_queue.empty():
            self.speech_queue.get_nowait()

    # --- what the party does (ports.Leg) ----------------------------------------------------------------------------

    def party_answered(self) -> None:
        if self.over or self.answered or self.placed_by_party:
            return
        for status in ("initiated", "ringing"):
            if status in TRANSITIONS[self.status]:
                self.move(status)
        if self.status == "ringing":
            self.move("in-progress")

    def party_rejected(self) -> None:
        """A called party that declines: SIP 603, which Twilio reports as `busy`."""
        if not self.over and not self.answered:
            self.move("no-answer" if self.placed_by_party else "busy", None if self.placed_by_party else 603, "party")

    def party_hung_up(self) -> None:
        if self.over:
            return
        if self.answered:
            self.move("completed", by="party")
        else:
            self.party_rejected()

    def party_digits(self, digits: str) -> None:
        if self.over:
            return
        pressed = [digit for digit in digits if digit in "0123456789*#ABCD"]
        self.digits += "".join(pressed)
        for digit in pressed:
            self.digit_queue.put_nowait(digit)
        self.changed()

    def party_says(self, utterance: Utterance) -> None:
        if self.over:
            return
        self.said.append({"time": iso(now()), "text": utterance.words, "confidence": utterance.confidence})
        del self.said[:-CAPTIONS_KEPT]
        self.speech_queue.put_nowait(utterance)
        self.changed()

    def party_message(self, sid: str, content: object, content_type: str) -> None:
        if self.on_message is not None and not self.over:
            self.on_message(self, Message(sid, content, content_type))

    @property
    def stir_status(self) -> str | None:
        """The network's verdict on the caller's number, as long as that is the number shown."""
        caller = self.parent
        return caller.facts.stir_verstat if caller is not None and caller.from_ == self.from_ else None

    # --- how it is shown --------------------------------------------------------------------------------------------

    def as_json(self) -> Json:
        """The control API's view of the leg."""
        return {
            "sid": self.sid,
            "parent_call_sid": self.parent.sid if self.parent else None,
            "direction": self.direction,
            "from": self.from_,
            "to": self.to,
            "status": self.status,
            "party": self.party,
            "start_time": iso(self.start_time),
            "answer_time": iso(self.answer_time),
            "end_time": iso(self.end_time),
            "duration": self.duration,
            "ended_by": self.ended_by,
            "price": self.price,
            "sip_code": self.sip_code,
            "answered_by": self.answered_by,
            "digits": self.digits,
            "verb": self.verb,
            "document": self.document,
            "hears": self.hearing,
            "captions": list(self.captions),
            "said": list(self.said),
            "voicemail": self.voicemail,
            "children": [child.sid for child in self.children],
            "recordings": list(self.recordings),
            "messages": list(self.messages),
        }
