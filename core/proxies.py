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


def client_network(request: Any) -> str | None:
    """What limits count as one client: an IPv4 address as it is, of an IPv6 address its /64, written as the /64's first
    address. Whoever has one IPv6 address has all of them."""
    address = client_address(request)
    return network_of(address) if address else None


def network_of(address: str) -> str:
    """The same for an address that `client_address` returned."""
    if ":" not in address:
        return address
    return str(ipaddress.IPv6Network((address, 64), strict=False).network_address)


def _valid(text: str) -> str | None:
    """The address in its one form: IPv4 written as IPv6 (a server that listens on both) is IPv4, and no interface is
    named."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)


def is_trusted(address: str) -> bool:
    """Whether the address is one of `TRUSTED_PROXIES`."""
    for proxy in settings.TRUSTED_PROXIES:
        try:
            if ipaddress.ip_address(_valid(address) or "") in ipaddress.ip_network(proxy, strict=False):
                return True
        except ValueError:
            continue
    return False
