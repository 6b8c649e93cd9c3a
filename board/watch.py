"""The board, live: told to the desks that have it open, about once a second while things happen, and to nobody else.

Each web server looks for its own desks, woken by what happens in it and every two seconds, so that it does not matter
which process changed what. While no desk shows the board, it does not look at all. What webhooks do for it is to set a
flag; all reading is done here.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from channels.layers import get_channel_layer
from django.db import close_old_connections

from board.payloads import board_json
from board.selectors import Facts, Scope, facts_read
from calls.live import dispatcher
from calls.live.frames import as_text
from core.languages import speaking

logger = logging.getLogger(__name__)

_NET_SECONDS = 2.0
# However much happens.
_LEAST_SECONDS = 1.0
# A long day's figures may take a while: so much of the time, at most, is spent on them.
_SHARE = 0.1
# A board on which nothing moves is told as often as this, so that its desk knows that it is live.
_ALIVE_SECONDS = 10.0
Message = tuple[str, dict[str, Any]]  # channel, message


@dataclass(frozen=True, slots=True)
class Viewer:
    """A desk that shows the board: of what, in which language, and the how many-th time it asked."""

    scope: Scope
    language: str
    turn: int = 0

    def wants(self, facts: Facts) -> tuple[Scope, str]:
        """Those who want the same are told the same. Whoever is on a call is not offered to supervise it."""
        is_on_call = self.scope.viewer_id in facts.talks
        return self.scope if is_on_call else self.scope.of_nobody, self.language


@dataclass(slots=True)
class _Told:
    viewer: Viewer
    board: dict[str, Any]
    at: float


class Viewers:
    """Of this process, by the channels of their sockets. Used in the event loop alone."""

    def __init__(self) -> None:
        self._known: dict[str, Viewer] = {}
        self._listener: Callable[[], None] | None = None

    def add(self, channel: str, viewer: Viewer) -> None:
        self._known[channel] = viewer
        if self._listener is not None:
            self._listener()

    def remove(self, channel: str) -> None:
        self._known.pop(channel, None)

    def of(self, channel: str) -> Viewer | None:
        return self._known.get(channel)

    def all(self) -> dict[str, Viewer]:
        return dict(self._known)

    def on_add(self, listener: Callable[[], None] | None) -> None:
        self._listener = listener


viewers = Viewers()


class BoardWatch:
    """Remembers what each viewer was told last."""

    def __init__(self) -> None:
        self._told: dict[str, _Told] = {}

    def look(self, now: dict[str, Viewer]) -> list[Message]:
        """What these viewers are to be told."""
        close_old_connections()
        try:
            self._told = {channel: told for channel, told in self._told.items() if channel in now}
            if not now:
                return []
            facts = facts_read(_looked_at(list(now.values())))
            wants = {channel: viewer.wants(facts) for channel, viewer in now.items()}
            boards = {wanted: _board_of(facts, *wanted) for wanted in set(wants.values())}
            news = {
                channel: viewer
                for channel, viewer in now.items()
                if self._is_news(channel, viewer, boards[wants[channel]])
            }
            texts = {wanted: _text_of(boards[wanted]) for wanted in {wants[channel] for channel in news}}
            return [
                (channel, {"type": "desk.board", "viewer": viewer, "text": texts[wants[channel]]})
                for channel, viewer in news.items()
            ]
        finally:
            close_old_connections()

    def _is_news(self, channel: str, viewer: Viewer, board: dict[str, Any]) -> bool:
        told, moment = self._told.get(channel), time.monotonic()
        is_fresh = told is not None and told.viewer == viewer and moment - told.at < _ALIVE_SECONDS
        # The time at which it was read is no news.
        if told is not None and is_fresh and told.board | {"now": None} == board | {"now": None}:
            return False
        self._told[channel] = _Told(viewer, board, moment)
        return True


def _looked_at(now: list[Viewer]) -> set[int] | None:
    found: set[int] = set()
    for viewer in now:
        shown = viewer.scope.shown
        if shown is None:
            return None
        found |= shown
    return found


def _board_of(facts: Facts, scope: Scope, language: str) -> dict[str, Any]:
    with speaking(language):
        return board_json(facts, scope)


def _text_of(board: dict[str, Any]) -> str:
    return as_text({"type": "board.changed", "board": board})


async def watch_forever() -> None:
    """The web server's chore."""
    loop, bell = asyncio.get_running_loop(), _Bell()

    def wake() -> None:
        # The loop is closed when the server stops.
        if not bell.rung.is_set():
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(bell.rung.set)

    viewers.on_add(bell.somebody_came)
    try:
        while True:
            await bell.came.wait()
            stop_looking_on = dispatcher.look_on(wake)
            try:
                await _watch_while_somebody_looks(bell)
            finally:
                stop_looking_on()
    finally:
        viewers.on_add(None)


class _Bell:
    """`rung`: something has changed. `came`: somebody is to be told at once, who has asked."""

    def __init__(self) -> None:
        self.rung, self.came = asyncio.Event(), asyncio.Event()

    def somebody_came(self) -> None:
        self.rung.set()
        self.came.set()


async def _watch_while_somebody_looks(bell: _Bell) -> None:
    watch, fails = BoardWatch(), False
    layer: Any = get_channel_layer()
    while True:
        bell.rung.clear()
        bell.came.clear()
        now = viewers.all()
        if not now:
            return
        began = time.monotonic()
        try:
            for channel, message in await asyncio.to_thread(watch.look, now):
                layer.remind(channel, message)
            fails = False
        except Exception as error:
            # The database is away, mostly. Once is enough to say so.
            logger.log(logging.DEBUG if fails else logging.WARNING, "board: no look (%s)", type(error).__name__)
            fails = True
        took = time.monotonic() - began
        await _at_most(bell.came, max(_LEAST_SECONDS, took * (1 / _SHARE - 1)))
        await _at_most(bell.rung, _NET_SECONDS)


async def _at_most(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
