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

from contacts.blocks import blocked_among
from contacts.groups import member_count, memberships_of
from contacts.merging import merges_undoable
from contacts.models import (
    LANGUAGE_CODE,
    MOST_OWN,
    Consent,
    Contact,
    ContactField,
    Group,
    LineType,
    time_zone_validate,
)
from contacts.rules import rule_checked
from contacts.selectors import language_guessed, time_zone_guessed
from core.api.resources import CleanField, CleanLinesField, StrictSerializer, choose_one_of, printable
from telephony.errors import InvalidNumber
from telephony.phone import MAX_EXTENSION, display, parse, with_extension_shown, without_extension

_MOST_NUMBERS = 20
_MOST_GROUPS = 200
# Of the database's own.
_MOST_ID = 2**63 - 1


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


def shown(sender: str) -> str:
    """A number of ours as it is read at the home region; a messaging service as Twilio names it."""
    return display(sender, home_region=settings.HOME_REGION)


class PersonSerializer(serializers.Serializer[Any]):
    """An agent, as far as names go."""

    id = serializers.IntegerField()
    name = serializers.CharField()


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


class BlockedNumberSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.CharField(help_text="E.164")
    display = serializers.SerializerMethodField(help_text="As read at the home region.")
    reason = serializers.CharField()
    by = PersonSerializer(source="blocked_by", allow_null=True)
    at = serializers.DateTimeField(default_timezone=UTC)

    def get_display(self, row: Any) -> str:
        return display(row.number, home_region=settings.HOME_REGION)


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
        return _extension_apart(attrs)


class ContactInputSerializer(StrictSerializer):
    """A contact to keep. In a change, what is left out stays as it is, and `numbers` replaces all of them."""

    answered_only = frozenset({"id", "guessed", "created_at", "updated_at", "blocked", "merges"})

    name = CleanField(max_length=120)
    company = CleanField(required=False, allow_blank=True, max_length=120)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    note = CleanLinesField(required=False, allow_blank=True, max_length=5000)
    owner = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=_MOST_ID, help_text="The agent's id, or null."
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
    groups = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=_MOST_ID),
        required=False,
        max_length=_MOST_GROUPS,
        help_text="Ids of all groups that it is picked for by hand.",
    )
    numbers = NumberInputSerializer(many=True, required=False, max_length=_MOST_NUMBERS)  # type: ignore[call-arg]

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


class NoteInputSerializer(StrictSerializer):
    text = CleanLinesField(max_length=5000)


class NoteSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    text = serializers.CharField()
    author = PersonSerializer(allow_null=True)
    at = serializers.DateTimeField(default_timezone=UTC)
    edited_at = serializers.DateTimeField(default_timezone=UTC, allow_null=True)
    may_edit = serializers.BooleanField(help_text="By whoever asks.")


class MergeInputSerializer(StrictSerializer):
    contact = serializers.IntegerField(
        min_value=1, max_value=_MOST_ID, help_text="The id of the contact that becomes a part of this one."
    )


class BlockInputSerializer(StrictSerializer):
    reason = CleanField(required=False, allow_blank=True, max_length=255)


class BlockNumberInputSerializer(BlockInputSerializer):
    number = NumberField(max_length=64, help_text="E.164, or as it is dialled in the home region.")

    def validate_number(self, number: str) -> str:
        return without_extension(number)[0]


class ConsentInputSerializer(StrictSerializer):
    """What somebody told one of us."""

    number = NumberField(max_length=64, help_text="One of the contact's.")
    sender = CleanField(max_length=64, help_text="The number of ours that the texts come from.")
    state = serializers.ChoiceField(
        choices=Consent.State.choices, error_messages={"invalid_choice": choose_one_of(Consent.State.values)}
    )
    source = serializers.ChoiceField(
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
    source = serializers.ChoiceField(choices=Consent.Source.choices)
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


class GroupSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    description = serializers.CharField()
    rule = serializers.JSONField(help_text="Empty for a group that is picked by hand alone.")
    members = serializers.SerializerMethodField(help_text="How many belong to it just now.")

    def get_members(self, group: Group) -> int:
        return member_count(group)


class GroupInputSerializer(StrictSerializer):
    answered_only = frozenset({"id", "members"})

    name = CleanField(max_length=80)
    description = CleanField(required=False, allow_blank=True, max_length=255)
    rule = serializers.JSONField(
        required=False,
        help_text='`{"match": "all" | "any", "conditions": [{"field", "is", "value"}]}`; empty: by hand alone.',
    )

    def validate_rule(self, rule: Any) -> dict[str, Any]:
        try:
            return rule_checked(rule)
        except DjangoValidationError as error:
            raise serializers.ValidationError(error.messages) from None


class RuleFieldSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    ways = serializers.ListField(child=serializers.CharField())


class ContactTimelineSerializer(serializers.Serializer[Any]):
    """Newest first."""

    next = serializers.CharField(allow_null=True, help_text="The address of older ones; null when there are none.")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Of each kind, whatever is asked for.")
    results = serializers.ListField(
        child=serializers.DictField(),
        help_text="Each has `at`, `kind` and `id`, and what it is about: `call` (of a voicemail, too), `note` or `text`.",
    )
