"""Why Twilio did not place a call, where it did not say: a webhook must not ask, the worker may."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from calls.live.locks import lock
from calls.live.status_callbacks import NOT_PLACED, push
from calls.models import Call
from telephony.errors import TelephonyError, sentence_for
from telephony.provisioning.account import number_is_owned, number_is_verified
from telephony.rest.http import background_retries

logger = logging.getLogger(__name__)

# What is older has been looked at, or Twilio was away for long.
_LATELY = timedelta(hours=1)
_INVALID_CALLER_ID = 13214
_NUMBER_CALLED = gettext_noop("Twilio did not place this call: it does not call this number. Check it and try again.")


def refusals_explain() -> int:
    """Says of each call that Twilio did not place lately whether its caller ID was the reason. Returns how many."""
    since = timezone.now() - _LATELY
    refused = Call.objects.filter(parent__isnull=True, start_time__gte=since, problem=NOT_PLACED)
    reasons: dict[str, str] = {}
    explained = 0
    for call in refused.select_related("line").order_by("-start_time")[:50]:
        caller_id = call.line.number if call.line else settings.TWILIO_CALLER_ID
        try:
            if caller_id not in reasons:
                reasons[caller_id] = _reason(caller_id)
        except TelephonyError as error:
            logger.warning("refusals: call=%s: %s", call.sid, error.key)
            break
        _explain(call.sid, reasons[caller_id])
        explained += 1
    return explained


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
def _explain(sid: str, reason: str) -> None:
    lock([sid])
    call = Call.objects.get(pk=sid)
    if call.problem != NOT_PLACED:
        return
    call.problem = reason
    call.revision += 1
    call.save(update_fields=["problem", "revision", "updated_at"])
    push(call)
