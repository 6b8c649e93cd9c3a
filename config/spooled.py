"""Taking up what was put aside on disk (`telephony.webhooks.spool`) while storage was away."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

from django.db import DatabaseError, close_old_connections

from calls import intake
from messaging import webhooks as messaging_webhooks
from telephony.webhooks.spool import spool_drain, spool_is_empty, spool_listener

logger = logging.getLogger(__name__)

# Seconds between two looks at the folder.
_PAUSE = 1.0
_STORES = {intake.SPOOL: intake.webhook_retake, messaging_webhooks.SPOOL: messaging_webhooks.message_restore}


def drain() -> int:
    """Stores what waits, as far as it can be; returns how many entries that were."""
    return _drain() or 0


def _drain() -> int | None:
    """The same, but None when storage is away."""
    try:
        return spool_drain(_store)
    except DatabaseError as error:
        logger.warning("spool: storage is still away: %s", type(error).__name__)
        return None


def _store(entry: dict[str, Any]) -> None:
    store = _STORES.get(entry.get("store", ""))
    if store is None:
        logger.error("spool: an entry for nobody: %s", entry.get("store"))
        return
    store(entry)


def _drain_in_thread() -> int | None:
    close_old_connections()
    return _drain()


async def drain_forever() -> None:
    """The web server's own look at its spool: nobody else may be able to reach its disk.

    What this process puts aside is taken up at once: it may say that phones do not ring which others think are taken.
    """
    loop, put_aside = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        # The loop is closed when the server stops: another's look finds it.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(put_aside.set)

    with spool_listener(wake):
        while True:
            put_aside.clear()
            if not spool_is_empty() and await asyncio.to_thread(_drain_in_thread) is None:
                # Whoever puts aside more meanwhile need not ask again whether storage is back.
                await asyncio.sleep(_PAUSE)
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(put_aside.wait(), _PAUSE)
