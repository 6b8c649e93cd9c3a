"""What Twilio posts about calls, as small typed objects. Nothing here can fail (`telephony.forms`)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from django.http import HttpRequest, QueryDict

from telephony.forms import PHONE_FIELD, field, sid_field, time_field, whole_field


@dataclass(frozen=True, slots=True)
class Received:
    """A webhook as it came in. `began` is a reading of the clock that measures how long we take."""

    kind: str  # the route: incoming, outgoing, status, dial-action …
    form: QueryDict
    received_at: datetime
    began: float
    idempotency_token: str = ""

    @classmethod
    def from_request(cls, request: HttpRequest, kind: str) -> Self:
        return cls.of(request.POST, kind, request.headers.get("I-Twilio-Idempotency-Token", ""))

    @classmethod
    def of(cls, form: QueryDict, kind: str, token: str = "") -> Self:
        return cls(kind, form, datetime.now(UTC), time.perf_counter(), token[:128])

    @property
    def milliseconds(self) -> float:
        return round((time.perf_counter() - self.began) * 1000, 3)


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

    @classmethod
    def from_post(cls, form: QueryDict) -> Self:
        return cls.from_fields(_last(form))

    @classmethod
    def from_fields(cls, form: Mapping[str, str]) -> Self:
        sid, parent = sid_field(form, "CallSid"), sid_field(form, "ParentCallSid")
        return cls(
            sid=sid,
            account_sid=sid_field(form, "AccountSid"),
            parent_call_sid=parent if parent != sid else "",
            caller=field(form, "From", 255),
            called=field(form, "To", 255),
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
    """A browser or an app dials. `phone` is its token's note (`telephony.phone_reference`): empty unless it came once,
    as whoever calls may send another one beside it."""

    voice: VoiceRequest
    phone: str

    @classmethod
    def from_post(cls, form: QueryDict) -> Self:
        notes = form.getlist(PHONE_FIELD)
        return cls(VoiceRequest.from_post(form), notes[0][:255] if len(notes) == 1 else "")


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

    @classmethod
    def from_post(cls, posted: QueryDict) -> Self:
        form = _last(posted)
        return cls(
            voice=VoiceRequest.from_fields(form),
            sequence_number=whole_field(form, "SequenceNumber"),
            timestamp=time_field(form, "Timestamp"),
            duration=whole_field(form, "CallDuration"),
            sip_response_code=field(form, "SipResponseCode", 8),
            created=time_field(form, "DateCreated"),
        )


@dataclass(frozen=True, slots=True)
class DialActionRequest:
    """A <Dial> is over."""

    voice: VoiceRequest
    dial_call_status: str

    @classmethod
    def from_post(cls, posted: QueryDict) -> Self:
        form = _last(posted)
        return cls(
            voice=VoiceRequest.from_fields(form),
            dial_call_status=field(form, "DialCallStatus", 16),
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
    def from_post(cls, posted: QueryDict) -> Self:
        form = _last(posted)
        return cls(
            voice=VoiceRequest.from_fields(form),
            recording_sid=sid_field(form, "RecordingSid"),
            url=field(form, "RecordingUrl", 500),
            status=field(form, "RecordingStatus", 16),
            duration=whole_field(form, "RecordingDuration"),
            digits=field(form, "Digits", 32),
        )


def _last(form: QueryDict) -> dict[str, str]:
    """Of each name the last value, which is what `form.get` returns, for many at once."""
    return {name: values[-1] for name, values in form.lists() if values}
