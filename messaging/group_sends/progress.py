"""How far a send has come: counted from its recipients, kept with it, and told to desks when it is another."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext_noop

from calls.payloads import time_json
from contacts.consents import numbers_stopped_since
from messaging.group_sends import broadcasts
from messaging.group_sends.outcomes import FAILED, RETRYABLE, STOP_CODES, TO_LOOK_AT, Outcome, is_open, outcome_of
from messaging.models import Direction, GroupSend, Message, RecipientState, SendState, Step
from messaging.outbox import guards
from messaging.prices import PRICES_COME, price_to_come
from telephony.errors import text_sentence_for

# While it runs, and while receipts come in; then only prices and replies do.
_AT_WORK, _LATELY, _LATER = timedelta(seconds=1), timedelta(seconds=5), timedelta(minutes=1)
# A send to very many is counted less often: it takes longer, and moves less.
_COUNTED_PER_SECOND = 50_000
_RECEIPTS_COME = timedelta(minutes=15)
# After an update or an outage, sends of years may be due.
_PAST_AT_ONCE = 20
# By the index of a send's texts, whose last one is the newest.
_LAST_TEXT_AT = Subquery(
    Message.objects.filter(group_send=OuterRef("pk")).order_by("-pk").values(at=Coalesce("sent_at", "created_at"))[:1]
)
LINE_OFF = gettext_noop("The line of this send is not in use any more. An admin can switch it on again.")


def refresh_due() -> datetime | None:
    """Counts the sends that are due for it; returns when the next one is that is at work."""
    now = timezone.now()
    moments: list[datetime] = []
    due = list(_others_due(now))
    at_work = GroupSend.objects.filter(state=SendState.RUNNING).order_by("pk")
    for send_id, counted_at, counts in at_work.values_list("pk", "counted_at", "counts"):
        every = _AT_WORK + timedelta(seconds=counts.get("total", 0) / _COUNTED_PER_SECOND)
        if counted_at is None or counted_at + every <= now:
            due.append((send_id, counted_at))
            moments.append(now + every)
        else:
            moments.append(counted_at + every)
    for send_id, counted_at in due:
        # One of all workers counts it, and nobody waits for it meanwhile.
        if GroupSend.objects.filter(pk=send_id, counted_at=counted_at).update(counted_at=now):
            refresh(send_id)
    return min(moments, default=None)


def _others_due(now: datetime) -> Iterable[tuple[int, datetime | None]]:
    others = Q(state__in=[SendState.FINISHED, SendState.PAUSED, SendState.STOPPED, SendState.CANCELED])
    since = now - PRICES_COME
    # One that rests had something to do when it was started, resumed, or wrote its last text: it may have been
    # scheduled for long after it was started, or have run for days.
    rests = Q(finished_at=None) & (Q(started_at__gte=since) | Q(resumed_at__gte=since) | Q(last_text_at__gte=since))
    lately = others & Q(counted_at__lte=now - _LATELY) & (rests | Q(finished_at__gte=now - _RECEIPTS_COME))
    later = others & Q(finished_at__gte=now - PRICES_COME, counted_at__lte=now - _LATER)
    # Once more when no price comes any more: none is missing from then on.
    past = others & Q(finished_at__lt=now - PRICES_COME, counted_at__lt=F("finished_at") + PRICES_COME)
    sends = GroupSend.objects.alias(last_text_at=_LAST_TEXT_AT).filter(lately | later)
    yield from sends.order_by().values_list("pk", "counted_at")
    yield from GroupSend.objects.filter(past).order_by("-pk").values_list("pk", "counted_at")[:_PAST_AT_ONCE]


def refresh(send_id: int) -> None:
    """Counts one send. Its row is not locked meanwhile: where there is one writer, all others would have to wait."""
    send = GroupSend.objects.select_related("line").filter(pk=send_id).first()
    if send is None:
        return
    counts, open_rows = count(send)
    with transaction.atomic():
        stored = locked(send_id, wait=False)
        if stored is None:
            return
        if stored.revision != send.revision:
            # Somebody paused it, or tries some again: what was counted is of before.
            send = stored
            counts, open_rows = count(send)
        values: dict[str, Any] = {"counted_at": timezone.now()}
        if send.state == SendState.RUNNING:
            values |= _moved_on(send, open_rows)
        if counts != send.counts or len(values) > 1:
            values |= {"counts": counts, "revision": F("revision") + 1}
            transaction.on_commit(lambda: broadcasts.progress(send_id), robust=True)
        GroupSend.objects.filter(pk=send_id).update(**values)


def locked(send_id: int, *, wait: bool = True) -> GroupSend | None:
    """The send, for this transaction alone. None when there is none, or somebody else has it and `wait` is not set."""
    rows = GroupSend.objects.select_related("line").filter(pk=send_id)
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(skip_locked=not wait, of=("self",))
    return rows.first()


def _moved_on(send: GroupSend, open_rows: int) -> dict[str, Any]:
    """Whether it is over, or must not go on."""
    if code := _stop_code(send):
        hold(send)
        return {"state": SendState.STOPPED, "problem": text_sentence_for(code)[:255]}
    if open_rows and not send.line.is_active:
        hold(send)
        return {"state": SendState.STOPPED, "problem": LINE_OFF}
    if open_rows and (reason := guards.group_sends_paused()):
        hold(send)
        return {"state": SendState.STOPPED, "problem": reason[:255]}
    if not open_rows:
        return {"state": SendState.FINISHED, "finished_at": timezone.now()}
    return {}


def _stop_code(send: GroupSend) -> str:
    """What Twilio said, since the send began or was resumed, that will be so for everybody else."""
    since = send.resumed_at or send.started_at or send.created_at
    rows = send.recipients.filter(FAILED, message__error_code__in=STOP_CODES, message__claimed_at__gte=since)
    return rows.values_list("message__error_code", flat=True).first() or ""


def kept_back_by(reason: str) -> None:
    """Has sends that a guard has stopped say what stops them now: it may be another limit than at first."""
    others = GroupSend.objects.filter(state=SendState.STOPPED, problem__in=guards.reasons()).exclude(problem=reason)
    for send_id in others.values_list("pk", flat=True):
        with transaction.atomic():
            stopped = GroupSend.objects.filter(pk=send_id, state=SendState.STOPPED, problem__in=guards.reasons())
            if stopped.update(problem=reason[:255], revision=F("revision") + 1):
                transaction.on_commit(partial(broadcasts.progress, send_id), robust=True)


def kept_back_go_on() -> None:
    """Lets sends go on that a guard had stopped, now that none does."""
    kept_back = GroupSend.objects.filter(state=SendState.STOPPED, problem__in=guards.reasons())
    for send_id in kept_back.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            send = locked(send_id, wait=False)
            if send is None or not guards.keeps_back(send):
                continue
            if not send.line.is_active:
                continue
            let_go(send)
            GroupSend.objects.filter(pk=send_id).update(
                state=SendState.RUNNING, problem="", revision=F("revision") + 1, counted_at=None
            )


def hold(send: GroupSend) -> None:
    """Keeps what waits from being sent. In a transaction that has the send's row."""
    # The step is asked of the row itself: one that was claimed meanwhile is not held.
    Message.objects.filter(pk__in=_messages(send), step=Step.WAITING).update(step=Step.HELD)


