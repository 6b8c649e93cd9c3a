"""Legs that have left their room and live, and customers whom everybody has left: led back to the team."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_noop

from calls.live.notes import note
from calls.live.queues import IN_QUEUE
from calls.models import TERMINAL, Call, CallOffer, Conversation, Room, Transfer
from calls.rooms import leading, parked
from calls.rooms.entering import never_opened
from calls.rooms.follow import follow
from calls.rooms.inside import Inside, Role, State
from calls.rooms.refusing import NotPossible
from calls.rooms.targets import Found
from core.languages import kept as _
from core.sql.unit import UnitOfWork
from telephony.errors import TelephonyError

if TYPE_CHECKING:
    from agents.models import Agent
    from calls.params import DialActionRequest, VoiceRequest

logger = logging.getLogger(__name__)

LOST_LINE = gettext_noop("We have lost the connection to your contact. One moment please: somebody will be with you.")
_LINE_LOST = gettext_noop("The connection to the agent was lost.")


def left_room(work: UnitOfWork, voice: VoiceRequest) -> bool:
    """A leg has left its room. Whether it is a customer's who is now led back to the team, and is to be answered so."""
    inside = Inside(voice.sid, work)
    one = inside.by_leg(voice.sid)
    if one is None or inside.root is None:
        return False
    was_wanted = one.wanted_in and one.state != State.LEFT
    inside.out(one)
    follow(inside)
    is_led = False
    if one.role == Role.CUSTOMER and not (inside.root.is_terminal or inside.root.is_internal):
        is_led = inside.is_led
        if was_wanted and not is_led and _lead_back(inside) is not None:
            is_led = True
    inside.finish()
    return is_led


def line_was_lost(work: UnitOfWork, action: DialActionRequest) -> bool:
    """Whether the caller lives, and the agent's desk, which says it before it hangs up, said nothing: then the caller
    is led back to the team."""
    sid = action.voice.sid
    if not action.has_talked or action.voice.from_browser or action.voice.status in TERMINAL:
        return False
    # Offers are the whole call's; of one that an agent made, the customer's leg is not the call itself.
    root = Call.objects.filter(pk=sid).values(root=Coalesce("parent_id", "pk"))[:1]
    answered = CallOffer.objects.filter(call=root, state=CallOffer.State.ANSWERED, is_consultation=False)
    # Not of a number's leg; Twilio's word on an agent's may be lost.
    last = answered.filter(leg_sid__in=("", action.dial_call_sid)).order_by("-pk").first()
    if last is None or not last.announces_end or last.hung_up_at is not None:
        return False
    inside = Inside(sid, work)
    if inside.root is None or action.duration is None:
        return False
    if inside.is_living and inside.the_room.state == Room.State.LIFTING:
        # Twilio was asked for a room as the line was lost, or could not be reached to open one.
        never_opened(inside)
        _end_transfer(inside)
    if inside.is_living or inside.transfer is not None:
        return False
    if last.attempt < inside.root.round:
        # The caller was led on since, and has talked with somebody else.
        return False
    if _lead_back(inside) is None:
        return False
    inside.finish()
    return True


def was_hung_up(sid: str, *, by: Agent) -> bool:
    """Whether the caller was led back to the team for this agent's line, which was hung up and not lost: the desk's
    word came after the leg's end. Not once somebody else has the caller."""
    known = Conversation.objects.filter(pk=sid, state__in=IN_QUEUE).select_related("call").first()
    if known is None or LOST_LINE not in known.terms.get("said_in", ()) or known.terms.get("preferred") != [by.pk]:
        return False
    in_round = CallOffer.objects.filter(call=sid, attempt__gte=known.call.round, is_consultation=False)
    return not in_round.filter(state=CallOffer.State.ANSWERED).exists()


def lead_back_if_alone(sid: str, patience: timedelta) -> None:
    """A customer whom everybody has left, and on whom nobody hung up, goes to the front of the queue."""
    # Nearly always nobody is, and that is asked after each event: no lock for it.
    if not Room.objects.filter(pk=sid, alone_since__lte=timezone.now() - patience).exists():
        return
    led = _alone(sid, patience)
    if led is None:
        return
    try:
        leading.ask(led)
    except TelephonyError as error:
        logger.warning("a customer who is alone could not be fetched: call=%s: %s", sid, error.key)
        with transaction.atomic():
            leading.take_back(led).finish()


@transaction.atomic
def _alone(sid: str, patience: timedelta) -> leading.Led | None:
    inside = Inside(sid)
    customer = inside.customer
    if not inside.is_living or customer is None or customer.state != State.IN or not customer.wanted_in:
        return None
    since = inside.the_room.alone_since
    patience = parked.COMES_BACK_WITHIN if inside.parked is not None else patience
    if since is None or since > timezone.now() - patience:
        return None
    if inside.is_led:
        return None
    led = _lead_back(inside)
    inside.finish()
    return led


def _end_transfer(inside: Inside) -> None:
    transfer = inside.transfer
    if transfer is not None:
        transfer.state, transfer.problem, transfer.ended_at = Transfer.State.FAILED, _LINE_LOST, timezone.now()
        transfer.save(update_fields=["state", "problem", "ended_at"])
        inside.transfer = None


def _let_others_go(inside: Inside) -> None:
    """Whoever was asked, or still rings, and whom nobody can bring together with the customer any more."""
    _end_transfer(inside)
    for one in inside.talkers:
        if not one.is_awaited:
            inside.send_away(one)


def _lead_back(inside: Inside) -> leading.Led | None:
    """None when there is no team to go to: then the call ends."""
    agents = [one for one in inside.participants if one.role == Role.AGENT and one.agent]
    # Not who was called into it and is not there yet.
    agents = [one for one in agents if one.joined_at] or agents
    # Not who was asked or taken into it, and has left; nor who gave the caller away before.
    last = inside.the_root.agent or (agents[-1].agent if agents else None)
    waited_for = inside.parked
    try:
        team_id = leading.team_for(inside, last)
        led = leading.lead(inside, Found(), back_to=last, team_id=team_id, said=LOST_LINE, line_lost=True)
    except NotPossible:
        if inside.customer is not None:
            inside.customer.wanted_in = False
            inside.changed(inside.customer)
        return None
    _let_others_go(inside)
    if waited_for is not None:
        parked.not_back(inside, waited_for)
        return led
    note(inside.the_root.sid, _("The connection to the agent was lost: the caller goes to the front of the queue."))
    return led
