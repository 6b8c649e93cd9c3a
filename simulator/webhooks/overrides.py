"""Connection overrides in a URL's fragment: Twilio Docs, "Webhooks: Connection Overrides"."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

RETRY_POLICIES = frozenset({"4xx", "5xx", "ct", "rt", "all"})


@dataclass(frozen=True)
class Overrides:
    """Times in seconds. By default a request is tried again once, and only when no connection could be made."""

    connect_timeout: float = 5.0
    read_timeout: float = 15.0
    total_timeout: float = 15.0
    retries: int = 1
    retry_on: frozenset[str] = frozenset({"ct"})

    def retries_on(self, reason: str) -> bool:
        return reason in self.retry_on or "all" in self.retry_on


def _within(text: str, low: int, high: int) -> int:
    return min(max(int(text), low), high)


def parse_overrides(url: str) -> tuple[Overrides, list[str]]:
    """What the fragment asks for, kept within Twilio's bounds, and the parts of it that could not be understood."""
    values: dict[str, float | int | frozenset[str]] = {}
    problems: list[str] = []
    for key, text in parse_qsl(urlsplit(url).fragment, keep_blank_values=True):
        try:
            match key:
                case "ct":
                    values["connect_timeout"] = _within(text, 100, 10_000) / 1000
                case "rt":
                    values["read_timeout"] = _within(text, 100, 15_000) / 1000
                case "tt":
                    values["total_timeout"] = _within(text, 100, 15_000) / 1000
                case "rc":
                    values["retries"] = _within(text, 0, 5)
                case "rp":
                    policies = frozenset(text.split(","))
                    if not policies <= RETRY_POLICIES:
                        problems.append(f"{key}={text}")
                    values["retry_on"] = policies & RETRY_POLICIES
                case "e" | "sni":
                    pass  # where requests leave Twilio from, and TLS server names: no meaning on a laptop
                case _:
                    problems.append(f"{key}={text}")
        except ValueError:
            problems.append(f"{key}={text}")
    return Overrides(**values), problems  # type: ignore[arg-type]
