"""How long the flight recorder's rows are kept. Calls themselves stay for ever."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.conf import settings

from calls.models import CallEvent
from core.retention import BATCH, days_ago, delete_in_batches
from telephony.models import Webhook

logger = logging.getLogger(__name__)


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
    limit = days_ago(days)
    webhooks = Webhook.objects.filter(received_at__lt=limit).order_by("received_at")
    events = CallEvent.objects.filter(at__lt=limit).order_by("at")
    if dry_run:
        return Pruned(webhooks=webhooks.count(), events=events.count())
    pruned = Pruned(webhooks=delete_in_batches(webhooks, batch), events=delete_in_batches(events, batch))
    if pruned.webhooks or pruned.events:
        logger.info("flight recorder: rows older than %s days are deleted: %s", days, pruned)
    return pruned
