"""What nobody told: a server's own look at who its desks say can be reached.

Most changes are pushed by whoever makes them. Three kinds have nobody who could: a desk whose server was killed, which
only grows silent; what another process wrote where no Redis carries its word; and what was written past our services.
Each web server finds them by itself, and tells its own desks.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.db.models import QuerySet
from django.utils import timezone

from agents.presence import wrap_ups_over
from agents.selectors import agents_shown, memberships, reach_slots, reach_varies
from calls.live import broadcasts
from calls.live.presence import SHOWN, Shown, last_told, shown_of
from core.realtime import outbox
from core.sql.prepared import Prepared
from core.sql.statements import fetch

logger = logging.getLogger(__name__)

_PAUSE_SECONDS = 5.0
# A wrap-up that ends sooner than the next look is due is ended in time.
_SHORTEST_PAUSE_SECONDS = 0.2
# Agents whose news is read together, shortly before it is told: somebody else may tell something newer meanwhile.
_AT_ONCE = 25
_COLUMNS = ("pk", "is_superuser", *SHOWN)


def _all_agents() -> QuerySet[Any, Any]:
    agents: QuerySet[Any] = agents_shown()
    return agents.order_by().values_list(*_COLUMNS)


_AGENTS = Prepared(_all_agents, varies=reach_varies)
_MEMBERSHIPS = Prepared(memberships)


@dataclass(frozen=True, slots=True)
class _Facts:
    """Of one active agent, what decides on what this agent sees, and what others see. Calls are followed elsewhere."""

    team_ids: frozenset[int]
    is_superuser: bool
    shown: Shown


class PresenceWatch:
    def __init__(self) -> None:
        self._known: dict[int, _Facts] | None = None
        self._next_wrap_up_over: datetime | None = None
        self._untold: list[int] = []

    def look(self) -> list[outbox.Frame]:
        """What is to be told, as it is another thing than at the last look; when there is much, `go_on` has the rest.
        The first look only remembers. A wrap-up whose time is over ends by it."""
        self._next_wrap_up_over = wrap_ups_over()
        known, self._known = self._known, _facts()
        if known is None:
            return []
        self._untold = sorted({*self._untold, *_shown_anew(known, self._known)})
        return [*_rights_frames(known, self._known), *self.go_on()]

    def go_on(self) -> list[outbox.Frame]:
        """The next part of what the last look found; nothing when all is told."""
        frames: list[outbox.Frame] = []
        while self._untold and not frames:
            some, self._untold = self._untold[:_AT_ONCE], self._untold[_AT_ONCE:]
            frames = list(broadcasts.presence_frames(some))
        return frames

    def pause_seconds(self) -> float:
        """Until the next look."""
        if self._next_wrap_up_over is None:
            return _PAUSE_SECONDS
        left = (self._next_wrap_up_over - timezone.now()).total_seconds()
        return min(_PAUSE_SECONDS, max(_SHORTEST_PAUSE_SECONDS, left))


def _facts() -> dict[int, _Facts]:
    rows, pairs = fetch(_AGENTS(**reach_slots()), _MEMBERSHIPS())
    teams: dict[int, set[int]] = {}
    for agent_id, team_id in pairs:
        teams.setdefault(agent_id, set()).add(team_id)
    return {
        agent_id: _Facts(frozenset(teams.get(agent_id, ())), is_superuser, shown_of(shown))
        for agent_id, is_superuser, *shown in rows
    }


def _rights_frames(before: dict[int, _Facts], now: dict[int, _Facts]) -> list[outbox.Frame]:
    agent_ids: set[int] = set()
    team_ids: set[int] = set()
    for agent_id in before.keys() | now.keys():
        old, new = before.get(agent_id), now.get(agent_id)
        if old is None or new is None:
            # Suspended or deleted, new, or active again.
            agent_ids.add(agent_id)
        elif old.is_superuser != new.is_superuser or old.team_ids != new.team_ids:
            agent_ids.add(agent_id)
        team_ids |= (old.team_ids if old else frozenset()) ^ (new.team_ids if new else frozenset())
    return broadcasts.rights_frames(agent_ids=agent_ids, team_ids=team_ids)


def _shown_anew(before: dict[int, _Facts], now: dict[int, _Facts]) -> set[int]:
    return {pk for pk, facts in now.items() if pk in before and facts.shown != last_told.get(pk, before[pk].shown)}


async def watch_forever() -> None:
    """The web server's own look, every few seconds."""
    watch, fails = PresenceWatch(), False
    layer: Any = get_channel_layer()
    look: Any = database_sync_to_async(watch.look)
    go_on: Any = database_sync_to_async(watch.go_on)
    while True:
        await asyncio.sleep(watch.pause_seconds())
        try:
            frames = await look()
            while frames:
                # Every server looks, so each tells its own.
                await layer.group_send_here(frames)
                frames = await go_on()
        except Exception as error:
            # The database is away, mostly. Once is enough to say so.
            logger.log(logging.DEBUG if fails else logging.WARNING, "presence: no look (%s)", type(error).__name__)
            fails = True
        else:
            fails = False
