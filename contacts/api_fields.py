"""Fields that several of the contacts' serializers have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from rest_framework import serializers

from telephony.errors import InvalidNumber
from telephony.phone import parse, without_extension

MOST_GROUPS = 200
# Of the database's own.
MOST_ID = 2**63 - 1


class PersonSerializer(serializers.Serializer[Any]):
    """An agent, as far as names go."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class NumberField(serializers.CharField):
    """A telephone number, however it is written; E.164 when it is taken, with its extension: `+12025550142;ext=12`."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            return parse(text, home_region=settings.HOME_REGION).dialled
        except InvalidNumber as error:
            raise serializers.ValidationError(error.message) from None


def extension_apart(attrs: dict[str, Any]) -> dict[str, Any]:
    """`number` as E.164, and its extension beside it; one that was sent by itself wins."""
    number, extension = without_extension(attrs["number"])
    return attrs | {"number": number, "extension": attrs.get("extension") or extension}


class OwnerField(serializers.IntegerField):
    """An agent's id; or as it was answered."""

    def to_internal_value(self, data: Any) -> int:
        return super().to_internal_value(data["id"] if isinstance(data, Mapping) and "id" in data else data)


class PickedGroupsField(serializers.ListField):
    """Ids of groups; or as they were answered, where those that a rule found are picked by nobody."""

    def to_internal_value(self, data: Any) -> list[int]:
        if isinstance(data, list):
            kept = [item for item in data if not (isinstance(item, Mapping) and item.get("by_rule"))]
            data = [item["id"] if isinstance(item, Mapping) and "id" in item else item for item in kept]
        return super().to_internal_value(data)
