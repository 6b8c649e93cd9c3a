"""Contacts as they are answered, and the checks of what is sent."""

from __future__ import annotations

import re
from datetime import UTC
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field, inline_serializer
from rest_framework import serializers

from contacts.api_fields import (
    MOST_GROUPS,
    MOST_ID,
    NumberField,
    OwnerField,
    PersonSerializer,
    PickedGroupsField,
    extension_apart,
)
from contacts.block_serializers import BlockedNumberSerializer
from contacts.blocks import blocked_among
from contacts.groups import memberships_of
from contacts.merging import merges_undoable
from contacts.models import (
    LANGUAGE_CODE,
    MOST_NOTE,
    MOST_NUMBERS,
    MOST_OWN,
    TOO_MANY_NUMBERS,
    Contact,
    ContactField,
    Group,
    LineType,
    time_zone_validate,
)
from contacts.selectors import language_guessed, time_zone_guessed
from core.api.resources import CleanField, CleanLinesField, StrictSerializer, choose_one_of, printable
from telephony.phone import MAX_EXTENSION, display, with_extension_shown


class ContactNumberSerializer(serializers.Serializer[Any]):
    number = serializers.CharField(help_text="E.164")
    extension = serializers.CharField(help_text="Keyed after the number has answered, or empty.")
    display = serializers.SerializerMethodField(help_text="As read at the home region, with its extension.")
    label = serializers.CharField(help_text="Mobile, office …")  # type: ignore[assignment]
    line_type = serializers.ChoiceField(
        choices=LineType.choices, allow_blank=True, help_text="Landlines get no texts; empty while nobody knows."
    )
    region = serializers.CharField(help_text="The country's two letters, or empty.")

    def get_display(self, number: Any) -> str:
        return with_extension_shown(display(number.number, home_region=settings.HOME_REGION), number.extension)


class ContactDetailSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    company = serializers.CharField()
    email = serializers.CharField()
    note = serializers.CharField(help_text="Shown while the phone rings.")
    owner = PersonSerializer(allow_null=True, help_text="Who looks after this contact.")
    language = serializers.CharField(help_text="A code, like en; empty when nobody said it.")
    time_zone = serializers.CharField(help_text="Like Europe/London; empty when nobody said it.")
    guessed = serializers.SerializerMethodField(help_text="From the first number, for what nobody said.")
    own = serializers.DictField(child=serializers.CharField(), help_text="Own fields that hold something, by key.")
    created_at = serializers.DateTimeField(default_timezone=UTC)
    updated_at = serializers.DateTimeField(default_timezone=UTC)
    numbers = ContactNumberSerializer(many=True, help_text="The first choice comes first.")

    @extend_schema_field(
        inline_serializer("ContactGuess", {"language": serializers.CharField(), "time_zone": serializers.CharField()})
    )
    def get_guessed(self, contact: Contact) -> dict[str, str]:
        return {"language": language_guessed(contact), "time_zone": time_zone_guessed(contact)}


class MembershipSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="group.pk")
    name = serializers.CharField(source="group.name")
    by_rule = serializers.BooleanField(help_text="Found by the group's rule: it cannot be taken out by hand.")


class ContactMergeSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField(source="gone_name", help_text="Of the contact that became a part of this one.")
    by = PersonSerializer(allow_null=True)
    at = serializers.DateTimeField(default_timezone=UTC)


class ContactPageSerializer(ContactDetailSerializer):
    """One contact, with what only its own page shows."""

    groups = serializers.SerializerMethodField()
    blocked = serializers.SerializerMethodField(help_text="Those of its numbers that are on the block list.")
    merges = serializers.SerializerMethodField(help_text="What can be undone yet, the newest first.")

    @extend_schema_field(MembershipSerializer(many=True))
    def get_groups(self, contact: Contact) -> Any:
        return MembershipSerializer(memberships_of(contact), many=True).data

    @extend_schema_field(BlockedNumberSerializer(many=True))
    def get_blocked(self, contact: Contact) -> Any:
        rows = blocked_among(row.number for row in contact.numbers.all())
        return BlockedNumberSerializer(rows, many=True).data

    @extend_schema_field(ContactMergeSerializer(many=True))
    def get_merges(self, contact: Contact) -> Any:
        return ContactMergeSerializer(merges_undoable(contact), many=True).data


