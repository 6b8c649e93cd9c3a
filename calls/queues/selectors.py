"""Reading queues: who waits, and at whose phones it rings."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from django.contrib.auth import get_user_model
from django.db.models import Case, Count, F, IntegerField, Min, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from agents.selectors import team_ids_of
from calls.live.queues import has_place, is_put_off
from calls.models import CallOffer, Conversation
from calls.queues.rings import Ring, ring_looks, rings_at, teams_by_agent
from core.sql.prepared import Param, Prepared
from core.sql.statements import fetch

if TYPE_CHECKING:
    from agents.models import Agent

State = Conversation.State
# Of each team's queue so many are shown; all are counted.
MOST_SHOWN = 50


@dataclass(slots=True)
class TeamQueue:
    """`callers`: in the order in which they are served, `MOST_SHOWN` at most; of the call-backs only as many as those
    on the line leave room for."""

    team_id: int
    name: str
    callers: list[Conversation] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    """By the caller's sid: 1 for who comes next, among all."""
    rings_at: dict[str, list[CallOffer]] = field(default_factory=dict)
    """By the caller's sid."""
    rings: list[Ring] = field(default_factory=list)
    """At whose phones of the team's members it rings, for whomever."""
    waiting: int = 0
    call_backs: int = 0
    longest_since: datetime | None = None
    """Since when the first of those on the line waits."""
    call_backs_since: datetime | None = None
    """Since when the first of those who are to be called back does."""


def queues_for(agent: Agent) -> list[TeamQueue]:
    """Those of the agent's own teams; for an admin all."""
    return queues_of(None if agent.is_superuser else team_ids_of(agent))


def queues_of(team_ids: Collection[int] | None) -> list[TeamQueue]:
    """Those of these teams, by name; None: of all."""
    model: Any = get_user_model().teams.rel.model
    teams = model.objects.order_by("name", "pk")
    if team_ids is not None:
        teams = teams.filter(pk__in=team_ids)
    queues = {pk: TeamQueue(pk, name) for pk, name in teams.values_list("pk", "name")}
    team_ids = list(queues)
    counts, rows = fetch(_COUNTS_OF(team_ids=team_ids), _FIRST_OF(team_ids=team_ids, now=timezone.now()))
    for team_id, waiting, call_backs, since, back_since in counts:
        queue = queues[team_id]
        queue.waiting, queue.call_backs = waiting, call_backs
        queue.longest_since, queue.call_backs_since = since, back_since
    first = _shown_of(rows)
    places = {sid: place for _, sid, _, _, place in first}
    sids = list(places)
    callers, ringing = fetch(_CALLERS(sids=sids), _RINGING(sids=sids))
    rings: dict[str, list[CallOffer]] = {}
    for offer in ringing:
        rings.setdefault(offer.call_id, []).append(offer)
    for caller in sorted(callers, key=lambda caller: places[caller.pk]):
        # Somebody else may have sent the caller on meanwhile.
        if caller.team_id in queues:
            queues[caller.team_id].callers.append(caller)
            queues[caller.team_id].places[caller.pk] = places[caller.pk]
            queues[caller.team_id].rings_at[caller.pk] = rings.get(caller.pk, [])
    _add_rings(queues)
    return list(queues.values())


def _add_rings(queues: dict[int, TeamQueue]) -> None:
    ringing = {agent_id for team_id, found in ring_looks().items() if team_id in queues for agent_id, _sid in found}
    rings = rings_at(ringing) if ringing else []
    teams = teams_by_agent(ringing)
    for ring in rings:
        for team_id in teams.get(ring.agent.pk, ()):
            if team_id in queues:
                queues[team_id].rings.append(ring)


# Of a caller, what a queue shows of one.
_SHOWN = (
    "state", "team", "waiting_since", "terms", "not_before", "call_back_tries", "call__direction", "call__caller",
    "call__called", "call__start_time", "call__caller_name", "call__city", "call__state", "call__country",
    "call__stir_verstat", "call__line__name", "call__line__number", "call__line__goal_wait_seconds",
    "call__contact__name", "call__contact__company",
)  # fmt: skip


def _shown() -> QuerySet[Conversation]:
    callers = Conversation.objects.filter(call__pk__in_array=Param("sids")).order_by()
    return callers.select_related("call", "call__line", "call__contact").only(*_SHOWN)


def _ringing() -> QuerySet[CallOffer]:
    ringing = CallOffer.objects.filter(call__pk__in_array=Param("sids"), state=CallOffer.State.RINGING.value)
    names = [f"agent__{name}" for name in ("username", "first_name", "last_name")]
    return ringing.select_related("agent").only("call", "created_at", "rung_at", *names).order_by("pk")


