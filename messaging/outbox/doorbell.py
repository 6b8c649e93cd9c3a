"""Waking the worker."""

from __future__ import annotations

import logging

from django.db import transaction

logger = logging.getLogger(__name__)


def ring() -> None:
    """After the commit, tells a worker that something waits. Nothing is lost when it cannot be told: it also looks by
    the clock."""
    transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    from messaging.tasks import outbox_work

    outbox_work.delay()
