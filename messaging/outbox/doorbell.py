"""Waking the worker."""

from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)

TASK = "messaging.tasks.outbox_work"


def ring() -> None:
    """After the commit, tells a worker that something waits. Nothing is lost when it cannot be told: it also looks by
    the clock."""
    transaction.on_commit(ring_now, robust=True)


def ring_now() -> None:
    """Tells a worker at once; never fails."""
    try:
        current_app.send_task(TASK, retry=False)
    except Exception:
        logger.warning("outbox: the doorbell does not work; the clock looks in five seconds")
