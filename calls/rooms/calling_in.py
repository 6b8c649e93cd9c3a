"""Calling somebody into a room: one call by REST."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import urlencode

from django.db import transaction
from django.utils import timezone

from calls.live.services import ring_parameters
from calls.models import Call, CallOffer, CallStatus, Direction, Participant
from calls.rooms.follow import did_not_come, end_consultation
from calls.rooms.inside import Inside, State
from calls.rooms.targets import caller_id_of
from core.sql.statements import new_row, relate
from telephony.callbacks import callback_url
from telephony.errors import NotReached, TelephonyError, Unavailable
from telephony.rest.client import call_hang_up, participant_call, participants_of

logger = logging.getLogger(__name__)

# How long a colleague's phone, or a number, rings.
RING_SECONDS = 30
_DESKS = 20
# Twilio's word for a label that somebody in the conference, or called into it, has.
_LABEL_TAKEN = 16025


def caller_of(inside: Inside, one: Participant) -> Callable[[], None]:
    """What calls this one into the room."""
    root, room = inside.the_root, inside.the_room
    sid, conference, pk, label = root.sid, room.conference_sid, one.pk, one.label
    to, caller_id = _address(root, one), caller_id_of(root)
    timeout = _DESKS if one.agent_id else RING_SECONDS
    # By a process that was killed before it kept what Twilio answered, perhaps.
    was_asked = one.asked_at is not None

    def call() -> None:
        leg = _there(conference, label) if was_asked else ""
        try:
            leg = leg or participant_call(
                conference,
                to=to,
                caller_id=caller_id,
                label=label,
                timeout=timeout,
                status_url=f"{callback_url('calls:participant-status')}?call={sid}",
                events_url=callback_url("calls:conference"),
            )
        except TelephonyError as error:
            leg = _there(conference, label) if error.code == _LABEL_TAKEN else ""
            if not leg:
                raise
        if not _made(sid, pk, leg):
            # Is not wanted any more since.
            _let_go(sid, leg)

    return call


def _there(conference: str, label: str) -> str:
    """The leg of whom Twilio has called by that label already, or ""."""
    return next((facts.call_sid for facts in participants_of(conference) if facts.label == label), "")


def _let_go(sid: str, leg: str) -> None:
    try:
        call_hang_up(leg)
    except TelephonyError as error:
        logger.warning("whoever is not wanted any more rings on, and is hung up on later: call=%s: %s", sid, error.key)


def _address(root: Call, one: Participant) -> str:
    """An agent's phone, with what it is told of the call; or a number."""
    if one.agent is None:
        return one.number
    return f"client:{one.agent.identity}?{urlencode(ring_parameters(root, root.line, root.contact))}"


@transaction.atomic
def _made(sid: str, pk: int, leg: str) -> bool:
    """Twilio has made the leg, and may have told of it already. False: it is not wanted any more, and is to be hung up
    on, by the net when this process does not."""
    inside = Inside(sid)
    one = next((each for each in inside.participants if each.pk == pk), None)
    if one is None or inside.root is None:
        return False
    one.leg_sid = leg
    inside.changed(one)
    call = inside.batch.get(leg)
    if call is None:
        called = f"client:{one.agent.identity}" if one.agent else one.number
        call = new_row(
            Call,
            sid=leg,
            parent_id=sid,
            caller=caller_id_of(inside.root),
            called=called,
            direction=Direction.OUTBOUND_API,
            status=CallStatus.QUEUED,
            start_time=timezone.now(),
        )
        relate(call, agent=one.agent)
        inside.batch.open(call)
    CallOffer.objects.filter(call=sid, agent=one.agent_id, is_consultation=True, state="ringing").update(leg_sid=leg)
    if not one.wanted_in and one.joined_at is None and not call.is_terminal:
        _is_in_vain(inside, one)
    inside.finish()
    return one.wanted_in or call.is_terminal


def _is_in_vain(inside: Inside, one: Participant) -> None:
    """Is called, or perhaps is, and is not to come: the net looks who it is, and hangs up (`calls.rooms.keeping`)."""
    now = timezone.now()
    one.state, one.left_at, one.wanted_in = State.CALLING, None, False
    # Twilio's word on whom it calls comes after a while.
    one.created_at, one.asked_at = now, now
    inside.changed(one)


def not_made(inside: Inside, one: Participant | None, error: TelephonyError) -> None:
    """Twilio did not call: nobody comes. When nobody knows whether it did, whoever comes all the same is let go."""
    if one is None or one.state == State.IN:
        # Twilio has told that it did, whatever became of the answer.
        return
    was_wanted = one.wanted_in
    if isinstance(error, Unavailable) and not isinstance(error, NotReached) and one.joined_at is None:
        _is_in_vain(inside, one)
    else:
        inside.out(one)
    inside.end_offer(one)
    if inside.transfer is not None and inside.transfer.participant_id == one.pk:
        end_consultation(inside, inside.transfer, error.key)
    elif was_wanted:
        did_not_come(inside, one, error.key)
