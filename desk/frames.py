"""The frames of the desk's socket, for the API's description: the front end's types are made from it.

What is sent is made by `calls.payloads`, `calls.live.broadcasts` and `messaging.threads`; `tests/desk/test_frames.py`
holds real frames against what is said here. What each frame means: docs/desk-protocol.md.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from drf_spectacular.utils import OpenApiWebhook, PolymorphicProxySerializer, extend_schema, extend_schema_field
from rest_framework import serializers

from calls.log.serializers import AgentSerializer, CallSerializer, LineSerializer
from calls.models import CallOutcome, CallResult
from messaging.group_sends.serializers import SendProgressPartSerializer
from messaging.threads.serializers import MessageSerializer, ThreadSerializer, UnreadThreadSerializer

_AVAILABILITIES = ["available", "busy", "away"]


_Frame: TypeAlias = serializers.Serializer[Any]


def _type(name: str) -> serializers.Field[Any, Any, Any, Any]:
    @extend_schema_field({"type": "string", "const": name})
    class Type(serializers.CharField):
        pass

    return Type()


class PastCallSerializer(serializers.Serializer[Any]):
    """An earlier call with the same party."""

    sid = serializers.CharField()
    incoming = serializers.BooleanField()
    result = serializers.ChoiceField(choices=CallResult.choices, allow_blank=True)
    start_time = serializers.DateTimeField()
    duration = serializers.IntegerField(allow_null=True, help_text="Seconds.")
    agent = AgentSerializer(allow_null=True)
    note = serializers.CharField(allow_blank=True, help_text="Its beginning.")
    outcome = serializers.ChoiceField(choices=CallOutcome.choices, allow_blank=True)


class LiveCallSerializer(serializers.Serializer[Any]):
    """A call that lives, as this agent sees it."""

    call = CallSerializer()
    mine = serializers.ChoiceField(choices=["ringing", "active"])
    history = PastCallSerializer(many=True)


class PresenceSerializer(serializers.Serializer[Any]):
    agent = AgentSerializer()
    availability = serializers.ChoiceField(choices=_AVAILABILITIES)
    state = serializers.ChoiceField(choices=[*_AVAILABILITIES, "on-call", "not-reachable"])


class DeskSnapshotSerializer(serializers.Serializer[Any]):
    type = _type("desk.snapshot")
    now = serializers.DateTimeField()
    agent = AgentSerializer()
    availability = serializers.ChoiceField(choices=_AVAILABILITIES)
    calls = LiveCallSerializer(many=True)
    presence = PresenceSerializer(many=True)
    lines = LineSerializer(many=True)
    unread_threads = UnreadThreadSerializer(many=True)


class CallIncomingSerializer(serializers.Serializer[Any]):
    type = _type("call.incoming")
    live = LiveCallSerializer()


class CallStatusFrameSerializer(serializers.Serializer[Any]):
    type = _type("call.status")
    live = LiveCallSerializer()


class CallWithdrawnSerializer(serializers.Serializer[Any]):
    type = _type("call.withdrawn")
    sid = serializers.CharField()
    reason = serializers.ChoiceField(choices=["answered-elsewhere", "caller-hung-up", "not-answered", "rejected"])
    by = AgentSerializer(allow_null=True)


class CallEndedSerializer(serializers.Serializer[Any]):
    type = _type("call.ended")
    call = CallSerializer()


class CallProblemSerializer(serializers.Serializer[Any]):
    type = _type("call.problem")
    sid = serializers.CharField()
    message = serializers.CharField(help_text="A sentence for the agent.")
    permanent = serializers.BooleanField()


class LogChangedSerializer(serializers.Serializer[Any]):
    type = _type("log.changed")
    call = CallSerializer()


class MessageNewSerializer(serializers.Serializer[Any]):
    type = _type("message.new")
    thread = ThreadSerializer()
    message = MessageSerializer()


class MessageStatusFrameSerializer(serializers.Serializer[Any]):
    type = _type("message.status")
    thread = ThreadSerializer()
    message = MessageSerializer()


class ThreadChangedSerializer(serializers.Serializer[Any]):
    type = _type("thread.changed")
    thread = ThreadSerializer()


class PresenceChangedSerializer(serializers.Serializer[Any]):
    type = _type("presence.changed")
    presence = PresenceSerializer()


class PhoneStateSerializer(serializers.Serializer[Any]):
    type = _type("phone.state")
    registered = serializers.BooleanField()


class SessionEndedSerializer(serializers.Serializer[Any]):
    type = _type("session.ended")
    message = serializers.CharField()


class ErrorSerializer(serializers.Serializer[Any]):
    type = _type("error")
    message = serializers.CharField()


class PingSerializer(serializers.Serializer[Any]):
    type = _type("ping")


class PongSerializer(serializers.Serializer[Any]):
    type = _type("pong")


class AvailabilitySetSerializer(serializers.Serializer[Any]):
    type = _type("availability.set")
    availability = serializers.ChoiceField(choices=_AVAILABILITIES)


class DeskRefreshSerializer(serializers.Serializer[Any]):
    type = _type("desk.refresh")


class SendProgressFrameSerializer(serializers.Serializer[Any]):
    type = _type("send.progress")
    send = SendProgressPartSerializer()


SERVER_FRAMES: dict[str, type[_Frame]] = {
    "desk.snapshot": DeskSnapshotSerializer,
    "call.incoming": CallIncomingSerializer,
    "call.status": CallStatusFrameSerializer,
    "call.withdrawn": CallWithdrawnSerializer,
    "call.ended": CallEndedSerializer,
    "call.problem": CallProblemSerializer,
    "log.changed": LogChangedSerializer,
    "message.new": MessageNewSerializer,
    "message.status": MessageStatusFrameSerializer,
    "thread.changed": ThreadChangedSerializer,
    "presence.changed": PresenceChangedSerializer,
    "phone.state": PhoneStateSerializer,
    "send.progress": SendProgressFrameSerializer,
    "session.ended": SessionEndedSerializer,
    "error": ErrorSerializer,
    "ping": PingSerializer,
    "pong": PongSerializer,
}
DESK_FRAMES: dict[str, type[_Frame]] = {
    "phone.state": PhoneStateSerializer,
    "availability.set": AvailabilitySetSerializer,
    "desk.refresh": DeskRefreshSerializer,
    "ping": PingSerializer,
    "pong": PongSerializer,
}


def _one_of(name: str, frames: dict[str, Any]) -> PolymorphicProxySerializer:
    return PolymorphicProxySerializer(component_name=name, serializers=frames, resource_type_field_name="type")


# OpenAPI has no sockets: what travels over one is described as what is told without being asked.
server_frame = OpenApiWebhook(
    name="ServerFrame",
    decorator=extend_schema(
        summary="What the server tells a desk",
        description="A text frame of the WebSocket /ws/desk/, not a request: docs/desk-protocol.md.",
        tags=["desk"],
        request={"application/json": _one_of("ServerFrame", SERVER_FRAMES)},
        responses={101: None},
    ),
)
desk_frame = OpenApiWebhook(
    name="DeskFrame",
    decorator=extend_schema(
        summary="What a desk tells the server",
        description="A text frame of the WebSocket /ws/desk/, not a request: docs/desk-protocol.md.",
        tags=["desk"],
        request={"application/json": _one_of("DeskFrame", DESK_FRAMES)},
        responses={101: None},
    ),
)
