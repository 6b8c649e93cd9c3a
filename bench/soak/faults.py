"""The faults of a soak, as rules for the simulator."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from bench.soak.house import House

_WEBHOOK: dict[str, dict[str, Any]] = {
    "webhook-delay": {"seconds": 1.5},
    "webhook-drop": {},
    "webhook-duplicate": {},
    "webhook-reorder": {"seconds": 2},
    "webhook-lost-answer": {},
    "webhook-error": {},
}
_REST: dict[str, dict[str, Any]] = {
    "rest-error": {"status": 503},
    "rest-rate-limit": {"seconds": 1},
    "rest-timeout": {"seconds": 2},
    "rest-slow": {"seconds": 1},
}
#: These are drawn each second of a socket, and for each packet.
_PHONE: dict[str, dict[str, Any]] = {"signalling-drop": {"rate": 0.02}, "media-loss": {"rate": 0.05}}
CUT_SECONDS = 2.0
TURN_SECONDS = 20.0


def rules(share: float, *, cuts: bool = True) -> list[dict[str, Any]]:
    """Of all webhooks, and of all REST requests, `share` meet a fault of some kind. `cuts`: phones lose their sockets,
    too, and now and then there is no network at all."""
    made: list[dict[str, Any]] = [{"kind": "network-cut", "seconds": CUT_SECONDS}] if cuts else []
    for family in (_WEBHOOK, _REST):
        made += [{"kind": kind, "rate": round(share / len(family), 4), **more} for kind, more in family.items()]
    return made + [{"kind": kind, **more} for kind, more in _PHONE.items() if cuts]


class Weather:
    """Bad weather for as long as it runs: all faults by chance, and every turn begins with the network cut."""

    def __init__(self, house: House, seed: int, share: float, *, cuts: bool = True) -> None:
        self._house, self._seed, self._share, self._cuts = house, seed, share, cuts
        self.fired: Counter[str] = Counter()

    async def run(self) -> None:
        """Until it is cancelled. The faults are off afterwards."""
        if not self._share:
            return
        try:
            for turn in range(10_000):
                await self._ask(
                    "POST", {"seed": self._seed * 10_000 + turn, "rules": rules(self._share, cuts=self._cuts)}
                )
                await asyncio.sleep(TURN_SECONDS)
                await self._count()
        finally:
            await self._count()
            await self._ask("DELETE")

    async def _count(self) -> None:
        for rule in (await self._ask("GET"))["rules"]:
            self.fired[rule["kind"]] += rule["fired"]

    async def _ask(self, method: str, body: dict[str, Any] | None = None) -> Any:
        return await asyncio.to_thread(self._house.bench, method, "/sim/faults", body)
