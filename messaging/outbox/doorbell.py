"""Waking the worker."""

from __future__ import annotations

import logging
from collections.abc import Callable

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)

TASK = "messaging.tasks.outbox_work"
# Wakes whoever sends in this process, and says whether somebody does.
_wake_here: Callable[[], bool] = lambda: False  # noqa: E731


def wakes_here(wake: Callable[[], bool]) -> None:
    """Said by the worker, when it is loaded."""
    global _wake_here
    _wake_here = wake


def ring() -> None:
    """After the commit, tells a worker that something waits. Nothing is lost when it cannot be told: it also looks by
    the clock."""
    transaction.on_commit(ring_now, robust=True)


def ring_now() -> None:
    """Tells a worker at once; never fails. One in this process is told without the task queue, which takes its time."""
    if not _wake_here():
        ring_others()


def ring_others() -> None:
    """Tells whoever listens to the task queue; never fails."""
    try:
        current_app.send_task(TASK, retry=False)
    except Exception:
        logger.warning("outbox: the doorbell does not work; the clock looks in five seconds")
