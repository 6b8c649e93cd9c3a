"""Taking texts from the work list.

A claim is committed before Twilio is asked: whatever happens then, the row says that it may have been. Texts of a
sender are claimed under a lock on the sender, so that its pace and the order of each thread hold for all workers.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from contacts.consents import STOPPED, numbers_blocked, numbers_with_landline
from messaging.models import IS_OPEN, Message, Origin, Priority, Sender, Step
from messaging.opt_outs import forbidden_of
from messaging.outbox.attachments import media_urls
from messaging.outbox.due import Due
from messaging.outbox.hours import Hours
from messaging.outbox.outgoing import opens_later, problems_of
from messaging.outbox.pace import Pace
from messaging.outbox.sends import SendOf, halt, sends_of
from messaging.outbox.signals import messages_moved
from messaging.segments import count
from telephony.errors import sentence_for

_UNSUBSCRIBED, _LANDLINE = 21610, 21614
BLOCKED = gettext_noop("This number is blocked.")
OBJECTS = gettext_noop("This number wants no texts: one of us was told so.")
TOO_OLD = gettext_noop("Twilio could not be reached for a day: this text was not sent.")
# An answer to a missed call is none any more, and may come at night.
TOO_LATE = gettext_noop("This text could not be sent in time: it was not sent any more.")
_LATE = timedelta(minutes=15)
# A text that could not be sent for so long, as often as it was tried, is given up.
_OLD, _MANY = timedelta(days=1), 10
# Longer than any worker's pause between two looks.
_WATCH = timedelta(seconds=5)
# As long as a claim takes.
_OTHERS_TURN = timedelta(milliseconds=20)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A text that this worker, and no other, may ask Twilio to send: once, and not after `deadline` (monotonic)."""

    id: int
    claim: str
    sender: str
    recipient: str
    body: str
    attempts: int
    deadline: float
    priority: int = Priority.SINGLE
    media_urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What was claimed; `next_at`: when this worker should look again (None: not before something happens)."""

    claimed: tuple[Claimed, ...] = ()
    next_at: datetime | None = None


def lease() -> timedelta:
    """How long a worker may have a text: longer than it can wait for Twilio. What it has longer is looked up."""
    return timedelta(seconds=3 * settings.TWILIO_TIMEOUT_SECONDS + 5)


def _may_begin_for() -> float:
    """Seconds after its claim in which Twilio may be asked: what connecting and waiting may take is kept back."""
    return lease().total_seconds() - 2 * settings.TWILIO_TIMEOUT_SECONDS - 2


def claim_next(worker: str, limit: int) -> Taken:
    """Claims up to so many texts that are due, of all senders."""
    now = timezone.now()
    claimed: list[Claimed] = []
    moments: list[datetime] = []
    for sender in senders_waiting(now):
        if len(claimed) >= limit:
            moments.append(now)
            break
        taken = _claim_of(sender, worker, limit - len(claimed), now)
        claimed += taken.claimed
        moments += [taken.next_at] if taken.next_at else []
    return Taken(tuple(claimed), min(moments, default=None))


# From one sender to the next in the index, and for each the first that is due: however many wait, these rows are read.
_WAITS = "step IN ('waiting', 'claimed', 'unclear') AND step = 'waiting'"
_SENDERS = f"""
    WITH RECURSIVE one(sender) AS (
        SELECT MIN(sender) FROM messaging_message WHERE {_WAITS}
        UNION ALL
        SELECT (SELECT MIN(sender) FROM messaging_message WHERE {_WAITS} AND sender > one.sender)
        FROM one WHERE one.sender IS NOT NULL
    ), first(sender, priority) AS (
        SELECT sender, (
            SELECT priority FROM messaging_message WHERE {_WAITS} AND sender = one.sender AND due_at <= %s
            ORDER BY priority, id LIMIT 1
        )
        FROM one WHERE sender IS NOT NULL
    )
    SELECT sender FROM first WHERE priority IS NOT NULL ORDER BY priority, sender
