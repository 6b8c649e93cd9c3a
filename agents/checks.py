"""Settings of log-ins and of waking browsers that cannot work, found at start-up and said with a hint."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from agents.web_push import public_key

_RANGES = {
    "LOGIN_FAILURE_LIMIT": (1, 1000, "5 failures fit most desks"),
    "LOGIN_FAILURE_LIMIT_PER_USERNAME": (1, 10_000, "20 failures fit most desks"),
    "LOGIN_FAILURE_LIMIT_PER_ADDRESS": (1, 100_000, "50 failures fit most desks"),
    "LOGIN_LOCKOUT_SECONDS": (1, 31_536_000, "900 seconds fit most desks"),
    "DEVICE_LOGIN_DAYS": (1, 3650, "90 days fit most desks"),
}


@register(Tags.security)
def check_logins(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Every number is one that can work."""
    return [
        Error(f"{name} is out of range.", hint=f"It is {least} to {most}; {usual}.", id="agents.E001")
        for name, (least, most, usual) in _RANGES.items()
        if not least <= getattr(settings, name) <= most
    ]


@register(Tags.security)
def check_web_push_key(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """The key with which browsers are woken, when there is one, is one."""
    if not settings.WEB_PUSH_PRIVATE_KEY or public_key():
        return []
    hint = "It is 32 bytes as base64url; `manage.py twilio_provision` shows a new one while it is empty."
    return [Warning("WEB_PUSH_PRIVATE_KEY cannot be read: no browser is woken.", hint=hint, id="agents.W001")]
