"""Proof that the worker works: a task went through the queue, and its end was noted where every process can see it.

A ping would reach a worker in its own process only, and the desk without Redis has its worker in the web server.
"""

from __future__ import annotations

from typing import Any

from celery.signals import task_postrun, worker_ready
from django.utils import timezone

HEARTBEAT = "config.tasks.heartbeat"
RECONCILE = "calls.tasks.reconcile"
WATCHED = frozenset({HEARTBEAT, RECONCILE})


@task_postrun.connect(dispatch_uid="config.server.heartbeats.note")  # type: ignore[untyped-decorator]
def note(sender: Any = None, state: str = "", **kwargs: Any) -> None:
    """Keeps when a watched task ended, and how."""
    from config.models import Heartbeat

    name = getattr(sender, "name", "")
    if name in WATCHED:
        values = {"at": timezone.now(), "succeeded": state == "SUCCESS"}
        Heartbeat.objects.update_or_create(task=name, defaults=values)


def ask_for_one() -> None:
    """Queues a heartbeat now: nobody should wait for the clock to know that a fresh worker works."""
    from config.tasks import heartbeat

    heartbeat.delay()


@worker_ready.connect(dispatch_uid="config.server.heartbeats.ready")  # type: ignore[untyped-decorator]
def _ready(**kwargs: Any) -> None:
    ask_for_one()
