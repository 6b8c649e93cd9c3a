"""The way from a commit to open desks.

In a web server, frames that are many are made in a thread of their own, and all are sent by the server's event loop,
one after the other: nobody waits for that, and the order stays. Elsewhere (a worker,
a command) both happen on the spot.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import close_old_connections

from core.sql.statements import disable_seq_scans

logger = logging.getLogger(__name__)

_AT_ONCE = 200
# What waits while Redis hangs; what was first goes first.
_AT_MOST = 10_000
# What changes within this time is told together.
_GATHERED_SECONDS = 0.1
Frame = tuple[str, dict[str, Any]]  # group, message


class _Server:
    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.frames: deque[Frame] = deque(maxlen=_AT_MOST)
        self.awake = False
        self.frames_there = asyncio.Event()
        self.work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.sender = self.loop.create_task(self._send())
        threading.Thread(target=self._make, name="outbox", daemon=True).start()

    def put(self, frames: Sequence[Frame]) -> None:
        """From any thread."""
        self.frames.extend(frames)
        if not self.awake:
            # Only the first one has to wake the loop.
            self.awake = True
            self.loop.call_soon_threadsafe(self.frames_there.set)

    def _make(self) -> None:
        disable_seq_scans()
        while True:
            make = self.work.get()
            close_old_connections()
            try:
                make()
            except Exception:
                # The desks see it with their next refresh; what is stored is right.
                logger.exception("a push could not be made")

    async def _send(self) -> None:
        layer: Any = get_channel_layer()
        while True:
            await self.frames_there.wait()
            self.frames_there.clear()
            # Before the frames are taken: one that comes from now on wakes us again.
            self.awake = False
            while self.frames:
                frames = [self.frames.popleft() for _ in range(min(_AT_ONCE, len(self.frames)))]
                try:
                    await layer.group_send_many(frames)
                except Exception:
                    logger.exception("%d pushes could not be sent", len(frames))


_server: _Server | None = None


def start() -> None:
    """Called by the web server, inside its event loop."""
    global _server
    _server = _Server()


def stop() -> None:
    global _server
    if _server is not None:
        _server.sender.cancel()
        _server = None


def later(make: Callable[[], None]) -> None:
    """Runs what makes frames, and calls `send`, as soon as it can be."""
    if _server is None:
        make()
    else:
        _server.work.put(make)


class Gathered:
    """Makes frames of things that change often, such as agents: at once when nothing was made of late, else soon, and
    then together of all that have changed meanwhile."""

    def __init__(self, make: Callable[[set[int]], None]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._ids: set[int] = set()
        # The server whose thread is to make them, and when it did so last.
        self._due_at: _Server | None = None
        self._last = 0.0

    def put(self, ids: Iterable[int]) -> None:
        """From any thread."""
        server = _server
        with self._lock:
            self._ids |= set(ids)
            if server is not None:
                if self._due_at is server:
                    return
                self._due_at = server
            wait = self._last + _GATHERED_SECONDS - time.monotonic()
        if server is None:
            self._run()
        elif wait <= 0:
            server.work.put(self._run)
        else:
            # The loop is closed when the server stops.
            with suppress(RuntimeError):
                server.loop.call_soon_threadsafe(partial(server.loop.call_later, wait, server.work.put, self._run))

    def _run(self) -> None:
        with self._lock:
            ids, self._ids = self._ids, set()
            self._due_at = None
            self._last = time.monotonic()
        if ids:
            self._make(ids)


def send(some: Iterable[Frame]) -> None:
    """Hands messages to the channel layer, in their order."""
    frames = list(some)
    if not frames:
        return
    if _server is not None:
        _server.put(frames)
        return
    layer = get_channel_layer()
    if layer is not None:
        for group, message in frames:
            async_to_sync(layer.group_send)(group, message)
