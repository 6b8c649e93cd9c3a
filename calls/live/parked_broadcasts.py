"""What is told of callers who are parked, to the agents who parked them."""

from __future__ import annotations

from functools import partial

from calls import selectors
from calls.live import broadcasts
from calls.live.frames import agent_group, frames_of
from calls.payloads import call_json
from core.languages import speaking
from core.realtime import outbox


def call_gone(sid: str, agent_id: int) -> None:
    """Tells an agent's desks that a call goes on without that agent."""
    outbox.later(partial(_tell, sid, agent_id))


def _tell(sid: str, agent_id: int) -> None:
    call = selectors.call_get(sid)
    if call is not None and call.agent_id != agent_id:
        with speaking(""):
            frame = {"type": "call.ended", "call": call_json(call)}
            outbox.send(list(frames_of([agent_group(agent_id)], frame, call)))
    broadcasts.presence_changed({agent_id})
