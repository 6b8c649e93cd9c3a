"""What is pushed to open desks. Shapes: docs/desk-protocol.md. What is pushed is what was stored before."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from calls import selectors
from calls.handling_payloads import handling_attach, handling_of, participants_json, transfer_json
from calls.live import dispatcher, presence
from calls.live.call_tree import CallTree, Withdrawal
from calls.live.details import attach_details
from calls.live.push_queue import Offered, PushQueue
from calls.log.past_calls_cache import past_calls_cache
from calls.models import Call, CallStatus, Participant
from calls.payloads import agent_json, call_back_json, call_json, line_json, party_json, time_json
from core.languages import default_language, sentence, speaking
from core.languages import kept as _
from core.realtime import outbox
from core.text import in_sentence, tree_cleaned
from telephony.identity import agent_id_from
from telephony.party import is_withheld

if TYPE_CHECKING:
    from agents.models import Agent

EVERYTHING_GROUP = "everything"


def agent_group(agent_id: int) -> str:
    return f"agent.{agent_id}"


def team_group(team_id: int) -> str:
    return f"team.{team_id}"


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
            yield from _help_frames(tree.root)


def _gone_frames(tree: CallTree) -> Iterator[outbox.Frame]:
    """To agents who are on a call no more that goes on without them."""
    root = tree.root
    if not root.is_handled or root.is_terminal:
        return
    here = {root.agent_id, *_inside(root)}
    gone = {leg.agent_id for leg in tree.touched if leg.is_terminal}
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
        yield from _frames(groups, {"type": "call.ended", "call": call_json(root)}, root)


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
    return found


def _offered_frames(offered: Sequence[Offered]) -> Iterator[outbox.Frame]:
    attach_details([one.tree for one in offered])
    for one in offered:
        past_calls_cache.put(one.tree.root, one.earlier)
    lives = live_json([(one.tree.root, "ringing") for one in offered])
    for one, live in zip(offered, lives, strict=True):
        groups = [agent_group(agent_id) for agent_id in one.agent_ids]
        yield from _frames(groups, {"type": "call.incoming", "live": live}, one.tree.root)


def call_changed(sid: str) -> None:
    """The same as `after_commit` for one call that somebody else changed."""
    outbox.later(partial(_call_reread, sid))


def _call_reread(sid: str) -> None:
    call = selectors.call_get(sid)
    if call is None:
        return
    with speaking(""):
        outbox.send(list(_call_frames([(call, selectors.ringing_agent_ids(call))])))
    if call.agent_id:
        presence_changed({call.agent_id})


def _call_frames(changed: Sequence[tuple[Call, Sequence[int]]]) -> Iterator[outbox.Frame]:
    told: list[tuple[Call, str, int, Agent | None]] = []
    for call, ringing in changed:
        if call.is_terminal:
            yield from _finished(call)
            continue
        told += [(call, "ringing", agent_id, None) for agent_id in ringing]
        active = {**({call.agent.pk: call.agent} if call.agent else {}), **_inside(call)}
        told += [(call, "active", pk, agent) for pk, agent in sorted(active.items())]
    lives = live_json([one[:2] for one in told], [one[3] for one in told])
    for (call, _mine, agent_id, viewer), live in zip(told, lives, strict=True):
        yield from _frames([agent_group(agent_id)], {"type": "call.status", "live": live}, call, viewer)
    for call, _ringing in changed:
        yield from _supervising_frames(call)


def _finished(call: Call) -> Iterator[outbox.Frame]:
    data = call_json(call)
    if call.agent_id:
        yield from _frames([agent_group(call.agent_id)], {"type": "call.ended", "call": data}, call)
    groups = {EVERYTHING_GROUP}
    if call.line:
        groups.add(team_group(call.line.team_id))
    elif call.agent_id:
        groups.add(agent_group(call.agent_id))
    yield from _frames(groups, {"type": "log.changed", "call": data}, call)


def supervising_json(one: Participant, call: Call) -> dict[str, Any]:
    """`Supervising` in docs/desk-protocol.md."""
    return {"call": call_json(call, one.agent), "mode": one.said_mode, "state": one.state}


def _supervising_frames(call: Call) -> Iterator[outbox.Frame]:
    """What whoever supervises a call sees of it."""
    if call.is_terminal:
        return
    for one in handling_of(call).participants:
        if one.is_supervisor and one.agent is not None and one.state != one.State.LEFT:
            frame = {"type": "supervising.changed", "supervising": supervising_json(one, call)}
            yield from _frames([agent_group(one.agent.pk)], frame, call, one.agent)


def supervising_changed(agent_ids: Collection[int]) -> None:
    """Once it is committed, tells these agents which call they supervise, or that they supervise none."""
    if agent_ids:
        transaction.on_commit(partial(outbox.later, partial(_tell_supervising, frozenset(agent_ids))), robust=True)


def _tell_supervising(agent_ids: Collection[int]) -> None:
    frames: list[outbox.Frame] = []
    with speaking(""):
        for agent_id in agent_ids:
            one = selectors.supervised_by(agent_id)
            call = selectors.call_get(one.room_id) if one is not None else None
            if one is not None and call is not None:
                frames += _supervising_frames(call)
            else:
                frames += _frames([agent_group(agent_id)], {"type": "supervising.changed", "supervising": None})
    outbox.send(frames)
    presence_changed(set(agent_ids))


def taken_over(sid: str, agent_ids: Collection[int], by: Agent) -> None:
    """Tells agents that a supervisor has their call now, and lets them go."""
    said = _("%(name)s has taken over this call.") % {"name": in_sentence(by.name)}

    def told(language: str) -> str:
        with speaking(language):
            return as_text({"type": "call.taken_over", "sid": sid, "by": agent_json(by), "message": sentence(said)})

    outbox.send([_in_each_language(agent_group(agent_id), told) for agent_id in agent_ids])


def help_changed(sid: str) -> None:
    """Tells the supervisors of a call's team, and admins, whether its agent wants help."""
    outbox.later(partial(_tell_help, sid))


