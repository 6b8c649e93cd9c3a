"""Calling somebody into a room: one call by REST."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.db import transaction
from django.utils import timezone

from calls.live.services import ring_parameters
from calls.models import Call, CallOffer, CallStatus, Direction, Participant
from calls.rooms.follow import end_consultation
from calls.rooms.inside import Inside, State
from calls.rooms.targets import caller_id_of
from core.sql.statements import new_row, relate
from telephony.callbacks import callback_url
from telephony.errors import TelephonyError
from telephony.rest.client import call_hang_up, participant_call

# How long a colleague's phone, or a number, rings.
RING_SECONDS = 30
_DESKS = 20


def caller_of(inside: Inside, one: Participant) -> Callable[[], None]:
    """What calls this one into the room."""
    root, room = inside.the_root, inside.the_room
    sid, conference, pk, label = root.sid, room.conference_sid, one.pk, one.label
    to, caller_id = _address(root, one), caller_id_of(root)
    timeout = _DESKS if one.agent_id else RING_SECONDS

    def call() -> None:
        leg = participant_call(
            conference,
            to=to,
            caller_id=caller_id,
            label=label,
            timeout=timeout,
            status_url=f"{callback_url('calls:participant-status')}?call={sid}",
            events_url=callback_url("calls:conference"),
        )
        if not _made(sid, pk, leg):
            # Is not wanted any more since.
            call_hang_up(leg)

    return call


def _address(root: Call, one: Participant) -> str:
    """An agent's phone, with what it is told of the call; or a number."""
    if one.agent is None:
        return one.number
    return f"client:{one.agent.identity}?{urlencode(ring_parameters(root, root.line, root.contact))}"


@transaction.atomic
def _made(sid: str, pk: int, leg: str) -> bool:
    """Twilio has made the leg, and may have told of it already. Whether it is still wanted."""
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
    inside.finish()
    return one.state != State.LEFT


def not_made(inside: Inside, one: Participant | None, error: TelephonyError) -> None:
    """Twilio did not call: nobody comes."""
    if one is None:
        return
    inside.out(one)
    inside.end_offer(one)
    if inside.transfer is not None and inside.transfer.participant_id == one.pk:
        end_consultation(inside, inside.transfer, error.key)