def let_go(send: GroupSend) -> None:
    now = timezone.now()
    Message.objects.filter(pk__in=_messages(send), step=Step.HELD).update(step=Step.WAITING, due_at=now)


def take_back(send: GroupSend) -> None:
    """What is not sent yet never is."""
    now = timezone.now()
    waiting = Message.objects.filter(pk__in=_messages(send), step__in=[Step.WAITING, Step.HELD])
    waiting.update(step=Step.CANCELED, ended_at=now)
    send.recipients.filter(state=RecipientState.PENDING).update(state=RecipientState.CANCELED)


def _messages(send: GroupSend) -> Any:
    return send.recipients.filter(message__isnull=False).order_by().values("message")


def count(send: GroupSend) -> tuple[dict[str, Any], int]:
    """The figures of a send, as they are kept as JSON, and how many recipients something is still to be done for."""
    now = timezone.now()
    due_at = Coalesce("message__due_at", "due_at")
    counted = send.recipients.exclude(state=RecipientState.LEFT_OUT).order_by()
    rows = counted.values_list("state", "message__step", "message__status").annotate(
        people=Count("pk"),
        segments_due=Sum("segments", filter=Q(LessThanOrEqual(due_at, now))),
        next_at=Min(due_at, filter=Q(GreaterThan(due_at, now))),
    )
    people = dict.fromkeys((str(outcome) for outcome in Outcome if outcome is not Outcome.LEFT_OUT), 0)
    open_rows, due_segments = 0, 0
    moments: list[datetime] = []
    for state, step, status, number, segments, next_at in rows:
        outcome = outcome_of(state, step, status)
        people[outcome] += number
        if is_open(state, step):
            open_rows += number
        if outcome is Outcome.WAITING:
            due_segments += segments or 0
            moments += [next_at] if next_at else []
    counts: dict[str, Any] = dict(people)
    counts["total"] = sum(people.values())
    counts["handed"] = counts["total"] - people[Outcome.WAITING] - people[Outcome.CANCELED]
    counts |= _spent(send)
    # No second is left only when nobody is due.
    counts["seconds_left"] = math.ceil(_seconds_left(send, due_segments))
    counts["goes_on_at"] = time_json(min(moments, default=None))
    counts |= _answers(send)
    counts["retryable"] = send.recipients.filter(RETRYABLE).count() if people[Outcome.NOT_DELIVERED] else 0
    looked_at = people[Outcome.NOT_DELIVERED] + people[Outcome.UNKNOWN]
    counts["to_look_at"] = send.recipients.filter(TO_LOOK_AT).count() if looked_at else 0
    return counts, open_rows


