"""What is pushed to open desks. Shapes: docs/desk-protocol.md. What is pushed is what was stored before."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction

from calls import selectors
from calls.handling_payloads import agent_has_left, handling_attach, handling_of
from calls.live import dispatcher, presence
from calls.live.call_tree import CallTree, Withdrawal
from calls.live.details import attach_details
from calls.live.frames import EVERYTHING_GROUP, agent_group, as_text, frames_of, in_each_language, team_group
from calls.live.push_queue import Offered, PushQueue
from calls.live.supervision_broadcasts import help_frames, supervising_frames
from calls.log.past_calls_cache import past_calls_cache
from calls.models import Call, CallStatus
from calls.payloads import agent_json, call_back_json, call_json
from core.languages import sentence, speaking
from core.realtime import outbox
from telephony.identity import agent_id_from

if TYPE_CHECKING:
    from agents.models import Agent


def groups_of(agent: Agent, team_ids: Iterable[int]) -> list[str]:
    """What an agent's desks listen to."""
    groups = [agent_group(agent.pk), *(team_group(pk) for pk in team_ids)]
    return [*groups, EVERYTHING_GROUP] if agent.is_superuser else groups


def live_json(calls: Sequence[tuple[Call, str]], viewers: Sequence[Agent | None] = ()) -> list[dict[str, Any]]:
    """`LiveCall`s, in their order. With each call comes whose it is, `ringing` or `active`; `viewers`: for whom alone
    each is."""
    earlier = past_calls_cache.get([call for call, _ in calls])
    return [
        {"call": call_json(call, viewer), "mine": mine, "history": history}
        for (call, mine), history, viewer in zip(calls, earlier, viewers or [None] * len(calls), strict=True)
    ]


def after_commit(*, trees: Sequence[CallTree] = (), offered: Sequence[Offered] = (), make_now: bool = False) -> None:
    """Once the calls are committed: tells everybody who may see them what they are now, and agents that their phones
    are about to ring, before they do.

    With `make_now`, nothing changes any more, and the database has still to commit it: what can be made without it is
    ready then.
    """
    if not trees and not offered:
        return
    made = None
    if make_now and _queue.is_idle(len(trees) + len(offered)):
        # Often `DatabaseBusy`. Whatever it is: what is stored is right, and it is made again then.
        with suppress(Exception):
            made = _make(offered, trees)
    transaction.on_commit(lambda: _queue.add(trees, offered, made), robust=True)
    if any(tree.changed_offers or tree.root.is_terminal for tree in trees):
        # Somebody's phone rings no more, or somebody's call is over.
        dispatcher.wake_after_commit()


@dataclass(frozen=True, slots=True)
class _Made:
    frames: list[outbox.Frame]
    # Whose presence may be another now.
    agent_ids: set[int]


def _make(offered: Sequence[Offered], trees: Sequence[CallTree]) -> _Made:
    with speaking(""):
        frames = [*_offered_frames(offered), *_tree_frames(trees)]
    return _Made(frames, {agent_id for tree in trees for agent_id in _agents_whose_state_changed(tree)})


def _send(made: _Made) -> None:
    outbox.send(made.frames)
    dispatcher.notice()
    if made.agent_ids:
        outbox.later(partial(presence_changed, made.agent_ids))


_queue = PushQueue(_make, _send)


def _tree_frames(trees: Sequence[CallTree]) -> Iterator[outbox.Frame]:
    attach_details(trees)
    for tree in trees:
        for withdrawal in tree.withdrawals:
            yield from _withdrawn(tree, withdrawal)
    handling_attach(tree.root for tree in trees)
    yield from _call_frames([(tree.root, tree.ringing_agent_ids) for tree in trees])
    for tree in trees:
        yield from _gone_frames(tree)
        if tree.help_ended:
            yield from help_frames(tree.root)


def _gone_frames(tree: CallTree) -> Iterator[outbox.Frame]:
    """To agents who are on a call no more that goes on without them."""
    root = tree.root
    if not root.is_handled or root.is_terminal:
        return
    # Whoever is called into it may have been in it before, or have made it.
    coming = {one.agent_id for one in handling_of(root).participants if one.state != one.State.LEFT}
    here: set[int | None] = {*coming, *tree.ringing_agent_ids}
    gone: set[int | None] = {*tree.left_agent_ids, *(leg.agent_id for leg in tree.touched if leg.is_terminal)}
    (gone if agent_has_left(root) else here).add(root.agent_id)
    if root.leg_end_time is not None:
        gone.add(agent_id_from(root.caller))
    transfer = handling_of(root).transfer
    if transfer is not None and transfer.state not in transfer.OPEN:
        # What became of it.
        gone.add(transfer.from_agent_id)
    # A supervisor who has left is told so (`supervising.changed`).
    gone -= {one.agent_id for one in handling_of(root).participants if one.is_supervisor}
    groups = [agent_group(agent_id) for agent_id in sorted(pk for pk in gone - here if pk)]
    if groups:
        yield from frames_of(groups, {"type": "call.ended", "call": call_json(root)}, root)


