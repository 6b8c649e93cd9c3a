"""Who would ring, in which order, and who would not: as whoever rings them says it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.languages import Sentence
from routing.doings import RingAgent, RingTeam


@dataclass(frozen=True, slots=True)
class Ringer:
    agent_id: int
    name: str
    rings: bool
    reason: Sentence
    after: int = 0
    """Seconds after the team's turn came."""


@dataclass(frozen=True, slots=True)
class Ringing:
    """By the states of now, for a caller's number: in the order in which they would ring, then those who would not."""

    of_team: Callable[[RingTeam, str], list[Ringer]]
    of_agent: Callable[[RingAgent], list[Ringer]]
    somebody_there: Callable[[int], bool]
    """Whether a team has anybody whose phone can ring now, or as soon as a call or a pause for work is over."""
    refusal_of: Callable[[str], str]
    """Why an outside number is not called now, in English; "" when it is."""


_declared: list[Ringing] = []


def declare_ringing(ringing: Ringing) -> None:
    """Said by whoever rings the phones, when it is ready."""
    _declared[:] = [ringing]


def declared_ringing() -> Ringing:
    return _declared[0]