def _spent(send: GroupSend) -> dict[str, Any]:
    """Of all its texts: Twilio bills each attempt, whatever came of it."""
    texts = send.messages.order_by()
    found = texts.aggregate(
        spent=Sum("price"),
        unit=Max("price_unit", filter=Q(price__gt=0)),
        missing=Count("pk", filter=price_to_come(timezone.now())),
    )
    spent: Decimal = found["spent"] or Decimal()
    return {
        # SQLite adds floats.
        "spent": f"{round(spent, 6).normalize():f}",
        "price_unit": (found["unit"] or "").upper() if spent else "",
        "prices_missing": found["missing"],
    }


def _seconds_left(send: GroupSend, segments: int) -> float:
    """As long as the whole takes, for as many segments as are due."""
    summary = send.summary
    total = int(summary.get("segments", 0))
    return float(summary.get("seconds", 0)) * segments / total if segments and total else 0.0


def _answers(send: GroupSend) -> dict[str, int]:
    handed = send.recipients.filter(state=RecipientState.HANDED)
    answered = handed.filter(ANSWERED).aggregate(
        replies=Count("pk"), unread=Count("pk", filter=Q(message__thread__unread__gt=0))
    )
    since = send.started_at or send.created_at
    stopped = send.recipients.filter(number__in=numbers_stopped_since(send.line.number, since)).count()
    return {"replies": answered["replies"], "replies_unread": answered["unread"], "replied_stop": stopped}


# Something came into the thread after the text.
ANSWERED = Exists(
    Message.objects.filter(
        thread=OuterRef("message__thread"), direction=Direction.INBOUND, pk__gt=OuterRef("message__pk")
    )
)