def _inside(call: Call) -> dict[int, Agent]:
    """The agents in its room, but those who supervise it."""
    found = handling_of(call).participants
    return {
        one.agent.pk: one.agent for one in found if one.agent and one.state == one.State.IN and not one.is_supervisor
    }


def _agents_whose_state_changed(tree: CallTree) -> set[int]:
    """Whose presence may be another now: who began or ended to talk."""
    found = {
        leg.agent_id
        for leg in tree.touched
        if leg.agent_id and (leg.answer_time is not None or leg.status == CallStatus.IN_PROGRESS)
    }
    root = tree.root
    if root.agent_id and (root.is_terminal or root.caller.startswith("client:")):
        found.add(root.agent_id)
    if root.leg_end_time is not None and (maker := agent_id_from(root.caller)) is not None:
        found.add(maker)
    if root.colleague_id and root.is_terminal:
        found.add(root.colleague_id)
    return found


def _offered_frames(offered: Sequence[Offered]) -> Iterator[outbox.Frame]:
    attach_details([one.tree for one in offered])
    for one in offered:
        past_calls_cache.put(one.tree.root, one.earlier)
    # Nobody is rung for an internal call but the colleague who is called.
    called = [one.tree.root.colleague if one.tree.root.is_internal else None for one in offered]
    lives = live_json([(one.tree.root, "ringing") for one in offered], called)
    for one, live, viewer in zip(offered, lives, called, strict=True):
        groups = [agent_group(agent_id) for agent_id in one.agent_ids]
        yield from frames_of(groups, {"type": "call.incoming", "live": live}, one.tree.root, viewer)


def call_changed(sid: str) -> None:
    """The same as `after_commit` for one call that somebody else changed."""
    outbox.later(partial(_call_reread, sid))


def _call_reread(sid: str) -> None:
    call = selectors.call_get(sid)
    if call is None:
        return
    with speaking(""):
        outbox.send(list(_call_frames([(call, selectors.ringing_agent_ids(call))])))
    if agent_ids := {pk for pk in (call.agent_id, call.colleague_id) if pk}:
        presence_changed(agent_ids)


def _call_frames(changed: Sequence[tuple[Call, Sequence[int]]]) -> Iterator[outbox.Frame]:
    told: list[tuple[Call, str, int, Agent | None]] = []
    for call, ringing in changed:
        if call.is_terminal:
            yield from _finished(call)
            continue
        called = call.colleague if call.is_internal else None
        told += [(call, "ringing", agent_id, called) for agent_id in ringing]
        agent = None if agent_has_left(call) else call.agent
        active = {**({agent.pk: agent} if agent else {}), **_inside(call)}
        if called is not None and call.is_talked_on:
            active[called.pk] = called
        told += [(call, "active", pk, agent) for pk, agent in sorted(active.items())]
    lives = live_json([one[:2] for one in told], [one[3] for one in told])
    for (call, _mine, agent_id, viewer), live in zip(told, lives, strict=True):
        yield from frames_of([agent_group(agent_id)], {"type": "call.status", "live": live}, call, viewer)
    for call, _ringing in changed:
        yield from supervising_frames(call)


def _finished(call: Call) -> Iterator[outbox.Frame]:
    if call.is_internal:
        yield from _finished_internal(call)
        return
    data = call_json(call)
    there = sorted(_there_at_the_end(call))
    if there:
        yield from frames_of([agent_group(pk) for pk in there], {"type": "call.ended", "call": data}, call)
    groups = {EVERYTHING_GROUP}
    if call.led_to_id:
        groups.add(team_group(call.led_to_id))
    if call.line:
        groups.add(team_group(call.line.team_id))
    elif call.agent_id:
        groups.add(agent_group(call.agent_id))
    yield from frames_of(groups, {"type": "log.changed", "call": data}, call)


def _there_at_the_end(call: Call) -> set[int]:
    """Its agent, and colleagues who were in its room until it ended: that they left, Twilio says after that."""
    there = {call.agent_id} if call.agent_id else set()
    if call.end_time is None:
        return there
    until = call.end_time - _AT_ONCE
    for one in handling_of(call).participants:
        is_in = one.state == one.State.IN or (one.left_at is not None and one.left_at >= until)
        if one.agent_id and is_in and not one.is_supervisor:
            there.add(one.agent_id)
    return there


#: Twilio has whole seconds of a call's end, and its callbacks come in any order.
_AT_ONCE = timedelta(seconds=2)


def _finished_internal(call: Call) -> Iterator[outbox.Frame]:
    """Told to the two of them, each from the own side, and to the supervisors of either."""
    data = call_json(call)
    called = call.colleague
    over = {"type": "log.changed", "call": data}
    own = [agent_group(call.agent_id)] if call.agent_id else []
    yield from frames_of(own, {"type": "call.ended", "call": data}, call)
    others = {agent_group(pk) for pk in selectors.supervisor_ids(call) if pk not in (call.agent_id, call.colleague_id)}
    yield from frames_of([EVERYTHING_GROUP, *own, *sorted(others)], over, call)
    if called is not None:
        # Last: an admin who was called listens to everything, too.
        here = call_json(call, called)
        mine = [agent_group(called.pk)]
        if call.answer_time is not None:
            yield from frames_of(mine, {"type": "call.ended", "call": here}, call, called)
        yield from frames_of(mine, {"type": "log.changed", "call": here}, call, called)


