"""Who is busy, who can be rung, and what each agent is now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from agents.presence import (
    CallEnded,
    rings_answered,
    rings_missed,
    talks_again,
    wrap_up_seconds,
    wrap_ups_begin,
)
from agents.selectors import (
    agents_reachable,
    agents_shown,
    colleague_ids,
    reach_varies,
    teams_of_agents,
)
from calls import selectors
from calls.handling_payloads import agent_has_left, handling_attach
from calls.live import handovers
from calls.live.busy import busy_legs, busy_slots, parking, ringing_offers, without_call
from calls.live.call_tree import is_call_of_its_own
from calls.live.second_calls import Ended, parked_in, talking_among, who_goes_on, without_who_goes_on
from calls.models import Call, CallOffer, CallStatus, Conversation
from calls.payloads import agent_json, time_json
from core.sql.prepared import Param, Prepared
from core.sql.statements import Statement, fetch
from routing.models import Line
from telephony.identity import agent_id_from

if TYPE_CHECKING:
    from agents.models import Agent
    from calls.live.call_tree import CallTree


def _available() -> QuerySet[Agent]:
    lines = Line.objects.filter(number__in_array=Param("numbers"), is_active=True, team__agents__isnull=False)
    return (
        without_call(agents_reachable(lines.order_by().values("team__agents")))
        .annotate(last_call=_last_call_time())
        .only("username", "first_name", "last_name")
        .order_by()
    )


_AVAILABLE = Prepared(_available, varies=reach_varies)


def agents_available(numbers: Collection[str]) -> Statement:
    """Finds who of those who answer these lines can be rung: reachable and free. `longest_idle_first` puts them in
    order."""
    return _AVAILABLE(numbers=numbers, **busy_slots())


def longest_idle_first(agents: Iterable[Any]) -> list[Agent]:
    """What `agents_available` found, in the order in which they are to be rung."""
    never = timezone.now() - timedelta(days=36500)
    return sorted(agents, key=lambda agent: (agent.last_call or never, agent.pk))


def _last_call_time() -> Subquery:
    """When the agent's last call began, from the top of an index: not by looking at all of them."""
    return Subquery(Call.objects.filter(agent=OuterRef("pk")).order_by("-start_time").values("start_time")[:1])


def call_live_list(agent: Agent) -> list[tuple[Call, str]]:
    """The living calls of an agent, each with `ringing` or `active`."""
    roots = sids_at(agent.pk)
    calls = selectors.with_details(Call.objects.filter(pk__in=roots, parent__isnull=True))
    living = [(call, roots[call.sid]) for call in calls if not call.is_terminal]
    # A call that the agent supervises is a part of its own of what a desk is told.
    supervised = selectors.supervised_by(agent.pk) if any(call.is_handled for call, _ in living) else None
    return [(call, mine) for call, mine in living if supervised is None or call.sid != supervised.room_id]


def with_their_agents(calls: Iterable[Call]) -> list[Call]:
    """Those of these living calls whose agent is in them still, and has not left them to somebody outside."""
    found = list(calls)
    handling_attach(found)
    return [call for call in found if not agent_has_left(call)]


def sids_at(agent_id: int) -> dict[str, str]:
    """The calls that ring at an agent's phone, or keep the agent from taking another, each with which of the two."""
    ringing, busy, parked = fetch(
        _RINGING_AT(agent_id=agent_id, **busy_slots()),
        _BUSY_AT(agent_id=agent_id, **busy_slots()),
        _PARKED_AT(agent_id=agent_id),
    )
    here = {parent or sid: "active" for sid, parent in busy} | {sid: "active" for (sid,) in parked}
    return {sid: "ringing" for (sid,) in ringing} | here


_RINGING_AT = Prepared(
    lambda: ringing_offers().filter(agent=Param("agent_id"), is_call_back=False).values_list("call_id")
)
_BUSY_AT = Prepared(lambda: busy_legs().filter(agent=Param("agent_id")).values_list("sid", "parent_id"))
_PARKED_AT = Prepared(lambda: parking().filter(agent=Param("agent_id")).order_by().values_list("room_id"))


def presence_list(agent: Agent) -> list[dict[str, Any]]:
    """The agent and the members of the same teams, each as `Presence` in docs/desk-protocol.md."""
    return presence_of(colleague_ids(agent))


def presence_of(agent_ids: set[int]) -> list[dict[str, Any]]:
    """Each of these agents as `Presence` in docs/desk-protocol.md. To be looked at, not to be told."""
    (agents,) = fetch(_PRESENCE(agent_ids=agent_ids, **busy_slots()))
    return [_presence(agent) for agent in agents]


