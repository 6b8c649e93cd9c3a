"""Supervisors in a room: what is wanted of each, and what it means that they came, changed their mind, or that the
agent whom they coach has left. Whoever only supervises is nobody to the customer."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from calls.live import supervision_broadcasts
from calls.live.helping import help_over
from calls.live.notes import note
from calls.models import Participant, Transfer
from calls.permissions import supervises
from calls.rooms.inside import Inside, Mode, Role, State
from core.languages import kept as _
from core.text import in_sentence

if TYPE_CHECKING:
    from agents.models import Agent

# Whose phone has not come by then does not come.
COMES_WITHIN = timedelta(seconds=20)


def is_as_wanted(one: Participant) -> bool:
    """Whether Twilio said of a supervisor in the room what is wanted. Whoever listens may coach somebody all the same:
    who is muted is heard by nobody."""
    if one.mode == Mode.WHISPER:
        return not one.muted and one.coaching
    return one.muted if one.mode == Mode.LISTEN else not one.muted and not one.coaching


def followed(inside: Inside) -> None:
    """To be called when it is known who else is in the room, and before it is asked whether the customer is alone."""
    for one in inside.supervisors:
        if not one.wanted_in:
            continue
        if one.state == State.CALLING:
            if one.created_at < timezone.now() - COMES_WITHIN:
                inside.send_away(one)
            continue
        if one.agent is None or not one.agent.is_active or not supervises(inside.the_root, by=one.agent):
            # Whose right was taken away meanwhile hears nothing more.
            inside.send_away(one)
            continue
        coaches(inside, one)
        if one.mode == one.said_mode == Mode.JOIN:
            one.was_heard = True
            inside.changed(one)
        if one.said_mode != Mode.LISTEN:
            help_over(inside.the_root, "came", one.agent, is_shown=one.is_shown or one.was_heard)
        if one.takes_over and one.said_mode == Mode.JOIN:
            _take_over(inside, one)
    _succeed(inside)


def coaches(inside: Inside, one: Participant, *, follows: bool = False) -> None:
    """Whom a supervisor whispers to stays the same: when that agent leaves, nobody hears it, and never the customer.
    `follows`: Twilio is asked next, and for the leg with which that agent goes on at another place."""
    if one.mode != Mode.WHISPER:
        return
    if not one.coached_leg:
        agent = inside.agent_inside()
        if agent is not None:
            one.coached_leg = agent.leg_sid
            inside.changed(one)
        return
    coached = inside.by_leg(one.coached_leg)
    after = _goes_on_as(inside, coached)
    if after is not None:
        if follows:
            one.coached_leg, one.coaching, one.asked_at = after.leg_sid, False, None
            inside.changed(one)
    elif coached is None or coached.state != State.IN or not coached.wanted_in:
        fall_back(inside, one)


def _goes_on_as(inside: Inside, one: Participant | None) -> Participant | None:
    """The same agent's leg at another place, which is in the room."""
    there = (each for each in inside.present if each.state == State.IN and each.wanted_in)
    return next((each for each in there if one is not None and each.replaces_id == one.pk), None)


def fall_back(inside: Inside, one: Participant) -> None:
    """Listens from now on."""
    one.mode, one.takes_over, one.asked_at = Mode.LISTEN, False, None
    inside.changed(one)
    name = in_sentence(one.agent.name) if one.agent else ""
    said = _("The agent whom %(name)s whispered to has left: %(name)s listens.") % {"name": name}
    note(one.room_id, said, one.agent, name="supervise", is_shown=one.is_shown)


def _take_over(inside: Inside, one: Participant) -> None:
    """The supervisor is heard by the customer already: the agent can go, and whoever of the colleagues was taken in."""
    gone = set()
    transfer = inside.transfer
    for other in inside.talkers:
        is_asked = transfer is not None and other.pk == transfer.participant_id
        if other.role == Role.AGENT or is_asked:
            other.hung_up = True
            # Whose phone still rings for it has talked with nobody: it just rings no more.
            if other.agent_id is not None and other.state == State.IN:
                gone.add(other.agent_id)
            inside.send_away(other)
    if transfer is not None:
        transfer.state, transfer.ended_at = Transfer.State.CANCELLED, timezone.now()
        transfer.save(update_fields=["state", "ended_at"])
        inside.transfer = None
    _has_it(inside, one)
    if one.agent is not None:
        by: Agent = one.agent
        note(inside.the_root.sid, _("%(name)s took over the call.") % {"name": in_sentence(by.name)}, by)
        tell = partial(supervision_broadcasts.taken_over, inside.the_root.sid, gone, by)
        transaction.on_commit(tell, robust=True)


def _has_it(inside: Inside, one: Participant) -> None:
    """From now on an agent like any other."""
    root, leg, customer = inside.the_root, inside.batch.get(one.leg_sid), inside.customer
    help_over(root, "came", one.agent)
    inside.supervise_changed(one)
    one.role, one.mode, one.was_heard = Role.AGENT, "", True
    inside.changed(one)
    root.agent = one.agent
    if customer is not None and customer.wanted_held:
        customer.wanted_held, customer.asked_at = False, None
        inside.changed(customer)
    if leg is not None and one.agent is not None:
        # A leg of this call, not one that began by itself (`calls.live.call_tree`).
        leg.called = f"client:{one.agent.identity}"
        inside.batch.changed(leg)


def _succeed(inside: Inside) -> None:
    """No agent is left: whoever is heard by the customer has the call, and those who only supervised go."""
    agents = [one for one in inside.others if one.role == Role.AGENT]
    if not all(one.is_awaited for one in agents) or not inside.supervisors or inside.is_led:
        return
    joined = [
        one for one in inside.supervisors if one.wanted_in and one.state == State.IN and one.said_mode == Mode.JOIN
    ]
    if joined:
        one = joined[0]
        one.takes_over = True
        _has_it(inside, one)
        name = in_sentence(one.agent.name) if one.agent else ""
        note(inside.the_root.sid, _("%(name)s has the call now.") % {"name": name}, one.agent)
    for one in inside.supervisors:
        if one.wanted_in and not joined and not agents:
            inside.send_away(one)