def _withdrawn(tree: CallTree, withdrawal: Withdrawal) -> Iterator[outbox.Frame]:
    by = next((leg.agent for leg in tree.legs if leg.agent and leg.agent_id == withdrawal.by_agent_id), None)
    frame = {
        "type": "call.withdrawn",
        "sid": tree.root.sid,
        "reason": withdrawal.reason,
        "by": agent_json(by),
    }
    yield from frames_of([agent_group(withdrawal.agent_id)], frame)


def call_changed_after_commit(sid: str) -> None:
    transaction.on_commit(partial(call_changed, sid), robust=True)


def call_back_changed(agent_ids: Collection[int]) -> None:
    """Once it is committed, tells the desks of these agents which call-back is offered to them, or that none is."""
    transaction.on_commit(partial(outbox.later, partial(_tell_call_backs, frozenset(agent_ids))), robust=True)


def _tell_call_backs(agent_ids: Collection[int]) -> None:
    outbox.send([frame for agent_id in agent_ids for frame in _call_back_frames(agent_id)])


def _call_back_frames(agent_id: int) -> list[outbox.Frame]:
    """Each in its language: what the caller chose is a sentence."""
    group, offer = agent_group(agent_id), selectors.call_back_offered(agent_id)

    def told(language: str) -> str:
        with speaking(language):
            return as_text({"type": "call_back.changed", "call_back": call_back_json(offer)})

    return [in_each_language(group, told)]


def call_problem(call: Call, *, permanent: bool) -> None:
    """Tells the agent who made the call why it failed."""
    if call.agent_id:
        with speaking(""):
            message = sentence(call.problem)
            frame = {"type": "call.problem", "sid": call.sid, "message": message, "permanent": permanent}
            outbox.send(list(frames_of([agent_group(call.agent_id)], frame, call)))


def presence_changed(agent_ids: set[int]) -> None:
    """Tells an agent's team-mates, and the agent's own desks, what the agent is now."""
    dispatcher.wake()
    _presence_told.put(agent_ids)


def presence_frames(agent_ids: Collection[int]) -> Iterator[outbox.Frame]:
    """What these agents are now, each to the own desks and to those of the teams."""
    teams: dict[int, list[dict[str, Any]]] = {}
    for now, team_ids in presence.presence_with_teams(set(agent_ids)) if agent_ids else []:
        yield from frames_of([agent_group(now["agent"]["id"])], _presence_frame(now))
        for team_id in team_ids:
            teams.setdefault(team_id, []).append(now)
    for team_id, presences in teams.items():
        for frame in _presences_frames(presences):
            yield from frames_of([team_group(team_id)], frame)


def own_presence_frames(agent_id: int) -> list[dict[str, Any]]:
    """What this agent is now, for one desk of the agent's: nobody else is told."""
    return [_presence_frame(now) for now in presence.presence_of({agent_id})]


def _presence_frame(now: dict[str, Any]) -> dict[str, Any]:
    return {"type": "presence.changed", "presence": now}


def _presences_frames(presences: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if len(presences) < _MANY:
        return [_presence_frame(now) for now in presences]
    return [{"type": "presences.changed", "presences": presences}]


def _tell_presence(agent_ids: set[int]) -> None:
    outbox.send(presence_frames(agent_ids))


# A server that starts again has all desks of a team come back in a few seconds: with a frame for each, N × N of them.
_presence_told = outbox.Gathered(_tell_presence)
# Of so many at once a team is told in one frame.
_MANY = 10


def queue_frames(team_id: int, make: Callable[[], dict[str, Any]]) -> list[outbox.Frame]:
    """What a team's desks are told of its queue, each in its language: there are sentences in it."""

    def said(language: str) -> str:
        with speaking(language):
            return as_text({"type": "queue.changed", "queue": make()})

    return [in_each_language(team_group(team_id), said)]


def ring_lost(agent_id: int) -> None:
    """Has the agent's desks register their phones anew."""
    outbox.send([(agent_group(agent_id), {"type": "desk.ring_lost"})])


def rights_changed(*, agent_ids: Collection[int], team_ids: Collection[int] = ()) -> None:
    """Has the desks of these agents, and of all who are in these teams, look at what they may see."""
    outbox.send(rights_frames(agent_ids=agent_ids, team_ids=team_ids))


def rights_frames(*, agent_ids: Collection[int], team_ids: Collection[int]) -> list[outbox.Frame]:
    groups = [*map(agent_group, agent_ids), *map(team_group, team_ids)]
    return [(group, {"type": "desk.missed"}) for group in groups]


def signed_out(agent_id: int, *, session_key: str = "", message: str) -> None:
    """Ends the desks of one session of an agent, or all of the agent's. `message` is kept in English."""
    outbox.send([(agent_group(agent_id), {"type": "desk.sign_out", "session": session_key, "message": message})])
