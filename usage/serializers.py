"""Shapes of usage for the API."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from rest_framework import serializers

_NUMBER: dict[str, Any] = {"max_digits": 20, "decimal_places": 4, "normalize_output": True}
_MONEY: dict[str, Any] = {"max_digits": 18, "decimal_places": 6, "normalize_output": True}


class UsageRecordSerializer(serializers.Serializer[Any]):
    """One of Twilio's categories on one day. Categories overlap: only `totalprice` is the sum."""

    category = serializers.CharField()
    day = serializers.DateField(help_text="Twilio's day, which begins at midnight GMT.")
    description = serializers.CharField()
    count = serializers.DecimalField(**_NUMBER)
    count_unit = serializers.CharField()
    usage = serializers.DecimalField(**_NUMBER)
    usage_unit = serializers.CharField()
    price = serializers.DecimalField(**_MONEY)
    price_unit = serializers.CharField(help_text="ISO 4217, in small letters: `usd`.")
    as_of = serializers.DateTimeField(
        default_timezone=UTC, allow_null=True, help_text="Up to when Twilio had counted this one."
    )


class CostSerializer(serializers.Serializer[Any]):
    """What one line, agent or group send cost. Of what Twilio has settled alone."""

    id = serializers.IntegerField(allow_null=True, help_text="Null for what belongs to nobody any more.")
    name = serializers.CharField()
    calls = serializers.IntegerField()
    minutes = serializers.IntegerField()
    calls_price = serializers.DecimalField(**_MONEY)
    texts = serializers.IntegerField()
    segments = serializers.IntegerField()
    texts_price = serializers.DecimalField(**_MONEY)
    price = serializers.DecimalField(**_MONEY)
    open = serializers.IntegerField(help_text="Legs and texts that Twilio has not settled yet.")


class CostListSerializer(serializers.Serializer[Any]):
    by = serializers.CharField()
    start = serializers.DateField()
    end = serializers.DateField()
    price_unit = serializers.CharField(allow_blank=True)
    results = CostSerializer(many=True)


class LegCostSerializer(serializers.Serializer[Any]):
    sid = serializers.CharField()
    price = serializers.DecimalField(**_MONEY, allow_null=True)


class CallCostSerializer(serializers.Serializer[Any]):
    """What a call cost with all its legs, which Twilio bills one by one."""

    sid = serializers.CharField()
    price = serializers.DecimalField(**_MONEY, allow_null=True, help_text="Null while nothing of it is settled.")
    price_unit = serializers.CharField(allow_blank=True)
    open = serializers.IntegerField(help_text="Legs that Twilio has not settled yet.")
    legs = LegCostSerializer(many=True)
