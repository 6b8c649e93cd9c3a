"""What it means that somebody came, left, or was never reached: worked out anew from all that is known, so that it does
not matter which callback told of it, or whether any did."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_noop

from calls.live.handovers import over
from calls.live.helping import help_over
from calls.live.notes import note
from calls.models import CallOffer, CallStatus, Participant, Room, Transfer
from calls.rooms import parked, supervisors
from calls.rooms.inside import Inside, Role, State
from calls.rooms.replacing import places_of, replaced
from core.languages import kept as _
from core.text import in_sentence

_PROBLEMS = {
    CallStatus.BUSY: gettext_noop("The other side is busy, or declined."),
    CallStatus.NO_ANSWER: gettext_noop("The other side did not answer."),
    CallStatus.FAILED: gettext_noop("The other side could not be reached."),
}
_LEFT = gettext_noop("The other side has left.")


def follow(inside: Inside) -> None:
    """To be called before `finish`, after anything has changed."""
    if inside.root is None:
        return
    for one in inside.ringing_on:
        leg = inside.batch.get(one.leg_sid)
        if leg is not None and leg.is_terminal:
            inside.out(one)
    if not inside.is_living:
        return
    _legs_ended(inside)
    was_called, inside.never_came = inside.never_came, []
    if inside.root.is_terminal or _is_gone(inside):
        _close(inside)
        return
    replaced(inside)
    _consultation(inside)
    for one in was_called:
        did_not_come(inside, one, why_not(inside, one))
    _told_why(inside)
    supervisors.followed(inside)
    parked.followed(inside)
    _whose_it_is(inside)
    _who_is_alone(inside)


def _legs_ended(inside: Inside) -> None:
    """A leg that is over is in no room, whatever was lost of that."""
    for one in inside.present:
        call = inside.batch.get(one.leg_sid) if one.leg_sid else None
        if call is None:
            continue
        if call.is_terminal or (call is inside.root and call.leg_end_time is not None):
            inside.out(one)


def _is_gone(inside: Inside) -> bool:
    return inside.customer is None


def _close(inside: Inside) -> None:
    inside.the_room.state, inside.the_room.alone_since = Room.State.OVER, None
    close_all(inside)
    if inside.the_root.is_terminal:
        over(inside.the_root)


def close_all(inside: Inside) -> None:
    """Nobody is in the room any more; whose phone still rings for it is hung up on. Twilio ends the others when the
    customer leaves it: not where the customer has never come."""
    came = any(one.role == Role.CUSTOMER and one.joined_at is not None for one in inside.participants)
    for one in inside.participants:
        if one.state == State.CALLING and one.leg_sid and one.role != Role.CUSTOMER:
            one.wanted_in, one.asked_at = False, None
            inside.changed(one)
        elif one.state == State.IN and (one.replaces_id is not None or not came) and _lives(inside, one):
            # Ends with the room, unless it came when that was over: asked for when its end is not told soon.
            one.wanted_in, one.asked_at = False, timezone.now()
            inside.changed(one)
        else:
            inside.out(one)


def _lives(inside: Inside, one: Participant) -> bool:
    leg = inside.batch.get(one.leg_sid)
    return leg is not None and not leg.is_terminal


def _consultation(inside: Inside) -> None:
    """The colleague came, or will not come any more."""
    transfer = inside.transfer
    if transfer is None or transfer.mode != Transfer.Mode.WARM or transfer.participant_id is None:
        return
    one = next((each for each in inside.participants if each.pk == transfer.participant_id), None)
    if one is None:
        return
    if one.state == State.IN and transfer.state == Transfer.State.CALLING:
        transfer.state = Transfer.State.CONSULTING
        transfer.save(update_fields=["state"])
    elif one.state == State.LEFT:
        end_consultation(inside, transfer, why_not(inside, one))


def why_not(inside: Inside, one: Participant) -> str:
    """Why nobody is there any more, as a sentence in English."""
    call = inside.batch.get(one.leg_sid) if one.leg_sid else None
    if one.joined_at is not None:
        return _LEFT
    if call is None or not call.is_terminal:
        # What became of the leg is told after that it comes no more.
        return _PROBLEMS[CallStatus.FAILED]
    return _PROBLEMS.get(CallStatus(call.status), _LEFT)


def did_not_come(inside: Inside, one: Participant, problem: str) -> None:
    """Somebody whom an agent took into the call: it is kept why not. Of whoever was asked before a hand-over, the
    transfer says it."""
    if one.problem or Transfer.objects.filter(participant=one.pk).exists():
        return
    one.problem = problem[:255]
    inside.changed(one)
    blanks = {"name": in_sentence(one.agent.name if one.agent else one.name or one.number), "why": _(problem)}
    note(inside.the_root.sid, _("%(name)s did not come into the call. %(why)s") % blanks, one.agent)


def _told_why(inside: Inside) -> None:
    """Of whoever was not reached, what became of the leg is known by now."""
    for one in inside.participants:
        if one.state != State.LEFT or one.problem != _PROBLEMS[CallStatus.FAILED]:
            continue
        why = why_not(inside, one)
        if why != one.problem and why != _LEFT:
            one.problem = why
            inside.changed(one)


def end_consultation(inside: Inside, transfer: Transfer, problem: str) -> None:
    """It came to nothing: the customer is with the agent again."""
    transfer.state, transfer.problem, transfer.ended_at = Transfer.State.FAILED, problem, timezone.now()
    transfer.save(update_fields=["state", "problem", "ended_at"])
    inside.transfer = None
    if inside.customer is not None:
        inside.customer.wanted_held = False
        inside.changed(inside.customer)
    name = in_sentence(transfer.to_name or transfer.to_number)
    note(transfer.call_id, _("The talk with %(name)s came to nothing: the caller was taken back.") % {"name": name})


def _whose_it_is(inside: Inside) -> None:
    """An agent who had the call has left, and another is with the customer: it is that one's."""
    root = inside.the_root
    # Whoever is to leave has given the call away.
    staying = [one for one in inside.others if one.wanted_in and not one.is_awaited]
    agents = [one for one in staying if one.role == Role.AGENT and one.agent_id]
    if not agents and inside.parked is None and any(one.state == State.IN for one in staying):
        # Left with somebody outside, whom no supervisor can help.
        help_over(root, "handed-over")
    if not agents or any(one.agent_id == root.agent_id for one in agents):
        return
    there = [one for one in agents if one.state == State.IN]
    if there and there[0].agent is not None:
        root.agent = there[0].agent
        help_over(root, "handed-over")
        note(root.sid, _("%(name)s has the call now.") % {"name": in_sentence(root.agent.name)}, root.agent)
        customer, transfer = inside.customer, inside.transfer
        places = places_of(inside, root.agent_id)
        for one in places:
            # Who waited while the agent went back to the customer waits for nobody now.
            hears_again(inside, one)
        if transfer is not None and transfer.participant_id in [one.pk for one in places]:
            transfer.state, transfer.ended_at = Transfer.State.HANDED_OVER, timezone.now()
            transfer.save(update_fields=["state", "ended_at"])
            inside.transfer = None
        if customer is not None and customer.wanted_held:
            customer.wanted_held = False
            inside.changed(customer)


