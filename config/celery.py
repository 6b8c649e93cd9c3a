"""The task queue. Redis carries it when there is one; else it lives in the web process (`config.server.embedded`)."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

from core.memory import arenas_limit, garbage_seldom

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

app = Celery("ringdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect  # type: ignore[untyped-decorator]
def _spare_memory(**_: Any) -> None:
    arenas_limit()
    # The tasks are there by now.
    garbage_seldom()
