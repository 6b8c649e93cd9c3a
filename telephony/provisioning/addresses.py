"""The URLs that Twilio should have, whose a URL is, and how a URL is shown. Pure but for the settings."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

from telephony.callbacks import callback_url

# Where Twilio points a number that nobody has set up yet.
_TWILIOS_OWN = {"demo.twilio.com"}
_PORTS = {"https": 443, "http": 80}


def handler_url(name: str) -> str:
    """The public address of one of our routes, with the connection overrides that Twilio is to use.

    By itself Twilio repeats a request once, and only when the connection failed; the fragment is neither sent nor
    signed (Twilio Docs, "Webhooks: Connection Overrides").
    """
    overrides = settings.TWILIO_CONNECTION_OVERRIDES.lstrip("#")
    return callback_url(name) + (f"#{overrides}" if overrides else "")


def app_values() -> dict[str, str]:
    """How the TwiML app should be set: calls that a browser makes."""
    return _values(voice="calls:voice-outgoing")


def number_values() -> dict[str, str]:
    """How a number should be set: calls that come in, routed by its URLs and not by a trunk or an app."""
    return _values(voice="calls:voice-incoming") | {"trunk_sid": "", "voice_application_sid": ""}


def text_values() -> dict[str, str]:
    """How a number should be set: texts that come in."""
    return {
        "sms_url": handler_url("messaging:incoming"),
        "sms_method": "POST",
        "sms_fallback_url": handler_url("messaging:fallback"),
        "sms_fallback_method": "POST",
        "sms_application_sid": "",
    }


def service_values() -> dict[str, str]:
    """How a messaging service should be set, which stands before the URLs of its numbers."""
    return {
        "inbound_request_url": handler_url("messaging:incoming"),
        "inbound_method": "POST",
        "fallback_url": handler_url("messaging:fallback"),
        "fallback_method": "POST",
        "use_inbound_webhook_on_number": "false",
    }


def _values(*, voice: str) -> dict[str, str]:
    return {
        "voice_url": handler_url(voice),
        "voice_method": "POST",
        "voice_fallback_url": handler_url("calls:voice-fallback"),
        "voice_fallback_method": "POST",
        "status_callback": handler_url("calls:status"),
        "status_callback_method": "POST",
    }


def place(url: str) -> str:
    """Host and port of a URL, the port only when it is not the scheme's own; "" for what is no URL."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    return host if port in (None, _PORTS.get(parts.scheme)) else f"{host}:{port}"


def is_somebody_elses(url: str) -> bool:
    """Whether calls go to another host than ours. Where Twilio points new numbers is nobody's."""
    if not url:
        return False
    where = place(url)
    return where != place(settings.PUBLIC_BASE_URL) and where not in _TWILIOS_OWN


def masked(url: str) -> str:
    """The URL without its credentials and without what its query says: both may open doors."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "…"
    userinfo, at, host = parts.netloc.rpartition("@")
    return urlunsplit(
        (
            parts.scheme,
            f"{'•••@' if at and userinfo else ''}{host}",
            parts.path,
            "…" if parts.query else "",
            parts.fragment,
        )
    )


def without_overrides(url: str) -> str:
    return url.partition("#")[0]