def _announces(inside: Inside, one: Participant) -> bool:
    """Whether the phone on that leg says it before it hangs up. Desks that supervise do. Of another place to which the
    agent took the call, what was said before does not hold: it may be an app."""
    if any(each.announces_end and each.leg_sid == one.leg_sid for each in inside.participants):
        return True
    if one.replaces_id is not None:
        return False
    answered = CallOffer.objects.filter(call=inside.root, agent=one.agent_id, leg_sid__in=("", one.leg_sid))
    return one.takes_over or answered.filter(announces_end=True).exists()


def hears_again(inside: Inside, one: Participant) -> None:
    """Is taken off the hold, if on it."""
    if one.wanted_held:
        # Another wish than the one that Twilio may not have told of yet.
        one.wanted_held, one.asked_at = False, None
        inside.changed(one)


def _is_for(inside: Inside, customer: Participant, one: Participant) -> bool:
    """Whether somebody is there for the customer. Nobody is whose phone only rings, nor a third party while one of the
    two is on hold: only an agent could bring them together."""
    if one.is_awaited:
        return False
    leg = inside.batch.get(one.leg_sid)
    comes = leg is not None and (leg is inside.root or leg.status == CallStatus.IN_PROGRESS)
    if one.state != State.IN and not comes:
        return False
    return one.role == Role.AGENT or not (one.wanted_held or customer.wanted_held)


def _who_is_alone(inside: Inside) -> None:
    """Whoever hung up as the last to talk with the customer ends the call; a line that was lost does not."""
    room, customer = inside.the_room, inside.customer
    if customer is None or inside.is_led or any(_is_for(inside, customer, one) for one in inside.talkers):
        room.alone_since = None
        return
    if inside.parked is not None:
        # Not for as long as the agent is on a second call.
        room.alone_since = (room.alone_since or timezone.now()) if parked.is_alone(inside) else None
        return
    if room.alone_since is None:
        room.alone_since = timezone.now()
    left = [one for one in inside.participants if one.role == Role.AGENT and one.left_at]
    # Who was called in vain has left nobody.
    left = [one for one in left if one.joined_at] or left
    # Whoever gave the call away may leave after the one who had it by then.
    left = [one for one in left if one.agent_id == inside.the_root.agent_id] or left
    last = max(left, key=lambda one: one.left_at or room.created_at, default=None)
    # Of whoever says nothing before hanging up, only a customer on hold is taken for one whom a lost line left behind.
    # A colleague is led to no team.
    is_lost = last is not None and not last.hung_up and (customer.held or _announces(inside, last))
    is_lost = is_lost and not inside.the_root.is_internal
    if last is not None and not is_lost:
        customer.wanted_in = False
        inside.changed(customer)
