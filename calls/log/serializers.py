"""The call log's shapes for the API's schema, and the checks of what is sent to it.

What is answered and pushed is made by `calls.payloads`, where the reason is said.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from calls import handling_payloads, payloads
from calls.log.handling_serializers import ParticipantSerializer, TransferSerializer
from calls.models import Call, CallOutcome, CallResult, CallStatus, Direction
from core.api.resources import CleanLinesField, StrictSerializer, choose_one_of
from telephony.party import is_withheld
from telephony.phone import display


class AgentSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    identity = serializers.CharField()
    name = serializers.CharField()


class HadBySerializer(serializers.Serializer[Any]):
    agent = AgentSerializer()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True, help_text="Null: has it now.")


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

    number = serializers.CharField(help_text="E.164; `client:agent_3` of a colleague; or empty when withheld.")
    display = serializers.CharField()
    name = serializers.CharField()
    company = serializers.CharField()
    place = serializers.CharField()
    withheld = serializers.BooleanField()
    verified = serializers.BooleanField(help_text="STIR/SHAKEN attestation A.")
    verification_failed = serializers.BooleanField(
        help_text="STIR/SHAKEN was checked and failed: the number may be forged."
    )
    spam = serializers.BooleanField(help_text="A spam rule marked, refused or led away the caller.")


class LegSerializer(serializers.Serializer[Any]):
    sid = serializers.CharField()
    parent_call_sid = serializers.CharField(allow_null=True)
    direction = serializers.ChoiceField(choices=Direction.choices)
    caller = serializers.CharField()
    called = serializers.CharField()
    status = serializers.ChoiceField(choices=CallStatus.choices)
    start_time = serializers.DateTimeField(default_timezone=UTC)
    answer_time = serializers.DateTimeField(default_timezone=UTC, allow_null=True)
    end_time = serializers.DateTimeField(default_timezone=UTC, allow_null=True)
    duration = serializers.IntegerField(
        allow_null=True,
        help_text="Seconds, as Twilio counts them for this leg: a caller's waiting and the ringing at the other end "
        "count, too. Somebody talked from `answer_time` to `end_time`.",
    )
    agent = AgentSerializer(allow_null=True)

    def to_representation(self, instance: Call) -> dict[str, Any]:
        data: dict[str, Any] = super().to_representation(instance)
        if is_withheld(instance.caller):
            data["caller"] = ""
        return data


class RecordingSerializer(serializers.Serializer[Any]):
    """A message that a caller left."""

    sid = serializers.CharField()
    duration = serializers.IntegerField(allow_null=True, help_text="Seconds.")
    url = serializers.SerializerMethodField(help_text="Where its sound is, for those who may see the call.")

    def get_url(self, recording: Any) -> str:
        return reverse("api:recording", args=[recording.call_id, recording.sid])


class CallSerializer(LegSerializer):
    incoming = serializers.BooleanField(
        help_text="Whether somebody outside called us; of an internal call, whether a colleague called the reader."
    )
    internal = serializers.BooleanField(
        source="is_internal",
        help_text="Between two agents. Who was called reads it as a call that came: `answered` or `missed`.",
    )
    party = serializers.SerializerMethodField()
    line = LineSerializer(allow_null=True)
    contact = ContactSerializer(allow_null=True)
    result = serializers.ChoiceField(choices=CallResult.choices, allow_blank=True)
    ring_seconds = serializers.SerializerMethodField(help_text="How long it rang, when nobody answered.")
    waited = serializers.IntegerField(
        allow_null=True, help_text="Seconds in a team's queue, until somebody answered or the caller was gone."
    )
    agents = serializers.SerializerMethodField(
        help_text="Which agents had it, in order; empty of a call between colleagues. Who was asked before a hand-over "
        "has it from then on; who was asked alone, or supervised, never had it."
    )
    participants = serializers.SerializerMethodField(
        help_text="Who is in the call, and who was; empty of a call in which nobody was ever held or taken in."
    )
    held_seconds = serializers.SerializerMethodField(help_text="How long the other party was on hold.")
    parked_since = serializers.SerializerMethodField(
        help_text="Since when the other party waits, with music, for its agent to come back from a second call."
    )
    transfer = serializers.SerializerMethodField()
    help_since = serializers.DateTimeField(
        default_timezone=UTC, allow_null=True, help_text="When its agent asked for help that has not come yet."
    )
    problem = serializers.CharField(allow_blank=True, help_text="Why it failed, as a sentence.")
    note = serializers.CharField(allow_blank=True, help_text="What the agent noted.")
    outcome = serializers.ChoiceField(
        choices=CallOutcome.choices, allow_blank=True, help_text="What the agent says that the call came to."
    )
    revision = serializers.IntegerField(help_text="Rises with every change: of two answers, the higher is the newer.")
    recordings = serializers.SerializerMethodField()
    legs = LegSerializer(many=True)

    @extend_schema_field(HadBySerializer(many=True))
    def get_agents(self, call: Call) -> list[dict[str, Any]]:
        return payloads.agents_json(call)

    @extend_schema_field(ParticipantSerializer(many=True))
    def get_participants(self, call: Call) -> list[dict[str, Any]]:
        return handling_payloads.participants_json(call)

    def get_held_seconds(self, call: Call) -> int:
        return handling_payloads.held_seconds(call)

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_parked_since(self, call: Call) -> Any:
        return payloads.time_json(handling_payloads.parked_since(call))

    @extend_schema_field(TransferSerializer(allow_null=True))
    def get_transfer(self, call: Call) -> dict[str, Any] | None:
        return handling_payloads.transfer_json(call)

    @extend_schema_field(RecordingSerializer(many=True))
    def get_recordings(self, call: Call) -> list[dict[str, Any]]:
        return [dict(data) for data in RecordingSerializer(payloads.heard_recordings(call), many=True).data]

    @extend_schema_field(PartySerializer)
    def get_party(self, call: Call) -> dict[str, Any]:
        return payloads.party_json(call)

    def get_ring_seconds(self, call: Call) -> int | None:
        return payloads.ring_seconds(call)


class CallChangeSerializer(StrictSerializer):
    """What people add to a call. What is left out stays as it is."""

    note = CleanLinesField(
        required=False, allow_blank=True, max_length=5000, help_text="Plain text; empty takes the note away."
    )
    outcome = serializers.ChoiceField(
        required=False,
        allow_blank=True,
        choices=CallOutcome.choices,
        # The framework's own words repeat what was sent, which may not be text.
        error_messages={"invalid_choice": choose_one_of(CallOutcome.values)},
        help_text="What the call came to; empty takes it away.",
    )


class NumberCheckSerializer(serializers.Serializer[Any]):
    """What the dial pad understood."""

    input = serializers.CharField()
    valid = serializers.BooleanField()
    e164 = serializers.CharField(allow_null=True)
    extension = serializers.CharField(allow_blank=True, help_text="To be dialled after it: `+12025550142;ext=12`.")
    display = serializers.CharField(
        allow_null=True,
        help_text="Also of a number that must not be called; null of what has to be typed anew.",
    )
    country = serializers.CharField(allow_null=True)
    place = serializers.CharField(allow_null=True)
    message = serializers.CharField(allow_blank=True, help_text="Why it cannot be called, as a sentence.")
    may_override = serializers.BooleanField(
        help_text="Whether it can be called all the same, with a reason: `/api/v1/outgoing-overrides/`."
    )
    contact = ContactSerializer(allow_null=True)
    known_calls = serializers.IntegerField()


class DetailSerializer(serializers.Serializer[Any]):
    detail = serializers.CharField()
