"""How long the flight recorder's rows are kept. Calls themselves stay for ever."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from calls.models import CallEvent, Webhook

logger = logging.getLogger(__name__)

# One batch is one short transaction, so that calls that come in meanwhile do not wait for it.
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows were deleted, or would be."""

    webhooks: int
    events: int


def flight_recorder_prune(*, days: int | None = None, dry_run: bool = False, batch: int = BATCH) -> Pruned:
    """Deletes the rows older than `days`, by default `FLIGHT_RECORDER_DAYS`; none when that is 0 or less."""
    days = settings.FLIGHT_RECORDER_DAYS if days is None else days
    if days <= 0:
        return Pruned(webhooks=0, events=0)
    limit = _days_ago(days)
    webhooks = Webhook.objects.filter(received_at__lt=limit).order_by("received_at")
    events = CallEvent.objects.filter(at__lt=limit).order_by("at")
    if dry_run:
        return Pruned(webhooks=webhooks.count(), events=events.count())
    pruned = Pruned(webhooks=_delete(webhooks, batch), events=_delete(events, batch))
    if pruned.webhooks or pruned.events:
        logger.info("flight recorder: rows older than %s days are deleted: %s", days, pruned)
    return pruned


def _days_ago(days: int) -> datetime:
    try:
        return timezone.now() - timedelta(days=days)
    except OverflowError:
        # Longer than time itself: nothing is that old.
        return datetime(1, 1, 2, tzinfo=UTC)


def _delete(rows: QuerySet[Webhook] | QuerySet[CallEvent], batch: int) -> int:
    deleted = 0
    while ids := list(rows.values_list("pk", flat=True)[:batch]):
        deleted += rows.filter(pk__in=ids).delete()[0]
    return deleted
