"""The web process's chore: decides anew who is offered what whenever something has happened, and every few seconds."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress

from django.db import close_old_connections

from calls.live import dispatcher
from calls.live.dispatch import dispatch, somebody_waits
from calls.live.fetching import Fetcher
from calls.live.mending import Mender
from calls.rooms import due
from calls.rooms.keeping import Keeper

logger = logging.getLogger(__name__)

# Between two looks at what nobody told.
_NET_SECONDS = 2.0
# What happens within this time is decided on together: little while somebody waits, more while nobody does.
_SOON, _CALM = 0.01, 0.05


class Rounds:
    """One look after the other, in one thread at a time."""

    def __init__(self) -> None:
        self.fetcher, self._mender, self.keeper = Fetcher(), Mender(), Keeper()
        self._mended_at = 0.0
        self.is_calm = True

    def look(self) -> None:
        close_old_connections()
        try:
            self._decide()
            if due.taken():
                self.keeper.look()
            if time.monotonic() - self._mended_at >= _NET_SECONDS:
                self._mended_at = time.monotonic()
                self.fetcher.submit(self._mender.look())
                self.keeper.look()
                # Whoever was passed over, or waits anew, is decided on now.
                self._decide()
        finally:
            close_old_connections()

    def _decide(self) -> None:
        self.is_calm = not somebody_waits()
        if self.is_calm:
            return
        if fetches := dispatch():
            self.fetcher.submit(fetches)
            dispatcher.notice()


async def dispatch_forever() -> None:
    loop, awake = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        # The loop is closed when the server stops: another's look finds it.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(awake.set)

    rounds, fails = Rounds(), False
    stop_listening = dispatcher.listen(wake)
    try:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(awake.wait(), _NET_SECONDS)
            await asyncio.sleep(_CALM if rounds.is_calm else _SOON)
            awake.clear()
            try:
                await asyncio.to_thread(rounds.look)
                fails = False
            except Exception as error:
                # The database is away, mostly. Once is enough to say so.
                logger.log(logging.DEBUG if fails else logging.WARNING, "dispatch: no look (%s)", type(error).__name__)
                fails = True
    finally:
        stop_listening()
        rounds.fetcher.stop()
        rounds.keeper.stop()
