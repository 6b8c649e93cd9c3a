"""Settings with which a server that others can reach would be open, or closed to everybody: found at start-up."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks.security.base import (
    SECRET_KEY_INSECURE_PREFIX,
    SECRET_KEY_MIN_LENGTH,
    SECRET_KEY_MIN_UNIQUE_CHARACTERS,
)
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

from config.env import env

_LOCAL = {"localhost", "127.0.0.1", "::1"}
# No proxy's network is wider, but for IPv6's private one.
_WIDEST = {4: 8, 6: 16}
_PRIVATE_IPV6 = ipaddress.ip_network("fc00::/7")


@register(Tags.security)
def check_environment(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Every variable that was set could be read; the others have their defaults."""
    return [
        Error(f"{name} cannot be read.", hint=f"Expected {expected}. See .env.example.", id="telephony.E016")
        for name, expected in env.malformed.items()
    ]


@register(Tags.security)
def check_debug(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Pages of failures, which show settings and customers' data, stay on the laptop."""
    if not settings.DEBUG or (_public_host() in _LOCAL and not _is_https()):
        return []
    return [
        Error(
            "DEBUG is True although PUBLIC_BASE_URL is not on this machine.",
            hint="Set DEBUG=False. Failures would show settings and customers' data to whoever asks.",
            id="config.E001",
        )
    ]


@register(Tags.security)
def check_secret_key(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Nobody can guess what signs sessions."""
    try:
        key = str(settings.SECRET_KEY)
    except ImproperlyConfigured:  # So says Django of an empty one.
        key = ""
    if key and _is_laptop():
        return []
    is_random = not key.startswith(SECRET_KEY_INSECURE_PREFIX) and len(set(key)) >= SECRET_KEY_MIN_UNIQUE_CHARACTERS
    if len(key) >= SECRET_KEY_MIN_LENGTH and is_random:
        return []
    return [
        Error(
            f"SECRET_KEY is {'too easy to guess' if key else 'missing'}.",
            hint=f"Set it to {SECRET_KEY_MIN_LENGTH} random characters or more: "
            'python3 -c "import secrets; print(secrets.token_urlsafe(50))"',
            id="config.E002",
        )
    ]


@register(Tags.security)
def check_trusted_proxies(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Each is an address or a network, and none is everybody."""
    return [
        Error(
            f"TRUSTED_PROXIES holds {proxy[:60]!r}, which is {wrong}.",
            hint="Name the addresses or networks of your own proxies only, such as 10.0.0.5 or 172.18.0.0/16. "
            "Whoever is named there says which address a request came from.",
            id="config.E003",
        )
        for proxy in settings.TRUSTED_PROXIES
        if (wrong := _wrong_with_proxy(proxy))
    ]


def _wrong_with_proxy(proxy: str) -> str:
    try:
        network = ipaddress.ip_network(proxy, strict=False)
    except ValueError:
        return "neither an address nor a network"
    if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_PRIVATE_IPV6):  # type: ignore[arg-type]
        return ""
    return "half the world or more" if network.prefixlen < _WIDEST[network.version] else ""


@register(Tags.security)
def check_allowed_hosts(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Our own name is among them, and not every name is."""
    if _is_laptop():
        return []
    found: list[CheckMessage] = []
    for host in settings.ALLOWED_HOSTS:
        if wrong := _wrong_with_host(host):
            found.append(
                Error(
                    f"ALLOWED_HOSTS holds {host[:60]!r}, which {wrong}.",
                    hint="Write the names of this server only, such as desk.example.com, or leave it out: by default "
                    "it is the host of PUBLIC_BASE_URL.",
                    id="config.E004",
                )
            )
    host = _public_host()
    if host and not validate_host(f"[{host}]" if ":" in host else host, settings.ALLOWED_HOSTS):
        found.append(
            Error(
                "The host of PUBLIC_BASE_URL is not among ALLOWED_HOSTS.",
                hint=f"Add {host} to ALLOWED_HOSTS, or leave ALLOWED_HOSTS out. Every browser would get an error.",
                id="config.E005",
            )
        )
    return found


def _wrong_with_host(host: str) -> str:
    if host == "*" or (host.startswith(".") and "." not in host[1:]):
        return "is any server's name"
    port = host.rpartition("]")[2]
    return "is no host's name: it has a scheme, a port or a path" if "/" in host or ":" in port else ""


def _is_laptop() -> bool:
    """A developer's: nobody else reaches it."""
    return settings.DEBUG and _public_host() in _LOCAL and not _is_https()


def _public_host() -> str:
    return urlsplit(settings.PUBLIC_BASE_URL).hostname or ""


def _is_https() -> bool:
    return urlsplit(settings.PUBLIC_BASE_URL).scheme == "https"
