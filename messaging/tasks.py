"""What the worker does for texts."""

from __future__ import annotations

from celery import shared_task

from messaging.group_sends.feeding import feed
from messaging.outbox import worker
from messaging.reconcile import texts_reconcile


@shared_task(name="messaging.tasks.outbox_work")  # type: ignore[untyped-decorator]
def outbox_work() -> None:
    """Sends what is due."""
    worker.run_or_wake(feed)


@shared_task(name="messaging.tasks.reconcile")  # type: ignore[untyped-decorator]
def reconcile() -> None:
    """Asks for what Twilio's callbacks did not tell."""
    texts_reconcile()
