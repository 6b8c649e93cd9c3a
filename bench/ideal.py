"""An ideal scheduler: who would have waited how long, had every decision been made at once and cost nothing."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arrival:
    """A caller. `takes`: seconds of an agent's time, from the ring to being free again. `patience`: how long the caller
    waits at most; None: for ever."""

    name: str
    at: float
    takes: float
    team: int = 0
    skill: int | None = None
    """Another team, whose members have it."""
    patience: float | None = None
    priority: float = 0.0
    """Seconds by which the caller comes before others."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """When the agent's phone began to ring for the caller, by which agent; None for whoever had gone by then."""

    at: float | None
    agent: int | None = None


def schedule(
    arrivals: Iterable[Arrival],
    teams_of: Mapping[int, frozenset[int]],
    free_at: Mapping[int, float] | None = None,
    closed: Collection[tuple[float, float]] = (),
) -> dict[str, Outcome]:
    """What becomes of each caller. `teams_of`: each agent's teams; `free_at`: when each is free first, else at once;
    `closed`: from when until when nobody is there who could decide.

    Whoever waits longest is first, and gets the longest idle of the agents who may take the call.
    """
    callers = {caller.name: caller for caller in arrivals}
    ticks = itertools.count()
    events: list[tuple[float, int, str, object]] = []
    for caller in callers.values():
        heapq.heappush(events, (caller.at, next(ticks), "comes", caller))
    idle: dict[int, float] = {}
    for agent in teams_of:
        heapq.heappush(events, ((free_at or {}).get(agent, float("-inf")), next(ticks), "free", agent))
    for _, opens in closed:
        heapq.heappush(events, (opens, next(ticks), "opens", None))
    waiting: list[Arrival] = []
    outcomes: dict[str, Outcome] = {}
    while events:
        now, _, kind, whose = heapq.heappop(events)
        if isinstance(whose, int):
            idle[whose] = now
        elif isinstance(whose, Arrival) and kind == "comes":
            waiting.append(whose)
            if whose.patience is not None:
                heapq.heappush(events, (now + whose.patience, next(ticks), "goes", whose))
        elif isinstance(whose, Arrival) and whose.name not in outcomes:
            waiting.remove(whose)
            outcomes[whose.name] = Outcome(None)
        if events and events[0][0] == now:
            # All that happens at one moment is known to who decides.
            continue
        if any(shuts <= now < opens for shuts, opens in closed):
            continue
        for caller, agent in _given(waiting, idle, teams_of):
            waiting.remove(caller)
            del idle[agent]
            outcomes[caller.name] = Outcome(now, agent)
            heapq.heappush(events, (now + caller.takes, next(ticks), "free", agent))
    return outcomes


def _given(
    waiting: list[Arrival], idle: Mapping[int, float], teams_of: Mapping[int, frozenset[int]]
) -> list[tuple[Arrival, int]]:
    given, left = [], dict(idle)
    for caller in sorted(waiting, key=lambda one: (one.at - one.priority, one.at, one.name)) if left else ():
        able = [agent for agent in left if _may_take(teams_of[agent], caller)]
        if able:
            agent = min(able, key=lambda one: (left[one], one))
            del left[agent]
            given.append((caller, agent))
        if not left:
            break
    return given


def _may_take(teams: frozenset[int], caller: Arrival) -> bool:
    return caller.team in teams and (caller.skill is None or caller.skill in teams)


def mean_wait(arrivals: Iterable[Arrival], outcomes: Mapping[str, Outcome], until: float) -> float:
    """Of all callers, in seconds, up to the moment: whoever still waits then has waited until then."""
    waits = []
    for caller in arrivals:
        found = outcomes.get(caller.name, Outcome(None))
        end = min(until, caller.at + (caller.patience if caller.patience is not None else float("inf")))
        waits.append(max(0.0, min(end, found.at if found.at is not None else end) - caller.at))
    return sum(waits) / len(waits) if waits else 0.0
