"""Failures of our own, kept with the call that they befell."""

from __future__ import annotations

from calls.models import CallEvent
from telephony.models import Webhook


def incident_keep(row: Webhook, problem: str) -> None:
    """That a webhook could not be worked on, and what was answered in its place."""
    CallEvent.objects.create(
        call_sid=row.sid, kind=CallEvent.Kind.INCIDENT, name=row.kind, outcome=problem,
        detail={"answer": row.answer}, at=row.received_at, milliseconds=row.milliseconds,
    )  # fmt: skip
