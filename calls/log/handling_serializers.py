"""The shapes of `calls.handling_payloads`, described for the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from calls.models import Participant, Transfer

TRANSFER_STATES = [state.value for state in Transfer.State if state != Transfer.State.MERGED]


class HandlingAgentSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    identity = serializers.CharField()
    name = serializers.CharField()


class HandlingTeamSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class ParticipantSerializer(serializers.Serializer[Any]):
    """Somebody who is in the call, is called into it, or was in it."""

    leg = serializers.CharField(help_text="The CallSid of the participant's leg; a name of our own until there is one.")
    role = serializers.ChoiceField(choices=Participant.Role.choices)
    agent = HandlingAgentSerializer(allow_null=True)
    name = serializers.CharField(allow_blank=True)
    number = serializers.CharField(allow_blank=True, help_text="E.164; empty of agents, and when withheld.")
    display = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=Participant.State.choices)
    held = serializers.BooleanField(help_text="Is on hold, as Twilio said.")
    held_since = serializers.DateTimeField(allow_null=True)
    muted = serializers.BooleanField()
    mode = serializers.ChoiceField(
        choices=Participant.Mode.choices,
        allow_blank=True,
        help_text="What a supervisor does, as Twilio said, or is to do once in the call; empty of others.",
    )
    problem = serializers.CharField(
        # Not sent by a server of the version before, while an upgrade runs.
        required=False,
        allow_blank=True,
        help_text="Why somebody who was added to the call did not come: a sentence; else empty.",
    )


class TransferTargetToSerializer(serializers.Serializer[Any]):
    agent = HandlingAgentSerializer(allow_null=True)
    team = HandlingTeamSerializer(allow_null=True)
    number = serializers.CharField(allow_blank=True)
    display = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)


class _From(serializers.Serializer[Any]):
    """`from` is no name that Python lets a class have."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        ordered: dict[str, serializers.Field[Any, Any, Any, Any]] = {}
        for name, one in fields.items():
            if name == "to":
                ordered["from"] = HandlingAgentSerializer(allow_null=True)
            ordered[name] = one
        return ordered


class TransferSerializer(_From):
    """The latest time that the call was handed over, or was to be."""

    id = serializers.IntegerField()
    mode = serializers.ChoiceField(choices=Transfer.Mode.choices)
    state = serializers.ChoiceField(choices=TRANSFER_STATES)
    to = TransferTargetToSerializer()
    since = serializers.DateTimeField()
    problem = serializers.CharField(allow_blank=True, help_text="Why it failed, as a sentence.")
