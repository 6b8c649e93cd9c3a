"""How many calls the account may have at a time, how fast the REST API may make them, and where it may call. Without
limits at first."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.world import World

CONCURRENCY_EXCEEDED = 10004
WORDS = "The account has as many calls at the same time as it may have"


@dataclass
class AccountLimits:
    """`concurrent_calls` counts every leg; `calls_per_second` those that the REST API makes: the rest waits, queued.
    `forbidden`: beginnings of numbers that the account has no permission to call, as a country's `+44`."""

    concurrent_calls: int | None = None
    calls_per_second: float | None = None
    forbidden: frozenset[str] = frozenset()
    _next_turn: float = 0.0

    def full(self, world: World) -> bool:
        return self.concurrent_calls is not None and len(world.live_calls) >= self.concurrent_calls

    def forbids(self, number: str) -> bool:
        """Whether the account has no permission to call there: Twilio's "Voice dialing geographic permissions"."""
        return number.startswith(tuple(self.forbidden))

    def turn(self) -> float:
        """Takes the next turn of the REST API; the seconds until it comes."""
        if self.calls_per_second is None:
            return 0.0
        now = asyncio.get_running_loop().time()
        at = max(now, self._next_turn)
        self._next_turn = at + 1 / self.calls_per_second
        return at - now

    def set(self, concurrent_calls: int | None, calls_per_second: float | None) -> None:
        self.concurrent_calls, self.calls_per_second = concurrent_calls, calls_per_second
        self._next_turn = 0.0

    def as_json(self) -> dict[str, float | None]:
        return {"concurrent_calls": self.concurrent_calls, "calls_per_second": self.calls_per_second}
