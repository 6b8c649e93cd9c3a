"""The Twilio account: whether it lets us in, is active, and agrees with us on what time it is."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import time

from django.conf import settings

from core.languages import kept as _
from telephony.doctor.findings import Check, Finding
from telephony.errors import CallGone, NotConfigured, translated
from telephony.provisioning import account as twilio
from telephony.rest.client import get_client

_SKEW_WARNING, _SKEW_FAILURE = 5.0, 30.0
_CONSOLE = _("Copy both anew from Twilio's console, under Account info, to TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.")
_PROVISION = _("Run: python manage.py twilio_provision")


def check_account(check: Check) -> list[Finding]:
    """Three findings from one answer: credentials, the account's state, the clock."""
    credentials = check.named("credentials", _("Credentials"))
    if not (settings.TWILIO_ACCOUNT_SID and settings.TWILIO_AUTH_TOKEN):
        return [credentials.failed(_("TWILIO_ACCOUNT_SID or TWILIO_AUTH_TOKEN is not set."), _CONSOLE)]
    before = time()
    try:
        with translated():
            answer = get_client().api.accounts(settings.TWILIO_ACCOUNT_SID).fetch_with_http_info()
    except (NotConfigured, CallGone) as error:
        return [credentials.failed(_("Twilio does not accept them (code %(code)s).") % {"code": error.code}, _CONSOLE)]
    now = (before + time()) / 2
    sid = settings.TWILIO_ACCOUNT_SID
    return [
        credentials.ok(_("Twilio accepts them, for account AC…%(end)s.") % {"end": sid[-4:]}),
        _state(check.named("account", _("Account")), str(answer.data.status), str(answer.data.type)),
        _clock(check.named("clock", _("Clock")), now, answer.headers or {}),
    ]


def _state(check: Check, status: str, kind: str) -> Finding:
    if status != "active":
        return check.failed(
            _("The account is %(status)s.") % {"status": status},
            _("Log in to Twilio's console; it says what is owed or missing."),
        )
    if kind == "Trial":
        return check.warning(
            _("The account is on trial: it calls verified numbers only, and callers hear Twilio's announcement first."),
            _("Upgrade it in Twilio's console before customers call."),
        )
    return check.ok(_("The account is active."))


def _clock(check: Check, now: float, headers: dict[str, str]) -> Finding:
    """A clock that is ahead makes voice tokens that are "not yet valid" (Twilio Docs, "Access Tokens")."""
    date = next((value for name, value in headers.items() if name.lower() == "date"), "")
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return check.skipped(_("Twilio's answer has no date to compare with."))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    # The header counts whole seconds: half of one is the least wrong guess.
    skew = now - (moment - datetime.fromtimestamp(0, UTC)).total_seconds() - 0.5
    frame = (
        _("This machine is %(seconds)s s ahead of Twilio.")
        if skew > 0
        else _("This machine is %(seconds)s s behind Twilio.")
    )
    seen = frame % {"seconds": f"{abs(skew):.0f}"}
    mend = _("Let the system keep its time by NTP: voice tokens are valid from and until a moment.")
    if abs(skew) > _SKEW_FAILURE:
        return check.failed(seen, mend)
    return check.warning(seen, mend) if abs(skew) > _SKEW_WARNING else check.ok(seen)


def check_key(check: Check) -> Finding:
    sid, secret = settings.TWILIO_API_KEY_SID, settings.TWILIO_API_KEY_SECRET
    if not (sid and secret):
        return check.failed(_("TWILIO_API_KEY_SID or TWILIO_API_KEY_SECRET is not set."), _PROVISION)
    if not twilio.key_exists(sid):
        return check.failed(_("The account has no key with the SID in TWILIO_API_KEY_SID."), _PROVISION)
    if not twilio.key_is_accepted(sid, secret):
        return check.failed(
            _("Twilio does not accept TWILIO_API_KEY_SECRET."),
            _("Run: python manage.py twilio_provision. It makes a new key."),
        )
    return check.ok(_("Twilio accepts the key. (Whether it is Restricted, which tokens cannot use, cannot be asked.)"))


def check_fallback_number(check: Check) -> Finding:
    number = settings.TWILIO_FALLBACK_NUMBER
    if not number:
        return check.warning(
            _("TWILIO_FALLBACK_NUMBER is not set: when Ringdesk is broken, callers hear an apology and no person."),
            _("Set it to a telephone that somebody answers."),
        )
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", number):
        return check.failed(_("TWILIO_FALLBACK_NUMBER is malformed."), _("Write it like +12025550100."))
    return check.ok(_("It is set."))
