"""What the worker does for the call log."""

from celery import shared_task

from calls.live.refusals import refusals_explain
from calls.reconcile import calls_reconcile, calls_sweep
from calls.recorder import retention


@shared_task(name="calls.tasks.reconcile")  # type: ignore[untyped-decorator]
def reconcile() -> None:
    calls_reconcile()
    calls_sweep()
    refusals_explain()


@shared_task(name="calls.tasks.flight_recorder_prune")  # type: ignore[untyped-decorator]
def flight_recorder_prune() -> None:
    retention.flight_recorder_prune()
