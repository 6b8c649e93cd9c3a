"""Usage triggers: Twilio tells us when so much was spent, between two looks of ours. All raise `TelephonyError`."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from telephony.errors import CallGone, translated
from telephony.provisioning.account import Resource
from telephony.provisioning.addresses import handler_url, is_somebody_elses
from telephony.rest.client import get_client
from telephony.rest.usage import number

_FIELDS = (
    "friendly_name", "usage_category", "trigger_by", "recurring", "trigger_value", "callback_url", "callback_method",
)  # fmt: skip
# All else of a trigger is as it was made (Twilio Docs, "UsageTrigger resource").
_CHANGEABLE = {"friendly_name", "callback_url", "callback_method"}
_NAME_LENGTH = 64
# How often the limits that there are begin anew.
_RECURRING = ("daily", "monthly")


@dataclass(frozen=True, slots=True)
class WantedTrigger:
    """Twilio is to tell when `amount` is spent in all; `recurring`: daily or monthly."""

    recurring: str
    amount: Decimal


def trigger_values(wanted: WantedTrigger, *, desk: str) -> dict[str, str]:
    """How the trigger should be, by Twilio's field names. Its name is how it is found again."""
    return {
        "friendly_name": _name(desk, wanted.recurring),
        "usage_category": "totalprice",
        "trigger_by": "price",
        "recurring": wanted.recurring,
        "trigger_value": _plain(wanted.amount),
        "callback_url": handler_url("usage:trigger"),
        "callback_method": "POST",
    }


def triggers_ours(*, desk: str) -> list[Resource]:
    """Those of the account's usage triggers that this desk has made, by their names and whom they tell; the newest
    first."""
    names = {_name(desk, recurring) for recurring in _RECURRING}
    with translated():
        found = get_client().usage.triggers.list(page_size=1000)
    named = [_resource(one) for one in found if one.friendly_name in names]
    return [one for one in named if not is_somebody_elses(one.values["callback_url"])]


def _name(desk: str, recurring: str) -> str:
    ending = f" {recurring}"
    return f"{desk[: _NAME_LENGTH - len(ending)]}{ending}"


def trigger_delete(sid: str) -> None:
    """Takes a trigger away. One that is gone already is no failure."""
    with suppress(CallGone), translated():
        get_client().usage.triggers(sid).delete()


def trigger_set(sid: str, values: dict[str, str]) -> None:
    """Makes a trigger, or sets these values of it. One whose value changes is made anew before the old one goes, so
    that there is always one that watches."""
    with translated():
        triggers = get_client().usage.triggers
        if sid and set(values) <= _CHANGEABLE:
            triggers(sid).update(**values)
            return
        if sid:
            values = _resource(triggers(sid).fetch()).values | values
        triggers.create(**values)
        if sid:
            triggers(sid).delete()


def _resource(trigger: Any) -> Resource:
    values = {name: str(getattr(trigger, name, None) or "") for name in _FIELDS}
    amount = number(values["trigger_value"])
    if amount is not None:
        values["trigger_value"] = _plain(amount)
    return Resource(sid=trigger.sid, name=values["friendly_name"], values=values)


def _plain(amount: Decimal) -> str:
    """500.00 and 500 are the same."""
    return f"{amount.quantize(Decimal('0.01')):f}"
