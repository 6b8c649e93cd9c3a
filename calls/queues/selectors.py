"""Reading queues: who waits, and at whose phones it rings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import Prefetch

from agents.selectors import team_ids_of
from calls.live.queues import has_place
from calls.models import CallOffer, Conversation

if TYPE_CHECKING:
    from agents.models import Agent

# Of each team's queue so many are shown; all are counted.
MOST_SHOWN = 50


@dataclass(slots=True)
class TeamQueue:
    """`callers`: in the order in which they are served, `MOST_SHOWN` at most."""

    team_id: int
    name: str
    callers: list[Conversation] = field(default_factory=list)
    waiting: int = 0
    call_backs: int = 0
    longest_since: datetime | None = None


def queues_for(agent: Agent) -> list[TeamQueue]:
    """Those of the agent's own teams; for an admin all."""
    return queues_of(None if agent.is_superuser else team_ids_of(agent))


def queues_of(team_ids: Collection[int] | None) -> list[TeamQueue]:
    """Those of these teams, by name; None: of all."""
    model: Any = get_user_model().teams.rel.model
    teams = model.objects.order_by("name", "pk")
    if team_ids is not None:
        teams = teams.filter(pk__in=team_ids)
    queues = {pk: TeamQueue(pk, name) for pk, name in teams.values_list("pk", "name")}
    ringing = CallOffer.objects.filter(state=CallOffer.State.RINGING).select_related("agent").order_by("pk")
    callers = (
        Conversation.objects.filter(has_place(), team__in=queues)
        .select_related("call", "call__line", "call__contact", "call__agent")
        .prefetch_related(Prefetch("call__offers", queryset=ringing))
        .order_by("place_at", "pk")
    )
    for caller in callers:
        _enter(queues[caller.team_id or 0], caller)
    return list(queues.values())


def _enter(queue: TeamQueue, caller: Conversation) -> None:
    if caller.state == Conversation.State.WAITING:
        queue.waiting += 1
    if caller.state == Conversation.State.CALL_BACK:
        queue.call_backs += 1
    if caller.state in (Conversation.State.WAITING, Conversation.State.CALL_BACK):
        times = [time for time in (queue.longest_since, caller.waiting_since) if time]
        queue.longest_since = min(times, default=None)
    if len(queue.callers) < MOST_SHOWN:
        queue.callers.append(caller)
