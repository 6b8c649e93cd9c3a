"""Twilio's failures as problem details of the REST API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _

from core.api.exceptions import Answer
from core.api.problems import Problem
from telephony.errors import CallGone, InvalidNumber, NotConfigured, RateLimited, TelephonyError, Unavailable


def _example(*, permanent: bool) -> dict[str, Any]:
    return {"permanent": permanent, "twilio_code": None}


KINDS = (
    Problem(
        "twilio_refused", 502, _("Twilio did not accept this"), _("Twilio did not accept this."),
        _("Twilio did not accept it; with `permanent` true, trying again will not help."),
        _example(permanent=True),
    ),
    Problem(
        "twilio_not_configured", 502, _("Calls are not set up"), _("Calls are not set up yet. Ask your admin."),
        _("An admin must act: credentials or the account at Twilio."),
        _example(permanent=True),
    ),
    Problem(
        "twilio_unavailable", 502, _("Twilio cannot be reached"), _("Twilio cannot be reached. Try again."),
        _("Twilio did not answer. Whether it acted is unknown."),
        _example(permanent=True),
    ),
    Problem(
        "twilio_busy", 503, _("Twilio is busy"), _("Twilio is busy. Try again in a moment."),
        _("Try again in a moment; nothing was done."),
        _example(permanent=False),
    ),
)  # fmt: skip
# The codes of all of them, for views that ask Twilio (`core.api.schema.raises`).
TWILIO = ("twilio_refused", "twilio_not_configured", "twilio_unavailable", "twilio_busy")
# Each with its status and code; the first that fits.
_ANSWERS: tuple[tuple[type[TelephonyError], int, str], ...] = (
    (InvalidNumber, 400, "invalid_number"),
    (CallGone, 409, "call_gone"),
    (RateLimited, 503, "twilio_busy"),
    (NotConfigured, 502, "twilio_not_configured"),
    (Unavailable, 502, "twilio_unavailable"),
    (TelephonyError, 502, "twilio_refused"),
)


def answer_to(error: TelephonyError) -> Answer:
    """What REST says of one of Twilio's failures."""
    status, code = next((status, code) for kind, status, code in _ANSWERS if isinstance(error, kind))
    return Answer(status, code, error.message, {"permanent": error.permanent, "twilio_code": error.code})
