"""What is pushed to open desks. Shapes: docs/desk-protocol.md. Called after the commit, with ids: what is pushed is
what is stored by then."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from calls import selectors
from calls.models import Call, CallOffer
from calls.serializers import AgentSerializer, call_json, past_call_json

if TYPE_CHECKING:
    from calls.family import Withdrawal

EVERYTHING_GROUP = "everything"


def agent_group(agent_id: int) -> str:
    return f"agent.{agent_id}"


def team_group(team_id: int) -> str:
    return f"team.{team_id}"


def live_json(call: Call, mine: str) -> dict[str, Any]:
    return {
        "call": call_json(call),
        "mine": mine,
        "history": [past_call_json(earlier) for earlier in selectors.history_with(call)],
    }


def call_offered(sid: str, agent_ids: Iterable[int]) -> None:
    """Tells agents that their phones are about to ring, before they do."""
    call = selectors.call_get(sid)
    if call is None:
        return
    frame = {"type": "call.incoming", "live": live_json(call, "ringing")}
    for agent_id in agent_ids:
        _send(agent_group(agent_id), frame)


def call_changed(sid: str) -> None:
    """Tells everybody who may see the call what it is now."""
    call = selectors.call_get(sid)
    if call is None:
        return
    if call.is_terminal:
        _call_finished(call)
        return
    ringing = call.offers.filter(state=CallOffer.State.RINGING).values_list("agent_id", flat=True)
    for agent_id in ringing:
        _send(agent_group(agent_id), {"type": "call.status", "live": live_json(call, "ringing")})
    if call.agent_id:
        _send(agent_group(call.agent_id), {"type": "call.status", "live": live_json(call, "active")})
        presence_changed({call.agent_id})


def _call_finished(call: Call) -> None:
    data = call_json(call)
    if call.agent_id:
        _send(agent_group(call.agent_id), {"type": "call.ended", "call": data})
        presence_changed({call.agent_id})
    groups = {EVERYTHING_GROUP}
    if call.line:
        groups.add(team_group(call.line.team_id))
    elif call.agent_id:
        groups.add(agent_group(call.agent_id))
    for group in groups:
        _send(group, {"type": "log.changed", "call": data})


def call_withdrawn(sid: str, withdrawal: Withdrawal) -> None:
    call = selectors.call_get(sid)
    by = next(
        (
            leg.agent
            for leg in (call.legs.all() if call else [])
            if leg.agent_id == withdrawal.by_agent_id and leg.agent
        ),
        None,
    )
    frame = {
        "type": "call.withdrawn",
        "sid": sid,
        "reason": withdrawal.reason,
        "by": AgentSerializer(by).data if by else None,
    }
    _send(agent_group(withdrawal.agent_id), frame)


def call_problem(sid: str, *, permanent: bool) -> None:
    call = selectors.call_get(sid)
    if call is None or not call.agent_id:
        return
    frame = {"type": "call.problem", "sid": sid, "message": call.problem, "permanent": permanent}
    _send(agent_group(call.agent_id), frame)


def presence_changed(agent_ids: set[int]) -> None:
    """Tells an agent's team-mates, and the agent's own desks, what the agent is now."""
    for presence, team_ids in selectors.presence_with_teams(agent_ids):
        frame = {"type": "presence.changed", "presence": presence}
        for group in (agent_group(presence["agent"]["id"]), *(team_group(pk) for pk in team_ids)):
            _send(group, frame)


def signed_out(agent_id: int, *, session_key: str = "", message: str) -> None:
    """Ends the desks of one session of an agent, or all of the agent's."""
    layer = get_channel_layer()
    if layer is not None:
        async_to_sync(layer.group_send)(
            agent_group(agent_id), {"type": "desk.sign_out", "session": session_key, "message": message}
        )


def _send(group: str, frame: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is not None:
        async_to_sync(layer.group_send)(group, {"type": "desk.frame", "frame": frame})
