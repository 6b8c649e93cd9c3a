"""A server's own look at the queues: what has changed is told to its own desks.

Each web server looks by itself whenever something has happened here, and every few seconds, so that it does not matter
which process changed what. It looks beside the rounds that decide who is offered what: nobody's ring waits for it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from channels.layers import get_channel_layer
from django.db import close_old_connections

from calls.live import broadcasts, dispatcher
from calls.live.frames import team_group
from calls.queues.payloads import queue_json
from calls.queues.selectors import EMPTY, Looks, queue_looks, queues_of
from core.realtime import outbox

logger = logging.getLogger(__name__)

# Between two looks at what nobody told.
_NET_SECONDS = 2.0
# What happens within this time is told together.
_SOON = 0.05
# A look takes longer the more wait: this share of the time is spent on it at the most.
_BUSY_SHARE = 0.05


class QueueWatch:
    """Remembers what was told last of each team's queue."""

    def __init__(self) -> None:
        self._told: dict[int, Looks] = {}
        self.pause_seconds = _SOON

    def look(self, is_heard: Callable[[str], bool]) -> list[outbox.Frame]:
        """What has changed for the groups that are heard by somebody here."""
        began = time.monotonic()
        looks = queue_looks()
        # Of a queue of which nobody was told yet there is nothing to take back. Whoever begins to listen after this
        # reads the queue after it, too.
        changed = {
            pk
            for pk in {*looks, *self._told}
            if looks.get(pk, EMPTY) != self._told.get(pk, EMPTY) and is_heard(team_group(pk))
        }
        frames: list[outbox.Frame] = []
        for queue in queues_of(changed) if changed else ():
            frames += broadcasts.queue_frames(queue.team_id, partial(queue_json, queue))
        self._told = looks
        self.pause_seconds = max(_SOON, (time.monotonic() - began) / _BUSY_SHARE)
        return frames

    def look_by_itself(self, is_heard: Callable[[str], bool]) -> list[outbox.Frame]:
        """In a thread that has no request."""
        close_old_connections()
        try:
            return self.look(is_heard)
        finally:
            close_old_connections()


async def watch_forever() -> None:
    loop, awake = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        # The loop is closed when the server stops.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(awake.set)

    watch, fails = QueueWatch(), False
    layer: Any = get_channel_layer()
    stop_listening = dispatcher.look_on(wake)
    try:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(awake.wait(), _NET_SECONDS)
            await asyncio.sleep(watch.pause_seconds)
            awake.clear()
            try:
                await layer.group_send_here(await asyncio.to_thread(watch.look_by_itself, layer.heard_here()))
                fails = False
            except Exception as error:
                # The database is away, mostly. Once is enough to say so.
                logger.log(logging.DEBUG if fails else logging.WARNING, "queues: no look (%s)", type(error).__name__)
                fails = True
    finally:
        stop_listening()
