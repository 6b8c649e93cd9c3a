"""Writing down what Twilio did with what was claimed."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from contacts.consents import consent_forbid, landline_note
from contacts.senders import blocked_with
from messaging.models import MESSAGE_STATUS_RANK, Message, MessageStatus, Sender, Step
from messaging.outbox.sending import Outcome
from messaging.outbox.sends import waiting_again
from messaging.outbox.signals import messages_moved
from messaging.refused_numbers import LANDLINE_CODES
from telephony.errors import NotReached, RateLimited, TelephonyError
from telephony.rest.messages import MessageFacts

logger = logging.getLogger(__name__)

_UNSUBSCRIBED = 21610
_FIRST_PAUSE, _LONGEST_PAUSE, _LONGEST_ASKED = 0.5, 30.0, 3600.0
_QUEUE_FULL, _QUEUE_PAUSE = 21611, 60.0


def results_write(outcomes: Sequence[Outcome]) -> None:
    """Keeps them in one transaction. What somebody found out meanwhile, by a callback or a look, is not undone."""
    now = timezone.now()
    try:
        with transaction.atomic():
            for outcome in _write_taken(outcomes, now):
                _write(outcome, now)
            _wait_again(outcomes, now)
    except IntegrityError:
        # A sid that another row has: one by one, so that the others are kept.
        for outcome in outcomes:
            _write_alone(outcome, now)
        with transaction.atomic():
            _wait_again(outcomes, now)
    _slow_down(outcomes, now)
    messages_moved.send_robust(sender=Message, ids=[outcome.claimed.id for outcome in outcomes])


# What `taken_values` says of a text that was just taken, written once for all: the ORM takes longer to put it together
# than Twilio to take the text.
_TAKEN = """
    UPDATE messaging_message
    SET step = 'taken', sid = ?3, sent_at = COALESCE(sent_at, ?6), num_segments = CASE WHEN ?4 > 0 THEN ?4 ELSE
        num_segments END, status = CASE WHEN status = '' THEN ?5 ELSE status END
    WHERE id = ?1 AND claim = ?2 AND step IN ('claimed', 'unclear', 'unknown')
"""
_TAKEN_AT_ONCE = """
    UPDATE messaging_message AS message
    SET step = 'taken', sid = said.sid, sent_at = COALESCE(message.sent_at, %s),
        num_segments = CASE WHEN said.segments > 0 THEN said.segments ELSE message.num_segments END,
        status = CASE WHEN message.status = '' THEN said.status ELSE message.status END
    FROM UNNEST(%s::bigint[], %s::text[], %s::text[], %s::int[], %s::text[])
        AS said(id, claim, sid, segments, status)
    WHERE message.id = said.id AND message.claim = said.claim
        AND message.step IN ('claimed', 'unclear', 'unknown')
