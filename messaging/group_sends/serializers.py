"""Shapes of group sends for the API's schema, and the checks of what is sent to it.

What is answered and pushed is made by `messaging.group_sends.payloads`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from calls.log.serializers import AgentSerializer, LineSerializer
from contacts.people import contact_names, group_names
from core.api.resources import CleanField, CleanLinesField, StrictSerializer
from messaging.group_sends.audience import number_of
from messaging.group_sends.outcomes import Outcome, WhatNow
from messaging.models import SHOWN_STATES, LeftOut
from messaging.segments import MAX_LENGTH
from routing.line_names import LineNameField, line_named
from routing.models import Line

_MOST_GROUPS, _MOST_CHOSEN = 100, 10_000
_FARTHEST = timedelta(days=366)
REVISION_READ = "Of the draft as it was read: when it is another by now, nothing is done, and the answer is 409."


@extend_schema_field({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"})
class HourField(serializers.TimeField):
    """A time of the day at somebody's place, `08:00`: JSON Schema's own "time" has seconds and a zone."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **options)


class MoneySerializer(serializers.Serializer[Any]):
    amount = serializers.CharField(help_text="A decimal number.")
    unit = serializers.CharField(help_text="The currency: USD.")


class NamedSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class LeftOutSerializer(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=LeftOut.choices)
    count = serializers.IntegerField()
    text = serializers.CharField(help_text="As a line of a list.")


class SummarySerializer(serializers.Serializer[Any]):
    """Who gets it and what it may cost: of a draft as it would be now, otherwise as it was started."""

    chosen = serializers.IntegerField(help_text="Without doubles.")
    duplicates = serializers.IntegerField(help_text="Who was chosen more than once, by number.")
    left_out = serializers.IntegerField()
    reasons = LeftOutSerializer(many=True)
    recipients = serializers.IntegerField(help_text="Who will get it.")
    segments = serializers.IntegerField(help_text="In all.")
    segments_each = serializers.IntegerField(help_text="For whom it is longest.")
    characters = serializers.IntegerField(help_text="With the longest name: what it fills of its segments.")
    characters_left = serializers.IntegerField(help_text="In the last segment.")
    encoding = serializers.CharField(help_text="GSM-7 or UCS-2.")
    letters = serializers.ListField(
        child=serializers.CharField(), help_text="Those of the text that are not plain and make it UCS-2."
    )
    people_not_plain = serializers.IntegerField(help_text="How many get it as UCS-2, for their names or the text.")
    plain_body = serializers.CharField(allow_blank=True, help_text="With plain twins of those letters, or empty.")
    plain_segments_each = serializers.IntegerField(help_text="How many segments that would be.")
    price = MoneySerializer(allow_null=True, help_text="About; null when no price is known yet.")
    seconds = serializers.FloatField(help_text="How long the line takes to send it.")


class SendProgressSerializer(serializers.Serializer[Any]):
    """How far it has come. `handed` = all but `waiting` and `canceled`."""

    total = serializers.IntegerField()
    handed = serializers.IntegerField()
    waiting = serializers.IntegerField()
    on_the_way = serializers.IntegerField()
    sent = serializers.IntegerField(help_text="The network took it and has not confirmed it.")
    delivered = serializers.IntegerField()
    not_delivered = serializers.IntegerField()
    unknown = serializers.IntegerField(help_text="Twilio never said whether it took it; never sent again by itself.")
    canceled = serializers.IntegerField()
    to_look_at = serializers.IntegerField()
    retryable = serializers.IntegerField(help_text="To whom it may be sent again.")
    replies = serializers.IntegerField()
    replies_unread = serializers.IntegerField()
    replied_stop = serializers.IntegerField()
    prices_missing = serializers.IntegerField(help_text="Texts whose price Twilio has not settled.")
    seconds_left = serializers.IntegerField(help_text="For those who are due: 0 when nobody is.")
    goes_on_at = serializers.DateTimeField(
        allow_null=True, help_text="When the hours begin of the first who wait for theirs; null when nobody does."
    )
    delivered_percent = serializers.FloatField()
    spent = MoneySerializer(allow_null=True)


