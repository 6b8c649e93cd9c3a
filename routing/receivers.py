"""Rules that were read are read anew once one of them, or a line that they name, has changed; and what routes need is
said to whoever would delete it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save

from agents.services import needed_by
from routing.facts import spam_rules_forget
from routing.models import EmergencyRule, Line, OutgoingHours, OutgoingRule, SpamRule
from routing.outgoing.selectors import forget
from routing.usage import routes_using


def connect() -> None:
    for model in (OutgoingRule, OutgoingHours, EmergencyRule, Line):
        for signal in (post_save, post_delete):
            signal.connect(_changed, sender=model, dispatch_uid=f"outgoing-rules-{model.__name__}")
    for signal in (post_save, post_delete):
        signal.connect(_spam_changed, sender=SpamRule, dispatch_uid="spam-rules")
    needed_by.connect(_routes_with, dispatch_uid="routes-with")


def _routes_with(kind: str, pk: int, **more: Any) -> list[str]:
    return [str(route) for route in routes_using(kind, pk)]


def _changed(**more: Any) -> None:
    # At once, for whoever is inside the transaction, and again when others can see it.
    forget()
    transaction.on_commit(forget, robust=True)


def _spam_changed(**more: Any) -> None:
    spam_rules_forget()
    transaction.on_commit(spam_rules_forget, robust=True)
