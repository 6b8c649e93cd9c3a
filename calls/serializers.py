"""The call log as JSON: the same shapes over REST and over the desk's WebSocket (docs/desk-protocol.md)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from calls.models import Call, CallResult, CallStatus, Direction
from telephony.phone import display, is_withheld


class AgentSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    identity = serializers.CharField()
    name = serializers.CharField()


class LineSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    number = serializers.CharField(help_text="E.164")
    display = serializers.SerializerMethodField(help_text="As read at the home region.")

    def get_display(self, line: Any) -> str:
        return display(line.number, home_region=settings.HOME_REGION)


class ContactSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    company = serializers.CharField()
    note = serializers.CharField()


class PartySerializer(serializers.Serializer[Any]):
    """The other party, whichever way the call goes."""

    number = serializers.CharField(help_text="E.164, `client:agent_3`, or empty when withheld.")
    display = serializers.CharField()
    name = serializers.CharField()
    company = serializers.CharField()
    place = serializers.CharField()
    withheld = serializers.BooleanField()
    verified = serializers.BooleanField(help_text="STIR/SHAKEN attestation A.")


class LegSerializer(serializers.Serializer[Any]):
    sid = serializers.CharField()
    parent_call_sid = serializers.CharField(allow_null=True)
    direction = serializers.ChoiceField(choices=Direction.choices)
    caller = serializers.CharField()
    called = serializers.CharField()
    status = serializers.ChoiceField(choices=CallStatus.choices)
    start_time = serializers.DateTimeField()
    answer_time = serializers.DateTimeField(allow_null=True)
    end_time = serializers.DateTimeField(allow_null=True)
    duration = serializers.IntegerField(allow_null=True, help_text="Seconds.")
    agent = AgentSerializer(allow_null=True)


class RecordingSerializer(serializers.Serializer[Any]):
    """A message that a caller left."""

    sid = serializers.CharField()
    duration = serializers.IntegerField(allow_null=True, help_text="Seconds.")
    url = serializers.SerializerMethodField(help_text="Where its sound is, for those who may see the call.")

    def get_url(self, recording: Any) -> str:
        return reverse("api:recording", args=[recording.call_id, recording.sid])


class CallSerializer(LegSerializer):
    incoming = serializers.BooleanField(help_text="Whether somebody outside called us.")
    party = serializers.SerializerMethodField()
    line = LineSerializer(allow_null=True)
    contact = ContactSerializer(allow_null=True)
    result = serializers.ChoiceField(choices=CallResult.choices, allow_blank=True)
    ring_seconds = serializers.SerializerMethodField(help_text="How long it rang, when nobody answered.")
    problem = serializers.CharField(allow_blank=True, help_text="Why it failed, as a sentence.")
    revision = serializers.IntegerField(help_text="Rises with every change: of two answers, the higher is the newer.")
    recordings = serializers.SerializerMethodField()
    legs = LegSerializer(many=True)

    @extend_schema_field(RecordingSerializer(many=True))
    def get_recordings(self, call: Call) -> list[dict[str, Any]]:
        heard = [recording for recording in call.recordings.all() if recording.status != "absent"]
        return [dict(data) for data in RecordingSerializer(heard, many=True).data]

    @extend_schema_field(PartySerializer)
    def get_party(self, call: Call) -> dict[str, Any]:
        return party_of(call)

    def get_ring_seconds(self, call: Call) -> int | None:
        if call.answer_time or not call.end_time:
            return None
        return max(0, round((call.end_time - call.start_time).total_seconds()))

    def to_representation(self, instance: Call) -> dict[str, Any]:
        data: dict[str, Any] = super().to_representation(instance)
        if is_withheld(instance.caller):
            data["caller"] = ""
        return data


def party_of(call: Call) -> dict[str, Any]:
    """The other party as the desk shows it."""
    number = call.caller if call.incoming else call.called
    withheld = is_withheld(number)
    contact = call.contact
    return {
        "number": "" if withheld else number,
        "display": display(number, home_region=settings.HOME_REGION),
        "name": contact.name if contact else ("" if withheld else call.caller_name if call.incoming else ""),
        "company": contact.company if contact else "",
        "place": call.place,
        "withheld": withheld,
        "verified": call.incoming and call.stir_verstat == "TN-Validation-Passed-A",
    }


def call_json(call: Call) -> dict[str, Any]:
    return dict(CallSerializer(call).data)


def past_call_json(call: Call) -> dict[str, Any]:
    agent = call.agent
    return {
        "sid": call.sid,
        "incoming": call.incoming,
        "result": call.result,
        "start_time": serializers.DateTimeField().to_representation(call.start_time),
        "duration": call.duration,
        "agent": AgentSerializer(agent).data if agent else None,
    }


class NumberCheckSerializer(serializers.Serializer[Any]):
    """What the dial pad understood."""

    input = serializers.CharField()
    valid = serializers.BooleanField()
    e164 = serializers.CharField(allow_null=True)
    display = serializers.CharField(allow_null=True)
    country = serializers.CharField(allow_null=True)
    place = serializers.CharField(allow_null=True)
    message = serializers.CharField(allow_blank=True, help_text="What is wrong with it, as a sentence.")
    contact = ContactSerializer(allow_null=True)
    known_calls = serializers.IntegerField()


class DetailSerializer(serializers.Serializer[Any]):
    detail = serializers.CharField()
