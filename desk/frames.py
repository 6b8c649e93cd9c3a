"""The frames of the desk's socket, for the API's description: the front end's types are made from it.

What is sent is made by `calls.payloads`, `calls.live.broadcasts` and `messaging.threads`; `tests/desk/test_frames.py`
holds real frames against what is said here. What each frame means: docs/desk-protocol.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeAlias, TypeVar

from drf_spectacular.utils import OpenApiWebhook, PolymorphicProxySerializer, extend_schema, extend_schema_field
from rest_framework import serializers

from board.serializers import BoardSerializer
from calls.live.serializers import AVAILABILITIES, PresenceSerializer
from calls.log.serializers import AgentSerializer, CallSerializer
from calls.queues.serializers import CallBackSerializer, QueueSerializer
from desk.serializers import (
    OWN_TROUBLES,
    HelpAskedSerializer,
    LiveCallSerializer,
    LostCallerSerializer,
    SupervisingSerializer,
)
from desk.snapshot import PARTS
from messaging.group_sends.serializers import SendProgressPartSerializer
from messaging.threads.serializers import MessageSerializer, ThreadSerializer

_Field: TypeAlias = serializers.Field[Any, Any, Any, Any]


class _Frame(serializers.Serializer[Any]):
    frame: ClassVar[str]

    def get_fields(self) -> dict[str, _Field]:
        return {"type": _type(self.frame)} | super().get_fields()


_F = TypeVar("_F", bound=type[_Frame])
SERVER_FRAMES: dict[str, type[_Frame]] = {}
DESK_FRAMES: dict[str, type[_Frame]] = {}


def _frame(name: str, *tables: dict[str, type[_Frame]]) -> Callable[[_F], _F]:
    """The frame of that type, told by the server, by desks, or by both."""

    def register(frame: _F) -> _F:
        frame.frame = name
        for table in tables:
            table[name] = frame
        return frame

    return register


def _type(name: str) -> _Field:
    @extend_schema_field({"type": "string", "const": name})
    class Type(serializers.CharField):
        pass

    return Type()


@_frame("desk.snapshot", SERVER_FRAMES)
class DeskSnapshotSerializer(_Frame):
    # The fields are those of its parts.
    def get_fields(self) -> dict[str, _Field]:
        parts: dict[str, _Field] = {part.name: part.field() for part in PARTS}
        return super().get_fields() | {"now": serializers.DateTimeField()} | parts


@_frame("call.incoming", SERVER_FRAMES)
class CallIncomingSerializer(_Frame):
    live = LiveCallSerializer()


@_frame("call.status", SERVER_FRAMES)
class CallStatusFrameSerializer(_Frame):
    live = LiveCallSerializer()


@_frame("call.withdrawn", SERVER_FRAMES)
class CallWithdrawnSerializer(_Frame):
    sid = serializers.CharField()
    reason = serializers.ChoiceField(choices=["answered-elsewhere", "caller-hung-up", "not-answered", "rejected"])
    by = AgentSerializer(allow_null=True)


@_frame("call.ended", SERVER_FRAMES)
class CallEndedSerializer(_Frame):
    call = CallSerializer()


@_frame("call.problem", SERVER_FRAMES)
class CallProblemSerializer(_Frame):
    sid = serializers.CharField()
    message = serializers.CharField(help_text="A sentence for the agent.")
    permanent = serializers.BooleanField()


@_frame("call.taken_over", SERVER_FRAMES)
class CallTakenOverSerializer(_Frame):
    sid = serializers.CharField()
    by = AgentSerializer()
    message = serializers.CharField(help_text="A sentence for an agent who was in the call.")


@_frame("lost_caller.changed", SERVER_FRAMES)
class LostCallerChangedSerializer(_Frame):
    lost_caller = LostCallerSerializer(allow_null=True, help_text="Null: there is none to read of any more.")


@_frame("supervising.changed", SERVER_FRAMES)
class SupervisingChangedSerializer(_Frame):
    supervising = SupervisingSerializer(allow_null=True, help_text="Null: the agent supervises no call any more.")


@_frame("help.changed", SERVER_FRAMES)
class HelpChangedSerializer(_Frame, HelpAskedSerializer):
    pass


@_frame("log.changed", SERVER_FRAMES)
class LogChangedSerializer(_Frame):
    call = CallSerializer()


@_frame("message.new", SERVER_FRAMES)
class MessageNewSerializer(_Frame):
    thread = ThreadSerializer()
    message = MessageSerializer()


@_frame("message.status", SERVER_FRAMES)
class MessageStatusFrameSerializer(_Frame):
    thread = ThreadSerializer()
    message = MessageSerializer()


@_frame("thread.changed", SERVER_FRAMES)
class ThreadChangedSerializer(_Frame):
    thread = ThreadSerializer()


@_frame("send.progress", SERVER_FRAMES)
class SendProgressFrameSerializer(_Frame):
    send = SendProgressPartSerializer()


@_frame("presence.changed", SERVER_FRAMES)
class PresenceChangedSerializer(_Frame):
    presence = PresenceSerializer()


@_frame("presences.changed", SERVER_FRAMES)
class PresencesChangedSerializer(_Frame):
    presences = PresenceSerializer(many=True)


@_frame("queue.changed", SERVER_FRAMES)
class QueueChangedSerializer(_Frame):
    queue = QueueSerializer()


@_frame("board.changed", SERVER_FRAMES)
class BoardChangedSerializer(_Frame):
    board = BoardSerializer()


@_frame("board.open", DESK_FRAMES)
class BoardOpenSerializer(_Frame):
    team = serializers.IntegerField(required=False, allow_null=True, help_text="One of the own teams; null: all.")


@_frame("board.close", DESK_FRAMES)
class BoardCloseSerializer(_Frame):
    pass


@_frame("call_back.changed", SERVER_FRAMES)
class CallBackChangedSerializer(_Frame):
    call_back = CallBackSerializer(allow_null=True, help_text="Null: none is offered to the agent any more.")


@_frame("phone.state", SERVER_FRAMES, DESK_FRAMES)
class PhoneStateSerializer(_Frame):
    registered = serializers.BooleanField()
    trouble = serializers.ChoiceField(
        choices=OWN_TROUBLES, required=False, allow_blank=True, help_text="From a desk: why its phone cannot ring."
    )


@_frame("phone.renew", SERVER_FRAMES)
class PhoneRenewSerializer(_Frame):
    """A ring did not arrive."""


@_frame("reach.restored", SERVER_FRAMES)
class ReachRestoredSerializer(_Frame):
    why = serializers.ChoiceField(choices=["silent", "ring-lost"])
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()


@_frame("ring.ack", DESK_FRAMES)
class RingAckSerializer(_Frame):
    sid = serializers.CharField(help_text="The root call's.")
    announces_end = serializers.BooleanField(
        required=False, help_text="It says `call.hang_up` before it hangs up. With `leg`, once it has answered."
    )
    leg = serializers.CharField(required=False, help_text="The phone's own, once it has answered.")


@_frame("ring.left", DESK_FRAMES)
class RingLeftSerializer(_Frame):
    sid = serializers.CharField(help_text="The root call's.")


@_frame("call.hang_up", DESK_FRAMES)
class CallHangUpSerializer(_Frame):
    sid = serializers.CharField(help_text="The root call's.")


@_frame("lost_caller.read", DESK_FRAMES)
class LostCallerReadSerializer(_Frame):
    sid = serializers.CharField(help_text="The root call's.")


@_frame("session.ended", SERVER_FRAMES)
class SessionEndedSerializer(_Frame):
    message = serializers.CharField()


@_frame("error", SERVER_FRAMES)
class ErrorSerializer(_Frame):
    about = serializers.CharField(
        allow_blank=True, help_text='The type of the desk\'s frame that could not be used; "" if it could not be read.'
    )
    message = serializers.CharField()


@_frame("availability.set", DESK_FRAMES)
class AvailabilitySetSerializer(_Frame):
    availability = serializers.ChoiceField(choices=AVAILABILITIES)
    reason = serializers.IntegerField(required=False, allow_null=True, help_text="Of who is away: one of the reasons.")
    back_at = serializers.DateTimeField(required=False, allow_null=True, help_text="Of who is away.")


@_frame("wrapup.end", DESK_FRAMES)
class WrapUpEndSerializer(_Frame):
    pass


@_frame("wrapup.stay", DESK_FRAMES)
class WrapUpStaySerializer(_Frame):
    pass


@_frame("desk.refresh", DESK_FRAMES)
class DeskRefreshSerializer(_Frame):
    pass


@_frame("ping", SERVER_FRAMES, DESK_FRAMES)
class PingSerializer(_Frame):
    pass


@_frame("pong", SERVER_FRAMES, DESK_FRAMES)
class PongSerializer(_Frame):
    pass


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