class SendProgressPartSerializer(serializers.Serializer[Any]):
    """What changes of a group send while it runs."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=SHOWN_STATES)
    problem = serializers.CharField(allow_blank=True, help_text="Why Ringdesk stopped it, as a sentence.")
    goes_on_by_itself = serializers.BooleanField(
        help_text="Stopped, as at a spend limit, until that is mended, and not until it is resumed; it may be paused."
    )
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    progress = SendProgressSerializer(allow_null=True, help_text="Null for a draft.")
    revision = serializers.IntegerField(help_text="Rises with every change: of two answers, the higher is the newer.")


class GroupSendRowSerializer(SendProgressPartSerializer):
    """A text to many, in a list: without the contacts and numbers that were chosen, who may be thousands."""

    line = LineSerializer()
    body = serializers.CharField()
    groups = NamedSerializer(many=True)
    scheduled_for = serializers.DateTimeField(allow_null=True)
    keeps_hours = serializers.BooleanField()
    hours_from = HourField()
    hours_until = HourField()
    written_by = AgentSerializer(allow_null=True)
    created_at = serializers.DateTimeField()
    started_by = AgentSerializer(allow_null=True)
    summary = SummarySerializer(allow_null=True)


class GroupSendSerializer(GroupSendRowSerializer):
    """A text to many."""

    contacts = NamedSerializer(many=True)
    numbers = serializers.ListField(child=serializers.CharField())


class GroupRecipientSerializer(serializers.Serializer[Any]):
    """One person of a send, and what came of it in words."""

    id = serializers.IntegerField(allow_null=True, help_text="Null in a draft, whose people are not fixed yet.")
    contact = serializers.IntegerField(allow_null=True, help_text="Contact's id.")
    name = serializers.CharField(allow_blank=True)
    number = serializers.CharField(allow_blank=True)
    display = serializers.CharField(allow_blank=True)
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    outcome_text = serializers.CharField()
    why = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField(allow_null=True)
    what_now = serializers.ChoiceField(choices=[str(one) for one in WhatNow if one], allow_blank=True)
    what_now_text = serializers.CharField(allow_blank=True)
    help = serializers.CharField(allow_blank=True, help_text="What helps, and who can change it.")
    body = serializers.CharField(allow_blank=True)
    segments = serializers.IntegerField()
    price = MoneySerializer(allow_null=True)
    thread = serializers.IntegerField(allow_null=True, help_text="Thread's id.")
    answered = serializers.BooleanField()


class GroupSendInputSerializer(StrictSerializer):
    """A draft."""

    title = CleanField(required=False, allow_blank=True, max_length=120, help_text="Empty: the text's beginning.")
    line = LineNameField(help_text="The line's id, or its number as E.164.")
    body = CleanLinesField(max_length=MAX_LENGTH, help_text="With fields: {first name}, {name}, {company}, own ones.")
    groups = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62),
        required=False,
        max_length=_MOST_GROUPS,
        source="group_ids",
    )
    contacts = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62),
        required=False,
        max_length=_MOST_CHOSEN,
        source="contact_ids",
    )
    numbers = serializers.ListField(
        child=CleanField(max_length=32),
        required=False,
        max_length=_MOST_CHOSEN,
        help_text="E.164, or as dialled in the home region. What is no number is left out, and said.",
    )
    scheduled_for = serializers.DateTimeField(required=False, allow_null=True)
    keeps_hours = serializers.BooleanField(required=False)
    hours_from = HourField(required=False)
    hours_until = HourField(required=False)

    def validate_line(self, name: str) -> Line:
        line = line_named(Line.objects.filter(is_active=True), name)
        if line is None:
            raise serializers.ValidationError(_("There is no such line in use."))
        return line

    def validate_groups(self, ids: list[int]) -> list[int]:
        wanted = list(dict.fromkeys(ids))
        if len(group_names(wanted)) < len(wanted):
            raise serializers.ValidationError(_("One of these groups is not there any more."))
        return wanted

    def validate_contacts(self, ids: list[int]) -> list[int]:
        wanted = list(dict.fromkeys(ids))
        if len(contact_names(wanted)) < len(wanted):
            raise serializers.ValidationError(_("One of these contacts is not there any more."))
        return wanted

    def validate_numbers(self, numbers: list[str]) -> list[str]:
        return [number_of(number) or number for number in numbers]

    def validate_scheduled_for(self, moment: Any) -> Any:
        if moment is not None and moment > timezone.now() + _FARTHEST:
            raise serializers.ValidationError(_("Choose a time within a year."))
        return moment


class GroupSendChangeSerializer(GroupSendInputSerializer):
    """What is left out stays as it is."""

    revision = serializers.IntegerField(min_value=0, required=False, help_text=REVISION_READ)


class GroupSendStartSerializer(StrictSerializer):
    revision = serializers.IntegerField(min_value=0, required=False, help_text=REVISION_READ)


class ToMyselfSerializer(StrictSerializer):
    number = CleanField(max_length=32, help_text="One's own, E.164 or as dialled in the home region.")

    def validate_number(self, text: str) -> str:
        number = number_of(text)
        if not number:
            raise serializers.ValidationError(_("This number is not valid."))
        return number


class SendStepSerializer(StrictSerializer):
    """Nothing need be sent."""


class RetryAnswerSerializer(serializers.Serializer[Any]):
    retried = serializers.IntegerField(help_text="To how many it is sent again.")
    send = GroupSendSerializer()
