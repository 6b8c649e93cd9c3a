"""Reading the call log: who may see which call, and who can be rung."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone

from agents.selectors import agents_reachable, agents_with_reach, colleague_ids, team_ids_by_agent, team_ids_of
from calls.family import Family
from calls.models import LIVE, TERMINAL, Call, CallOffer, Line, Recording, Webhook
from telephony.phone import is_withheld

if TYPE_CHECKING:
    from agents.models import Agent

# <Dial> ends a call after four hours. A leg that is still open later has lost its last callback.
_LONGEST_CALL = timedelta(hours=4, minutes=5)
# An offer rings for its line's ring_seconds (120 at most) and Twilio's five seconds more.
_LONGEST_RING = timedelta(seconds=150)


def lines_by_number(numbers: Iterable[str]) -> dict[str, Line]:
    """Our lines among these numbers."""
    return {line.number: line for line in Line.objects.filter(number__in=set(numbers))}


def lines_for(agent: Agent) -> QuerySet[Line]:
    """The lines an agent may call from; all of them for an admin."""
    lines = Line.objects.filter(is_active=True)
    return lines if agent.is_superuser else lines.filter(team__in=team_ids_of(agent))


def _live_legs() -> QuerySet[Call]:
    return Call.objects.filter(status__in=LIVE, start_time__gte=timezone.now() - _LONGEST_CALL)


def _busy_legs() -> QuerySet[Call]:
    """Legs that keep the agent at their end from taking another call: a browser's own call, or one it answered.

    An inbound root that was answered carries its agent's name too, but it is the caller's leg.
    """
    own_call = Q(parent__isnull=True, caller__startswith="client:")
    answered = Q(parent__isnull=False, status="in-progress")
    # When the call is over, so are its legs, even one whose own last callback was lost.
    return _live_legs().filter(own_call | answered).exclude(parent__status__in=TERMINAL)


def _ringing_offers() -> QuerySet[CallOffer]:
    return CallOffer.objects.filter(
        state=CallOffer.State.RINGING, created_at__gte=timezone.now() - _LONGEST_RING
    ).exclude(call__status__in=TERMINAL)


def agents_available(team_ids: Collection[int]) -> dict[int, list[Agent]]:
    """Who can be rung for a call to each team: reachable and free, the longest idle first."""
    agents = (
        agents_reachable(team_ids)
        .exclude(Exists(_busy_legs().filter(agent=OuterRef("pk"))))
        .exclude(Exists(_ringing_offers().filter(agent=OuterRef("pk"))))
        .annotate(last_call=_last_call_time())
    )
    never = timezone.now() - timedelta(days=36500)
    found: dict[int, list[Agent]] = {team_id: [] for team_id in team_ids}
    rows: list[Any] = list(agents)
    for agent in sorted(rows, key=lambda agent: (agent.last_call or never, agent.pk)):
        found[agent.team_id].append(agent)
    return found


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


def agents_offered(sids: Iterable[str]) -> dict[str, list[Agent]]:
    """Whose phones ring for each of these calls."""
    offers = CallOffer.objects.filter(call__in=list(sids), state=CallOffer.State.RINGING).select_related("agent")
    found: dict[str, list[Agent]] = {}
    for offer in offers.order_by("pk"):
        found.setdefault(offer.call_id, []).append(offer.agent)
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
    """Gives root calls what `with_details` would have read: their legs are at hand, their messages are asked for."""
    ended = [family.root.sid for family in families if family.root.is_terminal]
    recordings: dict[str, list[Recording]] = {}
    for recording in Recording.objects.filter(call__in=ended) if ended else []:
        recordings.setdefault(recording.call_id, []).append(recording)
    for family in families:
        _prefetched(family.root, "legs", family.legs)
        _prefetched(family.root, "recordings", recordings.get(family.root.sid, []))


def _prefetched(call: Call, name: str, rows: list[Any]) -> None:
    """As `prefetch_related` leaves it."""
    found = getattr(call, name).all()
    found._result_cache, found._prefetch_done = rows, True  # noqa: SLF001
    call.__dict__.setdefault("_prefetched_objects_cache", {})[name] = found


def ringing_agent_ids(call: Call) -> list[int]:
    return list(call.offers.filter(state=CallOffer.State.RINGING).values_list("agent_id", flat=True))


def call_live_list(agent: Agent) -> list[tuple[Call, str]]:
    """The living calls of an agent, each with `ringing` or `active`."""
    roots: dict[str, str] = dict.fromkeys(
        _ringing_offers().filter(agent=agent).values_list("call_id", flat=True), "ringing"
    )
    for sid, parent in _busy_legs().filter(agent=agent).values_list("sid", "parent_id"):
        roots[parent or sid] = "active"
    calls = with_details(Call.objects.filter(pk__in=roots, parent__isnull=True))
    return [(call, roots[call.sid]) for call in calls if not call.is_terminal]


def history_with(call: Call, *, limit: int = 3) -> list[Call]:
    """The last finished calls with the same party, by contact or by number."""
    number = call.caller if call.incoming else call.called
    if is_withheld(number):
        return []
    same = Q(caller=number) | Q(called=number)
    if call.contact_id:
        same |= Q(contact=call.contact_id)
    earlier = Call.objects.filter(same, parent__isnull=True, status__in=TERMINAL).exclude(pk=call.pk)
    return list(earlier.select_related("agent").order_by("-start_time", "-sid")[:limit])


def call_count_with(number: str) -> int:
    return Call.objects.filter(Q(caller=number) | Q(called=number), parent__isnull=True).count()


def presence_list(agent: Agent) -> list[dict[str, Any]]:
    """The agent and the members of the same teams, each as `Presence` in docs/desk-protocol.md."""
    return presence_of(colleague_ids(agent))


def presence_of(agent_ids: set[int]) -> list[dict[str, Any]]:
    busy = _busy_legs().filter(agent__in=agent_ids)
    on_call = set(busy.values_list("agent_id", flat=True))
    return [
        {
            "agent": {"id": agent.pk, "identity": agent.identity, "name": agent.name},
            "availability": agent.availability,
            "state": _state(agent, agent.pk in on_call),
        }
        for agent in agents_with_reach(agent_ids)
    ]


def _state(agent: Any, on_call: bool) -> str:
    if on_call:
        return "on-call"
    if not agent.can_ring:
        return "not-reachable"
    return str(agent.availability)


def presence_with_teams(agent_ids: set[int]) -> list[tuple[dict[str, Any], list[int]]]:
    """Each agent's `Presence`, with the teams that are to know."""
    teams = team_ids_by_agent(agent_ids)
    return [(presence, teams.get(presence["agent"]["id"], [])) for presence in presence_of(agent_ids)]
