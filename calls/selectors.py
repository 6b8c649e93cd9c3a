"""Reading the call log: who may see which call, and who can be rung."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone

from agents.selectors import (
    agents_reachable,
    agents_with_reach,
    colleague_ids,
    reach_slots,
    reach_varies,
    team_ids_of,
    teams_of_agents,
)
from calls.family import Family
from calls.models import LIVE, TERMINAL, Call, CallOffer, Line, Webhook
from contacts.selectors import by_number, contacts_with
from telephony.phone import is_withheld
from telephony.prepared import Prepared, Slot
from telephony.statements import Statement, fetch

if TYPE_CHECKING:
    from agents.models import Agent
    from contacts.models import Contact

# <Dial> ends a call after four hours. A leg that is still open later has lost its last callback.
_LONGEST_CALL = timedelta(hours=4, minutes=5)
# An offer rings for its line's ring_seconds (120 at most) and Twilio's five seconds more.
_LONGEST_RING = timedelta(seconds=150)


_LINES = Prepared(lambda: Line.objects.filter(number__among=Slot("numbers")))
_TEAMS_OF_LINES = Prepared(
    lambda: (
        Line.objects.filter(number__among=Slot("numbers"), is_active=True, team__agents__isnull=False)
        .order_by()
        .distinct()
        .values_list("team_id", "team__agents")
    )
)


def lines_by_number(numbers: Iterable[str]) -> dict[str, Line]:
    """Our lines among these numbers."""
    (lines,) = fetch(_LINES(numbers=set(numbers)))
    return {line.number: line for line in lines}


@dataclass(frozen=True, slots=True)
class Parties:
    """Whom callers called, and who they are: lines and contacts by their numbers, and agents' ids by their teams'."""

    lines: dict[str, Line]
    members: dict[int, set[int]]
    contacts: dict[str, Contact]


def parties_of(*, called: Collection[str], callers: Collection[str]) -> Parties:
    asked = (_LINES(numbers=called), _TEAMS_OF_LINES(numbers=called), contacts_with(callers))
    lines, memberships, contacts = fetch(*asked)
    members: dict[int, set[int]] = {line.team_id: set() for line in lines if line.is_active}
    for team_id, agent_id in memberships:
        members[team_id].add(agent_id)
    return Parties({line.number: line for line in lines}, members, by_number(contacts))


def lines_for(agent: Agent) -> QuerySet[Line]:
    """The lines an agent may call from; all of them for an admin."""
    lines = Line.objects.filter(is_active=True)
    return lines if agent.is_superuser else lines.filter(team__in=team_ids_of(agent))


# --- Who can be rung ---------------------------------------------------------------------------------------------


def _slots() -> dict[str, Any]:
    now = timezone.now()
    return {"calls_since": now - _LONGEST_CALL, "rings_since": now - _LONGEST_RING, **reach_slots()}


def _busy_legs() -> QuerySet[Call]:
    """Legs that keep the agent at their end from taking another call: a browser's own call, or one it answered.

    An inbound root that was answered carries its agent's name too, but it is the caller's leg.
    """
    own_call = Q(parent__isnull=True, caller__startswith="client:")
    answered = Q(parent__isnull=False, status="in-progress")
    # When the call is over, so are its legs, even one whose own last callback was lost.
    living = Call.objects.filter(own_call | answered, status__in=sorted(LIVE), start_time__gte=Slot("calls_since"))
    return living.exclude(parent__status__in=sorted(TERMINAL))


def _ringing_offers() -> QuerySet[CallOffer]:
    return CallOffer.objects.filter(state=CallOffer.State.RINGING.value, created_at__gte=Slot("rings_since")).exclude(
        call__status__in=sorted(TERMINAL)
    )


def _available() -> QuerySet[Agent]:
    return (
        agents_reachable()
        .exclude(Exists(_busy_legs().filter(agent=OuterRef("pk"))))
        .exclude(Exists(_ringing_offers().filter(agent=OuterRef("pk"))))
        .annotate(last_call=_last_call_time())
        .only("username", "first_name", "last_name")
        .order_by()
    )


_AVAILABLE = Prepared(_available, varies=reach_varies)


def agents_available(agent_ids: Collection[int]) -> Statement:
    """Finds who of these agents can be rung: reachable and free. `longest_idle_first` puts them in order."""
    return _AVAILABLE(agent_ids=agent_ids, **_slots())


def longest_idle_first(agents: Iterable[Any]) -> list[Agent]:
    """What `agents_available` found, in the order in which they are to be rung."""
    never = timezone.now() - timedelta(days=36500)
    return sorted(agents, key=lambda agent: (agent.last_call or never, agent.pk))


def _last_call_time() -> Subquery:
    """When the agent's last call began, from the top of an index: not by looking at all of them."""
    return Subquery(Call.objects.filter(agent=OuterRef("pk")).order_by("-start_time").values("start_time")[:1])


