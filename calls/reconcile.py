"""Asking Twilio about calls whose callbacks were lost.

Twilio does not repeat a status callback that we failed to take, so a call may seem to go on for ever. The REST API is
eventually consistent and slow; it is asked only about calls that have been silent for a while.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from calls import selectors, tracking
from calls.models import Call, CallStatus
from calls.params import StatusCallbackRequest
from telephony.client import CallFacts, call_fetch
from telephony.errors import CallGone, TelephonyError
from telephony.http import patiently

logger = logging.getLogger(__name__)

# A live call tells nothing between its answer and its end, so silence alone proves nothing: asking is cheap.
QUIET = timedelta(minutes=2)
# One run asks about no more calls than this: Twilio limits how many requests it takes at once.
BATCH = 50


@dataclass(slots=True)
class Report:
    """How many calls were asked about, and how many had lost a callback."""

    asked: int = 0
    mended: int = 0
    unknown: int = 0
    failed: int = 0


def calls_reconcile(*, quiet_for: timedelta = QUIET, limit: int = BATCH) -> Report:
    """Brings calls that seem to be stuck in line with what Twilio says of them."""
    report = Report()
    for call in selectors.calls_stuck(quiet_for=quiet_for, limit=limit):
        report.asked += 1
        try:
            with patiently():
                facts = call_fetch(call.sid)
        except CallGone:
            report.unknown += 1
            _close_unknown(call)
        except TelephonyError as error:
            report.failed += 1
            logger.warning("reconcile: call=%s: %s", call.sid, error.message)
            if not error.permanent:
                break  # Twilio is busy or away: the next run goes on.
        else:
            if facts.status == call.status:
                # Still going on. Noted, so that others are asked about first next time.
                Call.objects.filter(pk=call.pk).update(updated_at=timezone.now())
            else:
                report.mended += 1
                _apply(facts)
    if report.asked:
        logger.info("reconcile: %s", report)
    return report


def _apply(facts: CallFacts) -> None:
    """Stored and applied as if Twilio had called: one way into the log."""
    form = QueryDict(mutable=True)
    end = facts.end_time or timezone.now()
    form.update(
        {
            "CallSid": facts.sid,
            "ParentCallSid": facts.parent_call_sid,
            "From": facts.caller,
            "To": facts.called,
            "CallStatus": facts.status,
            "Direction": facts.direction,
            "Timestamp": format_datetime(end),
            "CallDuration": "" if facts.duration is None else str(facts.duration),
        }
    )
    stored = tracking.callback_store(kind="reconcile", form=form)
    tracking.call_apply_status(stored, StatusCallbackRequest.from_post(form))


def _close_unknown(call: Call) -> None:
    """Twilio has no such call: it is over, and nobody knows how it ended."""
    with transaction.atomic():
        form = QueryDict(mutable=True)
        form.update({"CallSid": call.sid, "ParentCallSid": call.parent_id or "", "CallStatus": CallStatus.FAILED})
        stored = tracking.callback_store(kind="reconcile", form=form)
        tracking.call_apply_status(stored, StatusCallbackRequest.from_post(form))
