"""What can be said of a team's queue: who is before whom, and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from calls.live import call_backs
from calls.models import LIVE, Call, Conversation

State = Conversation.State
IN_QUEUE = (State.WAITING, State.OFFERED)


def is_untalked() -> Q:
    """Conversations that nobody has answered yet, or not since they were handed over."""
    return Q(call__answer_time__isnull=True) | Q(call__round__gt=0)


def has_place() -> Q:
    """Conversations with a place in a queue: callers on the line, and those who are to be called back."""
    on_line = Q(is_untalked(), state__in=IN_QUEUE, call__status__in=sorted(LIVE))
    return on_line | Q(state__in=call_backs.IN_QUEUE)


def is_put_off(now: Any) -> Q:
    """Call-backs that are offered to nobody before a later time: until then they are before nobody."""
    return Q(state=State.CALL_BACK.value, not_before__gt=now)


# An expected wait is said when so many were answered within that time: fewer say nothing about the next.
_LATELY, _ENOUGH = timedelta(minutes=30), 5
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
    return Place(number, _minutes(number, answered_lately(conversation.team_id or 0)))


def _minutes(place: int, answered: int) -> int | None:
    if answered < _ENOUGH:
        return None
    expected = _LATELY * place / answered
    return None if expected > _LONGEST_SAID else max(1, round(expected.total_seconds() / 60))


def answered_lately(team_id: int) -> int:
    """How many who had waited for this team were answered in the last half hour; known for some seconds."""
    key = f"calls.queues.answered.{team_id}"
    known = cache.get(key)
    if known is None:
        now = timezone.now()
        # By an index that has the latest calls first: nobody waits for two hours, and talks then.
        calls = Call.objects.filter(
            parent__isnull=True,
            start_time__gte=now - 4 * _LATELY,
            waiting_since__isnull=False,
            answer_time__gte=now - _LATELY,
            conversation__team=team_id,
        )
        known = calls.count()
        cache.set(key, known, _KEPT_SECONDS)
    return int(known)
