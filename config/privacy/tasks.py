"""What the worker does for people who were erased."""

from typing import Any

from celery import shared_task

from config.privacy import services


@shared_task(  # type: ignore[untyped-decorator]
    name="config.tasks.erase_at_twilio", bind=True, max_retries=10, default_retry_delay=60
)
def erase_at_twilio(self: Any, erasure_id: int, call_sids: list[str], recording_sids: list[str]) -> None:
    """Deletes at Twilio what is kept there of somebody who was erased here."""
    if services.erase_at_twilio(erasure_id, call_sids, recording_sids):
        raise self.retry()
