"""Callers who were led away, as the agent who had parked them did not come back: the agent's desks say so until it is
read, or the agent has that caller again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from calls.live.locks import lock
from calls.live.lost_caller_broadcasts import lost_caller_changed
from calls.models import Participant

if TYPE_CHECKING:
    from agents.models import Agent


def lost(one: Participant) -> None:
    """Of whoever had parked the call. To be saved."""
    one.not_back_at = timezone.now()
    _tell(one.agent_id)


def not_lost(one: Participant) -> None:
    """Twilio did not lead the caller away: the caller waits on. To be saved."""
    if one.not_back_at is not None:
        one.not_back_at = None
        _tell(one.agent_id)


def has_again(sid: str, agent: Agent) -> None:
    """That caller talks with the agent again: there is nothing to read of. With the call held."""
    if Participant.objects.filter(room=sid, agent=agent, not_back_at__isnull=False).update(not_back_at=None):
        _tell(agent.pk)


@transaction.atomic
def lost_caller_read(sid: str, *, by: Agent) -> None:
    """The agent has read of it. Of others' calls, and of none, nothing changes."""
    lock([sid])
    has_again(sid, by)


def _tell(agent_id: int | None) -> None:
    if agent_id is not None:
        lost_caller_changed(agent_id)
