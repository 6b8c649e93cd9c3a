"""At whose phones it rings, for whom: what the desks' list of the team and the board say, whatever the call came by."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import timezone

from agents.selectors import teams_of_agents
from calls.live.offers import LONGEST_RING
from calls.models import TERMINAL, Call, CallOffer
from core.sql.prepared import Param, Prepared
from core.sql.statements import fetch

if TYPE_CHECKING:
    from agents.models import Agent


@dataclass(frozen=True, slots=True)
class Ring:
    """`team_id`: whose caller it is; None: nobody's."""

    agent: Agent
    call: Call
    team_id: int | None
    since: datetime


def team_of(call: Call) -> int | None:
    """The team that a caller on a route waits for, or else that of the line."""
    conversation = getattr(call, "conversation", None)
    if conversation is not None and conversation.team_id is not None:
        return int(conversation.team_id)
    return call.line.team_id if call.line else None


def rings_at(agent_ids: Collection[int]) -> list[Ring]:
    """Of these agents; whom a call-back is offered to hears nothing."""
    (offers,) = fetch(_RINGING(agent_ids=list(agent_ids), since=timezone.now() - LONGEST_RING))
    return [Ring(offer.agent, offer.call, team_of(offer.call), offer.rung_at or offer.created_at) for offer in offers]


def _ringing() -> QuerySet[CallOffer]:
    offers = CallOffer.objects.filter(
        state=CallOffer.State.RINGING.value, is_call_back=False, created_at__gte=Param("since")
    )
    return offers.exclude(call__status__in=sorted(TERMINAL)).order_by("pk")


def _with_details() -> QuerySet[CallOffer]:
    offers = _ringing().filter(agent__pk__in_array=Param("agent_ids"))
    return offers.select_related(
        "agent", "call__agent", "call__colleague", "call__line", "call__contact", "call__conversation"
    )


_RINGING, _RING_LOOKS = Prepared(_with_details), Prepared(lambda: _ringing().values_list("agent_id", "call_id"))
_TEAMS = Prepared(teams_of_agents)


def teams_by_agent(agent_ids: Collection[int]) -> dict[int, list[int]]:
    """Of each of these agents, the teams."""
    found: dict[int, list[int]] = {}
    if agent_ids:
        (rows,) = fetch(_TEAMS(agent_ids=set(agent_ids)))
        for agent_id, team_id in rows:
            found.setdefault(agent_id, []).append(team_id)
    return found


def ring_looks() -> dict[int, tuple[tuple[int, str], ...]]:
    """By team, at whose phones of its members it rings, for which call. Much cheaper than the rings themselves."""
    (ringing,) = fetch(_RING_LOOKS(since=timezone.now() - LONGEST_RING))
    teams = teams_by_agent([agent_id for agent_id, _sid in ringing])
    found: dict[int, list[tuple[int, str]]] = {}
    for agent_id, sid in ringing:
        for team_id in teams.get(agent_id, ()):
            found.setdefault(team_id, []).append((agent_id, sid))
    return {team_id: tuple(rings) for team_id, rings in found.items()}
