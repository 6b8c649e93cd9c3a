"""Which failed requests may be repeated, when, and how they are named in a log that holds no secrets. Pure."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urlsplit

import requests
from twilio.http.response import Response
from urllib3.exceptions import MaxRetryError, NewConnectionError

_FIRST_PAUSE = 0.25
_ACCOUNT = re.compile(r"(?:/api\.twilio\.com)?/2010-04-01/Accounts/AC[0-9a-zA-Z]{32}")
_CALL = re.compile(r"(?:^|/)(?:Calls|Participants)/(CA[0-9a-fA-F]{32})(?=[./]|$)")
_SECRET_SID = re.compile(r"AC[0-9a-fA-F]{32}")
# A path's part that is somebody's number, as Lookup has them: +12025550142, or typed without the plus.
_NUMBER = re.compile(r"(?:\+|[0-9])[0-9]{5,}(?=\.|\Z)")


def worth_repeating(method: str, answer: Response | None, failure: Exception | None) -> bool:
    """Whether Twilio did nothing with the request for certain, or it asked for nothing to be done.

    A 429 was not processed (Twilio Docs, "Error 20429"), and a request without a connection was never sent: these are
    safe to repeat. After a 5xx or a silence a POST may have been carried out, and Twilio has no idempotency keys.
    """
    if answer is not None and answer.status_code == 429:
        return True
    if failure is not None and never_sent(failure):
        return True
    if method.upper() != "GET":
        return False
    if answer is not None:
        return bool(answer.status_code >= 500)
    lost = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
    # A certificate that was refused once is refused again.
    return isinstance(failure, lost) and not isinstance(failure, requests.exceptions.SSLError)


def never_sent(failure: Exception) -> bool:
    """Whether no connection came about: refused, unreachable, not resolved, or too slow."""
    if isinstance(failure, requests.ConnectTimeout):
        return True
    cause = failure.args[0] if failure.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def pause_before(attempt: int, answer: Response | None) -> float:
    """Seconds to wait after the attempt of that number: twice as long each time, never all at the same moment."""
    pause: float = _FIRST_PAUSE * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311 (spreads load, hides nothing)
    asked = retry_after(answer)
    return pause if asked is None else asked + pause


def retry_after(answer: Response | None) -> float | None:
    """Seconds that the answer asks to wait, said as seconds or as a date (RFC 9110, 10.2.3)."""
    text = str((getattr(answer, "headers", None) or {}).get("Retry-After", "")).strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def resource_path(url: str) -> str:
    """`…/2010-04-01/Accounts/AC…/Calls/CA….json` → `Calls/CA….json`: no account, no query, no telephone number.

    The account itself is `Account.json`, and another product's path keeps its host: `lookups/v2/PhoneNumbers/…`.
    """
    parts = urlsplit(url)
    path, found = _ACCOUNT.subn("", parts.path, count=1)
    if found:
        path = f"Account{path}" if path.startswith(".") else path
    elif parts.hostname and parts.hostname.endswith(".twilio.com"):
        path = f"{parts.hostname}{path}"
    path = path.lstrip("/").replace(".twilio.com", "", 1)
    return _SECRET_SID.sub("AC…", "/".join(_without_number(unquote(part)) for part in path.split("/")))


def _without_number(part: str) -> str:
    return _NUMBER.sub("…", part, count=1) if _NUMBER.match(part) else part


def sid_of_call(path: str) -> str:
    """The call that a resource's path names, or ""."""
    match = _CALL.search(path)
    return match[1] if match else ""
