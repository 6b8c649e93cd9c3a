"""What is told of calls and of agents over the desk's socket, for the API's description."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from agents.presence import Chosen
from calls.log.serializers import AgentSerializer, CallSerializer
from calls.models import CallOutcome, CallResult
from core.api.resources import StrictSerializer, choose_one_of

AVAILABILITIES = ["available", "busy", "away", "offline"]
# Why a phone cannot ring. A desk says the last two itself.
TROUBLES = ["silent", "ring-lost", "closed", "microphone-blocked", "microphone-missing"]
OWN_TROUBLES = ["microphone-blocked", "microphone-missing"]
RULES = ["call-ended", "wrap-up-over", "missed"]


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


class WrapUpSerializer(serializers.Serializer[Any]):
    until = serializers.DateTimeField()
    stays = serializers.BooleanField(help_text="The agent ends it, not the clock.")


class PresenceSerializer(serializers.Serializer[Any]):
    agent = AgentSerializer()
    availability = serializers.ChoiceField(choices=AVAILABILITIES)
    state = serializers.ChoiceField(choices=[*AVAILABILITIES, "on-call", "wrap-up", "not-reachable"])
    since = serializers.DateTimeField(allow_null=True, help_text="Of the state, as far as it is known.")
    reason = serializers.CharField(allow_blank=True, help_text="Why away, as admins name it.")
    back_at = serializers.DateTimeField(allow_null=True)
    set_at = serializers.DateTimeField(allow_null=True, help_text="When the availability was changed last.")
    set_by = AgentSerializer(allow_null=True, help_text="Who changed it, when it was somebody else.")
    rule = serializers.ChoiceField(choices=RULES, allow_blank=True, help_text="By which rule it was changed.")
    wrap_up = WrapUpSerializer(allow_null=True)
    trouble = serializers.ChoiceField(choices=TROUBLES, allow_blank=True, help_text="Why the phone cannot ring.")


class AwayReasonSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class PresenceChangeSerializer(StrictSerializer):
    """What somebody is to be. A reason and a time of return count only of who is away."""

    availability = serializers.ChoiceField(
        choices=AVAILABILITIES,
        error_messages={"invalid_choice": choose_one_of(AVAILABILITIES)},
    )
    reason = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**31, help_text="One of the reasons for being away."
    )
    back_at = serializers.DateTimeField(required=False, allow_null=True, help_text="Within the next seven days.")

    def chosen(self) -> Chosen:
        """Of what is valid."""
        return Chosen(**self.validated_data)
