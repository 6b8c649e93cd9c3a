"""Asking Twilio about calls whose callbacks were lost.

Twilio does not repeat a status callback that we failed to take, so a call may seem to go on for ever, or never to have
been. The REST API is eventually consistent: only calls that have been silent for a while are asked about.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import islice

from django.core.cache import cache
from django.http import QueryDict
from django.utils import timezone

from calls import selectors
from calls.live.call_tree import is_forward
from calls.models import STATUS_RANK, TERMINAL, Call, CallStatus, Direction, Participant
from calls.webhooks import RECONCILE
from telephony.errors import CallGone, TelephonyError
from telephony.identity import agent_id_from
from telephony.rest.client import CallFacts, call_fetch, calls_since
from telephony.rest.http import background_retries
from telephony.webhooks.inbox import webhook_take, webhooks_rework
from telephony.webhooks.received import Received

logger = logging.getLogger(__name__)

# A live call tells nothing between its answer and its end, so silence alone proves nothing: asking is cheap.
QUIET = timedelta(minutes=2)
# One run asks about no more calls than this, one by one: Twilio limits how many requests it takes at once.
BATCH = 50
# How far back the first sweep looks, and how much of what an earlier one saw is looked at again.
_FIRST_SWEEP = timedelta(hours=24)
_OVERLAP = timedelta(minutes=15)
# Twilio gives whole seconds.
_EARLIER = timedelta(seconds=2)
# Between somebody's being wanted in a room and Twilio's call: while Twilio is slow, or a server is started anew.
_ASKED_BEFORE = timedelta(minutes=1)
_SWEPT = "calls.reconcile.swept"


@dataclass(slots=True)
class Report:
    """How many calls were asked about, how many had lost a callback, and how many callbacks were lost in all."""

    asked: int = 0
    mended: int = 0
    unknown: int = 0
    failed: int = 0
    lost: int = 0


def calls_reconcile(*, quiet_for: timedelta = QUIET, limit: int = BATCH) -> Report:
    """Brings calls that seem to be stuck in line with what Twilio says of them."""
    report = Report()
    webhooks_rework()
    for sid in selectors.sids_in_doubt(quiet_for=quiet_for, limit=limit):
        report.asked += 1
        try:
            with background_retries():
                facts = call_fetch(sid)
        except CallGone:
            report.unknown += 1
            _close_unknown(sid)
        except TelephonyError as error:
            report.failed += 1
            logger.warning("reconcile: call=%s: %s", sid, error.key)
            if not error.permanent:
                break  # Twilio is busy or away: the next run goes on.
        else:
            _compare([facts], report)
            # Those that still go on: noted, so that others are asked about first next time.
            Call.objects.filter(pk=sid).update(updated_at=timezone.now())
    if report.asked:
        logger.info("reconcile: %s", report)
    return report


def calls_sweep(*, quiet_for: timedelta = QUIET, since: datetime | None = None) -> Report:
    """Reads Twilio's own list of what was called since the last sweep, and takes in what the log lacks.

    Finds what `calls_reconcile` cannot: calls of which no webhook ever came. A request for each thousand legs.
    """
    report = Report()
    began = timezone.now()
    since = since or cache.get(_SWEPT, began - _FIRST_SWEEP) - _OVERLAP
    try:
        with background_retries():
            listed = calls_since(since)
            while page := list(islice(listed, 500)):
                settled = [facts for facts in page if _moment(facts) <= began - quiet_for]
                report.asked += len(settled)
                _compare(settled, report)
    except TelephonyError as error:
        report.failed += 1
        logger.warning("sweep: %s", error.key)
    else:
        cache.set(_SWEPT, began, timeout=None)
    if report.mended:
        logger.info("sweep: %s", report)
    return report


def _moment(facts: CallFacts) -> datetime:
    """When the call last changed, as far as Twilio says."""
    return facts.end_time or facts.start_time or facts.created or timezone.now()


def _compare(found: Iterable[CallFacts], report: Report) -> None:
    """Takes in what Twilio knows and the log does not. Roots first: a leg's call should be there before it."""
    facts_of = {facts.sid: facts for facts in sorted(found, key=lambda facts: bool(facts.parent_call_sid))}
    known = Call.objects.in_bulk(facts_of)
    received = selectors.statuses_received(facts_of)
    for facts in facts_of.values():
        if not _is_news(facts, known.get(facts.sid)):
            continue
        report.mended += 1
        report.lost += len(_expected(facts) - received.get(facts.sid, set()))
        _apply(facts)


def _is_news(facts: CallFacts, call: Call | None) -> bool:
    """Whether the log lacks the call, its present state, how long it lasted, or when it began."""
    if facts.status not in STATUS_RANK:
        return False
    if call is not None and call.leg_end_time is not None and not call.is_terminal:
        return False  # The conversation goes on without that leg.
    if call is None or is_forward(call, facts.status):
        return True
    if (
        facts.status in TERMINAL
        and call.status == facts.status
        and call.duration is None
        and facts.duration is not None
    ):
        return True  # Its end was told by something that knows no duration, such as a <Dial>'s action.
    return facts.created is not None and facts.created < call.start_time - _EARLIER


def _expected(facts: CallFacts) -> set[str]:
    """Which callbacks must have come for a call in that state: a number tells of its calls' ends alone."""
    if facts.status not in TERMINAL or not facts.parent_call_sid:
        return {facts.status} & set(TERMINAL)
    talked = {CallStatus.IN_PROGRESS.value} if facts.status == CallStatus.COMPLETED else set()
    return {CallStatus.INITIATED.value, CallStatus.RINGING.value, facts.status} | talked


def _apply(facts: CallFacts) -> None:
    """Stored and applied as if Twilio had called: one way into the log."""
    fields = {
        "CallSid": facts.sid,
        "ParentCallSid": facts.parent_call_sid or _called_into(facts),
        "From": facts.caller,
        "To": facts.called,
        "CallStatus": facts.status,
        "Direction": facts.direction,
        "DateCreated": format_datetime(facts.created) if facts.created else "",
        # Of a call that goes on, Twilio does not say when it came to be what it is.
        "Timestamp": format_datetime(facts.end_time) if facts.end_time else "",
        "CallDuration": "" if facts.duration is None else str(facts.duration),
    }
    _take(fields)


def _called_into(facts: CallFacts) -> str:
    """The call into whose room we had Twilio call this leg, where a server was killed before it kept the answer: Twilio
    names no parent of what was made by REST. "" for none."""
    if facts.direction != Direction.OUTBOUND_API or facts.created is None:
        return ""
    asked = Participant.objects.filter(leg_sid="", asked_at__isnull=False)
    agent_id = agent_id_from(facts.called)
    asked = asked.filter(agent=agent_id) if agent_id else asked.filter(agent=None, number=facts.called)
    near = asked.filter(created_at__range=(facts.created - _ASKED_BEFORE, facts.created + _EARLIER))
    return near.order_by("-pk").values_list("room", flat=True).first() or ""


def _close_unknown(sid: str) -> None:
    """Twilio has no such call: it is over, and nobody knows how it ended."""
    call = Call.objects.filter(pk=sid).first()
    if call is not None:
        _take({"CallSid": sid, "ParentCallSid": call.parent_id or "", "CallStatus": CallStatus.FAILED.value})


def _take(fields: dict[str, str]) -> None:
    form = QueryDict(mutable=True)
    form.update(fields)
    webhook_take(Received.of(form, RECONCILE))
