"""What the worker does for the whole."""

import logging

from celery import shared_task
from django.core.management import call_command

from agents.presence import presence_changes_prune
from agents.services import login_records_prune
from config.privacy import tasks  # noqa: F401  (a task of its own)
from tokens.services import issued_tokens_prune

logger = logging.getLogger(__name__)


@shared_task(name="config.tasks.heartbeat")  # type: ignore[untyped-decorator]
def heartbeat() -> None:
    """Nothing: that it ran shows that queue and worker work. `config.server.heartbeats` notes it."""


@shared_task(name="config.tasks.log_ins_prune")  # type: ignore[untyped-decorator]
def log_ins_prune() -> None:
    """Deletes what was kept long enough: records of log-ins, of voice tokens and of presence, and sessions that are
    over."""
    records, tokens = login_records_prune(), issued_tokens_prune()
    presence_changes_prune()
    call_command("clearsessions")
    if records or tokens:
        logger.info("log-ins: %d records and %d of voice tokens are deleted, kept long enough", records, tokens)
