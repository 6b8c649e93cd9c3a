"""Reading calls, and what belongs to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone

from agents.selectors import supervisor_ids_of, teams_of_any
from calls.models import LIVE, LONGEST_CALL, Call, CallOffer, Conversation, Participant
from calls.params import STATUS_KINDS
from contacts.selectors import by_number, contacts_with
from core.sql.prepared import Param, Prepared
from core.sql.unit import UnitOfWork
from routing.models import Line
from routing.selectors import lines_with
from telephony.models import Webhook

if TYPE_CHECKING:
    from contacts.models import Contact

_TEAMS_OF_LINES = Prepared(
    lambda: (
        Line.objects.filter(number__in_array=Param("numbers"), is_active=True, team__agents__isnull=False)
        .order_by()
        .values_list("team_id", "team__agents")
    )
)


class PartiesRead:
    """Whom callers called, and who they are: there once the unit of work has fetched it."""

    def __init__(self, work: UnitOfWork, *, called: Collection[str], callers: Collection[str]) -> None:
        self._lines = work.read(lines_with(called))
        self._teams = work.read(_TEAMS_OF_LINES(numbers=called))
        self._contacts = work.read(contacts_with(callers))

    @cached_property
    def lines(self) -> dict[str, Line]:
        """Our lines by their numbers."""
        return {line.number: line for line in self._lines.rows}

    @cached_property
    def members(self) -> dict[int, set[int]]:
        """The ids of the agents of each team that answers one of the lines."""
        members: dict[int, set[int]] = {line.team_id: set() for line in self.lines.values() if line.is_active}
        for team_id, agent_id in self._teams.rows:
            # An admin may have changed a line between the two.
            members.setdefault(team_id, set()).add(agent_id)
        return members

    @cached_property
    def contacts(self) -> dict[str, Contact]:
        """Contacts by their numbers."""
        return by_number(self._contacts.rows)


def sids_in_doubt(*, quiet_for: timedelta, limit: int) -> list[str]:
    """Calls that should have told more by now, the longest silent first, and calls that only their legs tell of."""
    silent = Call.objects.filter(updated_at__lt=timezone.now() - quiet_for).order_by("updated_at")
    stuck = silent.filter(status__in=LIVE).values_list("sid", flat=True)[:limit]
    recent = silent.filter(parent__isnull=False, start_time__gte=timezone.now() - LONGEST_CALL)
    orphans = recent.exclude(Exists(Call.objects.filter(pk=OuterRef("parent")))).values_list("parent", flat=True)
    return list(dict.fromkeys([*stuck, *(sid for sid in orphans[:limit] if sid)]))[:limit]


def statuses_received(sids: Iterable[str]) -> dict[str, set[str]]:
    """Which status callbacks came for each of these calls."""
    rows = Webhook.objects.filter(sid__in=list(sids), kind__in=STATUS_KINDS).values_list("sid", "status")
    found: dict[str, set[str]] = {}
    for sid, status in rows.distinct().order_by("sid"):
        found.setdefault(sid, set()).add(status)
    return found


def with_details(calls: QuerySet[Call]) -> QuerySet[Call]:
    legs = Call.objects.select_related("agent").order_by("start_time", "sid")
    return calls.select_related("agent", "colleague", "line", "contact").prefetch_related(
        Prefetch("legs", queryset=legs), "recordings"
    )


def call_get(sid: str) -> Call | None:
    """A root call with all that is shown of it."""
    return with_details(Call.objects.filter(pk=sid)).first()


def call_back_offered(agent_id: int) -> CallOffer | None:
    """The call-back that is offered to an agent now, with the caller's first call and place."""
    offers = CallOffer.objects.filter(agent=agent_id, state=CallOffer.State.RINGING, is_call_back=True)
    related = ("call__line", "call__contact", "call__conversation__team")
    return offers.filter(call__conversation__isnull=False).select_related(*related).first()


# Whoever comes back later learns it from the log.
_LOST_TOLD_FOR = timedelta(hours=12)


def lost_caller_of(agent_id: int) -> Participant | None:
    """Of callers whom this agent parked, did not come back to, and has not read of: the latest, by the agent's own
    place in that call."""
    lost = Participant.objects.filter(agent=agent_id, not_back_at__gte=timezone.now() - _LOST_TOLD_FOR)
    return lost.select_related("room__call__contact").order_by("-not_back_at", "-pk").first()


def supervised_by(agent_id: int) -> Participant | None:
    """The agent among those in a call, or on the way into it, whom they supervise; the latest."""
    inside = Participant.objects.filter(
        agent=agent_id, state__in=["calling", "in"], room__state__in=["lifting", "open"]
    )
    return inside.filter(role=Participant.Role.SUPERVISOR).select_related("agent").order_by("pk").last()


def calls_wanting_help() -> QuerySet[Call]:
    """The longest first."""
    asking = Call.objects.filter(help_since__isnull=False, parent__isnull=True)
    return asking.select_related("agent", "line", "contact").order_by("help_since")


def supervisor_ids(call: Call) -> list[int]:
    """The supervisors of a call's teams: that of its line, and the one that a route led to; of an internal call, those
    of the two agents."""
    if call.is_internal:
        return supervisor_ids_of(teams_of_any((call.agent_id, call.colleague_id)))
    teams = set(Conversation.objects.filter(pk=call.sid, team__isnull=False).values_list("team", flat=True))
    teams.update(filter(None, [call.led_to_id, call.line.team_id if call.line else None]))
    return supervisor_ids_of(teams)


def ringing_agent_ids(call: Call) -> list[int]:
    ringing = call.offers.filter(state=CallOffer.State.RINGING, is_call_back=False)
    return list(ringing.values_list("agent_id", flat=True))
