"""The shapes of `board.payloads`, described for the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from calls.live.serializers import PRESENCE_STATES, PresenceSerializer
from calls.log.serializers import LineSerializer, PartySerializer
from calls.models import Participant
from calls.queues.serializers import QueueCallerSerializer, QueueTeamSerializer


class BoardFiguresSerializer(serializers.Serializer[Any]):
    """Of the calls that came since midnight by the server's `TIME_ZONE`. What each means: docs/board.md."""

    calls = serializers.IntegerField(help_text="All that came.")
    answered = serializers.IntegerField(help_text="An agent talked with the caller.")
    answered_in_goal = serializers.IntegerField(help_text="Of these, within the seconds of the line's goal.")
    counted = serializers.IntegerField(
        help_text="What the service level is counted from: came to a team, and did not hang up within the goal's time."
    )
    service_level = serializers.FloatField(
        allow_null=True, help_text="`answered_in_goal` of `counted`, in per cent; null while nothing is counted."
    )
    voicemail = serializers.IntegerField(help_text="Left a message.")
    missed = serializers.IntegerField(help_text="Talked with nobody and left no message.")
    abandoned = serializers.IntegerField(help_text="Of the missed, those who hung up while they waited or phones rang.")
    abandoned_percent = serializers.FloatField(
        allow_null=True, help_text="Of all that came to a team and of which is known what came of that."
    )
    abandoned_waited = serializers.IntegerField(
        allow_null=True, help_text="Seconds until they hung up, on average; null when nobody did."
    )
    to_call_back = serializers.IntegerField(help_text="Of the missed, those whom nobody has called back yet.")


class BoardGoalSerializer(serializers.Serializer[Any]):
    percent = serializers.IntegerField(
        help_text="To be answered in time. Of several lines with different goals: each as much as it has calls."
    )
    seconds = serializers.IntegerField(allow_null=True, help_text="What is in time; null when lines differ.")
    wait_seconds = serializers.IntegerField(allow_null=True, help_text="The longest wait; null when lines differ.")


class BoardStandingSerializer(serializers.Serializer[Any]):
    waiting = serializers.IntegerField(help_text="How many wait, those for whom phones ring aside.")
    longest_since = serializers.DateTimeField(allow_null=True)
    late_at = serializers.DateTimeField(
        allow_null=True, help_text="When the first of those who wait is past the longest wait of the goal."
    )
    goal = BoardGoalSerializer(allow_null=True)
    figures = BoardFiguresSerializer()


class BoardTeamSerializer(BoardStandingSerializer):
    team = QueueTeamSerializer()


class BoardLineSerializer(BoardStandingSerializer):
    line = LineSerializer()


class BoardCallerSerializer(QueueCallerSerializer):
    team = QueueTeamSerializer()


class BoardCallSerializer(serializers.Serializer[Any]):
    sid = serializers.CharField(help_text="The call's.")
    party = PartySerializer()
    line = LineSerializer(allow_null=True)


class BoardSupervisorSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    mode = serializers.ChoiceField(choices=Participant.Mode.choices)


class BoardAgentSerializer(PresenceSerializer):
    state = serializers.ChoiceField(choices=[*PRESENCE_STATES, "ringing"])
    call = BoardCallSerializer(
        allow_null=True, help_text="What the agent talks on, or is rung for; null too for calls of others' teams."
    )
    calls = serializers.IntegerField(help_text="With how many people the agent has talked today.")
    talking = serializers.BooleanField(help_text="Whether the agent talks on that call: it can be supervised.")
    help_since = serializers.DateTimeField(allow_null=True, help_text="When the agent asked for help with that call.")
    supervisors = BoardSupervisorSerializer(many=True, help_text="Who supervises that call.")
    may_supervise = serializers.BooleanField(help_text="Whether whoever looks may supervise that call.")


class BoardNoticeSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(help_text="Sentences, as of a spend limit.")
    urgent = serializers.BooleanField(help_text="Something has stopped.")


class BoardSerializer(serializers.Serializer[Any]):
    now = serializers.DateTimeField(help_text="The moment at which all of this was so.")
    day = serializers.DateField(help_text="By the server's `TIME_ZONE`.")
    team = serializers.IntegerField(allow_null=True, help_text="The team that was asked for; null: all.")
    teams = QueueTeamSerializer(many=True, help_text="Those that may be asked for.")
    all = BoardStandingSerializer(help_text="Of all that is shown, together.")
    by_team = BoardTeamSerializer(many=True)
    by_line = BoardLineSerializer(many=True)
    callers = BoardCallerSerializer(many=True, help_text="The fifty who have waited longest.")
    call_backs = serializers.IntegerField(
        help_text="How many are to be called back, those aside who are offered to somebody just now."
    )
    notices = BoardNoticeSerializer(many=True, help_text="What everybody here should know beside calls.")
    agents = BoardAgentSerializer(many=True)