def _tell_help(sid: str) -> None:
    call = selectors.call_get(sid)
    if call is not None:
        with speaking(""):
            outbox.send(list(_help_frames(call)))


def _help_frames(call: Call) -> Iterator[outbox.Frame]:
    groups = [agent_group(pk) for pk in selectors.supervisor_ids(call) if pk != call.agent_id]

    def told(language: str) -> str:
        with speaking(language):
            return as_text(
                {
                    "type": "help.changed",
                    "sid": call.sid,
                    "since": time_json(call.help_since),
                    "agent": agent_json(call.agent),
                    "party": party_json(call),
                    "line": line_json(call.line),
                }
            )

    for group in (*groups, EVERYTHING_GROUP):
        yield _in_each_language(group, told)


def _withdrawn(tree: CallTree, withdrawal: Withdrawal) -> Iterator[outbox.Frame]:
    by = next((leg.agent for leg in tree.legs if leg.agent and leg.agent_id == withdrawal.by_agent_id), None)
    frame = {
        "type": "call.withdrawn",
        "sid": tree.root.sid,
        "reason": withdrawal.reason,
        "by": agent_json(by),
    }
    yield from _frames([agent_group(withdrawal.agent_id)], frame)


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

    return [_in_each_language(group, told)]


def _in_each_language(group: str, told: Callable[[str], str]) -> outbox.Frame:
    others = [language for language, _ in settings.LANGUAGES if language != default_language()]
    message = {"type": "desk.frame", "text": told(""), "texts": {language: told(language) for language in others}}
    return group, {**message, "group": group}


def call_problem(call: Call, *, permanent: bool) -> None:
    """Tells the agent who made the call why it failed."""
    if call.agent_id:
        with speaking(""):
            message = sentence(call.problem)
            frame = {"type": "call.problem", "sid": call.sid, "message": message, "permanent": permanent}
            outbox.send(list(_frames([agent_group(call.agent_id)], frame, call)))


def presence_changed(agent_ids: set[int]) -> None:
    """Tells an agent's team-mates, and the agent's own desks, what the agent is now."""
    dispatcher.wake()
    outbox.send(presence_frames(agent_ids))


def presence_frames(agent_ids: Collection[int]) -> Iterator[outbox.Frame]:
    for now, team_ids in presence.presence_with_teams(set(agent_ids)) if agent_ids else []:
        groups = [agent_group(now["agent"]["id"]), *(team_group(pk) for pk in team_ids)]
        yield from _frames(groups, {"type": "presence.changed", "presence": now})


def queue_frames(team_id: int, make: Callable[[], dict[str, Any]]) -> list[outbox.Frame]:
    """What a team's desks are told of its queue, each in its language: there are sentences in it."""

    def said(language: str) -> str:
        with speaking(language):
            return as_text({"type": "queue.changed", "queue": make()})

    return [_in_each_language(team_group(team_id), said)]


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


def _frames(
    groups: Iterable[str], frame: dict[str, Any], about: Call | None = None, viewer: Agent | None = None
) -> Iterator[outbox.Frame]:
    """One for each group. A frame becomes text here, once, and travels as that; with the group, as a desk may have
    left it by the time that the frame's turn comes.

    `about`: the call that it shows; `viewer`: for whom alone. Few calls have sentences of ours in them: only their
    frames are made in each language, as `texts`.
    """
    message: dict[str, Any] = {"type": "desk.frame", "text": as_text(frame)}
    if about is not None and (about.problem or about.is_handled or is_withheld(about.caller)):
        message["texts"] = _in_other_languages(frame, about, viewer)
    return ((group, {**message, "group": group}) for group in groups)


def _in_other_languages(frame: dict[str, Any], about: Call, viewer: Agent | None) -> dict[str, str]:
    texts = {}
    for language, _name in settings.LANGUAGES:
        if language != default_language():
            with speaking(language):
                texts[language] = as_text(_said_again(frame, about, viewer))
    return texts


def _said_again(frame: dict[str, Any], about: Call, viewer: Agent | None) -> dict[str, Any]:
    """The frame with its sentences in the language that is spoken now."""
    if "message" in frame:
        return frame | {"message": sentence(about.problem)}
    again: dict[str, Any] = {"problem": sentence(about.problem), "party": party_json(about)}
    if about.is_handled:
        again |= {"participants": participants_json(about, viewer), "transfer": transfer_json(about)}
    for name in ("live", "supervising"):
        if name in frame:
            return frame | {name: frame[name] | {"call": frame[name]["call"] | again}}
    return frame | {"call": frame["call"] | again}


def as_text(frame: Any) -> str:
    """A frame as JSON; what is no JSON by itself, such as a time, as everywhere in Django. Texts in it are cleaned: not
    all that is stored was cleaned when it came."""
    try:
        text = _dumped(frame)
    except TypeError:
        # Half of a surrogate pair, which is no Unicode.
        return _dumped(tree_cleaned(frame))
    # So control characters are written. Who really typed a backslash before such a letter is looked at for nothing.
    if "\\u" in text or "\\b" in text or "\\f" in text:
        return _dumped(tree_cleaned(frame))
    return text


def _dumped(frame: Any) -> str:
    return orjson.dumps(frame, default=_default, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()


_default = DjangoJSONEncoder().default
