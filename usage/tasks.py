"""What the worker does for figures."""

from celery import shared_task

from telephony.rest.http import background_retries
from usage.prices import prices_refresh
from usage.services import usage_refresh


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