"""  # noqa: S608 (our own words)


def senders_waiting(now: datetime) -> list[str]:
    """Who has something due, the ones that agents wait for first."""
    with connection.cursor() as cursor:
        cursor.execute(_SENDERS, [connection.ops.adapt_datetimefield_value(now)])
        return [sender for (sender,) in cursor.fetchall()]


def _sender_locked(name: str, now: datetime) -> Sender | None:
    """The sender, for this transaction alone; None while another worker claims of it."""
    sender: Sender | None = _locking(Sender.objects.filter(name=name)).first()
    if sender is None and Sender.objects.get_or_create(name=name, defaults={"free_at": now})[1]:
        return _sender_locked(name, now)
    return sender


def _claim_of(name: str, worker: str, limit: int, now: datetime) -> Taken:
    with transaction.atomic():
        sender = _sender_locked(name, now)
        if sender is None:
            return Taken(next_at=now + _OTHERS_TURN)
        if sender.slow_until is not None and sender.slow_until > now:
            return Taken(next_at=_watch(sender, worker, sender.slow_until, now))
        due = [Due(*row) for row in _locking(_due(name, now)).values_list(*Due._fields)[:limit]]
        sends = sends_of(due)
        halted = _halt(due, sends, now)
        due = [row for row in due if row.pk not in halted]
        own = {pk: send.hours for pk, send in sends.items() if send.hours is not None}
        refused = _refuse_unwanted(name, due, own, now)
        put_off = _put_off(due, refused, own, now)
        pace = Pace(sender.free_at, now, sender.segments_per_second or settings.MESSAGE_SEGMENTS_PER_SECOND or None)
        rows = [row for row in due if row.pk not in {*refused, *put_off} and _fits(pace, row)]
        claim = str(uuid.uuid4())
        sender.free_at = pace.free_at
        if rows:
            Message.objects.filter(pk__in_array=[row.pk for row in rows]).update(
                step=Step.CLAIMED, claim=claim, claimed_at=now, attempts=F("attempts") + 1, looks=0
            )
            Sender.objects.filter(pk=sender.pk).update(free_at=sender.free_at)
        next_at = None
        if halted:
            # There is more behind them; and one that somebody else changes just now was left.
            next_at = now + _OTHERS_TURN
        elif len(rows) + len(refused) + len(put_off) < len(due):
            next_at = _watch(sender, worker, pace.free_again, now)
        elif len(due) == limit:
            next_at = now
    if refused:
        messages_moved.send_robust(sender=Message, ids=sorted(refused))
    deadline = monotonic() + _may_begin_for()
    media = media_urls([row.pk for row in rows])
    return Taken(tuple(_claimed(row, claim, deadline, media.get(row.pk, ())) for row in rows), next_at)


def _claimed(row: Due, claim: str, deadline: float, media: Sequence[str]) -> Claimed:
    return Claimed(
        *(row.pk, claim, row.sender, row.recipient, row.body, row.attempts + 1, deadline, row.priority, tuple(media))
    )


def _fits(pace: Pace, row: Due) -> bool:
    return pace.take(row.sender, row.recipient, row.num_segments or count(row.body).segments, row.priority)


def _watch(sender: Sender, worker: str, until: datetime, now: datetime) -> datetime | None:
    """When to look again, for one worker; nothing for all others, who need not wait as well."""
    if sender.watched_by != worker and sender.watched_until is not None and sender.watched_until > now:
        return None
    sender.watched_by, sender.watched_until = worker, max(until, now) + _WATCH
    sender.save(update_fields=["watched_by", "watched_until"])
    return until


def _due(sender: str, now: datetime) -> QuerySet[Message]:
    """What may be sent: nothing before what was put earlier into its thread and is still to be sent."""
    earlier = Message.objects.filter(
        IS_OPEN, thread=OuterRef("thread"), pk__lt=OuterRef("pk"), priority__lte=OuterRef("priority")
    )
    rows = Message.objects.filter(~Exists(earlier), IS_OPEN, step=Step.WAITING, due_at__lte=now, sender=sender)
    return rows.order_by("priority", "pk")


def _refuse_unwanted(sender: str, rows: Sequence[Due], own: Mapping[int, Hours], now: datetime) -> set[int]:
    """Refuses what may not be sent any more, whatever it was when it was written."""
    numbers = {row.recipient for row in rows}
    if not numbers:
        return set()
    forbidden = forbidden_of(sender, numbers)
    blocked, landlines = numbers_blocked(numbers), set[str]()
    if any(row.priority == Priority.GROUP for row in rows):
        landlines = numbers_with_landline(numbers)
    not_allowed = problems_of(rows, own, now)
    refused = set()
    for row in rows:
        problem = not_allowed.get(row.pk, "")
        if row.recipient in forbidden:
            problem = sentence_for(_UNSUBSCRIBED) if forbidden[row.recipient] == STOPPED else OBJECTS
        elif row.recipient in blocked:
            problem = BLOCKED
        elif row.priority == Priority.GROUP and row.recipient in landlines:
            problem = sentence_for(_LANDLINE)
        elif row.created_at < now - _OLD and row.attempts > _MANY:
            problem = TOO_OLD
        elif row.origin == Origin.RULE and row.created_at < now - _LATE:
            problem = TOO_LATE
        if problem:
            Message.objects.filter(pk=row.pk).update(step=Step.REFUSED, problem=problem, ended_at=now)
            refused.add(row.pk)
    return refused


def _halt(rows: Sequence[Due], sends: Mapping[int, SendOf], now: datetime) -> set[int]:
    """Keeps those from being sent whose group send does not go on, and returns them."""
    texts: dict[int, list[int]] = {}
    for row in rows:
        send = sends.get(row.group_send_id or 0)
        if send is not None and send.is_halted:
            texts.setdefault(row.group_send_id or 0, []).append(row.pk)
    if texts:
        halt(texts, now)
    return {pk for pks in texts.values() for pk in pks}


def _put_off(rows: Sequence[Due], refused: Collection[int], own: Mapping[int, Hours], now: datetime) -> list[int]:
    """Texts to groups wait until the company's hours, and those of their send, begin where they go."""
    later = opens_later([row for row in rows if row.priority == Priority.GROUP and row.pk not in refused], own, now)
    for opens, ids in later.items():
        Message.objects.filter(pk__in=ids).update(due_at=opens)
    return [pk for ids in later.values() for pk in ids]


def _locking(rows: QuerySet[Message] | QuerySet[Sender]):  # type: ignore[no-untyped-def]
    # SQLite has one writer: its transactions begin with the lock.
    return rows.select_for_update(skip_locked=True) if connection.features.has_select_for_update else rows


def expired_become_unclear() -> int:
    """What a worker has had for too long may have been sent: it is looked up. Returns how many."""
    now = timezone.now()
    old = Message.objects.filter(IS_OPEN, step=Step.CLAIMED, claimed_at__lt=now - lease())
    return old.update(step=Step.UNCLEAR, due_at=now, unclear_at=now, looks=0)
