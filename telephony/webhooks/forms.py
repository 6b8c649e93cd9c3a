"""Reading what Twilio posts. Nothing here can fail.

A field that is missing is empty, one that is too long is cut to what can be stored (the raw row keeps all of it), one
that makes no sense is None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self

from django.http import QueryDict

from core.text import cleaned, cleaned_lines
from telephony.identity import is_phone_of_ours

# What our voice tokens send with each call: `telephony.phone_reference`.
PHONE_FIELD = "RingdeskPhone"
_SID = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}\Z")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# As Twilio writes a time. Read at once; the library, which knows all that RFC 2822 allows, takes three times as long.
_TIME = re.compile(
    rf"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ([0-9]{{2}}) ({'|'.join(_MONTHS)}) "
    r"((?:19|20)[0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) \+0000\Z"
)


def raw_params(form: QueryDict) -> dict[str, Any]:
    """Every field as it came: a string, or a list where a name came more than once."""
    fields = {name: values[0] if len(values) == 1 else list(values) for name, values in form.lists()}
    if _is_plain("".join(fields)) and _is_plain("".join([one for values in dict.values(form) for one in values])):
        return fields
    return {
        _text(name): _text(value) if isinstance(value, str) else [_text(one) for one in value]
        for name, value in fields.items()
    }


def form_of(params: dict[str, Any]) -> QueryDict:
    """`raw_params` back as a form."""
    form = QueryDict(mutable=True)
    for name, value in params.items():
        form.setlist(name, value if isinstance(value, list) else [value])
    return form


def _text(value: str) -> str:
    if _is_plain(value):
        return value
    # Databases keep neither NUL nor half of a surrogate pair.
    return value.replace("\x00", "�").encode("utf-8", "replace").decode("utf-8")


def _is_plain(text: str) -> bool:
    return text.isascii() and "\x00" not in text


def single_fields(form: QueryDict, names: Iterable[str]) -> dict[str, str]:
    """Those of the fields that came, each with its one value. One that came with different values is left out: nobody
    knows which of them Twilio wrote."""
    lists: dict[str, list[str]] = dict(form)  # type: ignore[arg-type]
    return {
        name: values[0] for name in names if (values := lists.get(name)) and (len(values) == 1 or len(set(values)) == 1)
    }


@dataclass(frozen=True)
class Fields:
    """What is believed of a kind of webhook all of whose fields are Twilio's own word."""

    names: frozenset[str]

    @classmethod
    def of(cls, *names: str) -> Self:
        return cls(frozenset(names))

    def __call__(self, form: QueryDict) -> dict[str, str]:
        return single_fields(form, self.names)


def field(form: Mapping[str, str], name: str, length: int) -> str:
    """One line."""
    value = form.get(name)
    return cleaned(value).strip()[:length] if value else ""


def lines_field(form: Mapping[str, str], name: str, length: int) -> str:
    """As many lines as it has."""
    value = form.get(name)
    return cleaned_lines(value).strip()[:length] if value else ""


def party_field(form: Mapping[str, str], name: str) -> str:
    """Who is at one end of a call: a number, `client:agent_7`, a SIP address or a word.

    What stands around a number means nothing. The name of a phone of ours is taken as it came, or else it would become
    another phone's.
    """
    value = form.get(name, "")
    return cleaned(value)[:255] if is_phone_of_ours(value) else field(form, name, 255)


def sid_field(form: Mapping[str, str], name: str) -> str:
    """Two letters and 32 hexadecimal digits, or empty."""
    value = field(form, name, 64)
    return value if value and _SID.match(value) else ""


def whole_field(form: Mapping[str, str], name: str, *, limit: int = 2_000_000_000) -> int | None:
    value = form.get(name, "")
    if not (value.isascii() and value.isdigit() and len(value) <= 10):
        return None
    return min(int(value), limit)


def time_field(form: Mapping[str, str], name: str) -> datetime | None:
    """`Thu, 01 Jun 2017 20:48:32 +0000`, Twilio's RFC 2822 form."""
    text = form.get(name)
    if not text:
        return None
    try:
        if usual := _TIME.match(text):
            day, month, year, hour, minute, second = usual.groups()
            return datetime(
                int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=UTC
            )
        value = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None
