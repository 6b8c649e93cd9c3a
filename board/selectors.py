"""What the board shows, read at one moment for some teams, and narrowed to what one of its viewers may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min, Q
from django.utils import timezone

from agents.selectors import memberships, team_ids_of, teams_named
from board.day import DayRow, calls_by_agent, day_rows
from calls.live.presence import presence_of, with_their_agents
from calls.models import LIVE, LONGEST_CALL, Call, Conversation, Participant
from calls.queues.rings import rings_at, team_of
from calls.queues.selectors import TeamQueue, queues_of
from routing.models import Line

if TYPE_CHECKING:
    from agents.models import Agent


@dataclass(frozen=True, slots=True)
class Scope:
    """What one viewer looks at. `team_ids`: the teams that may be seen; None: all. `chosen`: the one that is wanted.
    `viewer_id`: who looks, who does not supervise the own calls."""

    team_ids: frozenset[int] | None
    chosen: int | None = None
    viewer_id: int | None = None

    @property
    def of_nobody(self) -> Scope:
        """Those who take no calls themselves are shown the same."""
        return replace(self, viewer_id=None)

    @property
    def shown(self) -> frozenset[int] | None:
        return self.team_ids if self.chosen is None else frozenset({self.chosen})


class NoSuchTeam(Exception):
    """There is none of that id, or it is none of the viewer's."""


def scope_of(agent: Agent, team: int | None = None) -> Scope:
    """Supervisors see their own teams, admins all. Raises `NoSuchTeam`."""
    own = None if agent.is_superuser else frozenset(team_ids_of(agent))
    if team is not None and team not in (own if own is not None else {pk for pk, _ in teams_named()}):
        raise NoSuchTeam
    return Scope(own, team, agent.pk)


@dataclass(frozen=True, slots=True)
class WaitRow:
    """Those who called one line and wait for one team."""

    line_id: int
    team_id: int
    waiting: int
    longest_since: datetime | None


@dataclass(frozen=True, slots=True)
class With:
    """The call that an agent is on, or that rings at the agent's phone. `team_id`: whose it is; None: nobody's."""

    call: Call
    team_id: int | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it. What is in `presence` is `Presence` in docs/desk-protocol.md."""

    now: datetime
    teams: list[tuple[int, str]]
    lines: list[Line]
    day: list[DayRow]
    waits: list[WaitRow]
    queues: list[TeamQueue]
    teams_of: dict[int, set[int]]
    presence: list[dict[str, Any]]
    talks: dict[int, With]
    supervisors: dict[str, list[dict[str, Any]]]
    rings: dict[int, With]
    calls_today: dict[int, int]


def facts_read(team_ids: Collection[int] | None) -> Facts:
    """Of these teams; None: of all, and of who is in none."""
    now = timezone.now()
    teams_of: dict[int, set[int]] = {}
    for agent_id, team_id in memberships():
        if team_ids is None or team_id in team_ids:
            teams_of.setdefault(agent_id, set()).add(team_id)
    lines = Line.objects.select_related("team").order_by("name", "pk")
    talks = _talks(now, teams_of)
    return Facts(
        now=now,
        teams=teams_named(),
        lines=list(lines),
        day=day_rows(now, team_ids),
        waits=_waits(team_ids),
        queues=queues_of(team_ids),
        teams_of=teams_of,
        presence=presence_of(set(teams_of)),
        talks=talks,
        supervisors=_supervisors(talks.values()),
        rings={ring.agent.pk: With(ring.call, ring.team_id, ring.since) for ring in rings_at(teams_of)},
        calls_today=calls_by_agent(now, list(teams_of)),
    )


def _waits(team_ids: Collection[int] | None) -> list[WaitRow]:
    waiting = Conversation.objects.filter(
        Q(call__answer_time=None) | Q(call__round__gt=0),
        state=Conversation.State.WAITING,
        call__status__in=sorted(LIVE),
        call__line__isnull=False,
        team__isnull=False,
    )
    if team_ids is not None:
        waiting = waiting.filter(team__in=team_ids)
    rows = waiting.order_by().values_list("call__line", "team")
    return [WaitRow(*row) for row in rows.annotate(waiting=Count("pk"), since=Min("waiting_since"))]


def _talks(now: datetime, agent_ids: Collection[int]) -> dict[int, With]:
    """The living calls of these agents: what each has answered, or dialled."""
    calls = Call.objects.filter(
        Q(answer_time__isnull=False) | Q(caller__startswith="client:"),
        parent__isnull=True,
        agent__in=list(agent_ids),
        status__in=sorted(LIVE),
        start_time__gte=now - LONGEST_CALL,
    ).select_related("agent", "colleague", "line", "contact", "conversation")
    return {
        call.agent_id or 0: With(call, team_of(call), call.answer_time or call.start_time)
        for call in with_their_agents(calls.order_by("start_time"))
    }


def _supervisors(talks: Iterable[With]) -> dict[str, list[dict[str, Any]]]:
    """Of these calls, who supervises them, and how."""
    sids = [one.call.sid for one in talks if one.call.is_handled]
    inside = Participant.objects.filter(room__in=sids, role=Participant.Role.SUPERVISOR, agent__isnull=False)
    found: dict[str, list[dict[str, Any]]] = {}
    if sids:
        for one in inside.filter(state__in=["calling", "in"]).select_related("agent").order_by("pk"):
            shown = {"id": one.agent.pk, "name": one.agent.name, "mode": one.said_mode}
            found.setdefault(one.room_id, []).append(shown)
    return found
