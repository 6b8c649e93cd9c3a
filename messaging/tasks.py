"""What the worker does for texts."""

from __future__ import annotations

from datetime import datetime

from celery import shared_task

from messaging.outbox import worker


@shared_task(name="messaging.tasks.outbox_work")  # type: ignore[untyped-decorator]
def outbox_work() -> None:
    """Sends what is due."""
    worker.run_or_wake(feed)


def feed(room: int) -> datetime | None:
    """Puts texts to groups on the work list, as far as there is room."""
    return None
