"""When a caller who waits for a team does so no longer, and by which of the step's ways they go on (`send_on`).

It is asked by whoever comes first: the caller's own document, which Twilio asks for again and again, a caller who comes
out of the queue, and the net of every web process (`calls.live.mending`). Once it is said, it stays as it was said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from calls.models import Conversation
from routing.doings import EventKind


def way_on(conversation: Conversation, now: datetime, *, gone: Collection[int] = ()) -> EventKind | None:
    """The way on of a caller who waits; None for who waits on. `gone`: teams of which nobody is there any more. Nobody
    waits for a single agent, nor for a team that was deleted."""
    if conversation.team_id is None or is_over(conversation.waiting_since, conversation.terms, now):
        return EventKind.WAITED
    return EventKind.NOBODY if conversation.team_id in gone else None


def is_over(since: datetime | None, terms: Mapping[str, Any], now: datetime) -> bool:
    """Whether somebody has waited for as long as the step lets, of what was read of a conversation."""
    longest = terms.get("wait_seconds")
    return bool(since and longest and now >= since + timedelta(seconds=longest))


def send_on(conversation: Conversation, way: EventKind | None) -> bool:
    """Notes the way on, unless one is noted already. Whether the caller is to go on at all. To be saved, with the call
    held."""
    if way is not None and not conversation.send_on:
        conversation.send_on = way
    return bool(conversation.send_on)
