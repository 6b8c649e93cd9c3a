"""What the log says of today, and what in it waits for somebody: calls to be called back, messages to be heard."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypedDict

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from calls.models import INTERNAL, Call, CallOutcome, CallResult, Conversation, Direction, Recording, RecordingPlay
from routing.models import SpamRule

# What is older was forgotten, or settled in some other way.
CALL_BACK_WITHIN = timedelta(days=7)
LISTEN_WITHIN = timedelta(days=30)
# What an agent noted says that there is still something to do; anything else that it is done.
_OPEN = ("", CallOutcome.CALL_BACK, CallOutcome.FOLLOW_UP)


class ResultCount(TypedDict):
    """`result` is "" for calls that are not over."""

    result: str
    total: int
    incoming: int


def results_since(start: datetime) -> list[ResultCount]:
    """How many calls with people outside, as people count them, began since then, by what came of them."""
    calls = Call.objects.exclude(INTERNAL).filter(parent__isnull=True, start_time__gte=start).order_by()
    incoming = Q(direction=Direction.INBOUND) & ~Q(caller__startswith="client:")
    rows = calls.values("result").annotate(total=Count("pk"), from_outside=Count("pk", filter=incoming))
    return [ResultCount(result=row["result"], total=row["total"], incoming=row["from_outside"]) for row in rows]


def missed_to_call_back(calls: QuerySet[Call], *, again: Q | None = None) -> QuerySet[Call]:
    """Of these, calls that were missed lately, and after which nobody called the caller and the caller did not call
    again. One for each caller; none of those who kept their numbers back. `again`: which later calls of the caller's
    count; all, unless it is said."""
    since = timezone.now() - CALL_BACK_WITHIN
    later = Call.objects.filter(parent__isnull=True, start_time__gt=OuterRef("start_time"))
    # One that was refused, or not placed, reached nobody's telephone.
    called_back = later.filter(~Q(result=CallResult.FAILED), called=OuterRef("caller"))
    # Whoever keeps a place in a queue is called back without being reminded of.
    waits = Conversation.objects.filter(state__in=Conversation.BACK_PENDING)
    return calls.filter(
        ~Exists(called_back),
        ~Exists(later.filter(again or Q(), caller=OuterRef("caller"))),
        parent__isnull=True,
        result=CallResult.MISSED,
        outcome__in=_OPEN,
        caller__startswith="+",
        start_time__gte=since,
        # Whoever is not let through is not called back either.
        spam__in=["", SpamRule.Action.MARK],
    ).exclude(pk__in=waits.values("call"))


def voicemail_unheard(calls: QuerySet[Call]) -> QuerySet[Call]:
    """Of these, calls with a message of the last weeks to which nobody has listened here."""
    played = RecordingPlay.objects.filter(recording=OuterRef("pk"))
    # Of a caller who said nothing Twilio makes one as well, in which there is nothing to hear.
    with_sound = Recording.objects.exclude(status="absent").exclude(duration=0)
    unheard = with_sound.filter(~Exists(played), created_at__gte=timezone.now() - LISTEN_WITHIN)
    return calls.filter(
        parent__isnull=True, result=CallResult.VOICEMAIL, outcome__in=_OPEN, pk__in=unheard.order_by().values("call")
    )
