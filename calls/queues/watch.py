"""A server's own look at the queues: what has changed is told to its own desks.

Each web server looks by itself whenever something has happened here, and every few seconds, so that it does not matter
which process changed what.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from calls.live import broadcasts
from calls.queues.payloads import queue_json
from calls.queues.selectors import TeamQueue, queues_of
from core.realtime import outbox


class QueueWatch:
    """Remembers what was told last of each team's queue."""

    def __init__(self) -> None:
        self._told: dict[int, Any] = {}

    def look(self) -> list[outbox.Frame]:
        frames: list[outbox.Frame] = []
        for queue in queues_of(None):
            shown = _shown(queue)
            # Of a queue of which nobody was told yet there is nothing to take back.
            if shown != self._told.get(queue.team_id, _EMPTY):
                frames += broadcasts.queue_frames(queue.team_id, partial(queue_json, queue))
            self._told[queue.team_id] = shown
        return frames


def _shown(queue: TeamQueue) -> tuple[Any, ...]:
    callers = tuple(
        (caller.pk, caller.state, caller.call_back_tries, tuple(offer.agent_id for offer in caller.call.offers.all()))
        for caller in queue.callers
    )
    return queue.waiting, queue.call_backs, callers


_EMPTY = (0, 0, ())
