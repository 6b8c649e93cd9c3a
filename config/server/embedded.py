"""A worker inside the web process, for desks without Redis: nothing to install, nothing more to start.

Its queue is in memory and ends with the process. That loses nothing: the database holds what is to be done, the queue
only says when.
"""

from __future__ import annotations

import logging
import threading

from celery.beat import Scheduler, Service

from config.celery import app
from messaging.group_sends.feeding import feed
from messaging.outbox import worker

logger = logging.getLogger(__name__)


def start() -> None:
    """Starts the worker, its clock and the one that sends texts in threads that end with the process."""
    threading.Thread(target=_work, name="worker", daemon=True).start()
    threading.Thread(target=_tick, name="clock", daemon=True).start()
    # Not through the queue, which is looked at a hundred times a second: somebody waits for these.
    threading.Thread(target=worker.stand_by, args=(feed,), name="texts", daemon=True).start()


def _work() -> None:
    # The plain controller: the full one wants the main thread's signals, which are the web server's.
    controller = app.WorkController(
        app=app, pool="threads", concurrency=4, without_gossip=True, without_mingle=True, without_heartbeat=True
    )
    logger.info("worker started in the web process")
    controller.start()


class _MemoryScheduler(Scheduler):  # type: ignore[misc]
    """Keeps its times in memory: after a restart everything is simply due again."""


def _tick() -> None:
    Service(app, max_interval=5, scheduler_cls=_MemoryScheduler).start(embedded_process=False)
