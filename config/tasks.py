"""What the worker does for the whole."""

import logging
from typing import Any

from celery import shared_task
from django.core.management import call_command

from agents.services import login_records_prune
from config.privacy import services
from tokens.services import issued_tokens_prune

logger = logging.getLogger(__name__)


@shared_task(name="config.tasks.heartbeat")  # type: ignore[untyped-decorator]
def heartbeat() -> None:
    """Nothing: that it ran shows that queue and worker work. `config.server.heartbeats` notes it."""


@shared_task(name="config.tasks.log_ins_prune")  # type: ignore[untyped-decorator]
def log_ins_prune() -> None:
    """Deletes what was kept long enough: records of log-ins and of voice tokens, and sessions that are over."""
    records, tokens = login_records_prune(), issued_tokens_prune()
    call_command("clearsessions")
    if records or tokens:
        logger.info("log-ins: %d records and %d of voice tokens are deleted, kept long enough", records, tokens)


@shared_task(  # type: ignore[untyped-decorator]
    name="config.tasks.erase_at_twilio", bind=True, max_retries=10, default_retry_delay=60
)
def erase_at_twilio(self: Any, erasure_id: int, call_sids: list[str], recording_sids: list[str]) -> None:
    """Deletes at Twilio what is kept there of somebody who was erased here."""
    if services.erase_at_twilio(erasure_id, call_sids, recording_sids):
        raise self.retry()
