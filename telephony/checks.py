"""What is missing or malformed in the environment, found at start-up and said with a hint."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

_SIDS = {
    "TWILIO_ACCOUNT_SID": ("AC", "E001"),
    "TWILIO_API_KEY_SID": ("SK", "E002"),
    "TWILIO_TWIML_APP_SID": ("AP", "E003"),
}
_SECRETS = {"TWILIO_AUTH_TOKEN": "E004", "TWILIO_API_KEY_SECRET": "E005"}
_LOCAL = {"localhost", "127.0.0.1", "::1"}
MAX_TTL = 86_400
# A token that is renewed all the time is of no use.
MIN_TTL = 30


@register(Tags.security)
def check_twilio(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Credentials are there and look like what they are."""
    found: list[CheckMessage] = []
    for name, (prefix, number) in _SIDS.items():
        value = getattr(settings, name)
        if not re.fullmatch(rf"{prefix}[0-9a-f]{{32}}", value):
            found.append(
                Error(
                    f"{name} is {'missing' if not value else 'malformed'}.",
                    hint=f"It is {prefix} and 32 hexadecimal digits, from Twilio's console. See .env.example.",
                    id=f"telephony.{number}",
                )
            )
    for name, number in _SECRETS.items():
        if not getattr(settings, name):
            found.append(Error(f"{name} is missing.", hint="See .env.example.", id=f"telephony.{number}"))
    for name, number in (("TWILIO_CALLER_ID", "E006"), ("TWILIO_FALLBACK_NUMBER", "E022")):
        if getattr(settings, name) and not re.fullmatch(r"\+[1-9][0-9]{6,14}", getattr(settings, name)):
            found.append(Error(f"{name} is malformed.", hint="Write it like +12025550100.", id=f"telephony.{number}"))
    pair = (settings.TWILIO_WEBHOOK_USERNAME, settings.TWILIO_WEBHOOK_PASSWORD)
    if any(pair) and not all(re.fullmatch(r"[A-Za-z0-9]{1,128}", part) for part in pair):
        found.append(
            Error(
                "TWILIO_WEBHOOK_USERNAME and TWILIO_WEBHOOK_PASSWORD do not go together.",
                hint="Set both or neither. Twilio takes letters and digits only.",
                id="telephony.E008",
            )
        )
    if not 1 <= settings.TOKEN_TTL_SECONDS <= MAX_TTL:
        found.append(
            Error(
                "TOKEN_TTL_SECONDS is out of range.",
                hint="Twilio takes 1 to 86400 seconds; 3600 fits most desks.",
                id="telephony.E007",
            )
        )
    return found + _check_lifetimes()


def _check_lifetimes() -> list[CheckMessage]:
    return [
        Error(
            f"{name} is out of range.",
            hint=f"It is the most seconds that a voice token may last: {MIN_TTL} to {MAX_TTL}.",
            id="telephony.E018",
        )
        for name in ("TOKEN_MAX_TTL_SECONDS_WEB", "TOKEN_MAX_TTL_SECONDS_IOS", "TOKEN_MAX_TTL_SECONDS_ANDROID")
        if not MIN_TTL <= getattr(settings, name) <= MAX_TTL
    ]


@register(Tags.security)
def check_addresses(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Twilio can reach us safely, and the simulator stays on the laptop."""
    found: list[CheckMessage] = []
    parts = urlsplit(settings.PUBLIC_BASE_URL)
    local = parts.hostname in _LOCAL
    more = parts.path or parts.query or parts.fragment or parts.username
    if parts.scheme not in ("http", "https") or not parts.hostname or more:
        found.append(
            Error(
                "PUBLIC_BASE_URL is malformed.",
                hint="Write the scheme and the host only, like https://desk.example.com.",
                id="telephony.E010",
            )
        )
    elif parts.scheme != "https" and not local:
        found.append(
            Error(
                "PUBLIC_BASE_URL is not https.",
                hint="Twilio's requests hold callers' numbers, and browsers allow the microphone on https only.",
                id="telephony.E011",
            )
        )
    if settings.SIMULATOR and (not settings.DEBUG or not local):
        found.append(
            Error(
                "The Twilio simulator is switched on in production.",
                hint="Set SIMULATOR=False. It belongs on a laptop: DEBUG=True and a PUBLIC_BASE_URL on localhost.",
                id="telephony.E012",
            )
        )
    if not settings.SIMULATOR and (settings.TWILIO_API_BASE_URL or settings.TWILIO_VOICE_SIGNALLING_URL):
        found.append(
            Error(
                "TWILIO_API_BASE_URL or TWILIO_VOICE_SIGNALLING_URL is set although SIMULATOR is off.",
                hint="Leave both empty to use Twilio itself.",
                id="telephony.E013",
            )
        )
    if not settings.SIMULATOR and local:
        found.append(
            Warning(
                "PUBLIC_BASE_URL is on this machine, where Twilio cannot reach it.",
                hint="Use the public https address of your server or tunnel.",
                id="telephony.W014",
            )
        )
    return found


MAX_RETRIES = 10
# Twilio Docs, "Webhooks: Connection Overrides".
_OVERRIDE = re.compile(
    r"(?:ct|rt|tt)=[0-9]{3,5}|rc=[0-5]|rp=(?:4xx|5xx|ct|rt|all)(?:,(?:4xx|5xx|ct|rt|all))*|sni=[yn]|e=[a-z,-]+"
)


@register(Tags.security)
def check_requests(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """How often we ask Twilio again, and how often it asks us."""
    found: list[CheckMessage] = []
    if not 0 <= settings.TWILIO_RETRIES <= MAX_RETRIES:
        found.append(
            Error("TWILIO_RETRIES is out of range.", hint=f"Set it to 0 to {MAX_RETRIES}.", id="telephony.E020")
        )
    overrides = settings.TWILIO_CONNECTION_OVERRIDES.lstrip("#")
    if overrides and not all(_OVERRIDE.fullmatch(part) for part in overrides.split("&")):
        found.append(
            Error(
                "TWILIO_CONNECTION_OVERRIDES is malformed.",
                hint="Write it like rc=2&rp=ct,rt,5xx&ct=1000&rt=4000. See docs/operations.md.",
                id="telephony.E021",
            )
        )
    return found
