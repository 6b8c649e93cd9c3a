"""Who is offered what: one function decides, under one lock, from the database alone.

Any number of processes may run it at once. It is asked by a caller who comes to the door, for this one caller
(`at_the_door`), and after everything that can change the answer, for all who wait (`dispatch`): those are fetched out
of Twilio's queue by REST, which is somebody else's work (`calls.live.fetching`).
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from calls.live import broadcasts, call_backs
from calls.live.call_batch import CallBatch
from calls.live.free_agents import FreeAgents, free_agents, skill_key
from calls.live.locks import locking_offers, try_locks
from calls.live.offers import offers_make, offers_make_all, rung_in_vain
from calls.live.push_queue import Offered
from calls.live.queues import is_untalked
from calls.live.scheduling import ALL_AT_ONCE, LONGEST_IDLE, PRIORITY_STEP, Choice, Waiting, choose
from calls.log.past_calls import past_calls_with
from calls.models import LIVE, CallOffer, Conversation
from core.sql.prepared import Param, Prepared
from core.sql.statements import Write, fetch
from core.sql.unit import UnitOfWork

if TYPE_CHECKING:
    from agents.models import Agent
    from calls.live.call_tree import CallTree

State = Conversation.State
# Of a long queue so many are looked at, two for each free agent at least; all (None), when somebody is left over.
_LIMITS = (64, 256, None)
# Spoken slowly.
_LETTERS_A_SECOND = 10
_COLUMNS = ("call_id", "team_id", "place_at", "priority", "skill", "terms", "state", "attempt")


@dataclass(frozen=True, slots=True)
class Fetch:
    """A caller who is to be fetched out of Twilio's queue, in that turn of the conversation, for whom it was that the
    caller was offered to in that attempt; 0: in the newest. `leg`: the caller's own, where that is not the call
    itself."""

    sid: str
    turn: int
    leg: str = ""
    attempt: int = 0


def at_the_door(conversation: Conversation) -> list[Agent]:
    """Offers a caller, who asks at this moment, to whoever the caller gets; nobody, when the caller has to wait.

    Inside a transaction that holds the call. The conversation is changed, and is to be saved.
    """
    choices, found = _choices(conversation)
    choice = next((one for one in choices if one.sid == conversation.call_id), None)
    return _offer(conversation, choice, found, rung_at=rings_from(conversation)) if choice else []


def rings_from(conversation: Conversation) -> datetime:
    """When phones ring for whom the next answer has them ring: after the sentence of ours that it says first."""
    turn, sentence = conversation.terms.get("said_in") or (0, "")
    spoken = len(str(sentence)) / _LETTERS_A_SECOND if turn == conversation.turn else 0
    return timezone.now() + timedelta(seconds=spoken)


_SOMEBODY = Prepared(
    lambda: Conversation.objects.filter(
        Q(state=State.WAITING.value, send_on="") | Q(state=State.CALL_BACK.value)
    ).values_list("pk")[:1]
)


def somebody_waits() -> bool:
    (found,) = fetch(_SOMEBODY())
    return bool(found)


def dispatch() -> list[Fetch]:
    """Offers whoever waits to whoever is free; says who is to be fetched. In a transaction of its own."""
    with transaction.atomic():
        choices, found = _choices()
        return _offer_from_queue(choices, found, timezone.now()) if choices else []


def _offer_from_queue(choices: list[Choice], found: FreeAgents, now: datetime) -> list[Fetch]:
    """All together: trips to the database for each of them would be time in which nobody else decides. Not callers with
    whom somebody else is busy: whoever that is looks again afterwards; nor call-backs, for which nobody is fetched."""
    held = try_locks(choice.sid for choice in choices)
    work = UnitOfWork()
    batch = CallBatch(work, [(sid, "") for sid in held])
    waiting = work.read(_WAITS(sids=held))
    batch.load()
    by_sid = {conversation.call_id: conversation for conversation in waiting.rows}
    on_line: list[tuple[Choice, Conversation]] = []
    for choice in choices:
        conversation, call = by_sid.get(choice.sid), batch.get(choice.sid)
        if conversation is None:
            continue
        if conversation.state == State.CALL_BACK:
            call_backs.offer_by_turn(conversation, choice.agent_ids[0], now)
        elif call is not None and not call.is_terminal:
            on_line.append((choice, conversation))
    made = offers_make_all([(one.call_id, choice.agent_ids, one.attempt + 1) for choice, one in on_line], rung_at=None)
    offered = [(choice, one) for choice, one in on_line if made.get(one.call_id)]
    if not offered:
        return []
    for choice, conversation in offered:
        _offered(conversation, choice)
        conversation.fetched_at = now
        batch.changed(batch.calls[conversation.call_id])
    work.write(_OFFERED([conversation for _choice, conversation in offered]))
    trees = batch.settle()
    work.flush()
    tell_offered(trees, {sid: [found.by_id[pk] for pk in ids] for sid, ids in made.items()})
    return [Fetch(one.call_id, one.turn, one.leg_sid, one.attempt) for _choice, one in offered]


_WAITS: Prepared[Conversation] = Prepared(
    lambda: Conversation.objects.filter(
        call__pk__in_array=Param("sids"), state__in=[State.WAITING.value, State.CALL_BACK.value], send_on=""
    )
)
# What `_offer` changes, and when Twilio was asked to fetch the caller.
_OFFERED = Write.update(
    Conversation, key="call_sid", columns=["state", "answer", "terms", "attempt", "not_before", "fetched_at"]
)


def _offer(conversation: Conversation, choice: Choice, found: FreeAgents, *, rung_at: datetime) -> list[Agent]:
    made = offers_make(conversation.call_id, choice.agent_ids, attempt=conversation.attempt + 1, rung_at=rung_at)
    if made:
        _offered(conversation, choice)
    return [found.by_id[pk] for pk in made]


def _offered(conversation: Conversation, choice: Choice) -> None:
    """What an offer that was made changes. To be saved."""
    terms = conversation.terms
    rings = terms.get("first_seconds") if choice.is_first_asked else terms.get("ring_seconds")
    conversation.terms = terms | {"rings": rings or terms.get("ring_seconds", 20)}
    conversation.attempt, conversation.state, conversation.answer = conversation.attempt + 1, State.OFFERED, ""
    conversation.not_before = None


def offer_by_hand(conversation: Conversation, agent: Agent) -> bool:
    """Offers a caller to an agent who asked for it, whoever else the phones ring at until then. Whether it could be.

    With the offers' lock held. The conversation is changed, and is to be saved.
    """
    attempt = conversation.attempt + 1
    if not offers_make(conversation.call_id, [agent.pk], attempt=attempt, rung_at=None):
        return False
    before = {"state": conversation.state, "attempt": conversation.attempt, "answer": conversation.answer}
    if _rings_nobody_yet(conversation):
        # Of several who ask at once: what was before the first of them is what it was.
        before = conversation.terms.get("before") or before
    rings = conversation.terms.get("ring_seconds", 20)
    conversation.terms = conversation.terms | {"rings": rings, "before": before}
    conversation.attempt, conversation.state, conversation.answer = attempt, State.OFFERED, ""
    return True


def _rings_nobody_yet(conversation: Conversation) -> bool:
    """Whether the newest attempt waits for Twilio to fetch the caller."""
    newest = CallOffer.objects.filter(call=conversation.call_id, attempt=conversation.attempt)
    return newest.filter(state=CallOffer.State.RINGING, rung_at=None).exists()


def tell_offered(trees: Iterable[CallTree], agents: Mapping[str, Collection[Agent]]) -> None:
    """Once that is committed: agents learn of a caller before their phones ring. `agents`: by the caller's sid."""
    known = list(trees)
    earlier = past_calls_with([tree.root for tree in known])
    broadcasts.after_commit(
        trees=known,
        offered=[
            Offered(tree, [agent.pk for agent in agents.get(tree.root.sid, ())], earlier.get(tree.root.sid, []))
            for tree in known
        ],
    )


