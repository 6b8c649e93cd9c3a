"""The shapes of `calls.queues.payloads`, described for the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from calls.log.serializers import AgentSerializer, LineSerializer, PartySerializer
from core.api.resources import StrictSerializer

CALLER_STATES = ["waiting", "offered", "call-back"]


class QueueTeamSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class RingingAtSerializer(AgentSerializer):
    since = serializers.DateTimeField()


class QueueCallerSerializer(serializers.Serializer[Any]):
    sid = serializers.CharField(help_text="The call's.")
    place = serializers.IntegerField(help_text="In the order in which callers are served.")
    state = serializers.ChoiceField(
        choices=CALLER_STATES,
        help_text="`offered`: phones ring for the caller, or are about to; `call-back`: is not on the line, and is to "
        "be called back, by whoever is in `rings_at` when there is anybody.",
    )
    since = serializers.DateTimeField()
    late_at = serializers.DateTimeField(allow_null=True, help_text="When the line's longest wait is over.")
    party = PartySerializer()
    line = LineSerializer(allow_null=True)
    why = serializers.CharField(allow_blank=True, help_text="What the caller chose, as a sentence.")
    not_before = serializers.DateTimeField(allow_null=True, help_text="Of a call-back: it is tried again then.")
    tries = serializers.IntegerField(help_text="Of a call-back: how often that was tried.")
    rings_at = RingingAtSerializer(many=True)


class RingingSerializer(serializers.Serializer[Any]):
    """A phone of the team's that rings."""

    agent = AgentSerializer()
    since = serializers.DateTimeField()
    party = PartySerializer(allow_null=True, help_text="For whom; null: for a caller of another team.")
    line = LineSerializer(allow_null=True)


class QueueSerializer(serializers.Serializer[Any]):
    team = QueueTeamSerializer()
    waiting = serializers.IntegerField(help_text="How many wait, those for whom phones ring aside.")
    call_backs = serializers.IntegerField(help_text="How many are to be called back, besides.")
    longest_since = serializers.DateTimeField(allow_null=True, help_text="Since when the first who waits does.")
    call_backs_since = serializers.DateTimeField(
        allow_null=True, help_text="Since when the first does who is to be called back."
    )
    callers = QueueCallerSerializer(
        many=True, help_text="The first fifty on the line, and of the call-backs as many as these leave room for."
    )
    ringing = RingingSerializer(many=True, help_text="At whose phones of the team it rings, whatever the call came by.")


class QueuesSerializer(serializers.Serializer[Any]):
    queues = QueueSerializer(many=True)


class TakeSerializer(StrictSerializer):
    sid = serializers.CharField(max_length=64, help_text="Of the call of whoever waits, or rings at a colleague.")


class GiveSerializer(StrictSerializer):
    sid = serializers.CharField(max_length=64, help_text="Of the call of whoever waits, or rings at somebody's.")
    agent = serializers.IntegerField(min_value=1, max_value=2**31, help_text="Whose phone is to ring: an agent's id.")


class CallBackSerializer(serializers.Serializer[Any]):
    """A caller whom an agent is to call back now."""

    sid = serializers.CharField(help_text="Of the caller's own call: what the phone sends as `CallBack`.")
    party = PartySerializer()
    line = LineSerializer(allow_null=True)
    team = QueueTeamSerializer()
    since = serializers.DateTimeField(help_text="Since when the caller waits.")
    until = serializers.DateTimeField(help_text="Then it is offered to somebody else.")
    tries = serializers.IntegerField(help_text="How often the caller was called back before.")
    why = serializers.CharField(allow_blank=True, help_text="What the caller chose, as a sentence.")
    note = serializers.CharField(allow_blank=True)


class CallBackActionSerializer(StrictSerializer):
    sid = serializers.CharField(max_length=64, help_text="Of the call of whoever is to be called back.")