_CALLERS, _RINGING = Prepared(_shown), Prepared(_ringing)


def _in_queue() -> QuerySet[Conversation]:
    """Whoever waits, is offered to somebody, or is to be called back."""
    return Conversation.objects.filter(has_place(), team__isnull=False).order_by()


def _of_teams() -> QuerySet[Conversation]:
    return _in_queue().filter(team__pk__in_array=Param("team_ids"))


def _counts(rows: QuerySet[Conversation]) -> QuerySet[Any]:
    """Of each team: how many wait on the line, how many are to be called back, and since when the first of each waits.
    Whoever is offered to somebody just now is not counted."""
    waits, is_back = Q(state=State.WAITING.value), Q(state=State.CALL_BACK.value)
    counted = {
        "waiting": Count("pk", filter=waits),
        "back": Count("pk", filter=is_back),
        "since": Min("waiting_since", filter=waits),
        "back_since": Min("waiting_since", filter=is_back),
    }
    return rows.filter(waits | is_back).values_list("team").annotate(**counted)


def _first_of(rows: QuerySet[Conversation]) -> QuerySet[Any]:
    """Of each team the first `MOST_SHOWN` on the line, and as many call-backs: as team, sid, state, how often each was
    called back, and the place among all."""
    late = Case(When(is_put_off(Param("now")), then=1), default=0, output_field=IntegerField())
    back = Case(
        When(state__in=[one.value for one in Conversation.BACK_IN_QUEUE], then=1),
        default=0,
        output_field=IntegerField(),
    )
    order: list[Any] = [F("late").asc(), F("place_at").asc(), F("pk").asc()]
    numbered = rows.annotate(late=late, back=back).annotate(
        place=Window(RowNumber(), partition_by=[F("team")], order_by=order),
        nth=Window(RowNumber(), partition_by=[F("team"), F("back")], order_by=order),
    )
    shown = numbered.filter(nth__lte=MOST_SHOWN).order_by("team", "place")
    return shown.values_list("team", "pk", "state", "call_back_tries", "place")


_FirstRow: TypeAlias = "tuple[int, str, str, int, int]"


def _shown_of(rows: Iterable[_FirstRow]) -> list[_FirstRow]:
    """Of each team `MOST_SHOWN` of these: whoever is on the line is shown before who is not."""
    teams: dict[int, list[_FirstRow]] = {}
    for row in rows:
        teams.setdefault(row[0], []).append(row)
    found = []
    for team in teams.values():
        room = MOST_SHOWN - sum(state not in Conversation.BACK_IN_QUEUE for _, _, state, *_ in team)
        backs = [sid for _, sid, state, *_ in team if state in Conversation.BACK_IN_QUEUE][:room]
        found += [row for row in team if row[2] not in Conversation.BACK_IN_QUEUE or row[1] in backs]
    return found


_COUNTS, _COUNTS_OF = Prepared(lambda: _counts(_in_queue())), Prepared(lambda: _counts(_of_teams()))
_FIRST, _FIRST_OF = Prepared(lambda: _first_of(_in_queue())), Prepared(lambda: _first_of(_of_teams()))
_RINGS_AT = Prepared(
    lambda: (
        CallOffer.objects.filter(state=CallOffer.State.RINGING.value).order_by("pk").values_list("call_id", "agent_id")
    )
)


# Of a queue, all that makes it look different: how many wait, how many are to be called back, who is shown, how often
# each was called back, at whose phones they ring, and at whose of the team it rings for whomever.
Looks: TypeAlias = tuple[int, int, tuple[tuple[str, str, int, tuple[int, ...]], ...], tuple[tuple[int, str], ...]]
EMPTY: Looks = (0, 0, (), ())


def queue_looks() -> dict[int, Looks]:
    """Of each team for which anybody waits, or with a phone that rings. Much cheaper than the queues themselves."""
    counted, rows, ringing = fetch(_COUNTS(), _FIRST(now=timezone.now()), _RINGS_AT())
    counts = {team_id: (waiting, call_backs) for team_id, waiting, call_backs, *_since in counted}
    at_members = ring_looks()
    rings: dict[str, list[int]] = {}
    for sid, agent_id in ringing:
        rings.setdefault(sid, []).append(agent_id)
    callers: dict[int, list[tuple[str, str, int, tuple[int, ...]]]] = {}
    for team_id, sid, state, tries, _place in _shown_of(rows):
        callers.setdefault(team_id, []).append((sid, state, tries, tuple(rings.get(sid, ()))))
    return {
        team_id: (*counts.get(team_id, (0, 0)), tuple(callers.get(team_id, ())), at_members.get(team_id, ()))
        for team_id in {*callers, *at_members}
    }
