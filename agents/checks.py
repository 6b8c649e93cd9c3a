"""Log-in settings that would lock everybody out, found at start-up and said with a hint."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

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
