"""Putting texts to groups on the outbox's work list, a few at a time: so a send can be paused, hours are kept when it
lasts into the evening, and what agents write is never behind ten thousand others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from core.folding import folded_of
from core.sql.bulk import rows_insert
from core.sql.statements import as_list, in_array
from messaging.group_sends.estimates import own_rate
from messaging.group_sends.preparing import prepare_all
from messaging.group_sends.progress import kept_back_by, kept_back_go_on, locked, refresh_due
from messaging.models import (
    IS_OPEN,
    Direction,
    GroupRecipient,
    GroupSend,
    Message,
    Origin,
    Priority,
    RecipientState,
    SendState,
    Step,
)
from messaging.outbox.guards import group_sends_paused
from messaging.outbox.hours import Hours, text_may_go
from messaging.services import threads_with
from routing.outgoing.checks import text_facts

# So many seconds of a sender's work wait in the outbox, within these bounds.
_AHEAD_SECONDS, _LEAST, _MOST = 4, 10, 1000
# A transaction is short: callers wait for it where there is one writer.
_AT_ONCE = 250


@cache
def _hand_over() -> str:
    """Each recipient finds its message by the name that it has of it."""
    return f"""
        UPDATE messaging_grouprecipient SET state = 'handed', message_id = (
            SELECT id FROM messaging_message
            WHERE key = 'group-' || messaging_grouprecipient.id || '-' || messaging_grouprecipient.attempts
        ) WHERE id {in_array("%s")}
    """  # noqa: S608 (our own words)


# New threads in which nobody has written yet: behind all others.
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def feed(room: int) -> datetime | None:
    """Feeds all sends that are at work; returns when to be called again, as far as that is known."""
    prepare_all()
    now = timezone.now()
    moments: list[datetime | None] = []
    if reason := group_sends_paused():
        kept_back_by(reason)
        # Those at work are stopped when they are counted, and so are those whose time has come: people are told why.
        come = GroupSend.objects.filter(state=SendState.SCHEDULED, scheduled_for__lte=now)
        come.update(state=SendState.RUNNING, counted_at=None)
        return refresh_due()
    kept_back_go_on()
    sends = GroupSend.objects.filter(state__in=[SendState.SCHEDULED, SendState.RUNNING]).order_by("pk")
    for send_id, scheduled_for in sends.values_list("pk", "scheduled_for"):
        if scheduled_for is not None and scheduled_for > now:
            moments.append(scheduled_for)
        else:
            moments.append(_feed(send_id, max(room, _AT_ONCE), now))
    moments.append(refresh_due())
    return min((moment for moment in moments if moment is not None), default=None)


def _feed(send_id: int, room: int, now: datetime) -> datetime | None:
    """Feeds one; returns when it has somebody to be texted again."""
    with transaction.atomic():
        send = locked(send_id, wait=False)
        if send is None or send.state not in (SendState.SCHEDULED, SendState.RUNNING):
            return None
        if send.state == SendState.SCHEDULED:
            GroupSend.objects.filter(pk=send_id).update(state=SendState.RUNNING)
        if not send.line.is_active:
            # It is stopped when it is counted.
            return None
        space = min(_space(send.line.number, now), room)
        pending = GroupRecipient.objects.filter(send=send_id, state=RecipientState.PENDING)
        if space > 0:
            due = list(pending.filter(due_at__lte=now).order_by("due_at", "pk")[:space])
            if rows := _within_hours(send, due, now):
                _put(send, rows, now)
            if due:
                # To be sent at once, or put off until their hours begin; and there may be more.
                return now
        moment: datetime | None = pending.aggregate(first=Min("due_at"))["first"]
    # What is due already has no room yet: it is fed when something has been sent.
    return moment if moment is not None and moment > now else None


def _space(sender: str, now: datetime) -> int:
    """How many more may wait: none, until a good part of those before has gone."""
    target = max(_LEAST, min(_MOST, math.ceil((own_rate(sender) or 10.0) * _AHEAD_SECONDS)))
    # What is put off until some hours begin takes nobody's place.
    due = Message.objects.filter(IS_OPEN, step=Step.WAITING, sender=sender, priority=Priority.GROUP, due_at__lte=now)
    waiting = due.count()
    return target - waiting if waiting <= target // 2 else 0


def _within_hours(send: GroupSend, rows: Sequence[GroupRecipient], now: datetime) -> list[GroupRecipient]:
    """Those who may be texted now, by the send's hours and the company's. All others are due when both begin."""
    facts = text_facts([], time_zones={row.number: row.time_zone for row in rows})
    if not send.keeps_hours and not facts.rules.hours:
        return list(rows)
    own = Hours(send.hours_from, send.hours_until) if send.keeps_hours else None
    may: list[GroupRecipient] = []
    later: dict[datetime, list[int]] = {}
    for row in rows:
        opens = text_may_go(row.number, own, facts, now)
        if opens is None or opens <= now:
            # Where there never are such hours, the outbox says so.
            may.append(row)
        else:
            later.setdefault(opens, []).append(row.pk)
    for opens, ids in later.items():
        GroupRecipient.objects.filter(pk__in=ids).update(due_at=opens)
    return may


def _put(send: GroupSend, rows: Sequence[GroupRecipient], now: datetime) -> None:
    """Makes the messages of these recipients, in their order. Never two for one: the send's row is locked, and a
    message's key names the recipient and the attempt."""
    # What is sent to many moves none of the threads up in anybody's list.
    threads = threads_with(send.line, [row.number for row in rows], last_at=_LONG_AGO)

    def values(row: GroupRecipient) -> Sequence[Any]:
        return (
            *(threads[row.number], send.line.number, row.number, row.body, folded_of(row.body), row.segments),
            *(send.pk, send.started_by_id, f"group-{row.pk}-{row.attempts}", now, now, *_NEW.values()),
        )

    rows_insert(Message, (*_OF_EACH, *_NEW), map(values, rows))
    with connection.cursor() as cursor:
        cursor.execute(_hand_over(), [as_list(row.pk for row in rows)])


_OF_EACH = (
    *("thread", "sender", "recipient", "body", "searched", "num_segments"),
    *("group_send", "written_by", "key", "due_at", "created_at"),
)
_NEW: dict[str, Any] = {
    "direction": str(Direction.OUTBOUND),
    "origin": str(Origin.GROUP),
    "priority": int(Priority.GROUP),
    "step": str(Step.WAITING),
    "status": "",
    "error_code": "",
    "problem": "",
    "price_unit": "",
    "claim": "",
    "attempts": 0,
    "looks": 0,
}
