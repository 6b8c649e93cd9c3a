"""What `calls.live.presence` says of an agent, described for the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from calls.log.serializers import AgentSerializer

AVAILABILITIES = ["available", "busy", "away", "offline"]
# Why a phone cannot ring. A desk says the last two itself.
TROUBLES = ["silent", "ring-lost", "closed", "microphone-blocked", "microphone-missing"]
RULES = ["call-ended", "wrap-up-over", "missed"]
PRESENCE_STATES = [*AVAILABILITIES, "on-call", "wrap-up", "not-reachable"]


class WrapUpSerializer(serializers.Serializer[Any]):
    until = serializers.DateTimeField()
    stays = serializers.BooleanField(help_text="The agent ends it, not the clock.")


class PresenceSerializer(serializers.Serializer[Any]):
    agent = AgentSerializer()
    availability = serializers.ChoiceField(choices=AVAILABILITIES)
    state = serializers.ChoiceField(choices=PRESENCE_STATES)
    since = serializers.DateTimeField(allow_null=True, help_text="Of the state, as far as it is known.")
    reason = serializers.CharField(allow_blank=True, help_text="Why away, as admins name it.")
    back_at = serializers.DateTimeField(allow_null=True)
    set_at = serializers.DateTimeField(allow_null=True, help_text="When the availability was changed last.")
    set_by = AgentSerializer(allow_null=True, help_text="Who changed it, when it was somebody else.")
    rule = serializers.ChoiceField(choices=RULES, allow_blank=True, help_text="By which rule it was changed.")
    wrap_up = WrapUpSerializer(allow_null=True)
    trouble = serializers.ChoiceField(choices=TROUBLES, allow_blank=True, help_text="Why the phone cannot ring.")
