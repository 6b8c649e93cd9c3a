"""What a desk is told when it opens: each capability has a part in it, under a name of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from rest_framework import serializers

from agents.selectors import away_reasons, team_ids_of
from calls.live import broadcasts, presence, supervision_broadcasts
from calls.live.serializers import AVAILABILITIES, PresenceSerializer
from calls.log.serializers import AgentSerializer, LineSerializer
from calls.payloads import call_back_json, lost_caller_json
from calls.queues.payloads import queue_json
from calls.queues.selectors import queues_of
from calls.queues.serializers import CallBackSerializer, QueueSerializer
from calls.selectors import call_back_offered, call_get, lost_caller_of, supervised_by
from desk.serializers import (
    AwayReasonSerializer,
    HelpAskedSerializer,
    LiveCallSerializer,
    LostCallerSerializer,
    SupervisingSerializer,
)
from messaging.threads.selectors import unread_list
from messaging.threads.serializers import UnreadThreadSerializer
from routing.selectors import lines_for

if TYPE_CHECKING:
    from agents.models import Agent


@dataclass(frozen=True, slots=True)
class Part:
    """`read` says what stands under its name; `field` makes what describes that, from which the front end has its type
    (`desk.frames`)."""

    name: str
    read: Callable[[Agent], Any]
    field: Callable[[], serializers.Field[Any, Any, Any, Any]]


def _away_reasons(_agent: Agent) -> Any:
    return AwayReasonSerializer(away_reasons(), many=True).data


def _queues(agent: Agent) -> Any:
    """Of the agent's own teams."""
    return [queue_json(queue) for queue in queues_of(team_ids_of(agent))]


def _calls(agent: Agent) -> Any:
    living = presence.call_live_list(agent)
    return broadcasts.live_json(living, [agent] * len(living))


def _supervising(agent: Agent) -> Any:
    one = supervised_by(agent.pk)
    call = call_get(one.room_id) if one is not None else None
    return supervision_broadcasts.supervising_json(one, call) if one is not None and call is not None else None


PARTS = (
    Part("agent", lambda agent: AgentSerializer(agent).data, AgentSerializer),
    Part("availability", lambda agent: agent.availability, partial(serializers.ChoiceField, AVAILABILITIES)),
    Part(
        "calls",
        _calls,
        partial(LiveCallSerializer, many=True),
    ),
    Part("supervising", _supervising, partial(SupervisingSerializer, allow_null=True)),
    Part("helps", supervision_broadcasts.helps_json, partial(HelpAskedSerializer, many=True)),
    Part("away_reasons", _away_reasons, partial(AwayReasonSerializer, many=True)),
    Part("presence", presence.presence_list, partial(PresenceSerializer, many=True)),
    Part("lines", lambda agent: LineSerializer(lines_for(agent), many=True).data, partial(LineSerializer, many=True)),
    Part("queues", _queues, partial(QueueSerializer, many=True)),
    Part(
        "call_back",
        lambda agent: call_back_json(call_back_offered(agent.pk)),
        partial(CallBackSerializer, allow_null=True),
    ),
    Part(
        "lost_caller",
        lambda agent: lost_caller_json(lost_caller_of(agent.pk)),
        partial(LostCallerSerializer, allow_null=True),
    ),
    Part("unread_threads", unread_list, partial(UnreadThreadSerializer, many=True)),
)


def snapshot_of(agent: Agent) -> dict[str, Any]:
    """The frame `desk.snapshot`. `now` is told first, so that no part is older than it says."""
    now = serializers.DateTimeField().to_representation(timezone.now())
    return {"type": "desk.snapshot", "now": now} | {part.name: part.read(agent) for part in PARTS}
