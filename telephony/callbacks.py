"""URLs that we give to Twilio."""

from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

from django.conf import settings
from django.urls import get_script_prefix, reverse


def callback_url(name: str) -> str:
    """The public address of one of our routes, by its URL name (`calls:status`).

    Built from `PUBLIC_BASE_URL`, never from the request: what Twilio signs is what Twilio was told.
    """
    user, password = settings.TWILIO_WEBHOOK_USERNAME, settings.TWILIO_WEBHOOK_PASSWORD
    return _url(name, settings.PUBLIC_BASE_URL, user, password, get_script_prefix())


def callback_url_with(name: str, *, query: str) -> str:
    """The same with a query, which is signed as well, and the connection overrides that Twilio is to use: by itself it
    never repeats a callback that we could not take."""
    overrides = settings.TWILIO_CONNECTION_OVERRIDES.lstrip("#")
    return f"{callback_url(name)}?{query}" + (f"#{overrides}" if overrides else "")


@lru_cache(maxsize=64)
def _url(name: str, base_url: str, user: str, password: str, prefix: str) -> str:
    """Worked out once for all that goes into it: every TwiML has two. `reverse` puts the prefix before a path."""
    base = urlsplit(base_url)
    return urlunsplit((base.scheme, f"{_userinfo(user, password)}{base.netloc}", reverse(name), "", ""))


def without_userinfo(url: str) -> str:
    """The URL as it may be shown: without a user and password in it."""
    start, slashes, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{start}{slashes}{host.rpartition('@')[2]}{slash}{path}"


def _userinfo(user: str, password: str) -> str:
    """The webhook user and password, where they are set: Twilio takes them from the URL to answer our challenge."""
    if not (user and password):
        return ""
    return f"{quote(user, safe='')}:{quote(password, safe='')}@"
