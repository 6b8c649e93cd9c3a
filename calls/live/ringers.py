"""Who would ring for a caller, said by the very code that chooses: for the explainer of routes. Nothing is changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.utils import timezone

from agents.selectors import agents_active, agents_asleep, reachability_of
from calls.live.free_agents import FreeAgents, free_agents, skill_key, teams_at_work
from calls.live.outgoing_guards import refusal_of_route
from calls.live.scheduling import ALL_AT_ONCE, Waiting, candidates
from calls.live.terms import wishes_of_team
from calls.models import Call, Direction
from contacts.selectors import contact_by_number
from core.languages import Sentence
from core.languages import kept as _
from core.text import in_sentence
from routing.ringing import Ringer, Ringing
from routing.selectors import callable_agents_of
from telephony.limits import MAX_RUNG

if TYPE_CHECKING:
    from agents.models import Agent
    from routing.doings import RingAgent, RingTeam


def of_team(doing: RingTeam, caller: str) -> list[Ringer]:
    """For a caller who is the only one to come."""
    wishes, skill = wishes_of_team(doing, _call_of(caller))
    found = free_agents([doing.team], wishes.get("preferred", ()))
    me = Waiting(
        sid="",
        team_id=doing.team,
        since=timezone.now(),
        skill=skill_key(skill),
        strategy=doing.strategy,
        order=tuple(wishes.get("order", ())),
        preferred=tuple(wishes.get("preferred", ())),
    )
    ringing = candidates(me, found.free)
    members = callable_agents_of(doing.team).order_by("first_name", "last_name", "username", "pk")
    if doing.strategy == ALL_AT_ONCE:
        ringing = ringing[:MAX_RUNG]
    return [*_rung(doing, me, ringing, found), *_not_rung(members, found, without=ringing, skill=skill)]


def _call_of(caller: str) -> Call:
    """As it would be stored."""
    return Call(caller=caller, contact=contact_by_number(caller), direction=Direction.INBOUND)


def _rung(doing: RingTeam, me: Waiting, ringing: list[int], found: FreeAgents) -> list[Ringer]:
    rungs, after = [], 0
    is_alone = bool(ringing) and ringing[0] in me.preferred
    for place, pk in enumerate(ringing):
        first = place == 0 and is_alone
        said = _FIRST_SOFTLY if pk in found.softly else _FIRST
        reason = said[doing.first] if first else _("Available.")
        rungs.append(Ringer(pk, str(found.by_id[pk]), rings=True, reason=reason, after=after))
        if first:
            after += doing.first_seconds
        elif doing.strategy != ALL_AT_ONCE:
            after += doing.ring_seconds
    return rungs


_FIRST = {
    "last-agent": _("Spoke with this caller last."),
    "owner": _("Has this contact as their own."),
}
_FIRST_SOFTLY = {
    "last-agent": _("Spoke with this caller last, and is on a call: the phone rings softly."),
    "owner": _("Has this contact as their own, and is on a call: the phone rings softly."),
}


def _not_rung(
    members: Collection[Agent], found: FreeAgents, *, without: Collection[int] = (), skill: str = ""
) -> list[Ringer]:
    reach = reachability_of([agent.pk for agent in members])
    return [
        Ringer(agent.pk, str(agent), rings=False, reason=_why_not(agent, reach, found, skill))
        for agent in members
        if agent.pk not in set(without)
    ]


def _why_not(agent: Agent, reach: dict[int, tuple[bool, bool]], found: FreeAgents, skill: str) -> Sentence:
    available, can_ring = reach.get(agent.pk, (False, False))
    if agent.pk in found.by_id and skill:
        return _("Is not in the team %(skill)s, whose members have the skill that is asked for.") % {
            "skill": in_sentence(skill)
        }
    if agent.pk in found.by_id:
        return _("Ten phones ring at once at the most.")
    if not available:
        return _("Busy or away.")
    if not can_ring:
        return _("No phone of theirs can ring.")
    return _("Has a call, or wraps one up.")


def of_agent(doing: RingAgent) -> list[Ringer]:
    found = free_agents((), [doing.agent])
    agents = list(agents_active([doing.agent]))
    if doing.agent in found.by_id:
        agent = found.by_id[doing.agent]
        softly = _("The step names this agent, who is on a call: the phone rings softly.")
        reason = softly if agent.pk in found.softly else _("The step names this agent.")
        return [Ringer(agent.pk, str(agent), rings=True, reason=reason)]
    return _not_rung(agents, found)


def somebody_there(team_id: int) -> bool:
    """Also when only a browser that is asleep can be woken: the caller waits for it."""
    members = callable_agents_of(team_id).values_list("pk", flat=True)
    return bool(teams_at_work([team_id]) or agents_asleep(list(members)))


RINGING = Ringing(of_team, of_agent, somebody_there, refusal_of_route)
