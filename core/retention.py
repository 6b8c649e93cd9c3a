"""Deleting rows that were kept long enough."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

# One batch is one short transaction, so that calls that come in meanwhile do not wait for it.
BATCH = 1000


def days_ago(days: int) -> datetime:
    """The time so many days before now."""
    try:
        return timezone.now() - timedelta(days=days)
    except OverflowError:
        # Longer than time itself: nothing is that old.
        return datetime(1, 1, 2, tzinfo=UTC)


def delete_in_batches(rows: QuerySet[Any], batch: int = BATCH) -> int:
    """Deletes them; returns how many there were."""
    deleted = 0
    while ids := list(rows.values_list("pk", flat=True)[:batch]):
        deleted += rows.filter(pk__in=ids).delete()[0]
    return deleted
