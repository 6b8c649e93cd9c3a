"""What cannot be done with a call now, and for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _

from calls.models import Participant, Transfer
from calls.permissions import supervises

if TYPE_CHECKING:
    from agents.models import Agent
    from calls.models import Call


# Kept in English, as all that `NotPossible` says.
COME_BACK = _("The caller waits for the agent who parked the call. Come back to it first.")
NO_PHONE = _("Your phone may make no calls, so it cannot come into this one. Ask your admin.")


class NotPossible(Exception):
    """What cannot be done now. Its text is a sentence, kept in English (`core.languages.as_text`)."""


class NoSuchParticipant(Exception):
    """Nobody of that leg is in the call."""


class NoSuchTarget(Exception):
    """Nobody of that id, or no such number, that this agent could choose."""


def may_handle(call: Call, *, by: Agent) -> bool:
    """By an agent who is on the call, or is just giving it away, a supervisor of its line's team, and admins."""
    if call.agent_id == by.pk or supervises(call, by=by):
        return True
    inside = Participant.objects.filter(room=call.pk, agent=by, state=Participant.State.IN)
    given = Transfer.objects.filter(call=call.pk, from_agent=by, state__in=Transfer.OPEN)
    return inside.exists() or given.exists()
