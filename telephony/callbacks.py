"""URLs that we give to Twilio."""

from urllib.parse import quote, urlsplit, urlunsplit

from django.conf import settings
from django.urls import reverse

from telephony import http_auth


def callback_url(name: str) -> str:
    """The public address of one of our routes, by its URL name (`calls:status`).

    Built from `PUBLIC_BASE_URL`, never from the request: what Twilio signs is what Twilio was told.
    """
    base = urlsplit(settings.PUBLIC_BASE_URL)
    return urlunsplit((base.scheme, f"{_userinfo()}{base.netloc}", reverse(name), "", ""))


def without_userinfo(url: str) -> str:
    """The URL as it may be shown: without a user and password in it."""
    start, slashes, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{start}{slashes}{host.rpartition('@')[2]}{slash}{path}"


def _userinfo() -> str:
    """The webhook user and password, where they are set: Twilio takes them from the URL to answer our challenge."""
    if not http_auth.is_required():
        return ""
    user, password = settings.TWILIO_WEBHOOK_USERNAME, settings.TWILIO_WEBHOOK_PASSWORD
    return f"{quote(user, safe='')}:{quote(password, safe='')}@"
