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
from calls.models import LIVE, Call
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
        sids = sids_found(calls.filter(scope.condition()), wanted.search, page, before=wanted.before)
    else:
        sids = first_of(_streams(calls, scope, wanted), page)
    found = {call.sid: call for call in with_details(Call.objects.filter(pk__in=sids)).order_by()}
    read = [found[sid] for sid in sids if sid in found]
    return read[::-1] if page.backwards else read


def _streams(calls: QuerySet[Call], scope: LogScope, wanted: CallFilter) -> list[QuerySet[Call]]:
    """Queries that together have all that is wanted, each fast by itself."""
    if wanted.party:
        ends = [(end, number) for end in ("caller", "called") for number in same_party(wanted.party)]
        return [calls.filter(scope.condition(), **{end: number}) for end, number in ends]
    # Few calls fit, and an index has them in order: each is looked at.
    if wanted.contact or wanted.outcome or wanted.status in LIVE or wanted.direction > "inbound":
        return [calls.filter(scope.condition())]
    return [calls.filter(part) for part in scope.parts(wanted)]


def _narrowed(calls: QuerySet[Call], wanted: CallFilter, scope: LogScope) -> QuerySet[Call]:
    exact = {
        "agent": wanted.agent, "line": wanted.line, "contact": wanted.contact, "start_time__gte": wanted.after,
        "start_time__lt": wanted.before, "direction": wanted.direction, "result": wanted.result,
        "outcome": wanted.outcome,
    }  # fmt: skip
    calls = calls.filter(**{name: value for name, value in exact.items() if value not in (None, "")})
    if wanted.status:
        # Who sees a part only is not to be led by the index of statuses, in which that part may be rare: an IN of two
        # has no order in it.
        calls = calls.filter(status__in=[wanted.status] if scope.everything else [wanted.status, ""])
    if wanted.scope == "mine":
        calls = calls.filter(agent=scope.agent_id)
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
