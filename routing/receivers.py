"""Rules that were read are read anew once one of them, or a line that they name, has changed."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save

from routing.models import EmergencyRule, Line, OutgoingHours, OutgoingRule
from routing.outgoing.selectors import forget


def connect() -> None:
    for model in (OutgoingRule, OutgoingHours, EmergencyRule, Line):
        for signal in (post_save, post_delete):
            signal.connect(_changed, sender=model, dispatch_uid=f"outgoing-rules-{model.__name__}")


def _changed(**more: Any) -> None:
    # At once, for whoever is inside the transaction, and again when others can see it.
    forget()
    transaction.on_commit(forget, robust=True)