def _presence_query() -> QuerySet[Agent]:
    legs = busy_legs().filter(agent=OuterRef("pk")).order_by()
    parked = parking().filter(agent=OuterRef("pk")).order_by()
    since = Coalesce(
        Subquery(legs.values(since=Coalesce("answer_time", "start_time"))[:1]),
        Subquery(parked.values("parked_at")[:1]),
    )
    named = [f"presence_by__{name}" for name in ("username", "first_name", "last_name")]
    return agents_shown(pk__in_array=Param("agent_ids")).annotate(on_call_since=since).only(*_COLUMNS, *named)


_PRESENCE = Prepared(_presence_query, varies=reach_varies)
_TEAMS = Prepared(teams_of_agents)


def _presence(agent: Any) -> dict[str, Any]:
    state = _state(agent)
    trouble, trouble_since = _trouble(agent)
    since = {
        "on-call": agent.on_call_since,
        "not-reachable": trouble_since,
        "wrap-up": agent.wrap_up_since,
        # Whoever never chose anything is available from when the desk was opened.
    }.get(state, agent.presence_since or agent.desk_opened_at)
    in_wrap_up = _is_in_wrap_up(agent)
    return {
        "agent": {"id": agent.pk, "identity": agent.identity, "name": agent.name},
        "availability": agent.availability,
        "state": state,
        "since": time_json(since),
        "reason": agent.presence_reason,
        "back_at": time_json(agent.back_at),
        "set_at": time_json(agent.presence_since),
        "set_by": agent_json(agent.presence_by),
        "rule": agent.presence_rule,
        "wrap_up": {"until": time_json(agent.wrap_up_until), "stays": agent.wrap_up_stays} if in_wrap_up else None,
        "trouble": trouble,
    }


def _state(agent: Any) -> str:
    if agent.on_call_since is not None:
        return "on-call"
    if agent.availability == "offline":
        return "offline"
    if not agent.can_ring:
        return "not-reachable"
    return "wrap-up" if _is_in_wrap_up(agent) else str(agent.availability)


def _is_in_wrap_up(agent: Any) -> bool:
    return agent.wrap_up_until is not None and agent.wrap_up_until > timezone.now()


def _trouble(agent: Any) -> tuple[str, datetime | None]:
    """Why the agent's phone cannot ring, as far as that is known, and since when."""
    if agent.can_ring:
        return "", None
    return ("closed", agent.desk_left_at) if agent.trouble is None else (agent.trouble, agent.trouble_since)


# What colleagues are shown of an agent, calls aside: columns, and what `agents_shown` adds to them.
_COLUMNS = (
    "username", "first_name", "last_name", "availability", "presence_since", "presence_reason", "presence_rule",
    "presence_by_id", "back_at", "wrap_up_until", "wrap_up_since", "wrap_up_stays", "desk_left_at",
)  # fmt: skip
SHOWN = (*_COLUMNS, "trouble", "trouble_since", "can_ring")
# What this process told last of each agent, calls aside: `presence_watch` need not tell it again.
Shown: TypeAlias = tuple[Any, ...]
last_told: dict[int, Shown] = {}


def presence_with_teams(agent_ids: set[int]) -> list[tuple[dict[str, Any], list[int]]]:
    """Each agent's `Presence`, with the teams that are to know. To be told."""
    agents, memberships = fetch(_PRESENCE(agent_ids=agent_ids, **busy_slots()), _TEAMS(agent_ids=agent_ids))
    teams: dict[int, list[int]] = {}
    for agent_id, team_id in memberships:
        teams.setdefault(agent_id, []).append(team_id)
    last_told.update((agent.pk, shown_of(getattr(agent, name) for name in SHOWN)) for agent in agents)
    return [(_presence(agent), teams.get(agent.pk, [])) for agent in agents]


def shown_of(values: Iterable[Any]) -> Shown:
    """Those of `SHOWN`, in one form for both ways to read them."""
    *columns, can_ring = values
    return (*columns, bool(can_ring))


# --- What follows from calls for their agents -----------------------------------------------------------------------