class NumberInputSerializer(StrictSerializer):
    answered_only = frozenset({"display", "region"})

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
    line_type = serializers.ChoiceField(
        required=False,
        allow_blank=True,
        choices=LineType.choices,
        error_messages={"invalid_choice": choose_one_of(LineType.values)},
        help_text="Left out, it stays as it is.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # In a change of its contact the framework does not insist: there, everything may be left out.
        if "number" not in attrs:
            raise serializers.ValidationError({"number": [_("This field is required.")]}, code="required")
        return extension_apart(attrs)


class ContactInputSerializer(StrictSerializer):
    """A contact to keep. In a change, what is left out stays as it is, and `numbers` replaces all of them."""

    answered_only = frozenset({"id", "guessed", "created_at", "updated_at", "blocked", "merges"})

    name = CleanField(max_length=120)
    company = CleanField(required=False, allow_blank=True, max_length=120)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    note = CleanLinesField(required=False, allow_blank=True, max_length=MOST_NOTE)
    owner = OwnerField(
        required=False, allow_null=True, min_value=1, max_value=MOST_ID, help_text="The agent's id, or null."
    )
    language = CleanField(required=False, allow_blank=True, max_length=16, help_text="A code, like en; empty: guessed.")
    time_zone = CleanField(
        required=False, allow_blank=True, max_length=64, help_text="Like Europe/London; empty: guessed."
    )
    own = serializers.DictField(
        child=CleanField(allow_blank=True, max_length=MOST_OWN),
        required=False,
        help_text="Own fields by key. What is left out stays; an empty text takes it away.",
    )
    groups = PickedGroupsField(
        child=serializers.IntegerField(min_value=1, max_value=MOST_ID),
        required=False,
        max_length=MOST_GROUPS,
        help_text="Ids of all groups that it is picked for by hand.",
    )
    numbers = NumberInputSerializer(  # type: ignore[call-arg]
        many=True,
        required=False,
        max_length=MOST_NUMBERS,
        error_messages={"max_length": TOO_MANY_NUMBERS % {"count": MOST_NUMBERS}},
    )

    def validate_owner(self, owner: int | None) -> int | None:
        if owner is not None and not get_user_model().objects.filter(pk=owner, is_active=True).exists():
            raise serializers.ValidationError(_("There is no such agent."))
        return owner

    def validate_language(self, code: str) -> str:
        if code and not re.match(LANGUAGE_CODE, code):
            raise serializers.ValidationError(_("Write a language's code, like en or pt-BR."))
        return code

    def validate_time_zone(self, name: str) -> str:
        if name:
            try:
                time_zone_validate(name)
            except DjangoValidationError as error:
                raise serializers.ValidationError(error.messages) from None
        return name

    def validate_own(self, own: dict[str, str]) -> dict[str, str]:
        known = set(ContactField.objects.values_list("key", flat=True))
        unknown = [key for key in own if key not in known]
        if unknown:
            said = _("There is no own field “%(key)s”. Admins add them in Django admin.")
            raise serializers.ValidationError(
                {printable(key): [said % {"key": printable(key)}] for key in unknown[:20]}
            )
        return own

    def validate_groups(self, groups: list[int]) -> list[int]:
        found = set(Group.objects.filter(pk__in=groups).values_list("pk", flat=True))
        if missing := [pk for pk in groups if pk not in found]:
            raise serializers.ValidationError(_("There is no group %(id)d.") % {"id": missing[0]})
        return sorted(found)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "owner" in attrs:
            attrs["owner_id"] = attrs.pop("owner")
        return attrs

    def validate_numbers(self, numbers: list[dict[str, str]]) -> list[dict[str, str]]:
        seen = [item["number"] for item in numbers]
        if len(set(seen)) < len(seen):
            raise serializers.ValidationError(_("The same number is there twice."))
        return numbers


def contact_etag(contact: Contact) -> str:
    """The version of a contact: it is saved with every change of its numbers."""
    return f'"{contact.pk}-{contact.updated_at.timestamp():.6f}"'
