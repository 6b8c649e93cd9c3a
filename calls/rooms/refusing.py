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
INTERNAL = _("This is a call between colleagues: it cannot be given on, shared, parked or taken along.")
COME_BACK = _("The caller waits for the agent who parked the call. Come back to it first.")
NO_PHONE = _("Your phone may make no calls, so it cannot come into this one. Ask your admin.")
NOBODY_RESUMES = _("No agent is in this call who could take the caller off hold.")


class NotPossible(Exception):
    """What cannot be done now. Its text is a sentence, kept in English (`core.languages.as_text`)."""


class NoSuchParticipant(Exception):
    """Nobody of that leg is in the call."""


class NoSuchTarget(Exception):
    """Nobody of that id, or no such number, that this agent could choose."""


def may_handle(call: Call, *, by: Agent) -> bool:
    """By an agent who is on the call, or is just giving it away or taking it back, a supervisor of its line's team, and
    admins."""
    if call.agent_id == by.pk or call.came_to(by.pk) or supervises(call, by=by):
        return True
    inside = Participant.objects.filter(room=call.pk, agent=by, state=Participant.State.IN)
    # Whoever only listens, and does not supervise any more, has no say.
    inside = inside.exclude(role=Participant.Role.SUPERVISOR)
    last = Transfer.objects.filter(call=call.pk).order_by("-pk").first()
    if last is None or last.from_agent_id != by.pk:
        return inside.exists()
    # Whoever takes it back has no call yet.
    comes_back = last.state == Transfer.State.CANCELLED and call.agent_id is None
    return last.state in Transfer.OPEN or comes_back or inside.exists()
