"""What the worker does for figures."""

from typing import Any

from celery import shared_task
from django.conf import settings

from telephony.errors import TelephonyError
from telephony.rest.http import background_retries
from usage.prices import prices_refresh
from usage.services import usage_refresh
from usage.triggers import triggers_follow


@shared_task(name="usage.tasks.refresh")  # type: ignore[untyped-decorator]
def refresh() -> None:
    """Usage records."""
    with background_retries():
        usage_refresh()


@shared_task(name="usage.tasks.prices")  # type: ignore[untyped-decorator]
def prices() -> None:
    """Prices of calls and texts."""
    with background_retries():
        prices_refresh()


@shared_task(  # type: ignore[untyped-decorator]
    name="usage.tasks.triggers", bind=True, max_retries=10, default_retry_delay=60
)
def triggers(self: Any) -> None:
    """Usage triggers, after a limit was changed or deleted. Given up after some minutes: then the Doctor says so."""
    if not settings.TWILIO_ACCOUNT_SID:
        return
    try:
        with background_retries():
            triggers_follow()
    except TelephonyError as error:
        raise self.retry() from error
