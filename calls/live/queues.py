"""What can be said of a team's queue: who is before whom, and how long it takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Min, OuterRef, Q, Subquery
from django.utils import timezone

from calls.live import call_backs
from calls.models import LIVE, Call, CallOffer, Conversation

State = Conversation.State
IN_QUEUE = (State.WAITING, State.OFFERED)


def is_untalked() -> Q:
    """Conversations that nobody has answered yet, or not since they were handed over."""
    return Q(call__answer_time__isnull=True) | Q(call__round__gt=0)


def has_place() -> Q:
    """Conversations with a place in a queue: callers on the line, and those who are to be called back."""
    on_line = Q(is_untalked(), state__in=IN_QUEUE, call__status__in=sorted(LIVE))
    return on_line | Q(state__in=call_backs.IN_QUEUE)


def front_of(conversation: Conversation, now: datetime) -> datetime:
    """Before all others who are in that team's queue."""
    others = Conversation.objects.filter(has_place(), team=conversation.team_id).exclude(pk=conversation.pk)
    first = others.aggregate(first=Min("place_at"))["first"]
    return min(first, now) - timedelta(seconds=1) if first else now


def is_put_off(now: Any) -> Q:
    """Call-backs that are offered to nobody before a later time: until then they are before nobody."""
    return Q(state=State.CALL_BACK.value, not_before__gt=now)


# An expected wait is said when so many had to wait in that time and were answered: fewer say nothing about the next.
_LATELY, _ENOUGH = timedelta(minutes=30), 5
# A phone that was offered the call within so long was free when the caller came.
_AT_ONCE = timedelta(seconds=2)
# Whoever hears of more would not believe it.
_LONGEST_SAID = timedelta(minutes=45)
_KEPT_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Place:
    """`number`: 1 for who comes next. `minutes`: until then, as far as this team's own figures say; None when they do
    not."""

    number: int
    minutes: int | None


def place_of(conversation: Conversation) -> Place:
    """Of a caller who waits."""
    ahead = Conversation.objects.filter(
        Q(place_at__lt=conversation.place_at) | Q(place_at=conversation.place_at, call__lt=conversation.call_id),
        has_place(),
        ~is_put_off(timezone.now()),
        team=conversation.team_id,
    ).count()
    number = ahead + 1
    return Place(number, _minutes(number, _seconds_for_each(conversation.team_id or 0)))


def _minutes(place: int, seconds: float | None) -> int | None:
    if seconds is None or place * seconds > _LONGEST_SAID.total_seconds():
        return None
    return max(1, round(place * seconds / 60))


def pace(waits: Iterable[tuple[datetime, datetime]], *, since: datetime) -> float | None:
    """Seconds in which a queue goes on by one place, of those who had to wait in it since then: each from when until
    when somebody answered. From one answer to the next, or from when the first of them came: how many call at a time
    when nobody has to wait says nothing of that. None where too few had to wait."""
    before, seconds = since, []
    for came, answered in sorted(waits, key=lambda wait: wait[1]):
        seconds.append((answered - max(before, came)).total_seconds())
        before = answered
    return sum(seconds) / len(seconds) if len(seconds) >= _ENOUGH else None


def _seconds_for_each(team_id: int) -> float | None:
    """How fast this team has served its queue in the last half hour; known for some seconds."""
    key = f"calls.queues.pace.{team_id}"
    known = cache.get(key, "")
    if known == "":
        since = timezone.now() - _LATELY
        known = pace(_waits(team_id, since), since=since)
        cache.set(key, known, _KEPT_SECONDS)
    return known if known is None else float(known)


def _waits(team_id: int, since: datetime) -> list[tuple[datetime, datetime]]:
    """Of callers who were answered since then, and for whom nobody was free when they came."""
    offered = CallOffer.objects.filter(call=OuterRef("pk"), is_call_back=False).order_by("created_at")
    # By an index that has the latest calls first: nobody waits for two hours, and talks then.
    calls = Call.objects.filter(
        parent__isnull=True,
        start_time__gte=since - 3 * _LATELY,
        waiting_since__isnull=False,
        answer_time__gte=since,
        conversation__team=team_id,
    ).annotate(first_offered=Subquery(offered.values("created_at")[:1]))
    found: Iterable[tuple[Any, ...]] = calls.order_by().values_list("waiting_since", "answer_time", "first_offered")
    return [(came, answered) for came, answered, first in found if first is None or first > came + _AT_ONCE]
