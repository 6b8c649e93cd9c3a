"""Legs on their way into a room, and out of it: what Twilio asks about them, and what Twilio says of the room."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from calls.models import Call, Participant, Room
from calls.params import ConferenceRequest, DialActionRequest
from calls.rooms import supervisors
from calls.rooms.follow import close_all, follow
from calls.rooms.inside import LIVING, Inside, State
from calls.rooms.replacing import came
from core.sql.unit import UnitOfWork

if TYPE_CHECKING:
    from calls.params import VoiceRequest


def is_handled(sid: str) -> bool:
    """Whether the call of that leg is: of a call that an agent made, the customer's leg is not the call itself."""
    known = Call.objects.filter(pk=sid).values_list("is_handled", "parent__is_handled").first() if sid else None
    return known is not None and any(known)


def parent_comes(inside: Inside, action: DialActionRequest) -> Participant | None:
    """Twilio sent the other leg into the room, and asks about this one: who it is there. None for a leg that has no
    room to go to: the two have parted by themselves, even if that happened as the room was asked for."""
    one = inside.by_leg(action.voice.sid)
    if inside.room is None or inside.room.state not in LIVING or one is None or one.state == State.LEFT:
        return None
    if inside.is_led:
        # Twilio's word that the customer has left the room was lost.
        return None
    if action.duration is not None:
        never_opened(inside)
        inside.finish()
        return None
    return one


def never_opened(inside: Inside) -> None:
    """The two talked on without the room, and have parted. To be finished."""
    inside.the_room.state = Room.State.OVER
    for each in inside.participants:
        if not inside.hang_up_on_who_came(each):
            inside.out(each)


def on_the_way_in(work: UnitOfWork, voice: VoiceRequest) -> tuple[Participant | None, Inside]:
    """Who this leg is in the room to which it is on the way, and has not come yet."""
    inside = Inside(voice.sid, work)
    one = inside.by_leg(voice.sid)
    is_awaited = one is not None and one.wanted_in and one.state == State.CALLING
    return (one if is_awaited and inside.is_living and not inside.is_led else None), inside


def child_comes(work: UnitOfWork, voice: VoiceRequest, name: str) -> tuple[Inside, Participant] | None:
    """The leg that was sent into a room: who it is there. None when it has nothing to look for there."""
    room = Room.objects.filter(name=name, state__in=LIVING).first() if name else None
    if room is None:
        return None
    inside = Inside(room.pk, work)
    one = inside.by_leg(voice.sid)
    if not inside.is_living or one is None or one.state == State.LEFT:
        return None
    return inside, one


def conference_apply(work: UnitOfWork, told: ConferenceRequest) -> bool:
    """What Twilio says of a room. Whether it was one of ours."""
    room = Room.objects.filter(name=told.room).first() if told.room else None
    if room is None:
        return False
    inside = Inside(room.pk, work)
    if inside.room is None or inside.room.name != told.room:
        return False
    _apply(inside, told)
    follow(inside)
    inside.finish()
    return True


def _apply(inside: Inside, told: ConferenceRequest) -> None:
    room = inside.the_room
    if told.event == "conference-end" and not _is_of_customer(inside, told):
        # Of whoever came there by the own phone, and left before the two who are lifted were there.
        room.conference_sid = "" if room.conference_sid == told.conference_sid else room.conference_sid
        return
    room.conference_sid = room.conference_sid or told.conference_sid
    if told.event == "conference-end":
        room.state = Room.State.OVER
        close_all(inside)
        return
    participant = inside.by_leg(told.call_sid) or inside.by_leg(told.label)
    if participant is None:
        return
    if not participant.leg_sid:
        participant.leg_sid = told.call_sid
    if told.event == "participant-join" and told.conference_sid not in ("", room.conference_sid):
        if participant.role == Participant.Role.CUSTOMER:
            room.conference_sid = told.conference_sid
        elif participant.comes_by_own_phone and room.state == Room.State.OPEN:
            # Came when that was over: nobody else is there.
            participant.wanted_in, participant.asked_at = False, None
            inside.changed(participant)
            return
    sequence = told.sequence_number if told.sequence_number is not None else participant.sequence_number + 1
    at = inside.time_of(told.timestamp)
    if told.event == "participant-leave":
        inside.out(participant, at)
        participant.sequence_number = max(sequence, participant.sequence_number)
    elif participant.state != State.LEFT or sequence > participant.sequence_number:
        # Who has left it is not in it any more, whatever is told late.
        is_in(inside, participant, at)
    if sequence > participant.sequence_number and participant.state == State.IN:
        participant.sequence_number = sequence
        if told.held is not None:
            inside.held_is(participant, told.held, at)
        if told.muted is not None:
            participant.muted = told.muted
        if told.coaching is not None:
            participant.coaching = told.coaching
        if not participant.is_supervisor or supervisors.is_as_wanted(participant):
            # What was asked for is told: whatever is wanted by now may be asked at once.
            participant.asked_at = None
    inside.changed(participant)


def _is_of_customer(inside: Inside, told: ConferenceRequest) -> bool:
    """Whether that conference is the one where the customer is; more than one may have had the room's name."""
    room = inside.the_room
    if room.state == Room.State.LIFTING and any(one.comes_by_own_phone for one in inside.participants):
        return False
    return not told.conference_sid or room.conference_sid in ("", told.conference_sid)


def _comes_in_vain(inside: Inside, one: Participant) -> bool:
    """Whether Twilio called this one in although its answer was lost, or although it was not wanted any more: it is
    taken for somebody who never came, and would hear the others unseen. Never counts as having joined."""
    if one.wanted_in or one.joined_at is not None or not inside.is_living or not inside.is_called_by_twilio(one):
        return False
    leg = inside.batch.get(one.leg_sid)
    return leg is None or not leg.is_terminal


def is_in(inside: Inside, participant: Participant, at: datetime | None = None) -> None:
    """Is in the room, and came at that time if not before."""
    if _comes_in_vain(inside, participant):
        participant.state, participant.left_at = State.IN, None
        participant.wanted_in, participant.asked_at = False, None
        inside.changed(participant)
        return
    if participant.state == State.LEFT or not (inside.is_living or participant.wanted_in):
        # Who comes when it is over is hung up on; the record says that they came.
        participant.joined_at = participant.joined_at or at
        inside.changed(participant)
        return
    # Who comes by the own phone may be there before the two who are lifted, or without them.
    is_lifted = not participant.comes_by_own_phone
    if inside.room is not None and inside.room.state == Room.State.LIFTING and is_lifted:
        inside.room.state = Room.State.OPEN
    if participant.replaces_id is not None and participant.joined_at is None:
        came(inside, participant)
    participant.state = State.IN
    participant.joined_at = participant.joined_at or at or timezone.now()
    inside.changed(participant)
