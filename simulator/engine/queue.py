"""Queues of callers: Twilio Docs, "Queue resource" and "Member resource"."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulator.identifiers import iso, moment, new_sid, now
from simulator.leg import CallLeg

#: Twilio Docs, "Queue resource", `max_size`.
DEFAULT_SIZE, LARGEST_SIZE = 1000, 5000
LONGEST_NAME = 64


@dataclass(eq=False)
class Place:
    """A caller's place in a queue.

    `taken` is set when somebody takes the call, `quiet` when the caller hears nothing of the queue any more, `released`
    when the taker is done, `left` when the caller is gone: hung up, or sent elsewhere.
    """

    leg: CallLeg
    queue: Queue
    date_created: datetime = field(default_factory=moment)
    entered: float = field(default_factory=time.monotonic)
    ended: float | None = None
    #: Whether the caller was connected with whoever took the call.
    bridged: bool = False
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    quiet: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def sid(self) -> str:
        return self.leg.sid

    @property
    def seconds(self) -> int:
        """How long the caller has waited, or waited until the turn came."""
        return round((self.ended or time.monotonic()) - self.entered)

    @property
    def position(self) -> int:
        """From 1; 1, too, for one who is no longer in the queue."""
        places = self.queue.places
        return places.index(self) + 1 if self in places else 1


class Queue:
    """Callers in the order they came. `changed` is called with it whenever there is something new to show."""

    def __init__(self, name: str, changed: Callable[[Queue], None], max_size: int = DEFAULT_SIZE) -> None:
        self.sid = new_sid("QU")
        self.name = name
        self.max_size = max_size
        self.date_created = moment()
        self.date_updated = now()
        self.places: list[Place] = []
        self._changed = changed
        self._grown = asyncio.Event()

    @property
    def full(self) -> bool:
        """Whether it takes nobody else. It may hold more than its size: a size can be made smaller."""
        return len(self.places) >= self.max_size

    @property
    def average_wait(self) -> int:
        """Of those who wait now, in seconds."""
        return sum(place.seconds for place in self.places) // len(self.places) if self.places else 0

    def enter(self, leg: CallLeg) -> Place:
        place = Place(leg, self)
        self.places.append(place)
        self._grown.set()
        self._changed(self)
        return place

    def drop(self, place: Place) -> None:
        if place in self.places:
            place.ended = time.monotonic()
            self.places.remove(place)
            self._changed(self)

    async def next(self) -> Place:
        """Takes the first in line; waits for one when there is none."""
        while not self.places:
            self._grown.clear()
            await self._grown.wait()
        place = self.places[0]
        self.drop(place)
        place.taken.set()
        return place

    def find(self, call_sid: str) -> Place | None:
        """The caller with this CallSid, or the first in line, who is called `Front`."""
        if call_sid == "Front":
            return self.places[0] if self.places else None
        return next((place for place in self.places if place.sid == call_sid), None)

    def change(self, *, name: str | None = None, max_size: int | None = None) -> None:
        self.name = self.name if name is None else name
        self.max_size = self.max_size if max_size is None else max_size
        self.date_updated = now()
        self._changed(self)

    def facts(self, place: Place) -> dict[str, str]:
        """What a waiting caller's `waitUrl` is told."""
        return {
            "QueueSid": self.sid,
            "QueuePosition": str(place.position),
            "QueueTime": str(place.seconds),
            "AvgQueueTime": str(self.average_wait),
            "CurrentQueueSize": str(len(self.places)),
            "MaxQueueSize": str(self.max_size),
        }

    def as_json(self) -> dict[str, Any]:
        """The control API's view: who waits, first in line first."""
        return {
            "sid": self.sid,
            "name": self.name,
            "max_size": self.max_size,
            "waiting": [{"call_sid": place.sid, "since": iso(place.date_created)} for place in self.places],
        }


class Queues(dict[str, Queue]):
    """The account's queues by name. Whoever looks on is told of every change."""

    def __init__(self, publish: Callable[[dict[str, Any]], None]) -> None:
        super().__init__()
        self._publish = publish

    def named(self, name: str) -> Queue:
        """The queue of that name, which is made when it is first named."""
        return self.get(name) or self.make(name)

    def make(self, name: str, max_size: int = DEFAULT_SIZE) -> Queue:
        queue = self[name] = Queue(name, self._show, max_size)
        self._show(queue)
        return queue

    def rename(self, queue: Queue, name: str) -> None:
        del self[queue.name]
        self[name] = queue
        queue.change(name=name)

    def remove(self, queue: Queue) -> None:
        del self[queue.name]
        self._publish({"type": "queue", "queue": {**queue.as_json(), "deleted": True}})

    def find(self, sid: str) -> Queue | None:
        return next((queue for queue in self.values() if queue.sid == sid), None)

    def as_json(self) -> list[dict[str, Any]]:
        return [queue.as_json() for queue in self.values()]

    def _show(self, queue: Queue) -> None:
        self._publish({"type": "queue", "queue": queue.as_json()})
