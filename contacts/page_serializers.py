"""What stands on a contact's page beside the contact: notes, consent, the time line; and merging."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.conf import settings
from rest_framework import serializers

from contacts.api_fields import MOST_ID, NumberField, PersonSerializer
from contacts.models import MOST_NOTE, Consent
from core.api.resources import CleanField, CleanLinesField, StrictSerializer, choose_one_of
from telephony.phone import display, without_extension


def shown(sender: str) -> str:
    """A number of ours as it is read at the home region; a messaging service as Twilio names it."""
    return display(sender, home_region=settings.HOME_REGION)


class NoteInputSerializer(StrictSerializer):
    text = CleanLinesField(max_length=MOST_NOTE)


class NoteSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    text = serializers.CharField()
    author = PersonSerializer(allow_null=True)
    at = serializers.DateTimeField(default_timezone=UTC)
    edited_at = serializers.DateTimeField(default_timezone=UTC, allow_null=True)
    may_edit = serializers.BooleanField(help_text="By whoever asks.")


class MergeInputSerializer(StrictSerializer):
    contact = serializers.IntegerField(
        min_value=1, max_value=MOST_ID, help_text="The id of the contact that becomes a part of this one."
    )


class ConsentInputSerializer(StrictSerializer):
    """What somebody told one of us."""

    number = NumberField(max_length=64, help_text="One of the contact's.")
    sender = CleanField(max_length=64, help_text="The number of ours that the texts come from.")
    state = serializers.ChoiceField(
        choices=Consent.State.choices, error_messages={"invalid_choice": choose_one_of(Consent.State.values)}
    )
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=[Consent.Source.SPOKEN.value, Consent.Source.FORM.value],
        error_messages={"invalid_choice": choose_one_of([Consent.Source.SPOKEN.value, Consent.Source.FORM.value])},
    )
    note = CleanField(required=False, allow_blank=True, max_length=255, help_text="Which form; what was said.")

    def validate_number(self, number: str) -> str:
        return without_extension(number)[0]


class ConsentSerializer(serializers.Serializer[Any]):
    number = serializers.CharField(help_text="Whose it is; E.164.")
    sender = serializers.CharField(help_text="Our number, or a messaging service.")
    state = serializers.ChoiceField(choices=Consent.State.choices)
    source = serializers.ChoiceField(choices=Consent.Source.choices)  # type: ignore[assignment]
    note = serializers.CharField()
    by = PersonSerializer(source="recorded_by", allow_null=True)
    at = serializers.DateTimeField(default_timezone=UTC)


class SenderSerializer(serializers.Serializer[Any]):
    sender = serializers.CharField()
    name = serializers.CharField()
    display = serializers.CharField(help_text="As read at the home region.")


class ConsentsSerializer(serializers.Serializer[Any]):
    """Of each number and sender the first in `history` counts."""

    senders = SenderSerializer(many=True, help_text="What texts of ours come from.")
    history = ConsentSerializer(many=True, help_text="The newest first.")


class OwnFieldSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()


class ContactTimelineSerializer(serializers.Serializer[Any]):
    """Newest first."""

    next = serializers.CharField(allow_null=True, help_text="The address of older ones; null when there are none.")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Of each kind, whatever is asked for.")
    results = serializers.ListField(
        child=serializers.DictField(),
        help_text="Each has `at`, `kind`, `id`, and what it is about: `call` (of a voicemail, too), `note` or `text`.",
    )
