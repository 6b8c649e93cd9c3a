"""The block list as it is answered, and what is sent to it."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.conf import settings
from rest_framework import serializers

from contacts.api_fields import NumberField, PersonSerializer
from core.api.resources import CleanField, StrictSerializer
from telephony.phone import display, without_extension


class BlockedNumberSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.CharField(help_text="E.164")
    display = serializers.SerializerMethodField(help_text="As read at the home region.")
    reason = serializers.CharField()
    by = PersonSerializer(source="blocked_by", allow_null=True)
    at = serializers.DateTimeField(default_timezone=UTC)

    def get_display(self, row: Any) -> str:
        return display(row.number, home_region=settings.HOME_REGION)


class BlockInputSerializer(StrictSerializer):
    reason = CleanField(required=False, allow_blank=True, max_length=255)


class BlockNumberInputSerializer(BlockInputSerializer):
    number = NumberField(max_length=64, help_text="E.164, or as it is dialled in the home region.")

    def validate_number(self, number: str) -> str:
        return without_extension(number)[0]
