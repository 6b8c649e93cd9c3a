"""A customer who waits with music while the agent talks on a second call: parked, and taken up again.

A phone has one call at a time, and lets the first one go when it answers another. So the agent's own place in the room
is noted as parked before: its end is neither a lost line nor a good-bye. Who comes back does so as one who goes on with
a call at another place (`calls.rooms.moving`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from calls.live.busy import parking
from calls.models import CallEvent, CallStatus
from calls.rooms.driving import drive
from calls.rooms.handing_over import HANDED_ALREADY
from calls.rooms.inside import Inside, Mode, Role
from calls.rooms.lifting import NOT_TALKING, lift
from calls.rooms.refusing import NotPossible
from calls.rooms.replacing import places_of

if TYPE_CHECKING:
    from agents.models import Agent

# One in the ear, the other on hold; for a moment both, while the agent goes from one to the other.
_MOST = 2
_MAY_NOT = _("You are not set up to take a second call. Ask your admin.")
_NOT_YOURS = _("You are not in this call.")
_OTHERS = _("Others are in this call, and would be left with music. Take them out first.")
_TOO_MANY = _("Two callers wait for you already. Go back to one of them first.")


def park(sid: str, *, by: Agent) -> None:
    """The customer hears music, and waits for the agent, whose phone may then answer another call. Raises
    `NotPossible`, and `TelephonyError` when Twilio refused: then the two talk on as before."""
    _note(sid, by)
    drive(sid)


@transaction.atomic
def _note(sid: str, by: Agent) -> None:
    inside = Inside(sid)
    if inside.parked is not None and inside.parked.agent_id == by.pk:
        return
    waiting = _parked_by(by)
    # The way back is a call of the agent's own phone. Whoever has two already goes on from one to the other.
    if not (by.may_make_calls and (by.may_take_second_call or waiting)):
        raise NotPossible(_MAY_NOT)
    customer = lift(inside)
    if inside.is_led or inside.transfer is not None:
        raise NotPossible(HANDED_ALREADY)
    mine = places_of(inside, by.pk)
    if len(mine) != 1 or mine[0].role != Role.AGENT:
        raise NotPossible(_NOT_YOURS)
    leg = inside.batch.get(mine[0].leg_sid)
    if leg is None or leg.status != CallStatus.IN_PROGRESS:
        raise NotPossible(NOT_TALKING)
    # Whoever is not heard by the customer is not to be known of, and is let go.
    if any(one not in mine and (one in inside.talkers or one.said_mode == Mode.JOIN) for one in inside.others):
        raise NotPossible(_OTHERS)
    if len(waiting) >= _MOST:
        raise NotPossible(_TOO_MANY)
    mine[0].parked_at = timezone.now()
    customer.wanted_held = True
    if not customer.held:
        # What was asked before is not waited for.
        customer.asked_at = None
    inside.changed(mine[0], customer)
    CallEvent.objects.create(call_sid=sid, kind=CallEvent.Kind.ACTION, name="park", outcome="asked for", agent=by)
    inside.finish()


def _parked_by(agent: Agent) -> set[str]:
    return set(parking().filter(agent=agent).values_list("room_id", flat=True))
