"""What agents, supervisors and programs ask for: noted under the call's lock, then asked of Twilio. Whoever asks twice,
or at the same time as another, finds it noted, and nothing is done twice.

All raise `NotPossible`, and `TelephonyError` when Twilio refused: then the call is as it was before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_noop as _

from calls.models import CallEvent, Transfer
from calls.rooms import consulting, moving, parking
from calls.rooms.driving import drive
from calls.rooms.handing_over import HANDED_ALREADY, hand_over
from calls.rooms.inside import Inside, State
from calls.rooms.lifting import lift
from calls.rooms.parked import unpark
from calls.rooms.refusing import COME_BACK, NOBODY_RESUMES, NoSuchParticipant, NotPossible

if TYPE_CHECKING:
    from agents.models import Agent
    from calls.rooms.targets import Target

_IN_TALKS = _("You are talking with somebody about this call. Hand it over, or take the caller back first.")


def hold(sid: str, *, by: Agent) -> None:
    _hold(sid, True, by)
    drive(sid)


def resume(sid: str, *, by: Agent) -> None:
    _hold(sid, False, by)
    drive(sid)


@transaction.atomic
def _hold(sid: str, held: bool, by: Agent) -> None:
    inside = Inside(sid)
    if not held and not inside.is_living:
        return
    customer = lift(inside, internal=True)
    if inside.is_led:
        raise NotPossible(HANDED_ALREADY)
    if inside.the_root.is_internal and inside.the_root.came_to(by.pk):
        # The one who called hears the music then.
        customer = inside.agent_inside() or next(iter(inside.others), customer)
    parked = inside.parked
    if not held and parked is not None:
        if parked.state != State.IN:
            raise NotPossible(COME_BACK)
        unpark(inside)
        inside.finish()
        return
    if customer.wanted_held == held:
        return
    if not held and inside.transfer is not None:
        raise NotPossible(_IN_TALKS)
    if held and not inside.has_agent:
        raise NotPossible(NOBODY_RESUMES)
    # What was asked before is not waited for.
    customer.wanted_held, customer.asked_at = held, None
    inside.changed(customer)
    CallEvent.objects.create(
        call_sid=sid,
        kind=CallEvent.Kind.ACTION,
        name="hold" if held else "resume",
        outcome="asked for",
        agent=by,
    )
    inside.finish()


def park(sid: str, *, by: Agent) -> None:
    """The customer waits with music while the agent takes another call."""
    parking.park(sid, by=by)


def transfer(sid: str, target: Target, *, mode: str, by: Agent) -> None:
    """Raises `NoSuchTarget`, too."""
    if mode == Transfer.Mode.BLIND:
        hand_over(sid, target, by=by)
    else:
        consulting.consult(sid, target, by=by)


def complete_transfer(sid: str, *, by: Agent) -> None:
    consulting.complete(sid, by=by)


def cancel_transfer(sid: str, *, by: Agent) -> None:
    consulting.cancel(sid, by=by)


def merge(sid: str, *, by: Agent) -> None:
    consulting.merge(sid, by=by)


def move(sid: str, *, by: Agent) -> None:
    """The agent goes on at another place."""
    moving.move(sid, by=by)


def participant_add(sid: str, target: Target, *, by: Agent) -> None:
    """Raises `NoSuchTarget`, too."""
    consulting.take_in(sid, target, by=by)


def participant_change(sid: str, leg: str, *, held: bool | None, muted: bool | None, by: Agent) -> None:
    """Raises `NoSuchParticipant`, too."""
    if not consulting.change(sid, leg, held=held, muted=muted, by=by):
        raise NoSuchParticipant


def participant_remove(sid: str, leg: str, *, by: Agent) -> None:
    """Raises `NoSuchParticipant`, too."""
    if not consulting.remove(sid, leg, by=by):
        raise NoSuchParticipant


def hang_up(sid: str, *, by: Agent) -> bool:
    """Of a call in a room. Whether it is in one."""
    return consulting.hang_up(sid, by=by)
