"""Taking up what was put aside on disk (`telephony.spool`) while storage was away."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from django.db import DatabaseError, close_old_connections

from calls import intake
from messaging import webhooks as messaging_webhooks
from telephony.spool import spool_drain, spool_is_empty

logger = logging.getLogger(__name__)

# Seconds between two looks at the folder.
_PAUSE = 1.0
_STORES = {intake.SPOOL: intake.webhook_retake, messaging_webhooks.SPOOL: messaging_webhooks.message_restore}


def drain() -> int:
    """Stores what waits, as far as it can be; returns how many entries that were."""
    try:
        return spool_drain(_store)
    except DatabaseError as error:
        logger.warning("spool: storage is still away: %s", type(error).__name__)
        return 0


def _store(entry: dict[str, Any]) -> None:
    store = _STORES.get(entry.get("store", ""))
    if store is None:
        logger.error("spool: an entry for nobody: %s", entry.get("store"))
        return
    store(entry)


def _drain_in_thread() -> None:
    close_old_connections()
    drain()


async def drain_forever() -> None:
    """The web server's own look at its spool: nobody else may be able to reach its disk."""
    while True:
        if not spool_is_empty():
            await asyncio.to_thread(_drain_in_thread)
        await asyncio.sleep(_PAUSE)