def sids_in_doubt(*, quiet_for: timedelta, limit: int) -> list[str]:
    """Calls that should have told more by now, the longest silent first, and calls that only their legs tell of."""
    silent = Call.objects.filter(updated_at__lt=timezone.now() - quiet_for).order_by("updated_at")
    stuck = silent.filter(status__in=LIVE).values_list("sid", flat=True)[:limit]
    recent = silent.filter(parent__isnull=False, start_time__gte=timezone.now() - _LONGEST_CALL)
    orphans = recent.exclude(Exists(Call.objects.filter(pk=OuterRef("parent")))).values_list("parent", flat=True)
    return list(dict.fromkeys([*stuck, *(sid for sid in orphans[:limit] if sid)]))[:limit]


def statuses_received(sids: Iterable[str]) -> dict[str, set[str]]:
    """Which status callbacks came for each of these calls."""
    rows = Webhook.objects.filter(call_sid__in=list(sids), kind="status").values_list("call_sid", "call_status")
    found: dict[str, set[str]] = {}
    for sid, status in rows.distinct().order_by("call_sid"):
        found.setdefault(sid, set()).add(status)
    return found


def with_details(calls: QuerySet[Call]) -> QuerySet[Call]:
    legs = Call.objects.select_related("agent").order_by("start_time", "sid")
    return calls.select_related("agent", "line", "contact").prefetch_related(
        Prefetch("legs", queryset=legs), "recordings"
    )


def call_get(sid: str) -> Call | None:
    """A root call with all that is shown of it."""
    return with_details(Call.objects.filter(pk=sid)).first()


def attach_details(families: Sequence[Family]) -> None:
    """Gives root calls what `with_details` would have read. Nearly all of it was read with the families."""
    calls = [call for family in families for call in (family.root, *family.legs)]
    for name in ("agent", "line", "contact"):
        _attach(name, calls)
    for family in families:
        family.root.known_legs, family.root.known_recordings = family.legs, family.recordings


def _attach(name: str, calls: Sequence[Call]) -> None:
    """As `select_related` leaves it."""
    field: Any = Call._meta.get_field(name)  # noqa: SLF001
    bare = [call for call in calls if getattr(call, f"{name}_id") and not field.is_cached(call)]
    if not bare:
        return
    model: Any = field.related_model
    found = model.objects.in_bulk({getattr(call, f"{name}_id") for call in bare})
    for call in bare:
        field.set_cached_value(call, found.get(getattr(call, f"{name}_id")))


def ringing_agent_ids(call: Call) -> list[int]:
    return list(call.offers.filter(state=CallOffer.State.RINGING).values_list("agent_id", flat=True))


def call_live_list(agent: Agent) -> list[tuple[Call, str]]:
    """The living calls of an agent, each with `ringing` or `active`."""
    ringing, busy = fetch(_RINGING_AT(agent_id=agent.pk, **_slots()), _BUSY_AT(agent_id=agent.pk, **_slots()))
    roots = {sid: "ringing" for (sid,) in ringing} | {parent or sid: "active" for sid, parent in busy}
    calls = with_details(Call.objects.filter(pk__in=roots, parent__isnull=True))
    return [(call, roots[call.sid]) for call in calls if not call.is_terminal]


