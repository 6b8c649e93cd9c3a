"""How fast each sender may send, and who waits for it: Twilio support, "Rate limits and message queues"."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from simulator.geography import place_of
from simulator.message import TextMessage

#: Segments in a second.
LONG_CODE, TOLL_FREE, SHORT_CODE, ABROAD = 1.0, 3.0, 100.0, 10.0
#: How long a queue may be: what goes in so many seconds.
QUEUE_SECONDS = 36_000
_TOLL_FREE = re.compile(r"\+18(00|33|44|55|66|77|88)\d{7}")
#: Seconds at a time in which a filled queue empties, by the clock on the wall.
TICK = 0.1

Spawn = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]


def kind_of(sender: str) -> str:
    """`long-code`, `toll-free`, `short-code` or `alphanumeric`."""
    if re.fullmatch(r"\d{3,8}", sender):
        return "short-code"
    if not sender.startswith("+"):
        return "alphanumeric"
    return "toll-free" if _TOLL_FREE.fullmatch(sender) else "long-code"


def standard_rate(sender: str, to: str) -> float:
    """Segments in a second that Twilio sends from this sender to that number."""
    kind = kind_of(sender)
    if kind == "short-code":
        return SHORT_CODE
    if kind == "alphanumeric" or place_of(to)[3] not in ("US", "CA"):
        return ABROAD
    return TOLL_FREE if kind == "toll-free" else LONG_CODE


class Sender:
    """One sender's queue. What has been waiting longest goes first, at the sender's pace."""

    def __init__(
        self,
        number: str,
        speed: float,
        deliver: Callable[[TextMessage], None],
        spawn: Spawn,
        changed: Callable[[Sender], None],
    ) -> None:
        self.number = number
        self._changed = changed
        self._speed = speed
        self._deliver = deliver
        self._spawn = spawn
        self._waiting: deque[TextMessage] = deque()
        self._worker: asyncio.Task[None] | None = None
        #: Segments in a second instead of the standard.
        self.rate: float | None = None
        #: Segments of nobody's texts, by which the queue was filled on purpose.
        self.filler = 0.0
        #: What happens to a text that finds the queue full: refused (21611), or taken and lost (30001).
        self.overflow = 21611
        self.sent = 0

    @property
    def queued(self) -> int:
        """Segments that wait."""
        return round(self.filler) + sum(message.segments for message in self._waiting)

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def rate_to(self, to: str) -> float:
        return self.rate or standard_rate(self.number, to)

    def capacity(self, to: str = "+1") -> int:
        return round(self.rate_to(to) * QUEUE_SECONDS)

    def full_for(self, segments: int, to: str) -> bool:
        return self.queued + segments > self.capacity(to)

    def put(self, message: TextMessage) -> None:
        self._waiting.append(message)
        self._changed(self)
        self.wake()

    def fill(self, segments: float) -> None:
        self.filler = segments
        self._changed(self)
        self.wake()

    def empty(self) -> list[TextMessage]:
        """Throws out all that wait, and says which texts these were."""
        thrown_out = list(self._waiting)
        self._waiting.clear()
        self.filler = 0.0
        self._changed(self)
        return thrown_out

    def wake(self) -> None:
        if self._worker is None or self._worker.done():
            self._worker = self._spawn(self._work())

    async def _work(self) -> None:
        while self._waiting or self.filler > 0:
            if self.filler > 0:
                await asyncio.sleep(TICK)
                self.filler = max(self.filler - self.rate_to("+1") * TICK * self._speed, 0.0)
                self._changed(self)
                continue
            message = self._waiting.popleft()
            if message.complete:
                continue
            self.sent += message.segments
            self._changed(self)
            self._deliver(message)
            await asyncio.sleep(message.segments / self.rate_to(message.to) / self._speed)

    def as_json(self) -> dict[str, Any]:
        return {
            "sender": self.number,
            "kind": kind_of(self.number),
            "rate": self.rate_to("+1"),
            "queued": self.queued,
            "waiting": self.waiting,
            "capacity": self.capacity(),
            "overflow": self.overflow,
            "sent": self.sent,
        }
