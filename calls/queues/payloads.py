"""A queue as JSON: `Queue` in docs/desk-protocol.md."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from calls.live import call_backs
from calls.live.call_backs import State
from calls.models import CallOffer, Conversation
from calls.payloads import agent_json, line_json, party_json, time_json
from calls.queues.rings import Ring
from calls.queues.selectors import TeamQueue
from core.languages import from_json, sentence


def queue_json(queue: TeamQueue) -> dict[str, Any]:
    return {
        "team": {"id": queue.team_id, "name": queue.name},
        "waiting": queue.waiting,
        "call_backs": queue.call_backs,
        "longest_since": time_json(queue.longest_since),
        "call_backs_since": time_json(queue.call_backs_since),
        "callers": [_caller_json(queue, caller, queue.places[caller.pk]) for caller in queue.callers],
        "ringing": [_ring_json(queue, ring) for ring in queue.rings],
    }


def _ring_json(queue: TeamQueue, ring: Ring) -> dict[str, Any]:
    """Who calls another team is that team's to know."""
    is_ours = ring.team_id == queue.team_id
    return {
        "agent": agent_json(ring.agent),
        "since": time_json(ring.since),
        "party": party_json(ring.call) if is_ours else None,
        "line": line_json(ring.call.line) if is_ours else None,
    }


def _caller_json(queue: TeamQueue, conversation: Conversation, place: int) -> dict[str, Any]:
    call = conversation.call
    since = conversation.waiting_since or call.start_time
    late_at = since + timedelta(seconds=call.line.goal_wait_seconds) if call.line else None
    why = from_json(conversation.terms.get("why", ""))
    return {
        "sid": call.sid,
        "place": place,
        "state": "call-back" if conversation.state in call_backs.IN_QUEUE else conversation.state,
        "since": time_json(since),
        "late_at": time_json(late_at),
        "party": party_json(call),
        "line": line_json(call.line),
        "why": sentence(why) if isinstance(why, str) else "",
        "not_before": time_json(conversation.not_before) if conversation.state == State.CALL_BACK else None,
        "tries": conversation.call_back_tries,
        "rings_at": [_rings_at_json(offer) for offer in queue.rings_at.get(call.sid, ())],
    }


def _rings_at_json(offer: CallOffer) -> dict[str, Any]:
    return {**(agent_json(offer.agent) or {}), "since": time_json(offer.rung_at or offer.created_at)}
