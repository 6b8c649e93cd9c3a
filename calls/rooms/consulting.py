"""Warm transfers: the customer on hold, a colleague called into the room; then handed over, taken back, or merged. And
third parties, who are called in without a hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from calls.live.colleagues import RINGS
from calls.live.helping import help_over
from calls.live.notes import note
from calls.models import CallEvent, Participant, Transfer
from calls.permissions import call_may_be_ended, supervises
from calls.rooms import leading
from calls.rooms.driving import drive
from calls.rooms.follow import hears_again
from calls.rooms.handing_over import HANDED_ALREADY, is_same, make, note_wish
from calls.rooms.inside import Inside, Mode, Role, State
from calls.rooms.lifting import lift
from calls.rooms.refusing import COME_BACK, NOBODY_RESUMES, NotPossible
from calls.rooms.replacing import places_of
from calls.rooms.targets import Found, Target, found
from core.languages import kept as _
from core.text import in_sentence
from telephony.errors import TelephonyError

if TYPE_CHECKING:
    from agents.models import Agent

_OTHERS_HEAR = gettext_noop("Others are in this call, and would hear you. Put them on hold, or take them out first.")
_OWN_MICROPHONE = gettext_noop("Whose call it is mutes the own microphone alone.")
_NO_TEAM = gettext_noop("You can talk with an agent or a number before you hand over. Give the call to a team at once.")
_NOBODY = gettext_noop("Nobody is there to whom the call could be handed over.")
_NOTHING = gettext_noop("The call is not being handed over.")
_NOT_YET = gettext_noop("The other side has not answered yet.")
_NOBODY_LEFT = gettext_noop("Nobody would talk with the caller then. Put the caller on hold instead.")
_IN_ALREADY = gettext_noop("This agent is in the call already.")


# --- Calling somebody in ----------------------------------------------------------------------------------------------


def consult(sid: str, target: Target, *, by: Agent) -> None:
    _begin(sid, target, by)
    drive(sid)


@transaction.atomic
def _begin(sid: str, target: Target, by: Agent) -> None:
    inside = Inside(sid)
    if inside.transfer is not None:
        if is_same(inside.transfer, target, Transfer.Mode.WARM):
            return
        raise NotPossible(HANDED_ALREADY)
    if target.team_id is not None:
        raise NotPossible(_NO_TEAM)
    customer = lift(inside)
    if inside.parked is not None:
        raise NotPossible(COME_BACK)
    if not inside.has_agent:
        raise NotPossible(NOBODY_RESUMES)
    giver = inside.the_root.agent
    others = (one for one in inside.talkers if one.agent_id is None or giver is None or one.agent_id != giver.pk)
    if any(not one.wanted_held and not one.is_called_in_vain for one in others):
        raise NotPossible(_OTHERS_HEAR)
    to = found(target, call=inside.the_root, by=by)
    one = _add(inside, to)
    begun = make(inside, to, giver, Transfer.Mode.WARM)
    begun.participant = one
    begun.save(update_fields=["participant"])
    customer.wanted_held = True
    inside.changed(customer)
    note_wish(sid, "consult", by, to)
    inside.finish()


def _add(inside: Inside, to: Found) -> Participant:
    if to.agent is None:
        return inside.add(Role.THIRD_PARTY, number=to.number, name=to.name[:120])
    if any(one.agent_id == to.agent.pk and not one.is_called_in_vain for one in inside.others):
        raise NotPossible(_IN_ALREADY)
    if not leading.offer_now(inside.the_root.sid, to.agent.pk, attempt=0):
        raise NotPossible(RINGS)
    inside.offered.append(to.agent)
    return inside.add(Role.AGENT, agent=to.agent)


def take_in(sid: str, target: Target, *, by: Agent) -> None:
    """A third party, or a colleague, without a hold."""
    with transaction.atomic():
        inside = Inside(sid)
        lift(inside)
        if inside.is_led:
            raise NotPossible(HANDED_ALREADY)
        if inside.parked is not None:
            raise NotPossible(COME_BACK)
        here = [one for one in inside.others if not one.is_called_in_vain]
        asked = [one for one in here if one.state == State.CALLING and not one.is_supervisor]
        if any(one.agent_id == target.agent_id for one in asked if one.agent_id):
            # Asked twice, rung once.
            return
        to = found(target, call=inside.the_root, by=by)
        if any(one.number == to.number for one in here if to.number):
            return
        _add(inside, to)
        note_wish(sid, "take-in", by, to)
        inside.finish()
    drive(sid)


# --- What comes of a consultation -------------------------------------------------------------------------------------


def complete(sid: str, *, by: Agent) -> None:
    """The customer is taken off the hold, the colleague has the call, and the agent leaves."""
    if _complete(sid, by) is None:
        return
    try:
        drive(sid)
    except TelephonyError:
        _reopen(sid)
        raise


@transaction.atomic
def _complete(sid: str, by: Agent) -> Transfer | None:
    """None when it is done already."""
    inside = Inside(sid)
    consulting = _consulting(inside, done=Transfer.State.HANDED_OVER)
    if consulting is None:
        return None
    to = next((one for one in inside.others if one.pk == consulting.participant_id), None)
    for giver in places_of(inside, consulting.from_agent_id):
        _leaves(inside, giver)
    if to is not None and to.agent is not None:
        inside.the_root.agent = to.agent
        help_over(inside.the_root, "handed-over")
    _end(inside, consulting, Transfer.State.HANDED_OVER)
    name = in_sentence(consulting.to_name or consulting.to_number)
    _acted(sid, "complete-transfer", by)
    note(sid, _("%(name)s took over the call.") % {"name": name}, to.agent if to else None)
    inside.finish()
    return consulting


def _leaves(inside: Inside, one: Participant) -> None:
    one.wanted_in, one.hung_up = False, True
    inside.changed(one)
    if one.is_awaited:
        inside.out(one)


def merge(sid: str, *, by: Agent) -> None:
    """All of them talk together."""
    with transaction.atomic():
        inside = Inside(sid)
        consulting = _consulting(inside, done=Transfer.State.MERGED)
        if consulting is None:
            return
        _end(inside, consulting, Transfer.State.MERGED)
        _acted(sid, "merge", by)
        inside.finish()
    try:
        drive(sid)
    except TelephonyError:
        _reopen(sid)
        raise


def _consulting(inside: Inside, *, done: str) -> Transfer | None:
    """None when it was `done` before. Raises `NotPossible`."""
    found_ = inside.transfer
    if found_ is None:
        last = Transfer.objects.filter(call=inside.the_root.sid).order_by("-pk").first()
        if last is not None and last.mode == Transfer.Mode.WARM and last.state == done:
            return None
        raise NotPossible(_NOBODY)
    if found_.mode != Transfer.Mode.WARM:
        raise NotPossible(HANDED_ALREADY)
    asked = _asked(inside)
    if found_.state != Transfer.State.CONSULTING or (asked is not None and asked.is_awaited):
        # Or the colleague is on the way to another place, and not there yet.
        raise NotPossible(_NOT_YET)
    return found_


def _asked(inside: Inside) -> Participant | None:
    """Who is asked before the customer is handed over."""
    wanted = inside.transfer.participant_id if inside.transfer else None
    return next((one for one in inside.present if one.pk == wanted), None)


def _asked_places(inside: Inside) -> list[Participant]:
    """A colleague has two in the room while going from one place to another."""
    asked = _asked(inside)
    return [] if asked is None else places_of(inside, asked.agent_id) or [asked]


def _asked_waits(inside: Inside) -> bool:
    """The agent goes back and forth between the two: neither hears what is said with the other."""
    asked = _asked(inside)
    return asked is not None and asked.wanted_held


def _end(inside: Inside, consulting: Transfer, state: str) -> None:
    if inside.customer is not None:
        inside.customer.wanted_held = False
        inside.changed(inside.customer)
    for one in _asked_places(inside):
        hears_again(inside, one)
    consulting.state, consulting.ended_at = state, timezone.now()
    consulting.save(update_fields=["state", "ended_at"])
    inside.transfer = None


@transaction.atomic
def _reopen(sid: str) -> None:
    """Twilio refused it: the two talk on, and the customer is on hold."""
    inside = Inside(sid)
    last = Transfer.objects.filter(call=sid, mode=Transfer.Mode.WARM).order_by("-pk").first()
    customer = inside.customer
    if last is None or customer is None or inside.root is None or not customer.held:
        return
    for one in inside.others:
        if one.agent_id == last.from_agent_id and one.agent_id is not None:
            one.wanted_in, one.hung_up = True, False
            inside.root.agent = one.agent
            inside.changed(one)
    customer.wanted_held = True
    inside.changed(customer)
    last.state, last.ended_at = Transfer.State.CONSULTING, None
    last.save(update_fields=["state", "ended_at"])
    inside.finish()


def cancel(sid: str, *, by: Agent) -> None:
    """The customer is taken back: whoever was called, or talked with, leaves."""
    led = _cancel(sid, by)
    if led is None:
        drive(sid)
        return
    try:
        leading.ask(led)
    except TelephonyError:
        _rings_on(led)
        raise


@transaction.atomic
def _rings_on(led: leading.Led) -> None:
    """Twilio did not fetch the caller, who is on the way to whoever was to have the call, as before."""
    inside = leading.take_back(led)
    last = Transfer.objects.filter(call=led.fetch.sid).order_by("-pk").first()
    if last is not None and last.state == Transfer.State.CANCELLED and inside.is_led:
        last.state, last.ended_at = Transfer.State.CALLING, None
        last.save(update_fields=["state", "ended_at"])
        inside.transfer = last
    inside.finish()


@transaction.atomic
def _cancel(sid: str, by: Agent) -> leading.Led | None:
    """Whom to fetch, of a blind one."""
    inside = Inside(sid)
    begun = inside.transfer
    if begun is None:
        last = Transfer.objects.filter(call=inside.the_root.sid).order_by("-pk").first()
        if last is not None and last.state == Transfer.State.CANCELLED:
            return None
        raise NotPossible(_NOTHING)
    led = None
    for one in _asked_places(inside):
        inside.send_away(one)
    if begun.mode == Transfer.Mode.BLIND:
        giver = begun.from_agent or by
        led = leading.lead(inside, Found(agent=giver), back_to=None, team_id=leading.team_for(inside, giver))
    _end(inside, begun, Transfer.State.CANCELLED)
    _acted(sid, "cancel-transfer", by)
    inside.finish()
    return led


def _acted(sid: str, name: str, by: Agent) -> None:
    CallEvent.objects.create(call_sid=sid, kind=CallEvent.Kind.ACTION, name=name, outcome="asked for", agent=by)


# --- One of those in the call -----------------------------------------------------------------------------------------


def change(sid: str, leg: str, *, held: bool | None, muted: bool | None, by: Agent) -> bool:
    """Whether there is somebody like that."""
    with transaction.atomic():
        inside = Inside(sid)
        one = inside.by_leg(leg)
        if one is None or one.state == State.LEFT or not inside.is_living or one.is_supervisor:
            return False
        if held is not None and one.wanted_held != held:
            if one.role == Role.CUSTOMER and not held and inside.parked is not None:
                raise NotPossible(COME_BACK)
            if one.role == Role.CUSTOMER and not held and inside.transfer is not None and not _asked_waits(inside):
                raise NotPossible(HANDED_ALREADY)
            if one.role == Role.CUSTOMER and inside.is_led:
                raise NotPossible(HANDED_ALREADY)
            if one.role == Role.CUSTOMER and held and not inside.has_agent:
                raise NotPossible(NOBODY_RESUMES)
            if one.role != Role.CUSTOMER and held and _would_be_alone(inside, one):
                raise NotPossible(_NOBODY_LEFT)
            one.wanted_held, one.asked_at = held, None
            _acted(sid, "hold" if held else "resume", by)
        is_owner = one.role == Role.AGENT and one.agent_id == inside.the_root.agent_id
        if muted and is_owner and one.agent_id != by.pk:
            raise NotPossible(_OWN_MICROPHONE)
        if muted is not None and one.wanted_muted != muted:
            one.wanted_muted, one.asked_at = muted, None
            _acted(sid, "mute" if muted else "unmute", by)
        inside.changed(one)
        inside.finish()
    drive(sid)
    return True


def _would_be_alone(inside: Inside, without: Participant) -> bool:
    """Whether the customer, who hears no music, would hear nobody if that one were put on hold."""
    customer = inside.customer
    if customer is None or customer.wanted_held:
        return False
    joined = any(one.said_mode == Mode.JOIN and one.state == State.IN for one in inside.supervisors)
    return not joined and not any(_is_heard(inside, one) for one in inside.talkers if one is not without)


def remove(sid: str, leg: str, *, by: Agent) -> bool:
    """Whether there is somebody like that. Raises `NotPossible` for the customer, who is hung up on instead."""
    with transaction.atomic():
        inside = Inside(sid)
        one = inside.by_leg(leg)
        if one is None or not inside.is_living:
            return False
        if one.is_supervisor and one.agent_id != by.pk and not supervises(inside.the_root, by=by):
            return False
        if one.role == Role.CUSTOMER:
            raise NotPossible(gettext_noop("Hang up to end the call."))
        is_consulted = one in _asked_places(inside)
        if one.state != State.LEFT and not is_consulted:
            one.hung_up = True
            inside.send_away(one)
            _acted(sid, "remove", by)
            inside.finish()
    if is_consulted:
        cancel(sid, by=by)
    else:
        drive(sid)
    return True


def _is_heard(inside: Inside, one: Participant) -> bool:
    """Whether the customer hears somebody of the room, who supervises nobody."""
    customer = inside.customer
    is_held = one.wanted_held or customer is None or customer.wanted_held
    return one.state == State.IN and not one.is_supervisor and not is_held


def hang_up(sid: str, *, by: Agent) -> bool:
    """An agent who is not alone with the customer leaves, as by the desk's key; else the customer's leg ends. False:
    there is no room, and nobody was handed over."""
    with transaction.atomic():
        inside = Inside(sid)
        customer, mine = inside.customer, places_of(inside, by.pk)
        if customer is None:
            return False
        if not mine and not call_may_be_ended(inside.the_root, by=by):
            # Has left meanwhile.
            return True
        others = [one for one in inside.others if one not in mine and one.state == State.IN and one.wanted_in]
        stay = [one for one in others if one.role == Role.AGENT or one.said_mode == Mode.JOIN or _is_heard(inside, one)]
        for me in mine:
            me.hung_up = True
            inside.changed(me)
        for one in mine if mine and stay else [customer]:
            one.wanted_in, one.asked_at = False, None
            inside.changed(one)
            if one.is_awaited:
                inside.out(one)
        inside.finish()
    drive(sid)
    return True
