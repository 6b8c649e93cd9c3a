"""What a desk is told when it opens: each capability has a part in it, under a name of its own.

A new part belongs into `desk.frames.DeskSnapshotSerializer` as well, from which the front end has its type.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from rest_framework.serializers import DateTimeField

from calls.live import broadcasts, presence
from calls.log.serializers import AgentSerializer, LineSerializer
from messaging.threads.selectors import unread_list
from routing.selectors import lines_for

if TYPE_CHECKING:
    from agents.models import Agent

_PARTS: dict[str, Callable[[Agent], Any]] = {
    "agent": lambda agent: AgentSerializer(agent).data,
    "availability": lambda agent: agent.availability,
    "calls": lambda agent: broadcasts.live_json(presence.call_live_list(agent)),
    "presence": presence.presence_list,
    "lines": lambda agent: LineSerializer(lines_for(agent), many=True).data,
    "unread_threads": unread_list,
}


def snapshot_of(agent: Agent) -> dict[str, Any]:
    """The frame `desk.snapshot`. `now` is told first, so that no part is older than it says."""
    now = DateTimeField().to_representation(timezone.now())
    return {"type": "desk.snapshot", "now": now} | {name: part(agent) for name, part in _PARTS.items()}
