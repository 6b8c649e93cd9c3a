"""Who is busy: parts of prepared queries about agents, for whoever shows them and for whoever offers them a caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from agents.selectors import reach_slots
from calls.live.offers import LONGEST_RING, NOT_FETCHED
from calls.models import LIVE, LONGEST_CALL, TERMINAL, Call, CallOffer, Participant, Room
from core.sql.prepared import Param, exists_by_index

if TYPE_CHECKING:
    from agents.models import Agent


def busy_slots() -> dict[str, Any]:
    """Values for all that is asked for below, and for whether a phone can ring."""
    now = timezone.now()
    return {"calls_since": now - LONGEST_CALL, "rings_since": now - LONGEST_RING, **reach_slots()}


def busy_legs() -> QuerySet[Call]:
    """Legs that keep the agent at their end from taking another call: a browser's own call, or one it answered.

    And one that rings, for which no offer stands any more: nothing was told of it for so long that the offer was ended
    (`calls.live.mending`), and then it was. What ended otherwise rings no more, though its leg's last callback be lost.

    An inbound root that was answered carries its agent's name too, but it is the caller's leg.
    """
    own_call = Q(parent__isnull=True, caller__startswith="client:", leg_end_time__isnull=True)
    answered = Q(parent__isnull=False, status="in-progress")
    # What REST says of a leg does not say of which offer it is.
    of_leg = Q(leg_sid=OuterRef("sid")) | Q(leg_sid="")
    forgotten = CallOffer.objects.filter(of_leg, call=OuterRef("parent"), agent=OuterRef("agent"), reason=NOT_FETCHED)
    rings_still = Q(parent__isnull=False, start_time__gte=Param("rings_since")) & Q(Exists(forgotten))
    # When the call is over, so are its legs, even one whose own last callback was lost.
    living = Call.objects.filter(
        own_call | answered | rings_still, status__in=sorted(LIVE), start_time__gte=Param("calls_since")
    )
    return living.exclude(parent__status__in=sorted(TERMINAL))


def ringing_offers() -> QuerySet[CallOffer]:
    return CallOffer.objects.filter(state=CallOffer.State.RINGING.value, created_at__gte=Param("rings_since")).exclude(
        call__status__in=sorted(TERMINAL), is_call_back=False
    )


def parking() -> QuerySet[Participant]:
    """Agents for whom a customer waits while they talk with somebody else, or come back: `calls.rooms.parking`."""
    living = [Room.State.LIFTING.value, Room.State.OPEN.value]
    return Participant.objects.filter(parked_at__isnull=False, room__state__in=living)


def supervising() -> QuerySet[Participant]:
    """Agents who supervise a call, or whose phones are on the way into it."""
    states = [Participant.State.CALLING.value, Participant.State.IN.value]
    return Participant.objects.filter(role=Participant.Role.SUPERVISOR.value, state__in=states)


def without_call(agents: QuerySet[Agent]) -> QuerySet[Agent]:
    """Those of these agents whom no call keeps from taking one."""
    return without_second(agents).exclude(exists_by_index(busy_legs().filter(agent=OuterRef("pk"))))


def without_second(agents: QuerySet[Agent]) -> QuerySet[Agent]:
    """Those of these agents who have no call beside the one on which they may talk."""
    return (
        agents.exclude(exists_by_index(ringing_offers().filter(agent=OuterRef("pk"))))
        .exclude(exists_by_index(supervising().filter(agent=OuterRef("pk"))))
        .exclude(exists_by_index(parking().filter(agent=OuterRef("pk"))))
    )
