"""What the worker does for contacts."""

from celery import shared_task

from contacts.merging import merges_forget


@shared_task(name="contacts.tasks.merges_prune")  # type: ignore[untyped-decorator]
def merges_prune() -> None:
    """Deletes what was kept to undo merges, once that is possible no more."""
    merges_forget()
