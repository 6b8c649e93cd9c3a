"""Legs on their way into a room, and out of it: what Twilio asks about them, and what Twilio says of the room."""

from __future__ import annotations

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
    return bool(sid) and Call.objects.filter(pk=sid, is_handled=True).exists()


def parent_comes(inside: Inside, action: DialActionRequest) -> Participant | None:
    """Twilio sent the other leg into the room, and asks about this one: who it is there. None for a leg that has no
    room to go to: the two have parted by themselves, even if that happened as the room was asked for."""
    one = inside.by_leg(action.voice.sid)
    if inside.room is None or inside.room.state not in LIVING or one is None or one.state == State.LEFT:
        return None
    if action.duration is not None and inside.room.state == Room.State.LIFTING:
        inside.room.state = Room.State.OVER
        for each in inside.participants:
            inside.out(each)
        inside.finish()
        return None
    return one


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
    if told.event == "participant-leave":
        inside.out(participant)
    else:
        is_in(inside, participant)
    sequence = told.sequence_number if told.sequence_number is not None else participant.sequence_number + 1
    if sequence > participant.sequence_number and participant.state == State.IN:
        participant.sequence_number = sequence
        if told.held is not None:
            inside.held_is(participant, told.held)
        if told.muted is not None:
            participant.muted = told.muted
        if told.coaching is not None:
            participant.coaching = told.coaching
        if not participant.is_supervisor or supervisors.is_as_wanted(participant):
            # What was asked for is told: whatever is wanted by now may be asked at once.
            participant.asked_at = None
    inside.changed(participant)


def is_in(inside: Inside, participant: Participant) -> None:
    """Is in the room. Who has left it is not in it any more, whatever is told late."""
    if participant.state == State.LEFT:
        return
    # Who comes from another place may be there before the two who are lifted, or without them.
    if inside.room is not None and inside.room.state == Room.State.LIFTING and participant.replaces_id is None:
        inside.room.state = Room.State.OPEN
    if participant.replaces_id is not None and participant.joined_at is None:
        came(inside, participant)
    participant.state = State.IN
    participant.joined_at = participant.joined_at or timezone.now()
    inside.changed(participant)
