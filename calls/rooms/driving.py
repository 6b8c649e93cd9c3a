"""Leading what Twilio says of a room to what is wanted of it: by whoever asked for it, and by the net for whoever was
killed, or was told nothing. Never inside a webhook."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from calls.live.fetching import fallback_url
from calls.live.notes import supervision_noted
from calls.models import Participant, Room, Transfer
from calls.rooms import calling_in
from calls.rooms.follow import end_consultation, follow
from calls.rooms.inside import Inside, Mode, Role, State
from calls.rooms.supervisors import coaches, fall_back, is_as_wanted
from telephony.callbacks import callback_url
from telephony.errors import CallGone, RateLimited, TelephonyError, Unavailable
from telephony.rest.client import (
    call_hang_up,
    call_redirect,
    participant_hold,
    participant_mute,
    participant_remove,
    participant_supervise,
)

logger = logging.getLogger(__name__)

# What was asked of Twilio is given so long to be told.
PATIENCE = timedelta(seconds=3)
# A call into a room may have to wait for another request, and each may take four seconds (`telephony.rest.http`).
# Whoever is called twice is rung twice.
_CALL_PATIENCE = timedelta(seconds=10)
# Twilio's word for a leg that is not in the conference, or has left it.
NOBODY_TO_COACH = 13240


@dataclass(frozen=True, slots=True)
class Wish:
    """One request to Twilio. `undo` is done, with the call held, when it is refused."""

    do: Callable[[], None]
    undo: Callable[[Inside, Participant | None, TelephonyError], None]
    participant_id: int | None = None
    # When the leg has left meanwhile, that is no news to whoever asked for something else.
    may_be_gone: bool = False
    # Of somebody in the conference, and not of the leg.
    is_inside: bool = False


def drive(sid: str) -> None:
    """Asks Twilio for all that is wanted and not there yet. Raises the first `TelephonyError`, after which everything
    is noted as it was before."""
    for wish in _wishes(sid):
        try:
            wish.do()
        except TelephonyError as error:
            logger.warning("a room is not as it was wanted: call=%s: %s", sid, error.key)
            if not _undo(sid, wish, error):
                continue
            if not (wish.may_be_gone and isinstance(error, CallGone)):
                raise


@transaction.atomic
def _wishes(sid: str) -> list[Wish]:
    inside = Inside(sid)
    now = timezone.now()
    if inside.ringing_on:
        wishes = [wish for one in inside.ringing_on for wish in _of(inside, one, now)]
        inside.changed(*inside.ringing_on)
        inside.keep_quietly()
        return wishes
    if inside.root is None or inside.room is None or not inside.is_living:
        return []
    wishes = [*_lift(inside, now)]
    if inside.room.state == Room.State.OPEN and inside.room.conference_sid:
        for one in inside.supervisors:
            if one.state == State.IN:
                coaches(inside, one, follows=True)
        # Whoever whispers is muted before the agent who hears it is let go.
        for one in sorted(inside.present, key=lambda one: not one.is_supervisor):
            # Of whoever is on the way out of it, nothing is wanted in the room.
            if not (inside.is_led and one.role == Role.CUSTOMER):
                wishes += _of(inside, one, now)
    for one in inside.present:
        inside.changed(one)
    if wishes or inside.supervisors:
        inside.keep_quietly()
    return wishes


def _is_asked(at: datetime | None, now: datetime, patience: timedelta) -> bool:
    return at is not None and at > now - patience


def _lift(inside: Inside, now: datetime) -> list[Wish]:
    room = inside.the_room
    if room.state != Room.State.LIFTING or _is_asked(room.asked_at, now, PATIENCE):
        return []
    room.asked_at = now
    child, name = room.child_sid, room.name
    return [
        Wish(lambda: call_redirect(child, room_url(name), fallback_url=fallback_url(), purpose="lift"), _not_lifted)
    ]


def room_url(name: str) -> str:
    return f"{callback_url('calls:room')}?room={name}"


def _not_lifted(inside: Inside, _one: Participant | None, error: TelephonyError) -> None:
    """The note is taken back, and both talk on. When nobody knows whether Twilio did it: nothing more is wanted, and
    whoever comes finds the room."""
    room = inside.room
    if room is None or room.state != Room.State.LIFTING:
        return
    _no_consultation(inside, error)
    if isinstance(error, Unavailable):
        for one in list(inside.present):
            one.wanted_held, one.parked_at = False, None
            inside.changed(one)
            if one.is_awaited:
                inside.out(one)
            elif one.state == State.CALLING and not one.is_supervisor and not one.leg_sid:
                # Whoever asked was told that it failed.
                inside.send_away(one)
        return
    room.state = Room.State.OVER
    for one in inside.participants:
        if inside.hang_up_on_who_came(one):
            # The leg whose place it takes is in no room.
            one.replaces = None
        elif one.state != State.LEFT:
            if one.is_supervisor:
                supervision_noted(one, "end")
                inside.supervise_changed(one)
            inside.end_offer(one)
            one.delete()
    inside.participants = [one for one in inside.participants if one.pk]


def _no_consultation(inside: Inside, error: TelephonyError) -> None:
    begun = inside.transfer
    if begun is not None and begun.mode == Transfer.Mode.WARM:
        begun.state, begun.problem, begun.ended_at = Transfer.State.FAILED, error.key[:255], timezone.now()
        begun.save(update_fields=["state", "problem", "ended_at"])
        inside.transfer = None


def _of(inside: Inside, one: Participant, now: datetime) -> list[Wish]:
    if _is_asked(one.asked_at, now, _CALL_PATIENCE if one.is_to_be_called else PATIENCE):
        return []
    wish = _wish(inside, one)
    if wish is None:
        return []
    one.asked_at = now
    return [wish]


def _wish(inside: Inside, one: Participant) -> Wish | None:
    room = inside.the_room
    conference, leg, pk = room.conference_sid, one.leg_sid, one.pk
    if not one.wanted_in:
        if not leg:
            return None
        if one.role == Role.CUSTOMER:
            return Wish(lambda: call_hang_up(leg), _keep_trying, pk)
        if one.state == State.CALLING or not inside.is_living:
            return Wish(lambda: call_hang_up(leg), _keep_trying, pk)
        return Wish(lambda: participant_remove(conference, leg), _not_removed, pk, is_inside=True)
    if one.state == State.CALLING:
        if not one.is_to_be_called or _would_hear_it(inside, one):
            return None
        return Wish(calling_in.caller_of(inside, one), calling_in.not_made, pk)
    if one.is_supervisor:
        return _supervision(conference, one)
    if one.wanted_held != one.held:
        held, music = one.wanted_held, music_url(inside.language)
        return Wish(
            lambda: participant_hold(conference, leg, held=held, music_url=music), _not_held, pk, is_inside=True
        )
    if one.wanted_muted != one.muted:
        muted = one.wanted_muted
        return Wish(lambda: participant_mute(conference, leg, muted=muted), _not_muted, pk, is_inside=True)
    return None


def _would_hear_it(inside: Inside, one: Participant) -> bool:
    """Whether it is somebody to be asked aside, while the customer has not come into the room: until then there is
    nobody to put on hold."""
    asked, customer = inside.transfer, inside.customer
    aside = asked is not None and asked.mode == Transfer.Mode.WARM and asked.participant_id == one.pk
    return aside and customer is not None and customer.state != State.IN


def _supervision(conference: str, one: Participant) -> Wish | None:
    """One request: never is the one half of it so, and the other not yet."""
    if is_as_wanted(one):
        return None
    leg, muted = one.leg_sid, one.mode == Mode.LISTEN or (one.mode == Mode.WHISPER and not one.coached_leg)
    if muted and one.muted:
        # Whom to whisper to is not in the room yet.
        return None
    # Whoever is muted need not stop to coach, and is never heard by others for a moment by that.
    coached = None if muted else one.coached_leg if one.mode == Mode.WHISPER else ""
    return Wish(
        lambda: participant_supervise(conference, leg, muted=muted, coached=coached),
        _not_supervised,
        one.pk,
        may_be_gone=True,
        is_inside=True,
    )


def _not_supervised(inside: Inside, one: Participant | None, error: TelephonyError) -> None:
    if one is None or not one.is_supervisor:
        return
    if error.code == NOBODY_TO_COACH:
        fall_back(inside, one)
    else:
        one.mode, one.takes_over = one.said_mode, False


def music_url(language: str) -> str:
    return f"{callback_url('calls:hold-music')}?language={language}"


def music_again(sid: str, *, held_before: datetime) -> None:
    """Has Twilio play the music anew to those who have been on hold since before then: while no server ran, it got none
    from us, and does not ask again. With an address of its own, for what is the same may not be asked for either."""
    with transaction.atomic():
        inside = Inside(sid)
        if not inside.is_living or inside.is_led:
            return
        conference, url = inside.the_room.conference_sid, f"{music_url(inside.language)}&again={time.time():.0f}"
        waiting = [one for one in inside.present if one.state == State.IN and one.held and one.wanted_held]
        legs = [one.leg_sid for one in waiting if one.held_since is not None and one.held_since < held_before]
    for leg in legs:
        try:
            participant_hold(conference, leg, held=True, music_url=url)
        except TelephonyError as error:
            logger.warning("music could not be played again: call=%s: %s", sid, error.key)


@transaction.atomic
def _undo(sid: str, wish: Wish, error: TelephonyError) -> bool:
    """False: it stays wanted, and where it is not so yet, the net asks who is there, and for it once more. Of a
    conference, REST is consistent only after a while: whoever has just come may not be known yet, and has not left by
    that."""
    inside = Inside(sid)
    one = next((each for each in inside.participants if each.pk == wish.participant_id), None)
    if wish.undo is calling_in.not_made and one is not None and one.state == State.IN:
        # Twilio has told that it did, whatever became of the answer.
        return False
    if wish.is_inside and isinstance(error, CallGone) and one is not None and _is_still_in(inside, one):
        return False
    wish.undo(inside, one, error)
    if one is not None and one.pk:
        # Of whom nobody knows whether Twilio calls it, the net asks after a while.
        one.asked_at = one.asked_at if one.is_called_in_vain else None
        if isinstance(error, CallGone):
            inside.out(one)
        inside.changed(one)
    follow(inside)
    inside.finish()
    return True


def _is_still_in(inside: Inside, one: Participant) -> bool:
    """As far as callbacks have told."""
    leg = inside.batch.get(one.leg_sid)
    is_over = leg is None or leg.is_terminal or leg.leg_end_time is not None
    return inside.is_living and one.state == State.IN and not is_over


def _not_held(inside: Inside, one: Participant | None, error: TelephonyError) -> None:
    if one is None or one.wanted_held == one.held:
        # Twilio has told that it is so, whatever became of the answer.
        return
    if not one.wanted_held and isinstance(error, Unavailable | RateLimited):
        # Somebody is there for whoever hears music, and may not have asked for it: the net asks again.
        return
    waits_for = inside.parked
    if one.role == Role.CUSTOMER and one.wanted_held and waits_for is not None:
        # No music: nobody is parked. An agent who is gone by then is one whose line was lost.
        waits_for.parked_at = None
        inside.changed(waits_for)
    one.wanted_held = one.held
    begun = inside.transfer
    if one.role == Role.CUSTOMER and not one.held and begun is not None and begun.state == Transfer.State.CALLING:
        # The customer would hear what is said to the colleague.
        asked = next((each for each in inside.present if each.pk == begun.participant_id), None)
        if begun.mode == Transfer.Mode.WARM and asked is not None:
            inside.send_away(asked)
            end_consultation(inside, begun, error.key[:255])


def _not_muted(inside: Inside, one: Participant | None, error: TelephonyError) -> None:
    if one is not None:
        one.wanted_muted = one.muted


def _not_removed(inside: Inside, one: Participant | None, error: TelephonyError) -> None:
    if one is None or isinstance(error, CallGone) or one.joined_at is None:
        # Whoever was not to come at all is not let stay.
        return
    # Of an agent whose call a supervisor has by now, the net asks again.
    others = [each for each in inside.others if one.role == Role.AGENT and each.role == Role.AGENT and each.wanted_in]
    one.wanted_in = not any(each.takes_over and each.pk > one.pk for each in others)


def _keep_trying(inside: Inside, one: Participant | None, error: TelephonyError) -> None:
    """Nobody is with the customer any more: the net asks again."""