def _everybody() -> QuerySet[Conversation]:
    """All who wait, on the line or to be called back, and may be offered to somebody, first to last."""
    on_line = Q(is_untalked(), state=State.WAITING.value, call__status__in=sorted(LIVE))
    rows = Conversation.objects.filter(on_line | Q(state=State.CALL_BACK.value), send_on="", team__isnull=False)
    may_be_tried = Q(not_before__isnull=True) | Q(not_before__lte=Param("now"))
    return rows.filter(may_be_tried).order_by("place_at", "waiting_since", "pk")


def _first(limit: int | None) -> Prepared[Any]:
    """So many of those who wait for some teams; None: all."""
    return Prepared(lambda: _everybody().filter(team__pk__in_array=Param("team_ids")).values_list(*_COLUMNS)[:limit])


_WAITED_FOR = Prepared(lambda: _everybody().order_by().values_list("team_id").distinct())
_LOST_TO = Prepared(lambda: _everybody().filter(terms__has_key="lost").order_by().values_list("terms"))
_FIRST = {limit: _first(limit) for limit in _LIMITS}


def _choices(me: Conversation | None = None) -> tuple[list[Choice], FreeAgents]:
    """Who gets whom of all who wait, and of `me`, who is at the door. The offers' lock is held from here on."""
    now = timezone.now()
    *_locked, waited_for, lost_to = fetch(*locking_offers(), _WAITED_FOR(now=now), _LOST_TO(now=now))
    team_ids = {team_id for (team_id,) in waited_for}
    lost = {terms["lost"] for (terms,) in lost_to}
    named: frozenset[int] = frozenset()
    mine: list[tuple[Any, ...]] = []
    if me is not None:
        # Who is meant may be on a call, and is then rung softly: when the caller comes, and at each later asking.
        mine, named = [_row_of(me)], frozenset((*me.terms.get("only", ()), *me.terms.get("preferred", ())))
        team_ids |= {me.team_id} if me.team_id is not None else set()
        lost |= {me.terms["lost"]} if "lost" in me.terms else set()
    found = free_agents(team_ids, named, lost=lost)
    if not found.free:
        return [], found
    # Who waits for another team can get none of these.
    theirs = {team_id for agent in found.free for team_id in agent.team_ids} & team_ids
    for limit in _LIMITS:
        if limit is not None and limit < 2 * len(found.free):
            continue
        (rows,) = fetch(_FIRST[limit](now=now, team_ids=theirs))
        choices = _choose([*(row for row in rows if me is None or row[0] != me.pk), *mine], found)
        # Who is here for one caller alone may get nobody: the whole queue is not read for that.
        given = {pk for choice in choices for pk in choice.agent_ids}
        if limit is None or len(rows) < limit or all(one.is_back or one.agent_id in given for one in found.free):
            return choices, found
    raise AssertionError


