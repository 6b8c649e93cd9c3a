"""Twilio's identifiers, phone numbers and dates."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlsplit

E164 = re.compile(r"^\+[1-9]\d{6,14}$")
_PUNCTUATION = re.compile(r"[\s().-]+")


def new_sid(prefix: str) -> str:
    """A SID: the two letters of its kind and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


def now() -> datetime:
    return datetime.now(UTC)


_latest = datetime.min.replace(tzinfo=UTC)


def moment() -> datetime:
    """Now, but never twice the same: what is made later has a later date, to the microsecond."""
    global _latest
    _latest = max(now(), _latest + timedelta(microseconds=1))
    return _latest


def is_web_address(url: str) -> bool:
    """Whether a webhook can be sent there: http or https, and a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # `http://[`
        return False


def rfc2822(moment: datetime | None) -> str | None:
    """`Thu, 01 Jun 2017 20:48:32 +0000`, the form of every date in Twilio's 2010 API and callbacks."""
    return format_datetime(moment) if moment else None


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds and `Z`, the form of the control API."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None


def to_e164(text: str) -> str | None:
    """The number in E.164, or None when it is none. Ten digits are taken for a number in North America."""
    number = _PUNCTUATION.sub("", text.strip())
    if re.fullmatch(r"[2-9]\d{9}", number):
        number = f"+1{number}"
    elif re.fullmatch(r"1[2-9]\d{9}", number):
        number = f"+{number}"
    return number if E164.match(number) else None
