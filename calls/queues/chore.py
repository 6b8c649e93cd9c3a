"""The web process's chores: one decides anew who is offered what whenever something has happened, and every few
seconds; the other mends what nobody told, beside it, for rings do not wait for that. Once, after the start, Twilio is
asked what was missed."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta

from django.db import close_old_connections

from calls.live import dispatcher
from calls.live.dispatch import dispatch, somebody_waits
from calls.live.fetching import Fetcher
from calls.live.mending import Mender
from calls.reconcile import calls_reconcile
from calls.rooms import due
from calls.rooms.keeping import Keeper

logger = logging.getLogger(__name__)

# Between two looks at what nobody told.
_NET_SECONDS = 2.0
# What happens within this time is decided on together: little while somebody waits, more while nobody does.
_SOON, _CALM = 0.01, 0.05
# When a server has started, calls are asked about that go on: in so many seconds, and so many of them.
_AFTER_START, _MOST_ASKED = 4.0, 100


class Rounds:
    """One look after the other, in one thread at a time; the same of mending, in another."""

    def __init__(self) -> None:
        self.fetcher, self._mender, self.keeper = Fetcher(), Mender(), Keeper()
        self.is_calm = True

    def look(self) -> None:
        close_old_connections()
        try:
            self.is_calm = not somebody_waits()
            if not self.is_calm and (fetches := dispatch()):
                self.fetcher.submit(fetches)
                dispatcher.notice()
            if due.taken():
                self.keeper.look()
        finally:
            close_old_connections()

    def mend(self) -> None:
        close_old_connections()
        try:
            if fetches := self._mender.look():
                self.fetcher.submit(fetches)
                # Whoever was passed over, or waits anew, is decided on now.
                dispatcher.wake()
            self.keeper.look()
        finally:
            close_old_connections()


async def dispatch_forever() -> None:
    loop, awake = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        # The loop is closed when the server stops: another's look finds it.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(awake.set)

    rounds, fails = Rounds(), False
    stop_listening = dispatcher.listen(wake)
    mending = asyncio.create_task(_mend_forever(rounds))
    missed = asyncio.create_task(_ask_what_was_missed())
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
        mending.cancel()
        missed.cancel()
        rounds.fetcher.stop()
        rounds.keeper.stop()


async def _ask_what_was_missed() -> None:
    """While no web server ran, Twilio's words were lost; the beat asks for them only of calls that are long silent."""
    await asyncio.sleep(_AFTER_START)
    try:
        await asyncio.to_thread(calls_reconcile, quiet_for=timedelta(seconds=_AFTER_START), limit=_MOST_ASKED)
    except Exception as error:
        logger.warning("dispatch: nothing was asked after the start (%s)", type(error).__name__)
    finally:
        await asyncio.to_thread(close_old_connections)


async def _mend_forever(rounds: Rounds) -> None:
    fails = False
    while True:
        try:
            await asyncio.to_thread(rounds.mend)
            fails = False
        except Exception as error:
            logger.log(logging.DEBUG if fails else logging.WARNING, "mending: no look (%s)", type(error).__name__)
            fails = True
        await asyncio.sleep(_NET_SECONDS)
