"""Contacts as they are answered, and the checks of what is sent."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from contacts.models import Contact
from core.api.resources import CleanField, CleanLinesField, StrictSerializer
from telephony.errors import InvalidNumber
from telephony.phone import MAX_EXTENSION, display, parse, with_extension_shown, without_extension

_MOST_NUMBERS = 20


class ContactNumberSerializer(serializers.Serializer[Any]):
    number = serializers.CharField(help_text="E.164")
    extension = serializers.CharField(help_text="Keyed after the number has answered, or empty.")
    display = serializers.SerializerMethodField(help_text="As read at the home region, with its extension.")
    label = serializers.CharField(help_text="Mobile, office …")  # type: ignore[assignment]

    def get_display(self, number: Any) -> str:
        return with_extension_shown(display(number.number, home_region=settings.HOME_REGION), number.extension)


class ContactDetailSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    company = serializers.CharField()
    email = serializers.CharField()
    note = serializers.CharField()
    numbers = ContactNumberSerializer(many=True)


class NumberField(serializers.CharField):
    """A telephone number, however it is written; E.164 when it is taken, with its extension: `+12025550142;ext=12`."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            return parse(text, home_region=settings.HOME_REGION).dialled
        except InvalidNumber as error:
            raise serializers.ValidationError(error.message) from None


def _extension_apart(attrs: dict[str, Any]) -> dict[str, Any]:
    """`number` as E.164, and its extension beside it; one that was sent by itself wins."""
    number, extension = without_extension(attrs["number"])
    return attrs | {"number": number, "extension": attrs.get("extension") or extension}


class NumberInputSerializer(StrictSerializer):
    answered_only = frozenset({"display"})

    number = NumberField(max_length=64, help_text="E.164, or as it is dialled in the home region.")
    extension = serializers.RegexField(
        r"\A[0-9]*\Z",
        required=False,
        allow_blank=True,
        max_length=MAX_EXTENSION,
        error_messages={"invalid": gettext_lazy("An extension is digits only.")},
        help_text="May stand in `number` as well: `+12025550142 x12`.",
    )
    label = CleanField(required=False, allow_blank=True, max_length=40)  # type: ignore[assignment]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # In a change of its contact the framework does not insist: there, everything may be left out.
        if "number" not in attrs:
            raise serializers.ValidationError({"number": [_("This field is required.")]}, code="required")
        return _extension_apart(attrs)


class ContactInputSerializer(StrictSerializer):
    """A contact to keep. In a change, what is left out stays as it is, and `numbers` replaces all of them."""

    answered_only = frozenset({"id"})

    name = CleanField(max_length=120)
    company = CleanField(required=False, allow_blank=True, max_length=120)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    note = CleanLinesField(required=False, allow_blank=True, max_length=5000)
    numbers = NumberInputSerializer(many=True, required=False, max_length=_MOST_NUMBERS)  # type: ignore[call-arg]

    def validate_numbers(self, numbers: list[dict[str, str]]) -> list[dict[str, str]]:
        seen = [item["number"] for item in numbers]
        if len(set(seen)) < len(seen):
            raise serializers.ValidationError(_("The same number is there twice."))
        return numbers


class ImportRowSerializer(StrictSerializer):
    """One row of an import. A contact with several numbers has a row for each."""

    name = CleanField(max_length=120)
    number = NumberField(max_length=64)
    company = CleanField(required=False, allow_blank=True, max_length=120)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    note = CleanLinesField(required=False, allow_blank=True, max_length=5000)
    label = CleanField(required=False, allow_blank=True, max_length=40)  # type: ignore[assignment]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return _extension_apart(attrs)


class RowErrorSerializer(serializers.Serializer[Any]):
    row = serializers.IntegerField(help_text="In a CSV file as a spreadsheet counts: its header is row 1.")
    detail = serializers.CharField(help_text="What is wrong with it, as a sentence.")


class ImportResultSerializer(serializers.Serializer[Any]):
    dry_run = serializers.BooleanField()
    created = serializers.IntegerField(help_text="Rows that made a new contact.")
    updated = serializers.IntegerField(help_text="Rows that changed a contact, or gave it another number.")
    skipped = serializers.IntegerField(help_text="Rows that said nothing new.")
    errors = RowErrorSerializer(many=True)  # type: ignore[assignment]


def contact_etag(contact: Contact) -> str:
    """The version of a contact: it is saved with every change of its numbers."""
    return f'"{contact.pk}-{contact.updated_at.timestamp():.6f}"'
