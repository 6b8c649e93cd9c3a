"""What may be asked of the call log, read from a query string."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.serializers import DateTimeField

from calls.models import CallOutcome, CallResult, CallStatus, Direction
from core.api.resources import choose_one_of
from routing.line_names import line_id_asked, line_parameter
from telephony.errors import InvalidNumber
from telephony.party import party
from telephony.phone import parse

_IDS = {"agent": "Agent's id", "contact": "Contact's id"}
_TIMES = {"after": "Started at this time or later", "before": "Started before this time"}
_CHOICES = {
    "direction": Direction.values,
    "status": CallStatus.values,
    "result": CallResult.values,
    "outcome": CallOutcome.values,
    "scope": ["all", "mine", "missed", "voicemail"],
}
_MAX_TEXT = 100

PARAMETERS = [
    *(OpenApiParameter(name, OpenApiTypes.INT, description=text) for name, text in _IDS.items()),
    line_parameter(),
    *(OpenApiParameter(name, OpenApiTypes.DATETIME, description=text) for name, text in _TIMES.items()),
    *(OpenApiParameter(name, OpenApiTypes.STR, enum=values) for name, values in _CHOICES.items()),
    OpenApiParameter(
        "party", OpenApiTypes.STR, description="A number at either end, like +12025550142, or client:agent_3"
    ),
    OpenApiParameter(
        "search",
        OpenApiTypes.STR,
        description=(
            "A contact's name, company or number, a whole number, or words of a note, in the whole log; "
            "part of a number, of a caller's name or of a note in the newest ten thousand calls (before `before`)"
        ),
    ),
]


@dataclass(frozen=True, slots=True)
class CallFilter:
    """What is asked for. Empty or None: anything."""

    agent: int | None = None
    line: int | None = None
    contact: int | None = None
    after: datetime | None = None
    before: datetime | None = None
    direction: str = ""
    status: str = ""
    result: str = ""
    outcome: str = ""
    scope: str = "all"
    party: str = ""
    search: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> CallFilter:
        """Raises `ValidationError`, by the name of the field, for what makes no sense."""
        found: dict[str, Any] = {name: _number(name, query[name]) for name in _IDS if query.get(name)}
        found |= {name: _time(name, query[name]) for name in _TIMES if query.get(name)}
        found |= {name: _choice(name, query[name]) for name in _CHOICES if query.get(name)}
        return cls(
            line=line_id_asked(query.get("line", "")),
            party=_party(query.get("party", "")),
            search=query.get("search", "").replace("\x00", "").strip()[:_MAX_TEXT],
            **found,
        )


def _number(name: str, value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 15:
        raise ValidationError({name: _("This is not an id.")})
    return int(value)


def _choice(name: str, value: str) -> str:
    if value not in _CHOICES[name]:
        raise ValidationError({name: choose_one_of(_CHOICES[name])})
    return value


def _time(name: str, value: str) -> datetime:
    try:
        found: datetime = DateTimeField().to_internal_value(value)
    except ValidationError:
        raise ValidationError({name: _("Write the time like 2026-11-23T09:30:00Z.")}) from None
    return found


def _party(value: str) -> str:
    """E.164 of a number however it is written; browsers' and SIP addresses stay as they are."""
    value = value.replace("\x00", "").strip()[:_MAX_TEXT]
    if not value or value.startswith(("client:", "sip:")):
        return party(value)
    try:
        return parse(value, home_region=settings.HOME_REGION).e164
    except InvalidNumber as error:
        raise ValidationError({"party": error.message}) from None
