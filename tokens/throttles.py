"""How often the same agent, username or address may ask. Counted in the cache: no query."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from agents.selectors import login_is_known_at, login_name
from core.proxies import client_network


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
    """By the username that is tried, from wherever; but strangers elsewhere do not count where it has signed in before.
    There, the address and the lock-out limit it."""

    scope = "login-username"

    def get_cache_key(self, request: Request, view: Any) -> str:
        name = login_name(self._username(request))
        return f"throttle.login-username.{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()}"

    def allow_request(self, request: Request, view: Any) -> bool:
        return super().allow_request(request, view) or login_is_known_at(
            username=self._username(request), network=client_network(request)
        )

    @staticmethod
    def _username(request: Request) -> str:
        data = request.data
        return str(data.get("username", "")) if isinstance(data, dict) else ""


class LoginAddressThrottle(SimpleRateThrottle):
    """By address, of IPv6 the /64."""

    scope = "login-address"

    def get_cache_key(self, request: Request, view: Any) -> str:
        return f"throttle.login-address.{client_network(request) or 'unknown'}"
