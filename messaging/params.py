"""Twilio's fields about messages as small typed objects. Nothing here can fail: see `telephony.webhooks.forms`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from messaging.models import MESSAGE_STATUS_RANK, MessageStatus
from telephony.party import is_withheld, party
from telephony.webhooks.forms import field, lines_field, sid_field, whole_field

# In a status callback's address, and in its form once the guard has let it in: the row that it is about.
MESSAGE_QUERY = "message"
MESSAGE_FIELD = "RingdeskMessage"
_MOST_MEDIA = 10
_MEDIA = tuple(f"{name}{number}" for number in range(_MOST_MEDIA) for name in ("MediaUrl", "MediaContentType"))
_COMMON = ("AccountSid", "MessageSid", "MessagingServiceSid", "From", "To", "ErrorCode")
INCOMING_FIELDS = (*_COMMON, "Body", "NumMedia", "NumSegments", "OptOutType", "SmsStatus", *_MEDIA)
STATUS_FIELDS = (*_COMMON, "MessageStatus", "SmsStatus", MESSAGE_FIELD)
FALLBACK_FIELDS = (*INCOMING_FIELDS, "MessageStatus", "ErrorUrl")
_OPT_OUT_TYPES = frozenset({"STOP", "START", "HELP"})
_MOST_BODY = 10_000


@dataclass(frozen=True, slots=True)
class MediaRequest:
    """A file of a message, still at Twilio."""

    url: str
    content_type: str


@dataclass(frozen=True, slots=True)
class IncomingText:
    """A text to one of our numbers."""

    sid: str
    sender: str
    recipient: str
    body: str
    segments: int
    media: tuple[MediaRequest, ...]
    opt_out_type: str
    """STOP, START or HELP, where Twilio's Advanced Opt-Out says so; else ""."""
    service_sid: str
    at: datetime

    @classmethod
    def from_fields(cls, fields: Mapping[str, str], *, at: datetime) -> Self:
        count = min(whole_field(fields, "NumMedia") or 0, _MOST_MEDIA)
        kind = field(fields, "OptOutType", 16).upper()
        sender = party(field(fields, "From", 255))
        return cls(
            sid=sid_field(fields, "MessageSid"),
            sender="" if is_withheld(sender) else sender[:32],
            recipient=party(field(fields, "To", 255))[:64],
            body=lines_field(fields, "Body", _MOST_BODY),
            segments=min(whole_field(fields, "NumSegments") or 0, 255),
            media=tuple(
                MediaRequest(field(fields, f"MediaUrl{at}", 500), field(fields, f"MediaContentType{at}", 100))
                for at in range(count)
            ),
            opt_out_type=kind if kind in _OPT_OUT_TYPES else "",
            service_sid=sid_field(fields, "MessagingServiceSid"),
            at=at,
        )

    @property
    def is_usable(self) -> bool:
        return bool(self.sid and self.sender and self.recipient)


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """How far a message of ours has come."""

    sid: str
    status: str
    """One of Twilio's, or "" for one that nobody knows."""
    message_id: int | None
    """Our own row's, from the address that we gave to Twilio."""
    error_code: str
    at: datetime

    @classmethod
    def from_fields(cls, fields: Mapping[str, str], *, at: datetime) -> Self:
        status = (field(fields, "MessageStatus", 32) or field(fields, "SmsStatus", 32)).lower()
        code = field(fields, "ErrorCode", 16)
        return cls(
            sid=sid_field(fields, "MessageSid"),
            status=status if status in MESSAGE_STATUS_RANK else "",
            message_id=whole_field(fields, MESSAGE_FIELD, limit=9_999_999_999),
            error_code=code if code.isascii() and code.isdigit() and code.strip("0") else "",
            at=at,
        )

    @property
    def is_usable(self) -> bool:
        return bool(self.sid and self.status)

    @property
    def has_failed(self) -> bool:
        return self.status in (MessageStatus.FAILED, MessageStatus.UNDELIVERED)
