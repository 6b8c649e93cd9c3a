"""What is pushed to open desks. Shapes: docs/desk-protocol.md. What is pushed is what was stored before."""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from calls import outbox, selectors
from calls.family import Family, Withdrawal
from calls.models import Call, CallStatus
from calls.shapes import agent_json, call_json, past_call_json

EVERYTHING_GROUP = "everything"
# Changes in one push that make a crowd, and how many seconds its next push may wait.
_CROWD, _PAUSE = 3, 0.02


@dataclass(frozen=True, slots=True)
class Offered:
    """A call, the agents whose phones ring for it, and the last calls with the same party."""

    family: Family
    agent_ids: Sequence[int]
    earlier: Sequence[Call]


def agent_group(agent_id: int) -> str:
    return f"agent.{agent_id}"


def team_group(team_id: int) -> str:
    return f"team.{team_id}"


def live_json(calls: Sequence[tuple[Call, str]]) -> list[dict[str, Any]]:
    """`LiveCall`s, in their order. With each call comes whose it is: `ringing` or `active`."""
    histories = _histories_of([call for call, _ in calls])
    return [
        {"call": call_json(call), "mine": mine, "history": history}
        for (call, mine), history in zip(calls, histories, strict=True)
    ]


class _Histories:
    """Earlier calls with the same party, by call: they do not change while it lives, and each push shows them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._known: OrderedDict[tuple[str, int | None, datetime], list[dict[str, Any]]] = OrderedDict()

    def know(self, call: Call, earlier: Sequence[Call]) -> None:
        self._known[_history_key(call)] = [past_call_json(one) for one in earlier]

    def __call__(self, calls: Sequence[Call]) -> list[list[dict[str, Any]]]:
        keys = [_history_key(call) for call in calls]
        unknown = {call.sid: call for key, call in zip(keys, calls, strict=True) if key not in self._known}
        earlier = selectors.histories_with(list(unknown.values())) if unknown else {}
        for key in keys:
            if key not in self._known:
                self._known[key] = [past_call_json(call) for call in earlier.get(key[0], [])]
        found = [self._known[key] for key in keys]
        while len(self._known) > self._size:
            self._known.popitem(last=False)
        return found


def _history_key(call: Call) -> tuple[str, int | None, datetime]:
    return call.sid, call.contact_id, call.start_time


_histories_of = _Histories(1000)


class _Pending:
    """What is still to be pushed. A call that changed again before its turn is pushed once, as it is by then."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._families: list[Family] = []
        self._offered: list[Offered] = []
        self._has_turn = False
        self._not_before = 0.0

    def add(self, families: Sequence[Family], offered: Sequence[Offered]) -> None:
        """A few are pushed at once, by whoever brings them; a crowd waits for its turn in the outbox."""
        with self._lock:
            self._families += families
            self._offered += offered
            if self._has_turn:
                return
            self._has_turn = True
            alone = len(self._families) + len(self._offered) < _CROWD and time.monotonic() > self._not_before
        if alone:
            self._push()
        else:
            outbox.later(self._push)

    def _push(self) -> None:
        """One at a time, so that no frame overtakes another."""
        time.sleep(max(0.0, self._not_before - time.monotonic()))
        with self._lock:
            families, self._families = self._families, []
            offered, self._offered = self._offered, []
        try:
            _calls_offered(offered)
            _families_changed(_newest(families))
        finally:
            if len(families) + len(offered) >= _CROWD:
                # Many calls change at once: what follows within this time is pushed once.
                self._not_before = time.monotonic() + _PAUSE
            with self._lock:
                self._has_turn = bool(self._families or self._offered)
            if self._has_turn:
                outbox.later(self._push)


def _newest(families: Sequence[Family]) -> list[Family]:
    found: dict[str, Family] = {}
    for family in families:
        earlier = found.get(family.root.sid)
        if earlier is not None:
            family.withdrawals[:0] = earlier.withdrawals
            family.touched[:0] = earlier.touched
        found[family.root.sid] = family
    return list(found.values())


_pending = _Pending()


def after_commit(*, families: Sequence[Family] = (), offered: Sequence[Offered] = ()) -> None:
    """Once the calls are committed: tells everybody who may see them what they are now, and agents that their phones
    are about to ring, before they do."""
    if families or offered:
        transaction.on_commit(lambda: _pending.add(families, offered), robust=True)


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
        _histories_of.know(one.family.root, one.earlier)
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
    for presence, team_ids in selectors.presence_with_teams(agent_ids) if agent_ids else []:
        frame = {"type": "presence.changed", "presence": presence}
        for group in (agent_group(presence["agent"]["id"]), *(team_group(pk) for pk in team_ids)):
            _send(group, frame)


def signed_out(agent_id: int, *, session_key: str = "", message: str) -> None:
    """Ends the desks of one session of an agent, or all of the agent's."""
    outbox.send(agent_group(agent_id), {"type": "desk.sign_out", "session": session_key, "message": message})


def _send(groups: str | Iterable[str], frame: dict[str, Any]) -> None:
    """To one group, or several. A frame becomes text here, once, and travels as that."""
    message = {"type": "desk.frame", "text": as_text(frame)}
    for group in (groups,) if isinstance(groups, str) else groups:
        outbox.send(group, message)


# `default`: for what is no JSON by itself, such as a time.
as_text = json.JSONEncoder(default=DjangoJSONEncoder().default, separators=(",", ":")).encode
