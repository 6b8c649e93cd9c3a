"""The usage triggers that Twilio should have: one for each limit, at 100 %."""

from __future__ import annotations

from django.db import DatabaseError

from telephony.provisioning.usage_triggers import WantedTrigger
from usage.models import SpendLimit


def triggers_wanted() -> list[WantedTrigger]:
    """None of them while the limits cannot be read: a database that is not set up yet has none."""
    try:
        return [WantedTrigger(limit.period, limit.amount) for limit in SpendLimit.objects.order_by("period")]
    except DatabaseError:
        return []
