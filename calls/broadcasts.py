"""What is pushed to open desks. Shapes: docs/desk-protocol.md. What is pushed is what was stored before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import orjson
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from calls import outbox, presence, selectors
from calls.family import Family, Withdrawal
from calls.histories import histories
from calls.models import Call, CallStatus
from calls.pending import Offered, Pending
from calls.shapes import agent_json, call_json

EVERYTHING_GROUP = "everything"


def agent_group(agent_id: int) -> str:
    return f"agent.{agent_id}"


def team_group(team_id: int) -> str:
    return f"team.{team_id}"


def live_json(calls: Sequence[tuple[Call, str]]) -> list[dict[str, Any]]:
    """`LiveCall`s, in their order. With each call comes whose it is: `ringing` or `active`."""
    earlier = histories.of([call for call, _ in calls])
    return [
        {"call": call_json(call), "mine": mine, "history": history}
        for (call, mine), history in zip(calls, earlier, strict=True)
    ]


def after_commit(*, families: Sequence[Family] = (), offered: Sequence[Offered] = ()) -> None:
    """Once the calls are committed: tells everybody who may see them what they are now, and agents that their phones
    are about to ring, before they do."""
    if families or offered:
        transaction.on_commit(lambda: _pending.add(families, offered), robust=True)


def _push(offered: Sequence[Offered], families: Sequence[Family]) -> None:
    _calls_offered(offered)
    _families_changed(families)


_pending = Pending(_push)


def _families_changed(families: Sequence[Family]) -> None:
    selectors.attach_details(families)
    for family in families:
        for withdrawal in family.withdrawals:
            _withdrawn(family, withdrawal)
    _calls_changed([(family.root, family.ringing_agent_ids) for family in families])
    agent_ids = {agent_id for family in families for agent_id in _agents_whose_state_changed(family)}
    if agent_ids:
        outbox.later(partial(presence_changed, agent_ids))


def _agents_whose_state_changed(family: Family) -> set[int]:
    """Whose presence may be another now: who began or ended to talk."""
    found = {
        leg.agent_id
        for leg in family.touched
        if leg.agent_id and (leg.answer_time is not None or leg.status == CallStatus.IN_PROGRESS)
    }
    root = family.root
    if root.agent_id and (root.is_terminal or root.caller.startswith("client:")):
        found.add(root.agent_id)
    return found


def _calls_offered(offered: Sequence[Offered]) -> None:
    selectors.attach_details([one.family for one in offered])
    for one in offered:
        histories.know(one.family.root, one.earlier)
    lives = live_json([(one.family.root, "ringing") for one in offered])
    for one, live in zip(offered, lives, strict=True):
        _send([agent_group(agent_id) for agent_id in one.agent_ids], {"type": "call.incoming", "live": live})


def call_changed(sid: str) -> None:
    """The same as `after_commit` for one call that somebody else changed."""
    outbox.later(partial(_call_reread, sid))


def _call_reread(sid: str) -> None:
    call = selectors.call_get(sid)
    if call is None:
        return
    _calls_changed([(call, selectors.ringing_agent_ids(call))])
    if call.agent_id:
        presence_changed({call.agent_id})


def _calls_changed(changed: Sequence[tuple[Call, Sequence[int]]]) -> None:
    told = []
    for call, ringing in changed:
        if call.is_terminal:
            _call_finished(call)
            continue
        told += [(call, "ringing", agent_id) for agent_id in ringing]
        if call.agent_id:
            told.append((call, "active", call.agent_id))
    lives = live_json([(call, mine) for call, mine, _ in told])
    for (_, _, agent_id), live in zip(told, lives, strict=True):
        _send(agent_group(agent_id), {"type": "call.status", "live": live})


def _call_finished(call: Call) -> None:
    data = call_json(call)
    if call.agent_id:
        _send(agent_group(call.agent_id), {"type": "call.ended", "call": data})
    groups = {EVERYTHING_GROUP}
    if call.line:
        groups.add(team_group(call.line.team_id))
    elif call.agent_id:
        groups.add(agent_group(call.agent_id))
    for group in groups:
        _send(group, {"type": "log.changed", "call": data})


def _withdrawn(family: Family, withdrawal: Withdrawal) -> None:
    by = next((leg.agent for leg in family.legs if leg.agent and leg.agent_id == withdrawal.by_agent_id), None)
    frame = {
        "type": "call.withdrawn",
        "sid": family.root.sid,
        "reason": withdrawal.reason,
        "by": agent_json(by),
    }
    _send(agent_group(withdrawal.agent_id), frame)


def call_problem(call: Call, *, permanent: bool) -> None:
    """Tells the agent who made the call why it failed."""
    if call.agent_id:
        frame = {"type": "call.problem", "sid": call.sid, "message": call.problem, "permanent": permanent}
        _send(agent_group(call.agent_id), frame)


def presence_changed(agent_ids: set[int]) -> None:
    """Tells an agent's team-mates, and the agent's own desks, what the agent is now."""
    for now, team_ids in presence.presence_with_teams(agent_ids) if agent_ids else []:
        frame = {"type": "presence.changed", "presence": now}
        for group in (agent_group(now["agent"]["id"]), *(team_group(pk) for pk in team_ids)):
            _send(group, frame)


def signed_out(agent_id: int, *, session_key: str = "", message: str) -> None:
    """Ends the desks of one session of an agent, or all of the agent's."""
    outbox.send(agent_group(agent_id), {"type": "desk.sign_out", "session": session_key, "message": message})


def _send(groups: str | Iterable[str], frame: dict[str, Any]) -> None:
    """To one group, or several. A frame becomes text here, once, and travels as that."""
    message = {"type": "desk.frame", "text": as_text(frame)}
    for group in (groups,) if isinstance(groups, str) else groups:
        outbox.send(group, message)


def as_text(frame: Any) -> str:
    """A frame as JSON; what is no JSON by itself, such as a time, as everywhere in Django."""
    return orjson.dumps(frame, default=_default, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()


_default = DjangoJSONEncoder().default
