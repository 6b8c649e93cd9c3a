"""Groups as they are answered, and the checks of what is sent."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers

from contacts.groups import member_count
from contacts.models import (
    Group,
)
from contacts.rules import rule_checked
from core.api.resources import CleanField, StrictSerializer
from core.text import tree_cleaned


class StoredRuleField(serializers.JSONField):
    """A rule as it is stored, which may be older than the checks of it."""

    def to_representation(self, value: Any) -> Any:
        return tree_cleaned(super().to_representation(value))


class GroupSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    description = serializers.CharField()
    rule = StoredRuleField(help_text="Empty for a group that is picked by hand alone.")
    members = serializers.SerializerMethodField(
        help_text="How many belong to it just now; null in a list that was asked for without."
    )

    def get_members(self, group: Group) -> int | None:
        return member_count(group) if self.context.get("members", True) else None


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
