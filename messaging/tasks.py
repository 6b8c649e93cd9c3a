"""What the worker does for texts."""

from celery import shared_task


@shared_task(name="messaging.tasks.outbox_work")  # type: ignore[untyped-decorator]
def outbox_work() -> None:
    """Sends what is due."""
