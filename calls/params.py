"""What Twilio posts about calls, as small typed objects. Nothing here can fail (`telephony.webhooks.forms`).

Not all of it is Twilio's own word: `Believed`, of which each kind of webhook has its own, says what may be read.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Self

from django.http import QueryDict

from telephony.identity import agent_id_from, is_phone_of_ours
from telephony.webhooks.forms import PHONE_FIELD, field, party_field, sid_field, single_fields, time_field, whole_field

logger = logging.getLogger(__name__)


# What Twilio itself says in every request about a call, so that nobody else can say it. But for `To`, which is what a
# browser asked for.
_TWILIOS = ("CallSid", "AccountSid", "From", "To", "CallStatus", "Direction")
# Without these nobody knows which call is spoken of, and by whom.
_IDENTIFYING = frozenset({"CallSid", "AccountSid", "From", "CallStatus", "Direction", "ParentCallSid"})
# Groups of fields, to be named by the kinds of webhooks with which they come.
CALLER_FIELDS = ("CallerName", "FromCity", "FromState", "FromCountry", "StirVerstat", "ForwardedFrom")
MESSAGE_FIELDS = ("RecordingSid", "RecordingUrl", "RecordingStatus", "RecordingDuration", "Digits")
# The kinds of webhooks that tell how far a call has come.
STATUS_KINDS = ("status", "offer-status", "participant-status", "colleague-status")
# Our own addresses say it in their query.
ATTEMPT_FIELD, TURN_FIELD, ROOM_FIELD, TRY_FIELD = "OfferAttempt", "RouteTurn", "RoomName", "LeadBackTry"
# Of a supervisor's browser: the call that it is to come into.
SUPERVISE_FIELD = "supervise"
# Of a phone with which an agent goes on with a call: that call.
MOVE_FIELD = "Move"
# Whose phone calls with one of these comes into a call, and begins none.
COMES_FIELDS = (SUPERVISE_FIELD, MOVE_FIELD)
PROGRESS_FIELDS = ("SequenceNumber", "Timestamp", "CallDuration", "SipResponseCode")


@dataclass(frozen=True)
class Believed:
    """What is read of a request about a call beside what Twilio says in each: `of_all`, and `only_of_others` when it is
    about a call that no browser or app of ours made.

    Whoever makes a call in a browser may add fields of any name, and they come with every request about that call. So
    of those calls nothing is read but what our desk sends, and what Twilio always sets on that very route: never a
    parent, a recording, or a fact about the caller.
    """

    of_all: tuple[str, ...] = ()
    only_of_others: tuple[str, ...] = ()

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset((*_TWILIOS, *self.of_all, *self.only_of_others))

    def __call__(self, form: QueryDict) -> dict[str, str]:
        """None at all when one that identifies the call came with different values: Twilio sends no such thing."""
        names = (*_TWILIOS, *self.of_all)
        if not (self.only_of_others and from_browser(form)):
            names += self.only_of_others
        found = single_fields(form, names)
        if len(found) < len(names) and any(name in form for name in _IDENTIFYING.intersection(names) - found.keys()):
            doubled = [name for name in names if name in form and name not in found]
            logger.warning("webhook with different values of one field: fields=%s", ",".join(doubled))
            return {}
        return found


def from_browser(form: QueryDict) -> bool:
    """Whether a request is about a call that a browser or an app made."""
    return any(map(is_phone_of_ours, form.getlist("From")))


@dataclass(frozen=True, slots=True)
class VoiceRequest:
    """A request for TwiML: the facts about the call that asks."""

    sid: str
    account_sid: str
    parent_call_sid: str
    caller: str
    called: str
    status: str
    direction: str
    caller_name: str
    city: str
    state: str
    country: str
    stir_verstat: str
    forwarded_from: str
    line_id: int | None
    error_code: str
    error_url: str

    @property
    def from_browser(self) -> bool:
        """Whether a browser or an app of ours made the call."""
        return is_phone_of_ours(self.caller)

    @property
    def agent_id(self) -> int | None:
        """The agent at the end of this leg, or who made the call. Of a call from a browser only Twilio's `From` says
        it, which comes from the token: `To` is what was asked for."""
        if self.from_browser and not self.parent_call_sid:
            return agent_id_from(self.caller)
        # What a phone is told with the ring may come back behind its name.
        return agent_id_from(self.called.partition("?")[0]) or agent_id_from(self.caller)

    @property
    def colleague_id(self) -> int | None:
        """The agent whom another one asks to call, or has called, with this call."""
        return agent_id_from(self.called) if self.from_browser and not self.parent_call_sid else None

    @classmethod
    def from_fields(cls, form: Mapping[str, str]) -> Self:
        sid, parent = sid_field(form, "CallSid"), sid_field(form, "ParentCallSid")
        return cls(
            sid=sid,
            account_sid=sid_field(form, "AccountSid"),
            parent_call_sid=parent if parent != sid else "",
            caller=party_field(form, "From"),
            called=party_field(form, "To"),
            status=field(form, "CallStatus", 16),
            direction=field(form, "Direction", 16),
            caller_name=field(form, "CallerName", 120),
            city=field(form, "FromCity", 80),
            state=field(form, "FromState", 80),
            country=field(form, "FromCountry", 8),
            stir_verstat=field(form, "StirVerstat", 64),
            forwarded_from=field(form, "ForwardedFrom", 64),
            line_id=whole_field(form, "LineId"),
            error_code=field(form, "ErrorCode", 16),
            error_url=field(form, "ErrorUrl", 255),
        )


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """A browser or an app dials. `phone` is its token's note (`telephony.phone_reference`): empty when another one
    came beside it, as whoever calls may send any. `override`: the key of what the caller says was allowed."""

    voice: VoiceRequest
    phone: str
    override: str
    # The sid of the caller whom the agent says to call back.
    call_back: str
    # The sid of the call that the agent says to supervise; None: that is not asked.
    supervise: str | None
    # The sid of the agent's own call, with which the agent goes on here.
    move: str

    @classmethod
    def from_fields(cls, form: Mapping[str, str]) -> Self:
        return cls(
            VoiceRequest.from_fields(form),
            field(form, PHONE_FIELD, 255),
            field(form, "Override", 48),
            sid_field(form, "CallBack"),
            sid_field(form, SUPERVISE_FIELD) if SUPERVISE_FIELD in form else None,
            sid_field(form, MOVE_FIELD),
        )


@dataclass(frozen=True, slots=True)
class StatusCallbackRequest:
    """A status callback. `duration` is in seconds (Twilio's `Duration` would be billed minutes)."""

    voice: VoiceRequest
    sequence_number: int | None
    timestamp: datetime | None
    duration: int | None
    sip_response_code: str
    # When the call was created. Said by the REST API only, whose `start_time` is that of the answer.
    created: datetime | None
    # Of a phone that rings for a caller on a route.
    attempt: int | None
    # Of a browser that was not let into a call, or that is a leg of it.
    comes: bool

    @classmethod
    def from_fields(cls, form: Mapping[str, str]) -> Self:
        return cls(
            voice=VoiceRequest.from_fields(form),
            sequence_number=whole_field(form, "SequenceNumber"),
            timestamp=time_field(form, "Timestamp"),
            duration=whole_field(form, "CallDuration"),
            sip_response_code=field(form, "SipResponseCode", 8),
            created=time_field(form, "DateCreated"),
            attempt=whole_field(form, ATTEMPT_FIELD, limit=32_000),
            comes=any(name in form for name in COMES_FIELDS),
        )


@dataclass(frozen=True, slots=True)
class DialActionRequest:
    """A <Dial> is over."""

    voice: VoiceRequest
    dial_call_status: str
    # Empty when Twilio called nobody: it did not accept what we asked for.
    dial_call_sid: str
    # Whoever answered may have been asked first, and not have taken the call.
    was_bridged: bool
    turn: int | None
    # Not said of a leg that was sent elsewhere.
    duration: int | None

    @property
    def has_talked(self) -> bool:
        return self.dial_call_status in ("completed", "answered") and self.was_bridged

    @classmethod
    def from_fields(cls, form: Mapping[str, str]) -> Self:
        return cls(
            voice=VoiceRequest.from_fields(form),
            dial_call_status=field(form, "DialCallStatus", 16),
            dial_call_sid=sid_field(form, "DialCallSid"),
            was_bridged=field(form, "DialBridged", 8).lower() != "false",
            turn=whole_field(form, TURN_FIELD),
            duration=whole_field(form, "DialCallDuration"),
        )


@dataclass(frozen=True, slots=True)
class ConferenceRequest:
    """What happened in a conference. `muted` and `held`: what the participant is from then on; None where that is not
    said."""

    conference_sid: str
    room: str
    event: str
    sequence_number: int | None
    timestamp: datetime | None
    call_sid: str
    label: str
    muted: bool | None
    held: bool | None
    coaching: bool | None
    reason: str

    @classmethod
    def from_fields(cls, form: Mapping[str, str]) -> Self:
        return cls(
            conference_sid=sid_field(form, "ConferenceSid"),
            room=field(form, "FriendlyName", 64),
            event=field(form, "StatusCallbackEvent", 32),
            sequence_number=whole_field(form, "SequenceNumber"),
            timestamp=time_field(form, "Timestamp"),
            call_sid=sid_field(form, "CallSid"),
            label=field(form, "ParticipantLabel", 64),
            muted=_flag(form, "Muted"),
            held=_flag(form, "Hold"),
            coaching=_flag(form, "Coaching"),
            reason=field(form, "ReasonParticipantLeft", 64),
        )


def _flag(form: Mapping[str, str], name: str) -> bool | None:
    said = form.get(name, "").strip().lower()
    return said == "true" if said in ("true", "false") else None


@dataclass(frozen=True, slots=True)
class InputRequest:
    """A caller pressed keys, said something, or did neither."""

    voice: VoiceRequest
    digits: str
    speech: str
    turn: int | None

    @classmethod
    def from_fields(cls, form: Mapping[str, str]) -> Self:
        return cls(
            voice=VoiceRequest.from_fields(form),
            digits=field(form, "Digits", 32),
            speech=field(form, "SpeechResult", 500),
            turn=whole_field(form, TURN_FIELD),
        )


@dataclass(frozen=True, slots=True)
class QueueRequest:
    """A caller left Twilio's queue."""

    voice: VoiceRequest
    result: str
    turn: int | None

    @classmethod
    def from_fields(cls, form: Mapping[str, str]) -> Self:
        return cls(
            voice=VoiceRequest.from_fields(form),
            result=field(form, "QueueResult", 32),
            turn=whole_field(form, TURN_FIELD),
        )


@dataclass(frozen=True, slots=True)
class RecordingRequest:
    """A message was recorded, or its file is ready."""

    voice: VoiceRequest
    recording_sid: str
    url: str
    status: str
    duration: int | None
    digits: str

    @classmethod
    def from_fields(cls, form: Mapping[str, str]) -> Self:
        return cls(
            voice=VoiceRequest.from_fields(form),
            recording_sid=sid_field(form, "RecordingSid"),
            url=field(form, "RecordingUrl", 500),
            status=field(form, "RecordingStatus", 16),
            duration=whole_field(form, "RecordingDuration"),
            digits=field(form, "Digits", 32),
        )
