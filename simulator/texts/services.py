"""Which number of a Messaging Service sends: Twilio Docs, "Sticky Sender" and "Area Code Geomatch"."""

from __future__ import annotations

from collections.abc import Callable

from simulator.geography import place_of
from simulator.world import IncomingNumber, MessagingService, World

#: Digits of a North American number up to its area code: `+1202`.
AREA_CODE = 5


class SenderChoice:
    """Remembers who texted whom, so that a telephone hears from the same number again."""

    def __init__(self, world: World, queued: Callable[[str], int]) -> None:
        self._world = world
        self._queued = queued
        self._last: dict[tuple[str, str], str] = {}

    def clear(self) -> None:
        self._last.clear()

    def pool(self, service: MessagingService) -> list[IncomingNumber]:
        """The numbers of a service that still exist."""
        return [self._world.numbers[sid] for sid in service.pool if sid in self._world.numbers]

    def sender_for(self, service: MessagingService, to: str) -> str | None:
        """The number that texts `to`; None when the pool is empty.

        Whoever texted it last, if senders stick; else one from where it is; of several the one with the least to do.
        """
        pool = [number.phone_number for number in self.pool(service)]
        if not pool:
            return None
        last = self._last.get((service.sid, to))
        if service.sticky_sender and last in pool:
            return last
        country = place_of(to)[3]
        near = [number for number in pool if country and place_of(number)[3] == country]
        if service.area_code_geomatch and to.startswith("+1"):
            near = [number for number in near if number[:AREA_CODE] == to[:AREA_CODE]] or near
        chosen = min(near or pool, key=self._queued)
        self.remember(service, to, chosen)
        return chosen

    def remember(self, service: MessagingService, to: str, sender: str) -> None:
        self._last[service.sid, to] = sender
