"""Reading the call log by pages, at a speed that does not depend on how long the log is.

A condition like "my calls, or my team's lines'" is an OR, and no index is in order for an OR: the database would read
the whole log, or sort it. So each alternative is asked for by itself, in the order of its own index and no further
than one page, and the newest of them all are taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Q, QuerySet

from calls.log.filters import CallFilter
from calls.log.merge import Page, first_of
from calls.log.search import sids_found
from calls.models import LIVE, RESULTS_OF_CALLED, Call
from calls.permissions import LogScope, log_scope_of
from calls.selectors import with_details
from telephony.party import same_party

if TYPE_CHECKING:
    from agents.models import Agent

_MOST_LIVE = 1000


def _roots() -> QuerySet[Call]:
    return Call.objects.filter(parent__isnull=True)


def call_get_visible(agent: Agent, sid: str) -> Call | None:
    """A root call with all that is shown of it, when the agent may see it."""
    return with_details(_roots().filter(log_scope_of(agent).condition(), pk=sid)).first()


def call_count_visible(agent: Agent, number: str) -> int:
    """How many calls with that number the agent may see."""
    numbers = same_party(number)
    return _roots().filter(log_scope_of(agent).condition(), Q(caller__in=numbers) | Q(called__in=numbers)).count()


def call_log(agent: Agent, wanted: CallFilter, page: Page) -> list[Call]:
    """A page of the calls that the agent may see and that fit. Newest first, when read backwards, too."""
    scope = log_scope_of(agent)
    calls = _narrowed(_roots(), wanted, scope)
    if wanted.search:
        sids = sids_found(calls.filter(_visible(wanted, scope)), wanted.search, page, before=wanted.before)
    else:
        sids = first_of(_streams(calls, scope, wanted), page)
    found = {call.sid: call for call in with_details(Call.objects.filter(pk__in=sids)).order_by()}
    read = [found[sid] for sid in sids if sid in found]
    return read[::-1] if page.backwards else read


def _streams(calls: QuerySet[Call], scope: LogScope, wanted: CallFilter) -> list[QuerySet[Call]]:
    """Queries that together have all that is wanted, each fast by itself."""
    if wanted.party:
        ends = [(end, number) for end in ("caller", "called") for number in same_party(wanted.party)]
        return [calls.filter(_visible(wanted, scope), **{end: number}) for end, number in ends]
    # Few calls fit, and an index has them in order: each is looked at.
    if wanted.contact or wanted.outcome or wanted.status in LIVE or wanted.direction > "inbound":
        return [calls.filter(_visible(wanted, scope))]
    as_noted, as_called = _as_noted(wanted, scope), _as_called(wanted, scope)
    streams = [calls.filter(as_noted, part) for part in scope.parts(wanted)]
    return [*streams, calls.filter(as_called)] if as_called is not None else streams


def _visible(wanted: CallFilter, scope: LogScope) -> Q:
    """All of it at once: for few calls, found by something else."""
    noted = scope.condition() & _as_noted(wanted, scope)
    as_called = _as_called(wanted, scope)
    if as_called is None or not (_results(wanted) or wanted.agent or wanted.scope == "mine"):
        return noted
    return noted | as_called


def _results(wanted: CallFilter) -> list[str]:
    return [*filter(None, [wanted.result]), *(one for one in ("missed", "voicemail") if wanted.scope == one)]


def _as_noted(wanted: CallFilter, scope: LogScope) -> Q:
    """What is asked of whose call it is and what came of it, as the log has it."""
    found = Q() if wanted.agent is None else Q(agent=wanted.agent)
    if wanted.scope == "mine":
        found &= Q(agent=scope.agent_id)
    for result in _results(wanted):
        found &= Q(result=result) & ~scope.called_here()
    return found


def _as_called(wanted: CallFilter, scope: LogScope) -> Q | None:
    """The same of internal calls that came to this agent, for whom it is an own call, and whose side it is said from.
    None where there can be none."""
    if wanted.agent not in (None, scope.agent_id) or wanted.line is not None:
        return None
    found = scope.called_here()
    for result in _results(wanted):
        found &= Q(result__in=[noted for noted, said in RESULTS_OF_CALLED.items() if said == result])
    return found


def _narrowed(calls: QuerySet[Call], wanted: CallFilter, scope: LogScope) -> QuerySet[Call]:
    exact = {
        "line": wanted.line, "contact": wanted.contact, "start_time__gte": wanted.after,
        "start_time__lt": wanted.before, "direction": wanted.direction, "outcome": wanted.outcome,
    }  # fmt: skip
    calls = calls.filter(**{name: value for name, value in exact.items() if value not in (None, "")})
    if wanted.status:
        # Who sees a part only is not to be led by the index of statuses, in which that part may be rare: an IN of two
        # has no order in it.
        calls = calls.filter(status__in=[wanted.status] if scope.everything else [wanted.status, ""])
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
