"""A second call while an agent talks: whose phone may ring softly for it, and what follows for agents from callers who
are parked meanwhile (`calls.rooms.parking`).

An agent has one conversation, and one more that is offered, parked or talked on; nobody who waits for a team gets an
agent who talks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db.models import OuterRef, Q, QuerySet

from agents.selectors import agents_reachable, reach_varies
from calls.live.busy import busy_legs, busy_slots, parking, without_second
from calls.models import INTERNAL, Call, CallOffer, Participant, Transfer
from core.sql.prepared import Param, Prepared, exists_by_index
from core.sql.statements import Statement, fetch

if TYPE_CHECKING:
    from agents.models import Agent


def _softly() -> QuerySet[Agent]:
    talks = busy_legs().filter(agent=OuterRef("pk"), status="in-progress", answer_time__isnull=False)
    return (
        without_second(agents_reachable(Param("agent_ids")))
        .filter(may_take_second_call=True, may_make_calls=True)
        .filter(exists_by_index(talks))
        .only("username", "first_name", "last_name", "may_make_calls")
        .order_by()
    )


_SOFTLY = Prepared(_softly, varies=reach_varies)


def _talks() -> QuerySet[Call, Any]:
    talking = busy_legs().filter(agent__pk__in_array=Param("agent_ids"), status="in-progress")
    return talking.order_by().values_list("agent_id", "sid", "parent_id")


_TALKS = Prepared(_talks)
_SECOND_TALKS = Prepared(lambda: _talks().filter(agent__may_take_second_call=True))
_PARKED = Prepared(
    lambda: parking().filter(agent__pk__in_array=Param("agent_ids")).order_by().values_list("agent_id", "room_id")
)


def rung_softly(agent_ids: Collection[int]) -> list[Agent]:
    """Those of these agents who may take a second call, talk on one, could put it on hold, and have no second yet."""
    if not agent_ids:
        return []
    (agents,) = fetch(_SOFTLY(agent_ids=agent_ids, **busy_slots()))
    if not agents:
        return []
    talks = _talks_of([agent.pk for agent in agents])
    return [agent for agent in agents if _can_be_parked(talks.get(agent.pk, set()), agent.pk)]


def _talks_of(agent_ids: Collection[int]) -> dict[int, set[str]]:
    """By agent, the calls on which these talk."""
    found: dict[int, set[str]] = {}
    (rows,) = fetch(_TALKS(agent_ids=agent_ids, **busy_slots()))
    for agent_id, sid, parent_id in rows:
        found.setdefault(agent_id, set()).add(parent_id or sid)
    return found


def _can_be_parked(sids: set[str], agent_id: int) -> bool:
    """Whether there is nobody but the agent and the customer: whoever else is in the call would be left with music."""
    if len(sids) != 1:
        return False
    if Call.objects.filter(INTERNAL, pk__in=sids).exists():
        # Two colleagues talk: neither is put on hold for the other.
        return False
    if Transfer.objects.filter(call__in=sids, state__in=Transfer.OPEN).exists():
        return False
    inside = Participant.objects.filter(room__in=sids).exclude(state=Participant.State.LEFT)
    unheard = Q(role=Participant.Role.SUPERVISOR) & ~Q(mode=Participant.Mode.JOIN)
    others = inside.exclude(role=Participant.Role.CUSTOMER).exclude(unheard)
    return not others.exclude(agent=agent_id, replaces=None).exists()


def talking_among(agent_ids: Collection[int]) -> set[int]:
    return set(_talks_of(agent_ids)) if agent_ids else set()


def talks_elsewhere(agent_id: int, sid: str) -> bool:
    """Whether the agent is on another call than this one, or a phone of theirs just comes to one."""
    if _talks_of([agent_id]).get(agent_id, set()) - {sid}:
        return True
    ringing = CallOffer.objects.filter(agent=agent_id, state=CallOffer.State.RINGING, is_call_back=False)
    return ringing.exclude(call=sid).exists()


# --- What follows from a call's end -----------------------------------------------------------------------------------


def parked_in(sids: Iterable[str]) -> set[tuple[str, int]]:
    """Which of these calls are parked, each with the agent for whom its caller waits."""
    known = list(sids)
    if not known:
        return set()
    # Also when the room has just closed, as the caller has gone.
    parked = Participant.objects.filter(room__in=known, parked_at__isnull=False, agent__isnull=False)
    return set(parked.values_list("room_id", "agent_id"))


#: A talk that has ended: the call, its agent's id, and the agent's leg.
Ended: TypeAlias = "tuple[Call, int, Call]"


def who_goes_on(ended: Iterable[Ended]) -> tuple[Statement, Statement]:
    """What `without_who_goes_on` needs to know."""
    ids = {agent_id for _root, agent_id, _leg in ended}
    return _PARKED(agent_ids=ids), _SECOND_TALKS(agent_ids=ids, **busy_slots())


def without_who_goes_on(ended: Iterable[Ended], waiting: list[Any], talks: list[Any]) -> list[Ended]:
    """Those after whose talk the agent has none. Who has parked a caller, or is on another call while one who was
    parked is gone, does not wrap up yet."""
    others = [*waiting, *((agent_id, parent_id or sid) for agent_id, sid, parent_id in talks)]
    return [one for one in ended if not any(pk == one[1] and sid != one[0].sid for pk, sid in others)]
