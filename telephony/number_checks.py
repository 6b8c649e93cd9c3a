"""Start-up checks of which numbers agents may call."""

from __future__ import annotations

from typing import Any

import phonenumbers
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from telephony.phone import OPTIONAL_KINDS


@register(Tags.security)
def check_numbers_allowed(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """The lists of what may be called can be understood, and in production there is one of countries."""
    found: list[CheckMessage] = []
    regions = [*settings.ALLOWED_REGIONS, settings.HOME_REGION]
    if unknown := [region for region in regions if region not in phonenumbers.SUPPORTED_REGIONS]:
        found.append(
            Error(
                f"ALLOWED_REGIONS or HOME_REGION names no country: {', '.join(unknown)[:100]}.",
                hint="Write ISO 3166 letters, such as US or GB.",
                id="telephony.E030",
            )
        )
    kinds = [*OPTIONAL_KINDS, "none"]
    if unknown := [kind for kind in settings.ALLOWED_NUMBER_KINDS if kind not in kinds]:
        found.append(
            Error(
                f"ALLOWED_NUMBER_KINDS cannot be understood: {', '.join(unknown)[:100]}.",
                hint=f"It takes {', '.join(kinds)}.",
                id="telephony.E031",
            )
        )
    if not settings.ALLOWED_REGIONS and not settings.DEBUG and not settings.SIMULATOR:
        found.append(
            Warning(
                "Agents may call every country.",
                hint="Set ALLOWED_REGIONS to the countries that your company calls, such as US,CA: calls to others may "
                "be dear, and whoever takes over an agent's account calls them first.",
                id="telephony.W032",
            )
        )
    return found
