"""Who gets whom: which waiting callers ring which free agents. Pure: it works on what it is given.

The promise that all else follows from: as long as more callers than one wait, each rings at least one phone before any
rings two. Callers take agents in their order; whoever finds all of theirs taken may have another caller moved to some
other agent, but never out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from telephony.limits import MAX_RUNG

# A step of priority is worth so much waiting: whoever waits long enough comes before whoever was put first.
PRIORITY_STEP = timedelta(minutes=1)
ALL_AT_ONCE, LONGEST_IDLE, IN_TURN, FIXED_ORDER = "all-at-once", "longest-idle", "in-turn", "fixed-order"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A caller who waits, as far as it matters to whose phone rings."""

    sid: str
    team_id: int
    since: datetime
    priority: int = 0
    skill: str = ""
    strategy: str = LONGEST_IDLE
    order: tuple[int, ...] = ()
    """Of `FIXED_ORDER`: the agents, first to last. Others come after them."""
    preferred: tuple[int, ...] = ()
    """Who is asked first, alone and once, when free: the agent of the last call, or the contact's owner."""
    lost: int | None = None
    """The agent whose line to this caller was lost."""
    only: frozenset[int] = frozenset()
    """Of a step that names its agents: nobody else, whatever their teams."""
    missed: Mapping[int, int] = field(default_factory=dict)
    """How often each agent's phone rang for this caller in vain."""
    is_call_back: bool = False
    """Is not on the line: the agent is to make the call."""
    spared: frozenset[int] = frozenset()
    """Whose phones are left alone by this caller for now: they have just declined, or not answered."""

    @property
    def place(self) -> tuple[datetime, datetime, str]:
        """What callers are put in order by."""
        return self.since - self.priority * PRIORITY_STEP, self.since, self.sid


@dataclass(frozen=True, slots=True)
class Free:
    """An agent who could take a call."""

    agent_id: int
    team_ids: frozenset[int]
    idle_since: datetime
    """When the last call ended."""
    rung_at: datetime
    """When the phone last rang."""
    skills: frozenset[str] = frozenset()
    may_call: bool = True
    """Whether the agent may make calls."""
    talks: bool = False
    """Whether the agent is on a call, during which the phone rings softly: only for who is meant for this agent."""
    is_back: bool = False
    """Whether the agent gets nobody but the caller to whom the line was lost."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A caller, and whose phones ring for this caller."""

    sid: str
    agent_ids: tuple[int, ...]
    is_first_asked: bool = False
    """Whether that is who is asked before all others."""


