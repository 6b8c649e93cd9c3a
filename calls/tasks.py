"""What the worker does for the call log."""

from celery import shared_task

from calls.reconcile import calls_reconcile, calls_sweep


@shared_task(name="calls.tasks.reconcile")  # type: ignore[untyped-decorator]
def reconcile() -> None:
    calls_reconcile()
    calls_sweep()
