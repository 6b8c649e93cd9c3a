"""Rows of imports, what came of them, and what would come of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from contacts.api_fields import MOST_GROUPS, MOST_ID, NumberField, extension_apart
from contacts.models import MOST_NOTE, MOST_OWN
from core.api.resources import CleanField, CleanLinesField, StrictSerializer
from core.text import in_sentence

# In one group's name.
_MOST_COMMAS = 9


class ImportRowSerializer(StrictSerializer):
    """One row of an import. A contact with several numbers has a row for each.

    Own fields are taken by their keys, as far as they are named when it is made.
    """

    def __init__(self, *args: Any, own: Iterable[str] = (), groups: Mapping[str, int] | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._own, self._groups = list(own), groups or {}

    name = CleanField(max_length=120)
    number = NumberField(max_length=64)
    company = CleanField(required=False, allow_blank=True, max_length=120)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    note = CleanLinesField(required=False, allow_blank=True, max_length=MOST_NOTE)
    label = CleanField(required=False, allow_blank=True, max_length=40)  # type: ignore[assignment]
    group = CleanField(
        required=False, allow_blank=True, max_length=1000, help_text="Names of groups, with commas between them."
    )

    def get_fields(self) -> dict[str, Any]:
        own = {f"own.{key}": CleanField(required=False, allow_blank=True, max_length=MOST_OWN) for key in self._own}
        return super().get_fields() | own

    def validate_group(self, names: str) -> list[int]:
        parts, found = [" ".join(part.split()) for part in names.split(",")], set()
        while parts:
            # A group may have commas in its own name: the longest name that there is.
            for count in range(min(len(parts), _MOST_COMMAS + 1), 0, -1):
                pk = self._group_named(", ".join(parts[:count]).strip())
                if pk is not None:
                    found.add(pk)
                    break
            else:
                count = 1
                if name := parts[0]:
                    raise serializers.ValidationError(
                        _("There is no group “%(name)s”.") % {"name": in_sentence(name[:80])}
                    )
            parts = parts[count:]
        return sorted(found)

    def _group_named(self, name: str) -> int | None:
        """By the name as it is written, else whatever its capitals."""
        return self._groups.get(name, self._groups.get(name.casefold()))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return extension_apart(attrs)


class RowErrorSerializer(serializers.Serializer[Any]):
    row = serializers.IntegerField(help_text="In a CSV file as a spreadsheet counts: its header is row 1.")
    detail = serializers.CharField(help_text="What is wrong with it, as a sentence.")


class ImportResultSerializer(serializers.Serializer[Any]):
    dry_run = serializers.BooleanField()
    created = serializers.IntegerField(help_text="Rows that made a new contact.")
    updated = serializers.IntegerField(help_text="Rows that changed a contact, or gave it another number.")
    skipped = serializers.IntegerField(help_text="Rows that said nothing new.")
    errors = RowErrorSerializer(many=True)  # type: ignore[assignment]


class ImportColumnSerializer(serializers.Serializer[Any]):
    header = serializers.CharField(help_text="As it stands in the file's first row.")
    target = serializers.CharField(help_text="What its cells are taken for, by the key of a target; empty: left out.")
    samples = serializers.ListField(child=serializers.CharField(), help_text="Its first cells that hold something.")


class ImportTargetSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField(help_text="For people.")


class ImportFieldChangeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="The key of a target, or `extension`.")
    label = serializers.CharField(help_text="For people.")  # type: ignore[assignment]
    was = serializers.CharField(
        help_text="Before this row; empty: nothing. Of a long text about 200 characters in which both differ, with “…”."
    )
    becomes = serializers.CharField(help_text="By this row; shortened like `was`. Of a group, its name.")


class ImportChangeSerializer(serializers.Serializer[Any]):
    """What a row changes of a contact that is there."""

    row = serializers.IntegerField(help_text="As a spreadsheet counts: the header is row 1.")
    contact = serializers.CharField(help_text="The contact's name as it is now.")
    number = serializers.CharField(help_text="By which the contact was found; E.164.")
    display = serializers.CharField(help_text="As read at the home region, with the extension that it has now.")
    fields = ImportFieldChangeSerializer(many=True)  # type: ignore[assignment]


class ImportPreviewSerializer(serializers.Serializer[Any]):
    """What an import would do. Nothing is imported until it is confirmed."""

    id = serializers.CharField()
    name = serializers.CharField(help_text="Of the file.")
    problem = serializers.CharField(help_text="What has to be chosen first, as a sentence; or empty.")
    columns = ImportColumnSerializer(many=True)
    targets = ImportTargetSerializer(many=True)
    groups = serializers.ListField(
        child=serializers.IntegerField(), help_text="Ids of groups that everybody in the file is picked for."
    )
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    skipped = serializers.IntegerField()
    changes_total = serializers.IntegerField(
        help_text="Rows that change a contact that is there. `updated` counts further numbers of new contacts, too."
    )
    changes = ImportChangeSerializer(many=True, help_text="The first 100 of them, in the order of the rows.")
    errors = RowErrorSerializer(many=True)  # type: ignore[assignment]


class ImportChoicesSerializer(StrictSerializer):
    columns = serializers.ListField(
        child=CleanField(allow_blank=True, max_length=60),
        required=False,
        max_length=200,
        help_text="The key of a target for each column, in their order; empty: left out.",
    )
    groups = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MOST_ID), required=False, max_length=MOST_GROUPS
    )
