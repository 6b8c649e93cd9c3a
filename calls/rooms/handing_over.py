"""Blind transfers: the customer is fetched to whoever is to have the call, and the agent is let go by that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from calls.models import CallEvent, Room, Transfer
from calls.rooms import leading
from calls.rooms.inside import Inside
from calls.rooms.lifting import NOT_TALKING, OVER
from calls.rooms.refusing import INTERNAL, NotPossible
from calls.rooms.targets import Found, Target, found
from telephony.errors import InvalidNumber, TelephonyError
from telephony.phone import parse_dialled

if TYPE_CHECKING:
    from agents.models import Agent

HANDED_ALREADY = _("This call is being handed over already.")
_MOVES = _("This call is just being put on hold or shared. Try again in a moment.")


def hand_over(sid: str, target: Target, *, by: Agent) -> None:
    """Raises `NoSuchTarget`, `NotPossible`, and `TelephonyError` when Twilio did not fetch the customer, who then talks
    on with the agent."""
    led = _note(sid, target, by)
    if led is None:
        return
    try:
        leading.ask(led)
    except TelephonyError as error:
        _take_back(led, error)
        raise


@transaction.atomic
def _note(sid: str, target: Target, by: Agent) -> leading.Led | None:
    """None when that very thing is under way."""
    inside = Inside(sid)
    root = inside.root
    if root is None or root.is_terminal:
        raise NotPossible(OVER)
    if root.is_internal:
        raise NotPossible(INTERNAL)
    if inside.transfer is not None:
        if is_same(inside.transfer, target, Transfer.Mode.BLIND):
            return None
        raise NotPossible(HANDED_ALREADY)
    if root.agent is None or not (inside.talks or inside.parked):
        raise NotPossible(NOT_TALKING)
    if inside.room is not None and inside.room.state == Room.State.LIFTING:
        # Both legs are on their way into the room: fetched now, one of them would come to it alone.
        raise NotPossible(_MOVES)
    to, giver = found(target, call=root, by=by), root.agent
    led = leading.lead(inside, to, back_to=giver, team_id=leading.team_for(inside, giver))
    make(inside, to, giver, Transfer.Mode.BLIND)
    note_wish(sid, "transfer", by, to)
    inside.finish()
    return led


def make(inside: Inside, to: Found, giver: Agent | None, mode: str) -> Transfer:
    inside.transfer = Transfer.objects.create(
        call_id=inside.the_root.sid,
        mode=mode,
        from_agent=giver,
        to_agent=to.agent,
        to_team_id=to.team_id,
        to_number=to.number,
        to_name=to.name[:120],
    )
    return inside.transfer


def is_same(transfer: Transfer, target: Target, mode: str) -> bool:
    """Whether it is what is asked for once more."""
    wanted = (target.agent_id, target.team_id, mode)
    same = (transfer.to_agent_id, transfer.to_team_id, transfer.mode) == wanted
    return same and transfer.to_number == _as_found(target.number)


def _as_found(text: str) -> str | None:
    """As a transfer keeps it; None for what is no number to call."""
    try:
        return parse_dialled(text).e164 if text else ""
    except InvalidNumber:
        return None


def note_wish(sid: str, name: str, by: Agent, to: Found) -> None:
    CallEvent.objects.create(
        call_sid=sid,
        kind=CallEvent.Kind.ACTION,
        name=name,
        outcome="asked for",
        agent=by,
        detail={"to": to.name or to.number},
    )


@transaction.atomic
def _take_back(led: leading.Led, error: TelephonyError) -> None:
    inside = leading.take_back(led)
    Transfer.objects.filter(call=led.fetch.sid, state=Transfer.State.CALLING, mode=Transfer.Mode.BLIND).update(
        state=Transfer.State.FAILED, problem=error.key[:255], ended_at=timezone.now()
    )
    inside.transfer = None
    inside.finish()
