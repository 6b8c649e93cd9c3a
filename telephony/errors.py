"""Twilio's failures, translated into errors of our own.

`code` is Twilio's (https://www.twilio.com/docs/api/errors) or None when Twilio did not answer. `message` is a
sentence for the person at the desk; `telephony.rest.http` has logged the request by then.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from django.utils.translation import gettext_noop
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.response import Response

from core.languages import sentence

logger = logging.getLogger(__name__)


class TelephonyError(Exception):
    """Twilio could not do what was asked. `permanent`: asking again will not help. `key`: the sentence in English, for
    logs, and to be stored."""

    def __init__(self, key: str, *, code: int | None = None, permanent: bool = False) -> None:
        super().__init__(key)
        self.key = key
        self.code = code
        self.permanent = permanent

    @property
    def message(self) -> str:
        """The sentence, for whoever is told now."""
        return sentence(self.key)


class InvalidNumber(TelephonyError):
    """The number cannot be called: malformed, unreachable or forbidden."""


class CallGone(TelephonyError):
    """The call is over, or was never there."""


class NotConfigured(TelephonyError):
    """Credentials are missing or wrong: an admin must act."""


class RateLimited(TelephonyError):
    """Twilio asks us to slow down; nothing was done."""


class Unavailable(TelephonyError):
    """Twilio did not answer, or answered with a failure of its own. Whether it acted is unknown."""


_NUMBER = gettext_noop("This number cannot be called.")
_ADMIN = gettext_noop("Ringdesk is not allowed to do this at Twilio. Ask your admin.")
_CALLER_ID = gettext_noop(
    "Twilio does not accept your line's number as caller ID. Choose another line, or ask your admin."
)
_BY_CODE: dict[int, tuple[type[TelephonyError], str, bool]] = {
    20003: (NotConfigured, _ADMIN, True),
    20005: (NotConfigured, gettext_noop("The Twilio account is not active. Ask your admin."), True),
    10001: (NotConfigured, gettext_noop("The Twilio account is not active. Ask your admin."), True),
    20404: (CallGone, gettext_noop("This call is over."), True),
    20429: (RateLimited, gettext_noop("Twilio is busy. Try again in a moment."), False),
    10004: (RateLimited, gettext_noop("Too many calls at once. Try again in a moment."), False),
    # <Dial>'s own come with callbacks. What is wrong with our number is not the called one's fault.
    13214: (NotConfigured, _CALLER_ID, True),
    13223: (InvalidNumber, _NUMBER, True),
    13224: (InvalidNumber, gettext_noop("This number cannot be reached."), True),
    13225: (InvalidNumber, gettext_noop("Calls to this number are blocked."), True),
    13226: (InvalidNumber, gettext_noop("No country has this code."), True),
    13227: (InvalidNumber, gettext_noop("Your company does not allow calls to this country. Ask your admin."), True),
    21210: (NotConfigured, _CALLER_ID, True),
    21211: (InvalidNumber, _NUMBER, True),
    21212: (NotConfigured, _CALLER_ID, True),
    21214: (InvalidNumber, gettext_noop("This number cannot be reached."), True),
    21215: (InvalidNumber, gettext_noop("Your company does not allow calls to this country. Ask your admin."), True),
    21216: (InvalidNumber, gettext_noop("Calls to this number are blocked."), True),
    21217: (InvalidNumber, _NUMBER, True),
    21220: (CallGone, gettext_noop("This call is over."), True),
    21265: (InvalidNumber, gettext_noop("Short codes cannot be called."), True),
    21266: (InvalidNumber, gettext_noop("A line cannot call itself."), True),
    21268: (InvalidNumber, gettext_noop("Premium-rate numbers cannot be called."), True),
}


def sentence_for(code: str | int) -> str:
    """What one of Twilio's codes means to the person at the desk, in English, to be stored; "" for one that says
    nothing to people."""
    found = _BY_CODE.get(int(code)) if str(code).isdecimal() else None
    return found[1] if found else ""


def translate(error: Exception) -> TelephonyError:
    """The domain error for one of twilio-python's five failure shapes.

    `TwilioServiceException` (RFC 9457 bodies) is a sibling of `TwilioRestException`, not a child, network failures
    come as plain `requests` exceptions, and a list that is refused as a `TwilioException` that holds the answer.
    """
    if isinstance(error, TwilioRestException | TwilioServiceException):
        return _refused(error.status, error.code)
    if isinstance(error, requests.RequestException):
        return Unavailable(gettext_noop("Twilio cannot be reached. Try again."))
    if isinstance(error, TwilioException):
        answer = next((part for part in error.args if isinstance(part, Response)), None)
        if answer is not None:
            return _refused(answer.status_code, error_code(answer))
        logger.warning("twilio client failed: %s", type(error).__name__)
        return NotConfigured(_ADMIN, permanent=True)
    raise error


def _refused(status: object, code: int | None) -> TelephonyError:
    if code in _BY_CODE:
        kind, message, permanent = _BY_CODE[code]
        return kind(message, code=code, permanent=permanent)
    if status in (401, 403):
        return NotConfigured(_ADMIN, code=code, permanent=True)
    if status == 404:
        return CallGone(gettext_noop("This call is over."), code=code, permanent=True)
    if status == 429:
        return RateLimited(gettext_noop("Twilio is busy. Try again in a moment."), code=code)
    if isinstance(status, int) and status >= 500:
        return Unavailable(gettext_noop("Twilio cannot be reached. Try again."), code=code)
    return TelephonyError(gettext_noop("Twilio did not accept this."), code=code, permanent=True)


@contextmanager
def translated() -> Iterator[None]:
    """Raises `TelephonyError` for whatever the Twilio library raises inside the block."""
    try:
        yield
    except (TwilioException, requests.RequestException) as error:
        raise translate(error) from None


def error_code(answer: Response) -> int | None:
    """Twilio's code in the body of an error."""
    if answer.status_code < 400:
        return None
    try:
        code = json.loads(answer.text)["code"]
    except (ValueError, KeyError, TypeError):
        return None
    return code if isinstance(code, int) else None
