"""Whether an agent's line was hung up or lost: desks that announce their end say so before."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from calls.live.locks import lock
from calls.models import CallOffer, Participant

# A desk waits a second for our answer to its word, and hangs up then: on a slow server the word may be the later one.
_LATE = timedelta(seconds=10)


@transaction.atomic
def end_announced(*, agent_id: int, sid: str, leg: str) -> None:
    """The desk on that leg will say before it hangs up. Of an agent with several phones, this one alone does."""
    lock([sid])
    if Participant.objects.filter(room=sid, agent=agent_id, leg_sid=leg).update(announces_end=True):
        return
    # Twilio's word on the leg may come after the desk's.
    taken = Q(leg_sid__in=("", leg), state__in=(CallOffer.State.RINGING, CallOffer.State.ANSWERED))
    CallOffer.objects.filter(taken, call=sid, agent=agent_id).update(announces_end=True)


@transaction.atomic
def hang_up_announced(*, agent_id: int, sid: str) -> None:
    """The desk's agent is about to hang up. `sid`: of the root call."""
    # Whoever works on the call writes whole rows.
    lock([sid])
    answered = CallOffer.objects.filter(call=sid, agent=agent_id, state=CallOffer.State.ANSWERED)
    answered.update(hung_up_at=timezone.now())
    just_here = ~Q(state=Participant.State.LEFT) | Q(left_at__gte=timezone.now() - _LATE)
    Participant.objects.filter(just_here, room=sid, agent=agent_id).update(hung_up=True)
