"""Who is busy, who can be rung, and what each agent is now."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from agents.selectors import (
    agents_reachable,
    agents_with_reach,
    colleague_ids,
    reach_slots,
    reach_varies,
    teams_of_agents,
)
from calls import selectors
from calls.models import LIVE, LONGEST_CALL, TERMINAL, Call, CallOffer
from core.sql.prepared import Param, Prepared, exists_by_index
from core.sql.statements import Statement, fetch
from routing.models import Line

if TYPE_CHECKING:
    from agents.models import Agent

# An offer rings for its line's ring_seconds (120 at most) and Twilio's five seconds more.
_LONGEST_RING = timedelta(seconds=150)


def _slots() -> dict[str, Any]:
    now = timezone.now()
    return {"calls_since": now - LONGEST_CALL, "rings_since": now - _LONGEST_RING, **reach_slots()}


def _busy_legs() -> QuerySet[Call]:
    """Legs that keep the agent at their end from taking another call: a browser's own call, or one it answered.

    An inbound root that was answered carries its agent's name too, but it is the caller's leg.
    """
    own_call = Q(parent__isnull=True, caller__startswith="client:")
    answered = Q(parent__isnull=False, status="in-progress")
    # When the call is over, so are its legs, even one whose own last callback was lost.
    living = Call.objects.filter(own_call | answered, status__in=sorted(LIVE), start_time__gte=Param("calls_since"))
    return living.exclude(parent__status__in=sorted(TERMINAL))


def _ringing_offers() -> QuerySet[CallOffer]:
    return CallOffer.objects.filter(state=CallOffer.State.RINGING.value, created_at__gte=Param("rings_since")).exclude(
        call__status__in=sorted(TERMINAL)
    )


def _available() -> QuerySet[Agent]:
    lines = Line.objects.filter(number__in_array=Param("numbers"), is_active=True, team__agents__isnull=False)
    return (
        agents_reachable(lines.order_by().values("team__agents"))
        .exclude(exists_by_index(_busy_legs().filter(agent=OuterRef("pk"))))
        .exclude(exists_by_index(_ringing_offers().filter(agent=OuterRef("pk"))))
        .annotate(last_call=_last_call_time())
        .only("username", "first_name", "last_name")
        .order_by()
    )


_AVAILABLE = Prepared(_available, varies=reach_varies)


def agents_available(numbers: Collection[str]) -> Statement:
    """Finds who of those who answer these lines can be rung: reachable and free. `longest_idle_first` puts them in
    order."""
    return _AVAILABLE(numbers=numbers, **_slots())


def longest_idle_first(agents: Iterable[Any]) -> list[Agent]:
    """What `agents_available` found, in the order in which they are to be rung."""
    never = timezone.now() - timedelta(days=36500)
    return sorted(agents, key=lambda agent: (agent.last_call or never, agent.pk))


def _last_call_time() -> Subquery:
    """When the agent's last call began, from the top of an index: not by looking at all of them."""
    return Subquery(Call.objects.filter(agent=OuterRef("pk")).order_by("-start_time").values("start_time")[:1])


def call_live_list(agent: Agent) -> list[tuple[Call, str]]:
    """The living calls of an agent, each with `ringing` or `active`."""
    ringing, busy = fetch(_RINGING_AT(agent_id=agent.pk, **_slots()), _BUSY_AT(agent_id=agent.pk, **_slots()))
    roots = {sid: "ringing" for (sid,) in ringing} | {parent or sid: "active" for sid, parent in busy}
    calls = selectors.with_details(Call.objects.filter(pk__in=roots, parent__isnull=True))
    return [(call, roots[call.sid]) for call in calls if not call.is_terminal]


_RINGING_AT = Prepared(lambda: _ringing_offers().filter(agent=Param("agent_id")).values_list("call_id"))
_BUSY_AT = Prepared(lambda: _busy_legs().filter(agent=Param("agent_id")).values_list("sid", "parent_id"))


def presence_list(agent: Agent) -> list[dict[str, Any]]:
    """The agent and the members of the same teams, each as `Presence` in docs/desk-protocol.md."""
    return presence_of(colleague_ids(agent))


def presence_of(agent_ids: set[int]) -> list[dict[str, Any]]:
    """Each of these agents as `Presence` in docs/desk-protocol.md. To be looked at, not to be told."""
    (agents,) = fetch(_PRESENCE(agent_ids=agent_ids, **_slots()))
    return [_presence(agent) for agent in agents]


def _presence_query() -> QuerySet[Agent]:
    on_call = exists_by_index(_busy_legs().filter(agent=OuterRef("pk")))
    agents = agents_with_reach(pk__in_array=Param("agent_ids")).annotate(on_call=on_call)
    return agents.only("username", "first_name", "last_name", "availability")


_PRESENCE = Prepared(_presence_query, varies=reach_varies)
_TEAMS = Prepared(teams_of_agents)


def _presence(agent: Agent) -> dict[str, Any]:
    return {
        "agent": {"id": agent.pk, "identity": agent.identity, "name": agent.name},
        "availability": agent.availability,
        "state": _state(agent),
    }


def _state(agent: Any) -> str:
    if agent.on_call:
        return "on-call"
    if not agent.can_ring:
        return "not-reachable"
    return str(agent.availability)


# What this process told last of each agent, calls aside: `presence_watch` need not tell it again.
Shown: TypeAlias = tuple[str, str, str, str, bool]
last_told: dict[int, Shown] = {}


def presence_with_teams(agent_ids: set[int]) -> list[tuple[dict[str, Any], list[int]]]:
    """Each agent's `Presence`, with the teams that are to know. To be told."""
    agents, memberships = fetch(_PRESENCE(agent_ids=agent_ids, **_slots()), _TEAMS(agent_ids=agent_ids))
    teams: dict[int, list[int]] = {}
    for agent_id, team_id in memberships:
        teams.setdefault(agent_id, []).append(team_id)
    last_told.update((agent.pk, _shown(agent)) for agent in agents)
    return [(_presence(agent), teams.get(agent.pk, [])) for agent in agents]


def _shown(agent: Any) -> Shown:
    return agent.username, agent.first_name, agent.last_name, agent.availability, bool(agent.can_ring)