def in_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Who comes first: the longest waiting, a step of priority counting as `PRIORITY_STEP`."""
    return sorted(waiting, key=lambda caller: caller.place)


def choose(waiting: Iterable[Waiting], free: Iterable[Free]) -> list[Choice]:
    """Each caller who gets somebody, first to last, with whom."""
    agents = list(free)
    matching = _Matching(agents)
    callers = []
    for caller in in_order(waiting):
        if matching.is_full:
            break
        if matching.place(caller):
            callers.append(caller)
    rung = {caller.sid: [matching.agent_of(caller)] for caller in callers}
    first = {caller.sid for caller in callers if _asks_first(caller, rung[caller.sid][0])}
    many = [caller for caller in callers if caller.strategy == ALL_AT_ONCE and caller.sid not in first]
    _ring_more(many, rung, matching)
    return [Choice(caller.sid, tuple(rung[caller.sid]), caller.sid in first) for caller in callers]


def candidates(caller: Waiting, free: Sequence[Free]) -> list[int]:
    """The agents who may be rung for a caller, the best first."""
    able = [agent for agent in free if _may_take(agent, caller)]
    return [agent.agent_id for agent in sorted(able, key=lambda agent: _rank(agent, caller))]


def _is_meant_for(caller: Waiting, agent_id: int) -> bool:
    """Whether the step names this agent, or asks this one before all others and has not done so yet."""
    return agent_id in caller.only or _asks_first(caller, agent_id)


def _asks_first(caller: Waiting, agent_id: int) -> bool:
    return agent_id in caller.preferred and not caller.missed.get(agent_id)


def _may_take(agent: Free, caller: Waiting) -> bool:
    if caller.is_call_back and not agent.may_call:
        return False
    if agent.talks and (caller.is_call_back or not _is_meant_for(caller, agent.agent_id)):
        return False
    if agent.is_back and not (agent.agent_id == caller.lost and _asks_first(caller, agent.agent_id)):
        return False
    if caller.only:
        return agent.agent_id in caller.only and agent.agent_id not in caller.spared
    return (
        caller.team_id in agent.team_ids
        and (not caller.skill or caller.skill in agent.skills)
        and agent.agent_id not in caller.spared
    )


def _rank(agent: Free, caller: Waiting) -> tuple[bool, int, int, datetime, int]:
    """Who has not yet been rung in vain comes first, whatever the strategy: else the same phone rings on and on."""
    others, missed = not _asks_first(caller, agent.agent_id), caller.missed.get(agent.agent_id, 0)
    since, place = agent.rung_at if caller.strategy == IN_TURN else agent.idle_since, 0
    if caller.strategy == FIXED_ORDER:
        place = caller.order.index(agent.agent_id) if agent.agent_id in caller.order else len(caller.order)
    return others, missed, place, since, agent.agent_id


class _Matching:
    """Callers and agents, one to one: whoever has a place keeps one, though perhaps with another agent."""

    def __init__(self, agents: Sequence[Free]) -> None:
        self._agents = agents
        self._caller_of: dict[int, str] = {}
        self._agent_of: dict[str, int] = {}
        self._candidates: dict[str, list[int]] = {}

    @property
    def is_full(self) -> bool:
        return len(self._caller_of) >= len(self._agents)

    def agent_of(self, caller: Waiting) -> int:
        return self._agent_of[caller.sid]

    def place(self, caller: Waiting) -> bool:
        """Whether the caller got an agent."""
        self._candidates[caller.sid] = candidates(caller, self._agents)
        untaken = next((pk for pk in self._candidates[caller.sid] if pk not in self._caller_of), None)
        if untaken is not None:
            self._give(caller.sid, untaken)
            return True
        return self._move_others(caller.sid)

    def _move_others(self, sid: str) -> bool:
        """Looks for the shortest chain of callers who each go to another agent, the last to one who is not taken."""
        asked_by: dict[int, str] = {}
        callers = deque([sid])
        while callers:
            current = callers.popleft()
            for agent_id in self._candidates[current]:
                if agent_id in asked_by:
                    continue
                asked_by[agent_id] = current
                holder = self._caller_of.get(agent_id)
                if holder is None:
                    self._shift(sid, agent_id, asked_by)
                    return True
                callers.append(holder)
        return False

    def _shift(self, sid: str, agent_id: int, asked_by: Mapping[int, str]) -> None:
        while True:
            caller = asked_by[agent_id]
            left = self._agent_of.get(caller)
            self._give(caller, agent_id)
            if caller == sid or left is None:
                return
            agent_id = left

    def _give(self, sid: str, agent_id: int) -> None:
        self._caller_of[agent_id] = sid
        self._agent_of[sid] = agent_id

    def take_next(self, caller: Waiting) -> int | None:
        """One more agent for a caller, whom nobody else has."""
        for agent_id in self._candidates[caller.sid]:
            if agent_id not in self._caller_of:
                self._caller_of[agent_id] = caller.sid
                return agent_id
        return None


def _ring_more(callers: list[Waiting], rung: dict[str, list[int]], matching: _Matching) -> None:
    """Gives what is left to those who ring all at once, one phone each in turn."""
    while callers:
        going_on = []
        for caller in callers:
            agent_id = matching.take_next(caller) if len(rung[caller.sid]) < MAX_RUNG else None
            if agent_id is not None:
                rung[caller.sid].append(agent_id)
                going_on.append(caller)
        callers = going_on
