"""Reading what Twilio posts. Nothing here can fail.

A field that is missing is empty, one that is too long is cut to what can be stored (the raw row keeps all of it), one
that makes no sense is None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from django.http import QueryDict

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


def field(form: Mapping[str, str], name: str, length: int) -> str:
    value = form.get(name)
    return _text(value).strip()[:length] if value else ""


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
