"""What exists: our numbers, applications, Messaging Services, telephones, calls, messages and recordings.

Seeded at the start, in memory only.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from simulator.config import Config
from simulator.identifiers import moment, new_sid, now
from simulator.leg import CallLeg
from simulator.message import TextMessage

Behaviour = Literal["manual", "answer", "busy", "no-answer", "reject", "failed", "voicemail"]
BEHAVIOURS: tuple[Behaviour, ...] = ("manual", "answer", "busy", "no-answer", "reject", "failed", "voicemail")
AnsweredBy = Literal["human", "machine", "fax", "unknown"]
ANSWERERS: tuple[AnsweredBy, ...] = ("human", "machine", "fax", "unknown")
DEFAULT_VOICE = "tone:440"

TextResult = Literal["deliver", "undelivered", "failed", "silent", "refuse"]
TEXT_RESULTS: tuple[TextResult, ...] = ("deliver", "undelivered", "failed", "silent", "refuse")
#: Twilio Docs, "Line Type Intelligence", `type`.
LINE_TYPES = (
    "mobile", "landline", "fixedVoip", "nonFixedVoip", "tollFree", "personal", "premium", "sharedCost", "uan",
    "voicemail", "pager", "unknown",
)  # fmt: skip

ENDED_CALLS_KEPT = 5000
MESSAGES_KEPT = 20_000
RECORDINGS_KEPT = 100
VOICEMAILS_KEPT = 50
PAGE_MARKS_KEPT = 1000


@dataclass
class IncomingNumber:
    """One of our numbers: Twilio Docs, "IncomingPhoneNumber resource"."""

    sid: str
    phone_number: str
    friendly_name: str
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    voice_caller_id_lookup: bool = False
    voice_application_sid: str = ""
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"
    sms_application_sid: str = ""
    date_created: datetime = field(default_factory=moment)
    date_updated: datetime = field(default_factory=now)


@dataclass
class Application:
    """A TwiML app: Twilio Docs, "Application resource"."""

    sid: str
    friendly_name: str
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    voice_caller_id_lookup: bool = False
    public_application_connect_enabled: bool = False
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"
    sms_status_callback: str = ""
    message_status_callback: str = ""
    date_created: datetime = field(default_factory=moment)
    date_updated: datetime = field(default_factory=now)


@dataclass
class MessagingService:
    """Several numbers as one sender: Twilio Docs, "Services resource" of Messaging. URLs are null when not set."""

    sid: str
    friendly_name: str
    inbound_request_url: str | None = None
    inbound_method: str = "POST"
    fallback_url: str | None = None
    fallback_method: str = "POST"
    status_callback: str | None = None
    sticky_sender: bool = True
    mms_converter: bool = True
    smart_encoding: bool = True
    scan_message_content: str = "inherit"
    fallback_to_long_code: bool = True
    area_code_geomatch: bool = True
    validity_period: int = 36_000
    synchronous_validation: bool = False
    usecase: str = "undeclared"
    use_inbound_webhook_on_number: bool = False
    #: The pool: SIDs of numbers, and when each came to it.
    pool: dict[str, datetime] = field(default_factory=dict)
    date_created: datetime = field(default_factory=moment)
    date_updated: datetime = field(default_factory=now)


@dataclass(frozen=True)
class TextRule:
    """What becomes of a text to a telephone.

    `code` is Twilio's: of the end, or of the refusal when such a text is not even taken. `delay` is in seconds from
    being sent to the end; None is the usual time.
    """

    result: TextResult = "deliver"
    code: int | None = None
    delay: float | None = None


@dataclass(frozen=True)
class Reaction:
    """What a telephone does `after` so many seconds of a `<Gather>`: the keys it presses, or the words it says."""

    what: str
    after: float = 1.0
    confidence: float = 0.9


@dataclass(frozen=True)
class Reactions:
    """One for each `<Gather>` of a call in turn, and then none; or the same one for `every` one."""

    each: tuple[Reaction, ...] = ()
    every: bool = False

    def at(self, gather: int) -> Reaction | None:
        """For a call's so-manieth `<Gather>`, from 1."""
        if self.every:
            return self.each[0] if self.each else None
        return self.each[gather - 1] if gather <= len(self.each) else None

    def as_json(self, what: str) -> Any:
        """As the control API takes it, with `what` is done by that name; null for nothing."""
        shown = [{what: one.what, "after": one.after, "confidence": one.confidence} for one in self.each]
        return (shown[0] if self.every else shown) if shown else None


@dataclass
class Telephone:
    """What a telephone does when it is called or texted. `delay` is in seconds from the first ring."""

    number: str
    behaviour: Behaviour = "manual"
    delay: float = 0.0
    voice: str = DEFAULT_VOICE
    #: Who answers it, for the detection of machines.
    answered_by: AnsweredBy = "human"
    line_type: str = "mobile"
    texts: TextRule = field(default_factory=TextRule)
    #: What it texts back to whoever texts it; empty for nothing.
    reply: str = ""
    #: What it does, as caller or called, when it is asked for keys or words.
    press: Reactions = field(default_factory=Reactions)
    say: Reactions = field(default_factory=Reactions)
    #: What its voicemail says first; empty for the usual.
    greeting: str = ""

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "press": self.press.as_json("digits"), "say": self.say.as_json("words")}


