"""What is told of calls and of agents over the desk's socket, for the API's description."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from calls.log.serializers import AgentSerializer, CallSerializer
from calls.models import CallOutcome, CallResult

AVAILABILITIES = ["available", "busy", "away"]


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
    availability = serializers.ChoiceField(choices=AVAILABILITIES)
    state = serializers.ChoiceField(choices=[*AVAILABILITIES, "on-call", "not-reachable"])
