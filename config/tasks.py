"""What the worker does for the whole."""

from celery import shared_task


@shared_task(name="config.tasks.heartbeat")  # type: ignore[untyped-decorator]
def heartbeat() -> None:
    """Nothing: that it ran shows that queue and worker work. `config.heartbeats` notes it."""
