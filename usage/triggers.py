"""The usage triggers that Twilio should have: one for each limit, at 100 %."""

from __future__ import annotations

from django.db import DatabaseError

from telephony.provisioning.plan import Plan
from telephony.provisioning.services import apply, plan_triggers
from telephony.provisioning.usage_triggers import WantedTrigger
from usage.models import SpendLimit


def triggers_wanted() -> list[WantedTrigger] | None:
    """None while the limits cannot be read: a database that is not set up yet has none, and no trigger is removed for
    its sake."""
    try:
        return [WantedTrigger(limit.period, limit.amount) for limit in SpendLimit.objects.order_by("period")]
    except DatabaseError:
        return None


def triggers_follow() -> int:
    """Brings the triggers that are at Twilio in line with the limits: replaced where the amount is another, removed
    where the limit is gone. Makes none where there was none: that is provisioning's. Returns how many were changed.

    Raises `TelephonyError`.
    """
    wanted = triggers_wanted()
    if wanted is None:
        return 0
    return len(list(apply(Plan(tuple(step for step in plan_triggers(wanted) if step.sid)))))
