"""What Twilio posts, as small typed objects.

Nothing here can fail: a field that is missing is empty, one that is too long is cut to what the log can hold (the raw
row keeps all of it), one that makes no sense is None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self

from django.http import QueryDict

_SID = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}\Z")


def raw_params(form: QueryDict) -> dict[str, Any]:
    """Every field as it came: a string, or a list where a name came more than once."""
    return {
        _text(name): (_text(values[0]) if len(values) == 1 else [_text(value) for value in values])
        for name, values in form.lists()
    }


def _text(value: str) -> str:
    # Databases keep neither NUL nor half of a surrogate pair.
    return value.replace("\x00", "�").encode("utf-8", "replace").decode("utf-8")


def _field(form: Mapping[str, str], name: str, length: int) -> str:
    return _text(form.get(name, "")).strip()[:length]


def _sid(form: Mapping[str, str], name: str) -> str:
    value = _field(form, name, 64)
    return value if _SID.match(value) else ""


def _int(form: Mapping[str, str], name: str, *, limit: int = 2_000_000_000) -> int | None:
    value = form.get(name, "")
    if not re.fullmatch(r"[0-9]{1,10}", value, flags=re.ASCII):
        return None
    return min(int(value), limit)


def _time(form: Mapping[str, str], name: str) -> datetime | None:
    """`Thu, 01 Jun 2017 20:48:32 +0000`, Twilio's RFC 2822 form."""
    try:
        value = parsedate_to_datetime(form.get(name, ""))
        value = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # Outside these years a time is no call's, and reckoning with it can overflow.
    return value if 2000 <= value.year < 2200 else None


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
        return cls(
            sid=_sid(form, "CallSid"),
            account_sid=_sid(form, "AccountSid"),
            parent_call_sid=_sid(form, "ParentCallSid"),
            caller=_field(form, "From", 255),
            called=_field(form, "To", 255),
            status=_field(form, "CallStatus", 16),
            direction=_field(form, "Direction", 16),
            caller_name=_field(form, "CallerName", 120),
            city=_field(form, "FromCity", 80),
            state=_field(form, "FromState", 80),
            country=_field(form, "FromCountry", 8),
            stir_verstat=_field(form, "StirVerstat", 64),
            forwarded_from=_field(form, "ForwardedFrom", 64),
            line_id=_int(form, "LineId"),
            error_code=_field(form, "ErrorCode", 16),
            error_url=_field(form, "ErrorUrl", 255),
        )


@dataclass(frozen=True, slots=True)
class StatusCallbackRequest:
    """A status callback. `duration` is in seconds (Twilio's `Duration` would be billed minutes)."""

    voice: VoiceRequest
    sequence_number: int | None
    timestamp: datetime | None
    duration: int | None
    sip_response_code: str

    @classmethod
    def from_post(cls, form: QueryDict) -> Self:
        return cls(
            voice=VoiceRequest.from_post(form),
            sequence_number=_int(form, "SequenceNumber"),
            timestamp=_time(form, "Timestamp"),
            duration=_int(form, "CallDuration"),
            sip_response_code=_field(form, "SipResponseCode", 8),
        )


@dataclass(frozen=True, slots=True)
class DialActionRequest:
    """A <Dial> is over."""

    voice: VoiceRequest
    dial_call_status: str

    @classmethod
    def from_post(cls, form: QueryDict) -> Self:
        return cls(
            voice=VoiceRequest.from_post(form),
            dial_call_status=_field(form, "DialCallStatus", 16),
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
    def from_post(cls, form: QueryDict) -> Self:
        return cls(
            voice=VoiceRequest.from_post(form),
            recording_sid=_sid(form, "RecordingSid"),
            url=_field(form, "RecordingUrl", 500),
            status=_field(form, "RecordingStatus", 16),
            duration=_int(form, "RecordingDuration"),
            digits=_field(form, "Digits", 32),
        )
