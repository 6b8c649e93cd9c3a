"""Who may see which calls, and who may do what to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet

from agents.permissions import has_supervisor_role
from agents.selectors import member_ids_of, team_ids_of, teams_of_any
from calls.models import LIVE, TERMINAL, Call, CallOffer, Conversation, Participant, Transfer
from telephony.identity import agent_id_from

if TYPE_CHECKING:
    from agents.models import Agent
    from calls.log.filters import CallFilter

_MOST_LIVE = 1000


@dataclass(frozen=True, slots=True)
class LogScope:
    """What one agent may see of the log."""

    agent_id: int
    everything: bool
    """An admin sees every call."""
    living: bool
    """A supervisor sees the teams' calls while they live; an agent sees them when they are over."""
    line_ids: tuple[int, ...]
    own_live: tuple[str, ...]
    """Living calls that ring here or are the agent's."""
    team_ids: tuple[int, ...] = ()
    """Of the agent: calls of other teams' lines that a route led to them."""
    member_ids: tuple[int, ...] = ()
    """Whose calls within the house a supervisor sees, living or over: the members of the own teams."""

    def condition(self) -> Q:
        """All of it at once: for few calls, found by something else."""
        if self.everything:
            return Q()
        team = self._when_seen(Q(line__in=self.line_ids) | Q(led_to__in=self.team_ids))
        own = Q(agent=self.agent_id) | self.called_here() | Q(pk__in=self.own_live)
        return team | own | self._of_members() if self.member_ids else team | own

    def called_here(self) -> Q:
        """Colleagues called this agent. What came of it is said from here, so it is no part of `parts`: the log's
        `result` says what came of it for the other one."""
        return Q(colleague=self.agent_id)

    def _of_members(self) -> Q:
        ids = self.member_ids
        return Q(colleague__isnull=False) & (Q(agent__in=ids) | Q(colleague__in=ids))

    def parts(self, wanted: CallFilter) -> list[Q]:
        """The alternatives, each of which an index has in order. Those that cannot hold what is wanted are left out."""
        if self.everything:
            return [Q()]
        if wanted.agent == self.agent_id:
            return [Q(agent=self.agent_id)]
        parts = [self._when_seen(Q(line=pk)) for pk in self.line_ids if wanted.line in (None, pk)]
        # Those of an own line are among that line's.
        if wanted.line not in self.line_ids:
            parts += [self._when_seen(Q(led_to=pk)) for pk in self.team_ids]
        if self.own_live:
            parts.append(Q(pk__in=self.own_live))
        # The own calls on an own line are among that line's.
        if wanted.agent is None and wanted.line not in self.line_ids:
            parts.append(Q(agent=self.agent_id))
        if self.member_ids and wanted.line is None:
            parts.append(self._of_members())
        return parts

    def _when_seen(self, calls: Q) -> Q:
        return calls if self.living else calls & Q(status__in=sorted(TERMINAL))


def log_scope_of(agent: Agent) -> LogScope:
    if agent.is_superuser:
        return LogScope(agent_id=agent.pk, everything=True, living=True, line_ids=(), own_live=())
    lines = list(agent.teams.order_by("pk", "lines__pk").values_list("pk", "lines__pk"))
    ringing = CallOffer.objects.filter(agent=agent, state=CallOffer.State.RINGING).values("call")
    inside = Participant.objects.filter(agent=agent, state=Participant.State.IN)
    inside = inside.exclude(role=Participant.Role.SUPERVISOR)
    # What comes back when nobody takes it.
    given = Transfer.objects.filter(from_agent=agent, state__in=sorted(Transfer.OPEN)).values("call")
    # Whoever has given it away writes a note still.
    talked = Exists(_answered_by(agent).filter(call=OuterRef("pk")))
    own_live = Call.objects.filter(parent__isnull=True).filter(
        Q(agent=agent)
        | Q(colleague=agent)
        | Q(pk__in=ringing)
        | Q(pk__in=inside.values("room"))
        | Q(pk__in=given)
        | Q(talked)
        | Q(caller=f"client:{agent.identity}"),
        status__in=sorted(LIVE),
    )
    is_supervisor = has_supervisor_role(agent)
    team_ids = tuple(dict.fromkeys(team for team, _line in lines))
    return LogScope(
        agent_id=agent.pk,
        everything=False,
        living=is_supervisor,
        line_ids=tuple(line for _team, line in lines if line is not None),
        own_live=tuple(own_live.values_list("pk", flat=True)[:_MOST_LIVE]),
        team_ids=team_ids,
        member_ids=tuple(member_ids_of(team_ids)) if is_supervisor else (),
    )


def supervises(call: Call, *, by: Agent) -> bool:
    """Whether it is a call of an own team, to a supervisor: the team of its line, or the one that a route led to; of an
    internal call, a team of either agent. Admins supervise all."""
    if by.is_superuser:
        return True
    if not has_supervisor_role(by):
        return False
    own = team_ids_of(by)
    if call.is_internal:
        return bool(teams_of_any((call.agent_id, call.colleague_id)).intersection(own))
    if call.led_to_id in own or (call.line is not None and call.line.team_id in own):
        return True
    return bool(own) and Conversation.objects.filter(pk=call.pk, team__in=own).exists()


def call_may_be_supervised(call: Call, *, by: Agent) -> bool:
    """By a supervisor of its team, and admins, but nobody's own; and none that two colleagues have with each other
    (decision 22)."""
    return call.agent_id != by.pk and not call.is_internal and supervises(call, by=by)


def call_may_be_edited(call: Call, *, by: Agent) -> bool:
    """By the agent on the call, of an internal one by both, whoever has talked on it and given it away, a supervisor of
    its team, and admins."""
    return call.agent_id == by.pk or call.came_to(by.pk) or supervises(call, by=by) or has_talked(call, by=by)


def has_talked(call: Call, *, by: Agent) -> bool:
    """Whether this agent made the call, or answered it, or was taken into it. Not: whoever supervised it."""
    made = call.caller.startswith("client:") and agent_id_from(call.caller) == by.pk
    return made or _answered_by(by).filter(call=call).exists()


def _answered_by(agent: Agent) -> QuerySet[CallOffer]:
    return CallOffer.objects.filter(agent=agent, state=CallOffer.State.ANSWERED)


def call_may_be_ended(call: Call, *, by: Agent) -> bool:
    """By the agent on the call, of an internal one by both, and admins; and left by whoever was called into it, and
    talks (`calls.rooms.consulting.hang_up`)."""
    if by.is_superuser or call.agent_id == by.pk or call.came_to(by.pk):
        return True
    inside = Participant.objects.filter(room=call.pk, agent=by, state=Participant.State.IN)
    return inside.exclude(role=Participant.Role.SUPERVISOR).exists()
