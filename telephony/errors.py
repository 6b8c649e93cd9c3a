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
    """Twilio asks us to slow down; nothing was done. `retry_after`: seconds that it asks to wait, if it says so."""

    retry_after: float | None = None


class Unavailable(TelephonyError):
    """Twilio did not answer, or with a failure of its own, or what refuses nothing. Whether it acted is unknown."""


class NotReached(Unavailable):
    """No connection to Twilio came about: nothing was done."""


_NUMBER = gettext_noop("This number cannot be called.")
_ADMIN = gettext_noop("Ringdesk is not allowed to do this at Twilio. Ask your admin.")
_CALLER_ID = gettext_noop(
    "Twilio does not accept your line's number as caller ID. Choose another line, or ask your admin."
)
_SENDER = gettext_noop("Twilio does not send texts from this line. Ask your admin.")
_CALLBACK = gettext_noop("Twilio does not accept Ringdesk's address. Ask your admin.")
_BUSY_ACCOUNT = gettext_noop(
    "Too many calls at once for the account at Twilio. Try again in a moment; tell your admin if it lasts."
)
_EMPTY_TEXT = gettext_noop("The text is empty.")
_LANDLINE = gettext_noop("This number is a landline, which gets no texts.")
_LIMIT = gettext_noop("This line has sent as many texts as the networks take from it in a day.")
_INACTIVE = gettext_noop("The Twilio account is not active. Ask your admin.")
_BY_CODE: dict[int, tuple[type[TelephonyError], str, bool]] = {
    20003: (NotConfigured, _ADMIN, True),
    20005: (NotConfigured, _INACTIVE, True),
    10001: (NotConfigured, _INACTIVE, True),
    20404: (CallGone, gettext_noop("This call is over."), True),
    20429: (RateLimited, gettext_noop("Twilio is busy. Try again in a moment."), False),
    10004: (RateLimited, _BUSY_ACCOUNT, False),
    16020: (
        TelephonyError,
        gettext_noop("As many are in this call as Twilio lets: one has to leave first."),
        True,
    ),
    16021: (RateLimited, _BUSY_ACCOUNT, False),
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
    # Texts: what is refused at once, and what comes later with a callback.
    11751: (TelephonyError, gettext_noop("The files of this text are too large."), True),
    21408: (InvalidNumber, gettext_noop("Your company does not text this country. Ask your admin."), True),
    21602: (TelephonyError, _EMPTY_TEXT, True),
    21619: (TelephonyError, _EMPTY_TEXT, True),
    21603: (NotConfigured, _SENDER, True),
    21606: (NotConfigured, _SENDER, True),
    21608: (NotConfigured, gettext_noop("A trial account texts only numbers that were verified at Twilio."), True),
    21609: (NotConfigured, _CALLBACK, True),
    21626: (NotConfigured, _CALLBACK, True),
    21610: (InvalidNumber, gettext_noop("This number wants no texts: it replied STOP."), True),
    21611: (RateLimited, gettext_noop("Too many texts wait at Twilio for this line. It goes on by itself."), False),
    21612: (InvalidNumber, gettext_noop("This line cannot text this number. Try another line."), True),
    21614: (InvalidNumber, _LANDLINE, True),
    21617: (TelephonyError, gettext_noop("The text is too long: 1,600 characters at most."), True),
    30001: (RateLimited, gettext_noop("Too many texts waited at Twilio for this line."), False),
    30002: (NotConfigured, gettext_noop("The Twilio account is suspended. Ask your admin."), True),
    30003: (InvalidNumber, gettext_noop("The phone was switched off or out of reach for too long."), False),
    30004: (InvalidNumber, gettext_noop("The phone or its network does not take texts from this line."), True),
    30005: (InvalidNumber, gettext_noop("This number is no longer in use."), True),
    30006: (InvalidNumber, _LANDLINE, True),
    30007: (TelephonyError, gettext_noop("The network filtered this text as spam."), True),
    30008: (TelephonyError, gettext_noop("The network did not deliver this text, and did not say why."), False),
    30022: (RateLimited, _LIMIT, False),
    30023: (RateLimited, _LIMIT, False),
    30027: (RateLimited, _LIMIT, False),
    30032: (NotConfigured, gettext_noop("This toll-free line is not verified for texts yet. Ask your admin."), True),
    30033: (NotConfigured, gettext_noop("The campaign of this line is suspended at Twilio. Ask your admin."), True),
    30034: (NotConfigured, gettext_noop("This line is not registered to text US numbers. Ask your admin."), True),
    30035: (NotConfigured, gettext_noop("Twilio is still setting this line up for texts. Try again later."), False),
    30036: (TelephonyError, gettext_noop("The text waited too long and was not sent."), False),
}
# Where the same code means something else of a text than of a call.
_OF_TEXTS: dict[int, str] = {
    12300: gettext_noop("A file of this text is of a kind that cannot be texted."),
    20404: _SENDER,
    21211: gettext_noop("This number is not valid."),
    21212: _SENDER,
    21265: gettext_noop("Short codes cannot be texted."),
    21266: gettext_noop("A line cannot text itself."),
    21268: gettext_noop("Premium-rate numbers cannot be texted."),
}
_NOT_DELIVERED = gettext_noop("This text was not delivered.")


def sentence_for(code: str | int) -> str:
    """What one of Twilio's codes means to the person at the desk, in English, to be stored; "" for one that says
    nothing to people."""
    found = _BY_CODE.get(int(code)) if str(code).isdecimal() else None
    return found[1] if found else ""


def text_sentence_for(code: str | int) -> str:
    """The same for a text: also what is said when the code is not known. "" without a code."""
    if not code:
        return ""
    of_texts = _OF_TEXTS.get(int(code)) if str(code).isdecimal() else None
    return of_texts or sentence_for(code) or _NOT_DELIVERED


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
    if isinstance(status, int) and not 400 <= status < 500:
        # A failure; or an answer that is none of Twilio's to such a request, as when something between us and Twilio
        # redirects it. Nobody knows what was done before, and a redirect is not followed.
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
