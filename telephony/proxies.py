"""Who is really asking, when a proxy stands before us."""

from __future__ import annotations

import ipaddress
from typing import Any

from django.conf import settings


def client_address(request: Any) -> str | None:
    """The client's IP address. `X-Forwarded-For` is believed only as far as `TRUSTED_PROXIES` wrote it."""
    address = _valid(request.META.get("REMOTE_ADDR", ""))
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    # From the nearest hop outwards: the first that is no proxy of ours is the client.
    while address and forwarded and is_trusted(address):
        address = _valid(forwarded.pop())
    return address


def _valid(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def is_trusted(address: str) -> bool:
    """Whether the address is one of `TRUSTED_PROXIES`."""
    for proxy in settings.TRUSTED_PROXIES:
        try:
            if ipaddress.ip_address(address) in ipaddress.ip_network(proxy, strict=False):
                return True
        except ValueError:
            continue
    return False
