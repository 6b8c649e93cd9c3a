"""Threads of agents who have left, or answer other teams' lines now: they are the team's again."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q, QuerySet

from messaging.models import Thread
from messaging.threads.services import thread_give_back

# Each is also given back when a text comes.
_NET_SECONDS = 3600


def threads_give_back(agent_ids: Collection[int] | None = None) -> None:
    """Gives back what those of these agents, or of all, hold who may not see it any more: who was made inactive, and
    who left the line's team. What is unread there is the team's to read."""
    rows = _orphaned()
    if agent_ids is not None:
        rows = rows.filter(assigned_to__in=agent_ids)
    for pk, agent_id in list(rows.values_list("pk", "assigned_to")):
        thread_give_back(pk, agent_id)


def threads_give_back_hourly() -> None:
    """For what nobody was told of: a line that is another team's now, and whoever was killed before."""
    if cache.add("messaging.threads.given_back", True, _NET_SECONDS):
        threads_give_back()


def _orphaned() -> QuerySet[Thread]:
    """As `agents_who_may_see` says it of one."""
    through: Any = get_user_model().teams.through
    member = through.objects.filter(agent=OuterRef("assigned_to"), team=OuterRef("line__team"))
    not_theirs = Q(assigned_to__is_superuser=False) & ~Exists(member)
    held = Thread.objects.filter(assigned_to__isnull=False)
    return held.filter(Q(assigned_to__is_active=False) | not_theirs).order_by("pk")
