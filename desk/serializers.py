"""What is told of calls and of agents over the desk's socket, for the API's description."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from agents.presence import Chosen
from calls.live.serializers import AVAILABILITIES
from calls.log.serializers import AgentSerializer, CallSerializer, LineSerializer, PartySerializer
from calls.models import CallOutcome, CallResult, Participant
from core.api.resources import StrictSerializer, choose_one_of

# Why a phone cannot ring, of what a desk says itself.
OWN_TROUBLES = ["microphone-blocked", "microphone-missing"]


class PastCallSerializer(serializers.Serializer[Any]):
    """An earlier call with the same party."""

    sid = serializers.CharField()
    incoming = serializers.BooleanField()
    result = serializers.ChoiceField(choices=CallResult.choices, allow_blank=True)
    start_time = serializers.DateTimeField()
    duration = serializers.IntegerField(allow_null=True, help_text="Seconds that somebody talked.")
    agent = AgentSerializer(allow_null=True)
    note = serializers.CharField(allow_blank=True, help_text="Its beginning.")
    outcome = serializers.ChoiceField(choices=CallOutcome.choices, allow_blank=True)


class LiveCallSerializer(serializers.Serializer[Any]):
    """A call that lives, as this agent sees it."""

    call = CallSerializer()
    mine = serializers.ChoiceField(choices=["ringing", "active"])
    history = PastCallSerializer(many=True)


class SupervisingSerializer(serializers.Serializer[Any]):
    """A call that this agent listens to, whispers in or has joined, without being its agent."""

    call = CallSerializer()
    mode = serializers.ChoiceField(choices=Participant.Mode.choices, help_text="As Twilio said; the wish until then.")
    state = serializers.ChoiceField(
        choices=[Participant.State.CALLING, Participant.State.IN],
        help_text="`calling`: this agent's phone is waited for.",
    )


class HelpAskedSerializer(serializers.Serializer[Any]):
    """An agent's wish for help with a call, to whoever supervises it."""

    sid = serializers.CharField(help_text="The call's.")
    since = serializers.DateTimeField(allow_null=True, help_text="Null: no help is wanted any more.")
    agent = AgentSerializer(allow_null=True)
    party = PartySerializer()
    line = LineSerializer(allow_null=True)


class LostCallerSerializer(serializers.Serializer[Any]):
    """A caller whom this agent had parked and did not come back to."""

    sid = serializers.CharField(help_text="The call's.")
    at = serializers.DateTimeField(help_text="When the caller went to the front of the team's queue.")
    message = serializers.CharField(help_text="A sentence for the agent.")


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
    back_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Within the next seven days. A time that is over counts as none."
    )

    def chosen(self) -> Chosen:
        """Of what is valid."""
        return Chosen(**self.validated_data)