"""
_JUST_TAKEN = frozenset({MessageStatus.ACCEPTED, MessageStatus.QUEUED})


def _write_taken(outcomes: Sequence[Outcome], now: datetime) -> list[Outcome]:
    """Writes those that Twilio has just taken, and returns the others."""
    rows, others = [], []
    for outcome in outcomes:
        facts, claimed = outcome.facts, outcome.claimed
        if outcome.step != Step.TAKEN or facts is None or facts.status not in _JUST_TAKEN or facts.error_code:
            others.append(outcome)
            continue
        rows.append((claimed.id, claimed.claim, facts.sid, facts.num_segments, str(facts.status)))
    if rows:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(_TAKEN_AT_ONCE, [now, *map(list, zip(*rows, strict=True))])
            else:
                at = connection.ops.adapt_datetimefield_value(now)
                cursor.executemany(_TAKEN, [(*row, at) for row in rows])
    return others


def _write_alone(outcome: Outcome, now: datetime) -> None:
    try:
        with transaction.atomic():
            _write(outcome, now)
    except IntegrityError:
        logger.exception("outbox: message=%s: Twilio's sid is another message's", outcome.claimed.id)
        _mine(outcome).update(step=Step.UNKNOWN)


def _mine(outcome: Outcome) -> QuerySet[Message]:
    """The row, as long as nobody knows more of it than this worker, who was not told in time or was too slow."""
    steps = [Step.CLAIMED, Step.UNCLEAR]
    if outcome.step == Step.TAKEN:
        steps.append(Step.UNKNOWN)
    return Message.objects.filter(pk=outcome.claimed.id, claim=outcome.claimed.claim, step__in=steps)


def _write(outcome: Outcome, now: datetime) -> None:
    row = _mine(outcome)
    if outcome.step == Step.TAKEN and outcome.facts is not None:
        row.update(**taken_values(outcome.facts, now))
    elif outcome.step == Step.WAITING:
        # Its sender rests, not the text: so it is the next one, as it was.
        row.update(step=Step.WAITING, due_at=now)
    elif outcome.step == Step.UNCLEAR:
        # Looked up at once: most often Twilio has it, and then it is there.
        row.filter(step=Step.CLAIMED).update(step=Step.UNCLEAR, due_at=now, unclear_at=now, looks=0)
    elif outcome.error is not None:
        code = outcome.error.code
        refused = row.update(
            step=Step.REFUSED, error_code=str(code or ""), problem=outcome.error.key[:255], ended_at=now
        )
        if refused:
            code_note(outcome.claimed.sender, outcome.claimed.recipient, str(code or ""))


def _wait_again(outcomes: Sequence[Outcome], now: datetime) -> None:
    if waiting := [outcome.claimed.id for outcome in outcomes if outcome.step == Step.WAITING]:
        waiting_again(waiting, now)


def taken_values(facts: MessageFacts, now: datetime) -> dict[str, Any]:
    """What of a row changes when Twilio is known to have the text. Its status only goes forward."""
    status = facts.status if facts.status in MessageStatus.values else MessageStatus.QUEUED
    lower = [known for known, rank in MESSAGE_STATUS_RANK.items() if rank < MESSAGE_STATUS_RANK[status]]
    values: dict[str, Any] = {
        "step": Step.TAKEN,
        "sid": facts.sid,
        "sent_at": Case(When(sent_at=None, then=Value(now)), default=F("sent_at")),
        "status": Case(When(Q(status__in=lower), then=Value(status)), default=F("status")),
    }
    if facts.num_segments:
        values["num_segments"] = facts.num_segments
    if facts.price is not None:
        values |= {"price": facts.price, "price_unit": facts.price_unit}
    if facts.error_code:
        values["error_code"] = facts.error_code
    return values


def code_note(sender: str, number: str, code: str) -> None:
    """Keeps what one of Twilio's codes says of a number, for all that is sent to it from now on."""
    if code == str(_UNSUBSCRIBED):
        for one in blocked_with(sender):
            consent_forbid(number, sender=one, note="21610")
    elif code in LANDLINE_CODES:
        landline_note(number)


def pause_after(error: TelephonyError, slowed: int) -> float:
    """Seconds that a sender rests: twice as long each time, and not shorter than Twilio asks."""
    backoff = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(10, slowed))
    pause: float = backoff * random.uniform(0.75, 1.25)  # noqa: S311 (spreads load, hides nothing)
    if isinstance(error, RateLimited) and error.retry_after is not None:
        return max(pause, min(error.retry_after, _LONGEST_ASKED))
    return max(pause, _QUEUE_PAUSE) if error.code == _QUEUE_FULL else pause


def _slow_down(outcomes: Iterable[Outcome], now: datetime) -> None:
    """Lets a sender rest that Twilio asked to slow down, or that does not reach Twilio, and all its texts with it."""
    errors: dict[str, TelephonyError] = {}
    fine: set[str] = set()
    for outcome in outcomes:
        if isinstance(outcome.error, RateLimited | NotReached):
            errors[outcome.claimed.sender] = outcome.error
        elif outcome.step == Step.TAKEN:
            fine.add(outcome.claimed.sender)
    for name, error in errors.items():
        sender = Sender.objects.filter(name=name).first()
        if sender is None:
            # An admin has just deleted it: the next who claims makes it anew.
            continue
        until = now + timedelta(seconds=pause_after(error, sender.slowed))
        resting = sender.slow_until is not None and sender.slow_until > now
        # What was asked at the same time is refused at the same time: it counts once.
        slowed = sender.slowed if resting else min(sender.slowed + 1, 100)
        slow_until = max(until, sender.slow_until) if resting and sender.slow_until else until
        Sender.objects.filter(pk=sender.pk).update(slow_until=slow_until, slowed=slowed)
    Sender.objects.filter(name__in=fine - errors.keys(), slowed__gt=0).update(slowed=0)
