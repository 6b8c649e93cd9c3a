"""URLs that we give to Twilio."""

from django.conf import settings
from django.urls import reverse


def callback_url(name: str) -> str:
    """The public address of one of our routes, by its URL name (`calls:status`).

    Built from `PUBLIC_BASE_URL`, never from the request: what Twilio signs is what Twilio was told.
    """
    return f"{settings.PUBLIC_BASE_URL}{reverse(name)}"