@dataclass
class Recording:
    """A recording and its sound, a WAV file. One of before the start has only `words`, until it is first heard.

    Its `status` is `in-progress`, `completed` or `absent`; only what is completed has a length and a sound.
    """

    sid: str
    call_sid: str
    source: str
    channels: int
    duration: float
    wav: bytes
    start_time: datetime
    words: str = ""
    date_created: datetime = field(default_factory=moment)
    status: str = "completed"
    date_updated: datetime = field(default_factory=now)


class World:
    """The account's resources by SID, and the telephones by number."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.numbers: dict[str, IncomingNumber] = {}
        self.applications: dict[str, Application] = {}
        self.telephones: dict[str, Telephone] = {}
        self.recordings: OrderedDict[str, Recording] = OrderedDict()
        #: What telephones' own voicemail took down, as WAV files, by CallSid.
        self.voicemails: OrderedDict[str, bytes] = OrderedDict()
        #: Every leg that lives and the latest that ended, oldest first.
        self.calls: OrderedDict[str, CallLeg] = OrderedDict()
        #: Every message that is on its way and the latest of the others, oldest first.
        self.messages: OrderedDict[str, TextMessage] = OrderedDict()
        self.services: dict[str, MessagingService] = {}
        #: When the items that page tokens name were made: they may be deleted before the next page is asked for.
        self.page_marks: OrderedDict[str, datetime] = OrderedDict()
        self.seed()

    def seed(self) -> None:
        """Forgets everything and makes the numbers, the TwiML app and the recordings that the configuration names."""
        for collection in (
            self.numbers,
            self.applications,
            self.telephones,
            self.recordings,
            self.voicemails,
            self.calls,
            self.messages,
            self.services,
        ):
            collection.clear()
        url = self.config.webhook_url
        common: dict[str, Any] = {
            "voice_fallback_url": url("/twilio/voice/fallback/"),
            "status_callback": url("/twilio/voice/status/"),
            "sms_url": url("/twilio/messaging/incoming/"),
            "sms_fallback_url": url("/twilio/messaging/fallback/"),
            # Paid for with Twilio, and off unless it is turned on; here callers have names from the start.
            "voice_caller_id_lookup": True,
        }
        for phone_number, name in self.config.numbers:
            number = IncomingNumber(
                new_sid("PN"), phone_number, name, voice_url=url("/twilio/voice/incoming/"), **common
            )
            self.numbers[number.sid] = number
        if self.config.twiml_app_sid:
            application = Application(
                self.config.twiml_app_sid,
                "Ringdesk",
                voice_url=url("/twilio/voice/outgoing/"),
                message_status_callback=url("/twilio/messaging/status/"),
                **common,
            )
            self.applications[application.sid] = application
        for spoken in self.config.recordings:
            self.add_recording(
                Recording(spoken.sid, spoken.call_sid, "RecordVerb", 1, spoken.seconds, b"", now(), words=spoken.words)
            )

    def number_for(self, phone_number: str) -> IncomingNumber | None:
        return next((number for number in self.numbers.values() if number.phone_number == phone_number), None)

    def telephone(self, number: str) -> Telephone:
        """The telephone at a number. Every number is one."""
        return self.telephones.get(number) or Telephone(number)

    def add_call(self, leg: CallLeg) -> None:
        self.calls[leg.sid] = leg
        surplus = len(self.calls) - ENDED_CALLS_KEPT
        if surplus > ENDED_CALLS_KEPT // 10:  # a tenth of slack, so that not every call walks the list
            for sid in [sid for sid, old in self.calls.items() if old.over][:surplus]:
                del self.calls[sid]

    def add_message(self, message: TextMessage) -> None:
        self.messages[message.sid] = message
        surplus = len(self.messages) - MESSAGES_KEPT
        if surplus > MESSAGES_KEPT // 10:
            for sid in [sid for sid, old in self.messages.items() if old.complete][:surplus]:
                del self.messages[sid]

    def service_of(self, number: IncomingNumber) -> MessagingService | None:
        """The Messaging Service whose pool a number is in. It is in one at the most."""
        return next((service for service in self.services.values() if number.sid in service.pool), None)

    @property
    def logged_messages(self) -> list[TextMessage]:
        """Those that the account knows of, oldest first."""
        return [message for message in self.messages.values() if message.logged]

    def mark_page(self, sid: str, date_created: datetime) -> None:
        self.page_marks[sid] = date_created
        self.page_marks.move_to_end(sid)
        while len(self.page_marks) > PAGE_MARKS_KEPT:
            self.page_marks.popitem(last=False)

    def add_recording(self, recording: Recording) -> None:
        self.recordings[recording.sid] = recording
        while len(self.recordings) > RECORDINGS_KEPT:
            self.recordings.popitem(last=False)

    def add_voicemail(self, call_sid: str, wav: bytes) -> None:
        self.voicemails[call_sid] = wav
        while len(self.voicemails) > VOICEMAILS_KEPT:
            self.voicemails.popitem(last=False)

    @property
    def live_calls(self) -> list[CallLeg]:
        return [leg for leg in self.calls.values() if not leg.over]
