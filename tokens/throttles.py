"""How often the same agent, username or address may ask. Counted in the cache: no query."""

from __future__ import annotations

import hashlib
import ipaddress
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from telephony.proxies import client_address


class VoiceTokenThrottle(SimpleRateThrottle):
    """By agent."""

    scope = "voice-token"

    def get_cache_key(self, request: Request, view: Any) -> str:
        return f"throttle.voice-token.{request.user.pk}"


class LoginUsernameThrottle(SimpleRateThrottle):
    """By the username that is tried, from wherever."""

    scope = "login-username"

    def get_cache_key(self, request: Request, view: Any) -> str:
        data = request.data
        username = str(data.get("username", "")) if isinstance(data, dict) else ""
        return f"throttle.login-username.{hashlib.sha256(username.encode('utf-8', 'replace')).hexdigest()}"


class LoginAddressThrottle(SimpleRateThrottle):
    """By address; an IPv6 customer owns a whole /64, so that is what counts."""

    scope = "login-address"

    def get_cache_key(self, request: Request, view: Any) -> str:
        address = client_address(request) or "unknown"
        if ":" in address:
            address = str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)
        return f"throttle.login-address.{address}"
