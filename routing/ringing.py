"""Who would ring for a team, in which order, and who would not: as whoever rings them says it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from agents.selectors import reachability_of
from core.languages import Sentence
from core.languages import kept as _
from routing.doings import RingTeam
from routing.selectors import callable_agents_of


@dataclass(frozen=True, slots=True)
class Ringer:
    agent_id: int
    name: str
    rings: bool
    reason: Sentence
    after: int = 0
    """Seconds after the team's turn came."""


# Of a team, a caller's number and the line's: in the order in which they would ring, then those who would not.
Ringers: TypeAlias = Callable[[RingTeam, str, str], list[Ringer]]


def members_by_name(doing: RingTeam, caller: str, line: str) -> list[Ringer]:
    """All at once who are available and whose phones can ring."""
    members = {agent.pk: agent for agent in callable_agents_of(doing.team)}
    reach = reachability_of(members)
    found = []
    for pk, agent in members.items():
        available, can_ring = reach.get(pk, (False, False))
        reason = _("Available.") if available and can_ring else _("No phone of theirs can ring.")
        if not available:
            reason = _("Busy or away.")
        found.append(Ringer(pk, str(agent), available and can_ring, reason))
    return sorted(found, key=lambda each: (not each.rings, each.name))


_declared: Ringers = members_by_name


def declare_ringers(ringers: Ringers) -> None:
    """Said by whoever rings the phones, when it is ready."""
    global _declared
    _declared = ringers


def ringers_of(doing: RingTeam, caller: str, line: str) -> list[Ringer]:
    return _declared(doing, caller, line)
