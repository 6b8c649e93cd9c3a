"""Whether an agent's line was hung up or lost: desks that announce their end say so before."""

from __future__ import annotations

from django.utils import timezone

from calls.models import CallOffer, Participant


def hang_up_announced(*, agent_id: int, sid: str) -> None:
    """The desk's agent is about to hang up. `sid`: of the root call."""
    answered = CallOffer.objects.filter(call=sid, agent=agent_id, state=CallOffer.State.ANSWERED)
    answered.update(hung_up_at=timezone.now())
    Participant.objects.filter(room=sid, agent=agent_id).exclude(state=Participant.State.LEFT).update(hung_up=True)
