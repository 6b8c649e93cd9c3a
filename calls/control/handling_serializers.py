"""What is sent to hold, hand over and join calls, and who may be chosen for it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from rest_framework import serializers

from calls.live.serializers import PresenceSerializer
from calls.log.handling_serializers import HandlingTeamSerializer
from calls.models import Participant, Transfer
from calls.rooms.targets import Target
from core.api.resources import CleanField, StrictSerializer, choose_one_of

SUPERVISE_MODES = [*Participant.Mode.values, "take-over"]


class WhomSerializer(StrictSerializer):
    """One of the three."""

    agent = serializers.IntegerField(required=False, min_value=1, max_value=2**31, help_text="An agent's id.")
    team = serializers.IntegerField(required=False, min_value=1, max_value=2**31, help_text="A team's id.")
    number = CleanField(required=False, max_length=100, help_text="As a person writes it.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError(gettext("Name an agent, a team or a number: one of them."))
        return attrs

    @staticmethod
    def target(data: dict[str, Any]) -> Target:
        return Target(data.get("agent"), data.get("team"), data.get("number", ""))


class SomebodySerializer(WhomSerializer):
    """One of the two."""

    team = None  # type: ignore[assignment]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError(gettext("Name an agent or a number: one of them."))
        return attrs


class TransferRequestSerializer(StrictSerializer):
    to = WhomSerializer()
    mode = serializers.ChoiceField(
        choices=Transfer.Mode.choices,
        error_messages={"invalid_choice": choose_one_of(Transfer.Mode.values)},
        help_text="`blind`: at once; `warm`: the two agents talk first, while the caller is on hold.",
    )


class ParticipantRequestSerializer(StrictSerializer):
    to = SomebodySerializer()


class ParticipantChangeSerializer(StrictSerializer):
    """What is left out stays as it is."""

    hold = serializers.BooleanField(required=False)
    muted = serializers.BooleanField(required=False)


class SuperviseRequestSerializer(StrictSerializer):
    mode = serializers.ChoiceField(
        choices=SUPERVISE_MODES,
        error_messages={"invalid_choice": choose_one_of(SUPERVISE_MODES)},
        help_text="`listen`: heard by nobody; `whisper`: by the agent alone; `join`: by all; `take-over`: instead of "
        "the agent, who is let go.",
    )


class HelpRequestSerializer(StrictSerializer):
    wanted = serializers.BooleanField()


class _Choosable(serializers.Serializer[Any]):
    may = serializers.BooleanField(help_text="Whether the call can be given there now.")
    why = serializers.CharField(allow_blank=True, help_text="Why not, as a sentence.")


class AgentTargetSerializer(_Choosable):
    presence = PresenceSerializer()


class TeamTargetSerializer(_Choosable):
    team = HandlingTeamSerializer()
    waiting = serializers.IntegerField(help_text="How many wait there.")


class NumberTargetSerializer(_Choosable):
    number = serializers.CharField(help_text="E.164")
    display = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    company = serializers.CharField(allow_blank=True)


class TransferTargetsSerializer(serializers.Serializer[Any]):
    """Whom a call can be given to. Of each kind, the first twenty that fit."""

    agents = AgentTargetSerializer(many=True)
    teams = TeamTargetSerializer(many=True)
    numbers = NumberTargetSerializer(many=True, help_text="Of contacts; and what was typed, when it is a number.")
