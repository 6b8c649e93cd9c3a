"""Whether an agent's line was hung up or lost: desks that announce their end say so before."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from calls.live.locks import lock
from calls.models import CallOffer, Participant


@transaction.atomic
def hang_up_announced(*, agent_id: int, sid: str) -> None:
    """The desk's agent is about to hang up. `sid`: of the root call."""
    # Whoever works on the call writes whole rows.
    lock([sid])
    answered = CallOffer.objects.filter(call=sid, agent=agent_id, state=CallOffer.State.ANSWERED)
    answered.update(hung_up_at=timezone.now())
    Participant.objects.filter(room=sid, agent=agent_id).exclude(state=Participant.State.LEFT).update(hung_up=True)