def calls_followed(trees: Sequence[CallTree]) -> None:
    """Wrap-up after talks that have ended, and what comes of rings that were answered or missed. In the transaction
    that stores the calls: nobody is put through to somebody of whom that is not known yet."""
    parked = parked_in(tree.root.sid for tree in trees if tree.root.is_handled)
    handovers.followed(trees)
    ended = [
        (root, agent_id, leg)
        for tree in trees
        for root, agent_id, leg in ((tree.root, *talk) for talk in _talks_ended(tree))
        if root.is_terminal or (root.sid, agent_id) not in parked
    ]
    if ended:
        _wrap_up(trees, ended, parked)
    offers = [offer for tree in trees for offer in tree.changed_offers]
    rings_answered(offer.agent for offer in offers if offer.state == CallOffer.State.ANSWERED)
    for tree in trees:
        if tree.root.round and (taken := _taken_in_round(tree)):
            talks_again(tree.root.sid, taken)
        missed = {one.agent_id for one in tree.withdrawals if one.reason == "not-answered"}
        # Whoever talks with somebody else need not take a second call.
        missed -= talking_among(missed) if missed else set()
        if missed and (team_id := _team_rung(tree.root)):
            rings_missed(team_id=team_id, agent_ids=missed)


def _taken_in_round(tree: CallTree) -> list[int]:
    """Who has just answered a caller who was led out of a talk before."""
    answered = [one for one in tree.changed_offers if one.state == CallOffer.State.ANSWERED]
    return [one.agent_id for one in answered if one.attempt >= tree.root.round and not one.is_consultation]


def _team_rung(root: Call) -> int | None:
    """Whose phones rang for the caller: those of the team that a route led to, else of the line's."""
    found = Conversation.objects.filter(pk=root.sid, team__isnull=False).values_list("team", flat=True).first()
    return found or (root.line.team_id if root.line else None)


def _wrap_up(trees: Sequence[CallTree], ended: Sequence[Ended], parked: Collection[tuple[str, int]]) -> None:
    """Begins it for whoever talked and goes on with nobody else, after all that there is to know in one trip."""
    # Of a call-back, the first call, which has the team, hangs on the call that is made for it.
    roots = {sid: tree.root.sid for tree in trees for sid in (tree.root.sid, *(leg.sid for leg in tree.legs))}
    lines = {root.line.team_id for root, _agent_id, _leg in ended if root.line}
    waiting, talks, teams, of_lines = fetch(
        *who_goes_on(ended), _TEAMS_TALKED(sids=list(roots)), wrap_up_seconds(lines)
    )
    talked = {roots[sid]: team_id for sid, team_id, _seconds in teams}
    seconds = dict(of_lines) | {team_id: each for _sid, team_id, each in teams}
    if not any(seconds.values()):
        # None of these teams wants one.
        return
    over = without_who_goes_on(ended, waiting, talks)
    wrap_ups_begin((_call_ended(*talk, talked, parked) for talk in over), seconds)


def _teams_talked() -> QuerySet[Conversation, Any]:
    """Of callers on a route, the team whose phones rang last: it took the call."""
    found = Conversation.objects.filter(call__pk__in_array=Param("sids"), team__isnull=False)
    return found.order_by().values_list("pk", "team_id", "team__wrap_up_seconds")


_TEAMS_TALKED = Prepared(_teams_talked)


def _call_ended(
    root: Call, agent_id: int, leg: Call, teams: dict[str, int], parked: Collection[tuple[str, int]]
) -> CallEnded:
    team_id = teams.get(root.sid) or (root.line.team_id if root.line else 0)
    # Of a parked call the agent's leg has ended long before.
    own = None if (root.sid, agent_id) in parked else leg.leg_end_time or leg.end_time
    at = own or root.end_time or timezone.now()
    return CallEnded(agent_id=agent_id, team_id=team_id, sid=root.sid, at=at)


def _talks_ended(tree: CallTree) -> Iterator[tuple[int, Call]]:
    """Of a call of a line that somebody talked on: each agent, with the own leg that has ended, or whose call has. Not:
    who talks on at another place."""
    root = tree.root
    if root.line is None or root.answer_time is None:
        return
    talking, ended = set(), []
    for leg in {leg.sid: leg for leg in (root, *tree.legs)}.values():
        is_own = leg.caller.startswith("client:") if leg.sid == root.sid else not is_call_of_its_own(leg)
        is_over = leg.is_terminal or leg.leg_end_time is not None or root.is_terminal
        agent_id = leg.agent_id
        if leg.sid == root.sid and root.is_handled:
            # The row may be another agent's by now.
            agent_id = agent_id_from(root.caller)
        if is_own and agent_id and leg.answer_time and is_over:
            ended.append((agent_id, leg))
        elif is_own and agent_id and leg.status == CallStatus.IN_PROGRESS:
            talking.add(agent_id)
    yield from ((agent_id, leg) for agent_id, leg in ended if agent_id not in talking)
