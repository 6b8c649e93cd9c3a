"""Who of some teams could take a caller now, and whether anybody there will ever."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from agents.selectors import agents_reachable, agents_with_reach, reach_varies
from calls.live.busy import busy_legs, busy_slots, without_call
from calls.live.scheduling import Free
from calls.live.second_calls import rung_softly
from calls.models import Call, CallOffer
from core.sql.prepared import Param, Prepared, exists_by_index
from core.sql.statements import fetch

if TYPE_CHECKING:
    from agents.models import Agent

# Who has not talked for so long is as idle as can be.
_IDLE_FOR = timedelta(days=1)
# Who is away or has gone home comes to no phone; all others will be free some time.
_AT_WORK = ("available", "busy")


def _free() -> QuerySet[Agent]:
    user = get_user_model()
    members = user.teams.through.objects.filter(
        Q(team__pk__in_array=Param("team_ids")) | Q(agent__pk__in_array=Param("agent_ids"))
    )
    # What rang only has no time of answer.
    talked = Call.objects.filter(
        agent=OuterRef("pk"), answer_time__isnull=False, start_time__gte=Param("idle_since")
    ).order_by("-start_time")
    rung = CallOffer.objects.filter(agent=OuterRef("pk")).order_by("-created_at")
    return (
        without_call(agents_reachable(members.order_by().values("agent")))
        .annotate(
            last_talk=Subquery(talked.values(at=Coalesce(F("end_time"), F("start_time")))[:1]),
            last_ring=Subquery(rung.values("created_at")[:1]),
        )
        .only("username", "first_name", "last_name", "may_make_calls")
        .order_by()
    )


_FREE = Prepared(_free, varies=reach_varies)


def _back() -> QuerySet[Agent]:
    found: QuerySet[Any] = agents_with_reach(pk__in_array=Param("agent_ids"))
    return (
        without_call(found.filter(can_ring=True))
        .only("username", "first_name", "last_name", "may_make_calls")
        .order_by()
    )


_BACK = Prepared(_back, varies=reach_varies)


def _teams() -> QuerySet[Any]:
    through: Any = get_user_model().teams.through
    pairs: QuerySet[Any] = through.objects.filter(agent__pk__in_array=Param("agent_ids"))
    return pairs.order_by().values_list("agent_id", "team_id", "team__name")


_TEAMS = Prepared(_teams)


@dataclass(frozen=True, slots=True)
class FreeAgents:
    """`by_id`: their rows. `softly`: who talks, and may take a second call."""

    free: list[Free]
    by_id: dict[int, Agent]
    softly: frozenset[int] = frozenset()


def free_agents(
    team_ids: Collection[int], agent_ids: Collection[int] = (), *, lost: Collection[int] = ()
) -> FreeAgents:
    """Of these teams, and of these agents, whoever is available, can be reached, and has neither call nor offer; and of
    these agents, for whom a caller is meant, whoever may take a second call. `lost`: agents whose line to a caller was
    lost. They had that caller, whatever they chose for the time after the call."""
    now = timezone.now()
    slots = busy_slots()
    wanted = [_FREE(team_ids=team_ids, agent_ids=agent_ids, idle_since=now - _IDLE_FOR, **slots)]
    if lost:
        wanted.append(_BACK(agent_ids=lost, **slots))
    agents, *found_back = fetch(*wanted)
    free_ids = {agent.pk for agent in agents}
    back = [agent for rows in found_back for agent in rows if agent.pk not in free_ids]
    softly = rung_softly(set(agent_ids) - free_ids) if agent_ids else []
    everybody = {agent.pk: agent for agent in (*agents, *softly, *back)}
    if not everybody:
        return FreeAgents([], {})
    (pairs,) = fetch(_TEAMS(agent_ids=list(everybody)))
    teams: dict[int, set[int]] = {}
    skills: dict[int, set[str]] = {}
    for agent_id, team_id, name in pairs:
        teams.setdefault(agent_id, set()).add(team_id)
        skills.setdefault(agent_id, set()).add(skill_key(name))
    long_ago, soft_ids = now - _IDLE_FOR, frozenset(agent.pk for agent in softly)
    back_ids = frozenset(agent.pk for agent in back) - soft_ids
    free = [
        Free(
            agent_id=agent.pk,
            team_ids=frozenset(teams.get(agent.pk, ())),
            idle_since=_time(getattr(agent, "last_talk", None)) or long_ago,
            rung_at=_time(getattr(agent, "last_ring", None)) or long_ago,
            skills=frozenset(skills.get(agent.pk, ())),
            may_call=agent.may_make_calls,
            talks=agent.pk in soft_ids,
            is_back=agent.pk in back_ids,
        )
        for agent in everybody.values()
    ]
    return FreeAgents(free, everybody, soft_ids)


def _time(value: Any) -> datetime | None:
    return value if isinstance(value, datetime) else None


def skill_key(name: str) -> str:
    """A skill is a team's name, however it is written: its members have it."""
    return name.strip().casefold()


def skilled_members(team_id: int, name: str) -> QuerySet[Any, int]:
    """The ids of those in the team who have the skill."""
    through: Any = get_user_model().teams.through
    members = through.objects.filter(team=team_id).order_by().values("agent")
    skilled: QuerySet[Any, int] = through.objects.filter(team__name__iexact=name.strip(), agent__in=members)
    return skilled.order_by().values_list("agent_id", flat=True)


def skill_at_work(team_id: int, name: str) -> bool:
    """Whether somebody in the team who has the skill is at work."""
    agent_ids = list(skilled_members(team_id, name))
    if not agent_ids:
        return False
    (rows,) = fetch(_AT_WORK_AMONG(agent_ids=agent_ids, **busy_slots()))
    return bool(rows)


def _there() -> Q:
    on_call = exists_by_index(busy_legs().filter(agent=OuterRef("pk")))
    return Q(can_ring=True) & (Q(availability__in=_AT_WORK) | Q(on_call))


def _at_work() -> QuerySet[Any]:
    found: QuerySet[Any] = agents_with_reach(teams__pk__in_array=Param("team_ids"))
    return found.filter(_there()).order_by().values_list("teams__pk").distinct()


def _at_work_among() -> QuerySet[Any]:
    found: QuerySet[Any] = agents_with_reach(pk__in_array=Param("agent_ids"))
    return found.filter(_there()).order_by().values_list("pk")


_AT_WORK_AMONG = Prepared(_at_work_among, varies=reach_varies)
_AT_WORK_IN = Prepared(_at_work, varies=reach_varies)


def teams_at_work(team_ids: Collection[int]) -> set[int]:
    """Those of these teams in which somebody's phone can ring now or as soon as a call or a pause for work is over."""
    (rows,) = fetch(_AT_WORK_IN(team_ids=team_ids, **busy_slots()))
    return {team_id for (team_id,) in rows}
