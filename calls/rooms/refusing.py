"""What cannot be done with a call now, and for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.permissions import has_supervisor_role
from agents.selectors import team_ids_of
from calls.models import Participant, Transfer

if TYPE_CHECKING:
    from agents.models import Agent
    from calls.models import Call


class NotPossible(Exception):
    """What cannot be done now. Its text is a sentence, kept in English (`core.languages.as_text`)."""


class NoSuchParticipant(Exception):
    """Nobody of that leg is in the call."""


class NoSuchTarget(Exception):
    """Nobody of that id, or no such number, that this agent could choose."""


def may_handle(call: Call, *, by: Agent) -> bool:
    """By an agent who is on the call, or is just giving it away, a supervisor of its line's team, and admins."""
    if by.is_superuser or call.agent_id == by.pk:
        return True
    inside = Participant.objects.filter(room=call.pk, agent=by, state=Participant.State.IN)
    given = Transfer.objects.filter(call=call.pk, from_agent=by, state__in=Transfer.OPEN)
    if inside.exists() or given.exists():
        return True
    return has_supervisor_role(by) and call.line is not None and call.line.team_id in team_ids_of(by)
