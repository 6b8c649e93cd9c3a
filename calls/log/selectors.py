"""Reading the call log by pages, at a speed that does not depend on how long the log is.

A condition like "my calls, or my team's lines'" is an OR, and no index is in order for an OR: the database would read
the whole log, or sort it. So each alternative is asked for by itself, in the order of its own index and no further
than one page, and the newest of them all are taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Q, QuerySet

from calls.log.filters import CallFilter
from calls.log.merge import Page, first_of
from calls.log.search import sids_found
from calls.models import LIVE, TERMINAL, Call, CallOffer, Line
from calls.selectors import with_details
from telephony.party import same_party

if TYPE_CHECKING:
    from agents.models import Agent

SUPERVISOR = "supervisor"
_MOST_LIVE = 1000


@dataclass(frozen=True, slots=True)
class Sight:
    """What one agent may see of the log."""

    agent_id: int
    everything: bool
    """An admin sees every call."""
    living: bool
    """A supervisor sees the teams' calls while they live; an agent sees them when they are over."""
    line_ids: tuple[int, ...]
    own_live: tuple[str, ...]
    """Living calls that ring here or are the agent's."""

    def condition(self) -> Q:
        """All of it at once: for few calls, found by something else."""
        if self.everything:
            return Q()
        team = Q(line__in=self.line_ids) if self.living else Q(line__in=self.line_ids, status__in=sorted(TERMINAL))
        return team | Q(agent=self.agent_id) | Q(pk__in=self.own_live)

    def parts(self, wanted: CallFilter) -> list[Q]:
        """The alternatives, each of which an index has in order. Those that cannot hold what is wanted are left out."""
        if self.everything:
            return [Q()]
        if wanted.agent == self.agent_id:
            return [Q(agent=self.agent_id)]
        parts = [self._of_line(pk) for pk in self.line_ids if wanted.line in (None, pk)]
        if self.own_live:
            parts.append(Q(pk__in=self.own_live))
        # The own calls on an own line are among that line's.
        if wanted.agent is None and wanted.line not in self.line_ids:
            parts.append(Q(agent=self.agent_id))
        return parts

    def _of_line(self, line_id: int) -> Q:
        return Q(line=line_id) if self.living else Q(line=line_id, status__in=sorted(TERMINAL))


def sight_of(agent: Agent) -> Sight:
    if agent.is_superuser:
        return Sight(agent_id=agent.pk, everything=True, living=True, line_ids=(), own_live=())
    lines = Line.objects.filter(team__agents=agent).order_by("pk").values_list("pk", flat=True)
    ringing = CallOffer.objects.filter(agent=agent, state=CallOffer.State.RINGING).values("call")
    own_live = _roots().filter(Q(agent=agent) | Q(pk__in=ringing), status__in=sorted(LIVE))
    return Sight(
        agent_id=agent.pk,
        everything=False,
        living=agent.role == SUPERVISOR,
        line_ids=tuple(lines),
        own_live=tuple(own_live.values_list("pk", flat=True)[:_MOST_LIVE]),
    )


def _roots() -> QuerySet[Call]:
    return Call.objects.filter(parent__isnull=True)


def call_get_visible(agent: Agent, sid: str) -> Call | None:
    """A root call with all that is shown of it, when the agent may see it."""
    return with_details(_roots().filter(sight_of(agent).condition(), pk=sid)).first()


def call_count_visible(agent: Agent, number: str) -> int:
    """How many calls with that number the agent may see."""
    numbers = same_party(number)
    return _roots().filter(sight_of(agent).condition(), Q(caller__in=numbers) | Q(called__in=numbers)).count()


def call_log(agent: Agent, wanted: CallFilter, page: Page) -> list[Call]:
    """A page of the calls that the agent may see and that fit. Newest first, when read backwards, too."""
    sight = sight_of(agent)
    calls = _narrowed(_roots(), wanted, sight)
    if wanted.search:
        sids = sids_found(calls.filter(sight.condition()), wanted.search, page, before=wanted.before)
    else:
        sids = first_of(_streams(calls, sight, wanted), page)
    found = {call.sid: call for call in with_details(Call.objects.filter(pk__in=sids)).order_by()}
    read = [found[sid] for sid in sids if sid in found]
    return read[::-1] if page.backwards else read


def _streams(calls: QuerySet[Call], sight: Sight, wanted: CallFilter) -> list[QuerySet[Call]]:
    """Queries that together have all that is wanted, each fast by itself."""
    if wanted.party:
        ends = [(end, number) for end in ("caller", "called") for number in same_party(wanted.party)]
        return [calls.filter(sight.condition(), **{end: number}) for end, number in ends]
    # Few calls fit, and an index has them in order: each is looked at.
    if wanted.contact or wanted.outcome or wanted.status in LIVE or wanted.direction > "inbound":
        return [calls.filter(sight.condition())]
    return [calls.filter(part) for part in sight.parts(wanted)]


def _narrowed(calls: QuerySet[Call], wanted: CallFilter, sight: Sight) -> QuerySet[Call]:
    exact = {
        "agent": wanted.agent, "line": wanted.line, "contact": wanted.contact, "start_time__gte": wanted.after,
        "start_time__lt": wanted.before, "direction": wanted.direction, "result": wanted.result,
        "outcome": wanted.outcome,
    }  # fmt: skip
    calls = calls.filter(**{name: value for name, value in exact.items() if value not in (None, "")})
    if wanted.status:
        # Who sees a part only is not to be led by the index of statuses, in which that part may be rare: an IN of two
        # has no order in it.
        calls = calls.filter(status__in=[wanted.status] if sight.everything else [wanted.status, ""])
    if wanted.scope == "mine":
        calls = calls.filter(agent=sight.agent_id)
    elif wanted.scope in ("missed", "voicemail"):
        calls = calls.filter(result=wanted.scope)
    # What is rare has an index of its own, whose condition the database must recognise.
    if wanted.outcome:
        calls = calls.filter(outcome__gt="")
    # PostgreSQL recognises it by itself, and would think from this that half of the log fits: most legs do.
    if wanted.direction > "inbound" and connection.vendor != "postgresql":
        calls = calls.filter(direction__gt="inbound")
    if wanted.status in LIVE:
        living = _roots().filter(status__in=sorted(LIVE)).values_list("pk", flat=True)
        calls = calls.filter(pk__in=list(living[:_MOST_LIVE]))
    return calls
