"""Why Twilio did not place a call, where it did not say: a webhook must not ask, the worker may.

`<Dial>` says no more than `failed` of a country that the account may not call, or of one call too many. Twilio's
debugger has the code, among the call's notifications.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from calls.live.locks import lock
from calls.live.status_callbacks import NOT_PLACED, NOT_REACHED, push
from calls.models import Call
from telephony.errors import TelephonyError, Unavailable, sentence_for
from telephony.provisioning.account import number_is_owned, number_is_verified
from telephony.rest.client import call_error_codes
from telephony.rest.http import background_retries

logger = logging.getLogger(__name__)

# What is older has been looked at, or Twilio was away for long.
_LATELY = timedelta(hours=1)
_INVALID_CALLER_ID = 13214
_NUMBER_CALLED = gettext_noop("Twilio did not place this call: it does not call this number. Check it and try again.")


def refusals_explain() -> int:
    """Says of each call that Twilio did not place lately what the reason was: by Twilio's own code, otherwise whether
    it was the caller ID. Returns how many."""
    since = timezone.now() - _LATELY
    refused = Call.objects.filter(parent__isnull=True, start_time__gte=since, problem__in=(NOT_PLACED, NOT_REACHED))
    reasons: dict[str, str] = {}
    explained = 0
    for call in refused.select_related("line").order_by("-start_time")[:50]:
        if call.problem == NOT_REACHED and cache.get(_asked_key(call)):
            continue
        try:
            code, reason = _noted(call)
            if not reason and call.problem == NOT_PLACED:
                caller_id = call.line.number if call.line else settings.TWILIO_CALLER_ID
                if caller_id not in reasons:
                    reasons[caller_id] = _reason(caller_id)
                reason = reasons[caller_id]
        except TelephonyError as error:
            logger.warning("refusals: call=%s: %s", call.sid, error.key)
            break
        # A number that nobody answers for is the usual reason of the one: it is asked about once.
        cache.set(_asked_key(call), True, _LATELY.total_seconds())
        if reason:
            _explain(call, reason, code)
            explained += 1
    return explained


def _asked_key(call: Call) -> str:
    return f"calls.refusals.{call.sid}"


def _noted(call: Call) -> tuple[str, str]:
    """The latest of Twilio's codes about the call that says something to people, and what it says; "" without one.
    Raises `Unavailable` while Twilio is."""
    codes: list[str] = []
    try:
        with background_retries():
            codes = call_error_codes(call.sid)
    except Unavailable:
        raise
    except TelephonyError as error:
        logger.info("refusals: nothing noted: call=%s: %s", call.sid, error.key)
    return next(((code, said) for code in codes if (said := sentence_for(code))), ("", ""))


def _reason(caller_id: str) -> str:
    with background_retries():
        ours = number_is_owned(caller_id) or _is_verified(caller_id)
    return _NUMBER_CALLED if ours else sentence_for(_INVALID_CALLER_ID)


def _is_verified(caller_id: str) -> bool:
    # Twilio has just answered. What it does not answer here (nor does the simulator), it does not have.
    with suppress(TelephonyError):
        return number_is_verified(caller_id)
    return False


@transaction.atomic
def _explain(asked: Call, reason: str, code: str) -> None:
    lock([asked.sid])
    call = Call.objects.get(pk=asked.sid)
    if call.problem != asked.problem:
        return
    call.problem = reason
    # By this the doctor counts it.
    call.error_code = call.error_code or code
    call.revision += 1
    call.save(update_fields=["problem", "error_code", "revision", "updated_at"])
    push(call)
