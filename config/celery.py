"""The task queue. Redis carries it when there is one; else it lives in the web process (`config.server.embedded`)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

app = Celery("ringdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