def _choose(rows: list[tuple[Any, ...]], found: FreeAgents) -> list[Choice]:
    # Whoever was offered to nobody yet was so in vain to nobody.
    offered = [sid for sid, *_, attempt in rows if attempt]
    in_vain = rung_in_vain(timezone.now(), offered) if offered else {}
    return choose([_caller(row, in_vain) for row in rows], found.free)


def _row_of(conversation: Conversation) -> tuple[Any, ...]:
    return tuple(getattr(conversation, name) for name in _COLUMNS)


def _caller(row: tuple[Any, ...], in_vain: Any) -> Waiting:
    sid, team_id, place_at, priority, skill, terms, state, _attempt = row
    # Whoever has another's place is before all who came after that one.
    since = (place_at or timezone.now()) + priority * PRIORITY_STEP
    strategy = str(terms.get("strategy", LONGEST_IDLE))
    missed, spared = in_vain.get(sid, ({}, frozenset()))
    if terms.get("given_until", 0) > time.time():
        spared |= {terms["given_by"]}
    return Waiting(
        sid=sid,
        team_id=team_id or 0,
        since=since,
        priority=priority,
        skill=skill_key(skill),
        # A call-back is one agent's: the caller is called once.
        strategy=LONGEST_IDLE if state == State.CALL_BACK and strategy == ALL_AT_ONCE else strategy,
        order=tuple(terms.get("order", ())),
        preferred=tuple(terms.get("preferred", ())),
        lost=terms.get("lost"),
        only=frozenset(terms.get("only", ())),
        is_call_back=state == State.CALL_BACK,
        missed=missed,
        spared=spared,
    )
