"""What the worker does for texts."""

from __future__ import annotations

from celery import shared_task

from messaging.group_sends.feeding import feed
from messaging.outbox import worker
from messaging.reconcile import texts_reconcile
from messaging.threads.giving_back import threads_give_back_hourly


@shared_task(name="messaging.tasks.outbox_work")  # type: ignore[untyped-decorator]
def outbox_work() -> None:
    """Sends what is due."""
    worker.run_or_wake(feed)


@shared_task(name="messaging.tasks.reconcile")  # type: ignore[untyped-decorator]
def reconcile() -> None:
    """Asks for what Twilio's callbacks did not tell, and sees to threads that are nobody's any more."""
    texts_reconcile()
    threads_give_back_hourly()
