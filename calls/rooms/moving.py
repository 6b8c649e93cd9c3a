"""An agent takes a call along: to another tab, browser or app. Noted first, with the two bridged legs lifted into a
room; then that phone calls us with the call's sid (`Move`), and is answered with the room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from agents.selectors import agent_get_caller_by
from calls.models import Call, CallEvent, CallStatus, Direction
from calls.rooms.driving import drive
from calls.rooms.handing_over import HANDED_ALREADY
from calls.rooms.inside import Inside, Role, State
from calls.rooms.lifting import NOT_TALKING, lift
from calls.rooms.refusing import NO_PHONE, NotPossible
from core.sql.statements import new_row, relate
from telephony.phone_reference import PhoneReference

if TYPE_CHECKING:
    from agents.models import Agent
    from calls.models import Participant
    from calls.params import OutgoingRequest, VoiceRequest
    from core.sql.unit import UnitOfWork

_NOT_YOURS = _("You are not in this call.")
_MOVES = _("This call is just being continued at another place.")
_NOT_TO_BE_HAD = _("The call could not be continued here: it goes on where it was, or is over.")


def move(sid: str, *, by: Agent) -> None:
    """Notes it, and that phone may call. Until its leg is in the room nothing changes for anybody."""
    _note(sid, by)
    drive(sid)


@transaction.atomic
def _note(sid: str, by: Agent) -> None:
    inside = Inside(sid)
    lift(inside)
    if inside.is_led:
        raise NotPossible(HANDED_ALREADY)
    mine = next((one for one in inside.others if one.agent_id == by.pk and one.role == Role.AGENT), None)
    # Whoever parked the customer comes back so.
    parked = inside.parked
    if parked is not None and parked.agent_id == by.pk:
        mine = parked
    if mine is None:
        raise NotPossible(_NOT_YOURS)
    if not by.may_make_calls:
        raise NotPossible(NO_PHONE)
    leg = inside.batch.get(mine.leg_sid)
    # The leg before may have gone meanwhile.
    coming = mine if mine.is_awaited else next((one for one in inside.others if one.replaces_id == mine.pk), None)
    is_left = leg is None or leg.status != CallStatus.IN_PROGRESS
    if coming is None and is_left and mine is not parked:
        # Whose phone still rings.
        raise NotPossible(NOT_TALKING)
    if coming is not None and not coming.is_awaited:
        raise NotPossible(_MOVES)
    if coming is None:
        inside.add(
            Role.AGENT,
            agent=by,
            replaces=mine,
            wanted_held=mine.wanted_held,
            wanted_muted=mine.wanted_muted,
            # Whoever took the call over did so at the other place, too.
            takes_over=mine.takes_over,
        )
        CallEvent.objects.create(
            call_sid=inside.the_root.sid, kind=CallEvent.Kind.ACTION, name="move", outcome="asked for", agent=by
        )
    else:
        # Asked for once more, by whoever has found the way to the microphone meanwhile.
        coming.created_at = timezone.now()
        inside.changed(coming)
    inside.finish()


def arrive(work: UnitOfWork, asked: OutgoingRequest) -> tuple[Inside, Participant] | None:
    """The phone at the other place calls: who it is in the room. None for whoever has nothing to look for there:
    another was quicker, nobody asked for it, or the call is over.

    The agent is the one whom Twilio names in `From`, as of any call that a browser makes.
    """
    voice, phone = asked.voice, PhoneReference.of(asked.phone)
    agent = agent_get_caller_by(phone) if phone and phone.agent_id == voice.agent_id else None
    if agent is None:
        return None
    inside = Inside(asked.move, work)
    again = inside.by_leg(voice.sid)
    if again is not None and inside.is_living and again.state != State.LEFT:
        # Twilio may ask twice.
        return inside, again
    if inside.root is None or Call.objects.filter(pk=voice.sid).exists():
        return None
    one = next((one for one in inside.others if one.is_awaited and one.agent_id == agent.pk), None)
    if one is None:
        if any(each.agent_id == agent.pk for each in inside.participants):
            # Hangs on the call for which it was meant, not in the log as one of its own.
            inside.batch.open(_leg(inside.root, voice, agent, status=CallStatus.RINGING, problem=_NOT_TO_BE_HAD))
            inside.finish()
        return None
    one.leg_sid, one.created_at = voice.sid, timezone.now()
    inside.changed(one)
    # The room answers it.
    inside.batch.open(_leg(inside.root, voice, agent, status=CallStatus.IN_PROGRESS, answer_time=timezone.now()))
    inside.finish()
    return inside, one


def _leg(root: Call, voice: VoiceRequest, agent: Agent, **facts: object) -> Call:
    """As one that rang at the agent's phone: it begins no call of its own."""
    leg = new_row(
        Call,
        sid=voice.sid,
        account_sid=voice.account_sid,
        parent_id=root.sid,
        caller=voice.caller,
        called=voice.caller,
        direction=Direction.INBOUND,
        start_time=timezone.now(),
        **facts,
    )
    relate(leg, agent=agent)
    return leg