_RINGING_AT = Prepared(lambda: _ringing_offers().filter(agent=Slot("agent_id")).values_list("call_id"))
_BUSY_AT = Prepared(lambda: _busy_legs().filter(agent=Slot("agent_id")).values_list("sid", "parent_id"))


def histories_with(calls: Sequence[Call]) -> dict[str, list[Call]]:
    """For each of the calls, by sid, the last three finished calls with the same party, by contact or by number."""
    known = [call for call in calls if not is_withheld(_party(call))]
    found = fetch(*(history_asked(call.sid, _party(call), call.contact) for call in known))
    return {call.sid: earlier for call, earlier in zip(known, found, strict=True)}


def history_asked(sid: str, number: str, contact: Contact | None) -> Statement:
    """Finds the same for one call."""
    # No contact has the number 0.
    return _HISTORY(sid=sid, number=number, contact_id=contact.pk if contact else 0)


def _party(call: Call) -> str:
    return call.caller if call.incoming else call.called


def _history() -> QuerySet[Call]:
    over = Call.objects.filter(parent__isnull=True, status__in=sorted(TERMINAL)).exclude(pk=Slot("sid"))
    # The newest of each, from the top of an index of the log, and of those the newest.
    same = [Q(caller=Slot("number")), Q(called=Slot("number")), Q(contact=Slot("contact_id"))]
    newest = [over.filter(party).order_by("-start_time", "-sid").values("sid")[:3] for party in same]
    earlier = Call.objects.filter(
        Q(pk__among=newest[0]) | Q(pk__among=newest[1]) | Q(pk__among=newest[2])
    ).select_related("agent")
    shown = ("direction", "caller", "result", "start_time", "duration")
    agent = ("agent__username", "agent__first_name", "agent__last_name")
    return earlier.only(*shown, *agent).order_by("-start_time", "-sid")[:3]


_HISTORY = Prepared(_history)


def call_count_with(number: str) -> int:
    return Call.objects.filter(Q(caller=number) | Q(called=number), parent__isnull=True).count()


def presence_list(agent: Agent) -> list[dict[str, Any]]:
    """The agent and the members of the same teams, each as `Presence` in docs/desk-protocol.md."""
    (agents,) = fetch(_PRESENCE(agent_ids=colleague_ids(agent), **_slots()))
    return [_presence(agent) for agent in agents]


def _presence_of() -> QuerySet[Agent]:
    on_call = Exists(_busy_legs().filter(agent=OuterRef("pk")))
    return agents_with_reach().annotate(on_call=on_call).only("username", "first_name", "last_name", "availability")


_PRESENCE = Prepared(_presence_of, varies=reach_varies)
_TEAMS = Prepared(teams_of_agents)


def _presence(agent: Agent) -> dict[str, Any]:
    return {
        "agent": {"id": agent.pk, "identity": agent.identity, "name": agent.name},
        "availability": agent.availability,
        "state": _state(agent),
    }


def _state(agent: Any) -> str:
    if agent.on_call:
        return "on-call"
    if not agent.can_ring:
        return "not-reachable"
    return str(agent.availability)


def presence_with_teams(agent_ids: set[int]) -> list[tuple[dict[str, Any], list[int]]]:
    """Each agent's `Presence`, with the teams that are to know."""
    agents, memberships = fetch(_PRESENCE(agent_ids=agent_ids, **_slots()), _TEAMS(agent_ids=agent_ids))
    teams: dict[int, list[int]] = {}
    for agent_id, team_id in memberships:
        teams.setdefault(agent_id, []).append(team_id)
    return [(_presence(agent), teams.get(agent.pk, [])) for agent in agents]
