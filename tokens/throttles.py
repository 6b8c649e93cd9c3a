"""How often the same agent, username or address may ask. Counted in the cache: no query."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from telephony.proxies import client_address


class VoiceTokenThrottle(SimpleRateThrottle):
    """By agent."""

    scope = "voice-token"

    def get_cache_key(self, request: Request, view: Any) -> str:
        return self.key_of(request.user.pk)

    @staticmethod
    def key_of(agent_id: int | None) -> str:
        return f"throttle.voice-token.{agent_id}"

    @classmethod
    def take(cls, agent_ids: Sequence[int]) -> list[bool]:
        """Whether each may have a token now, in two trips to the cache for all of them. Counts those that may, as
        `allow_request` does."""
        throttle: Any = cls()
        now, most, seconds = throttle.timer(), throttle.num_requests, throttle.duration
        keys = [cls.key_of(agent_id) for agent_id in agent_ids]
        histories: dict[str, list[float]] = throttle.cache.get_many(set(keys))
        allowed = []
        for key in keys:
            recent = [time for time in histories.get(key, []) if time > now - seconds]
            allowed.append(len(recent) < most)
            histories[key] = [now, *recent] if allowed[-1] else recent
        throttle.cache.set_many(histories, seconds)
        return allowed


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
