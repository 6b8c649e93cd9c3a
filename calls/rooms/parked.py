"""What follows for a customer who is parked (`calls.rooms.parking`): somebody comes back, or nobody does."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from calls.live import lost_callers, parked_broadcasts
from calls.live.notes import note
from calls.live.second_calls import talks_elsewhere
from calls.rooms.inside import Role, State
from core.languages import kept as _
from core.text import in_sentence

if TYPE_CHECKING:
    from calls.models import Participant
    from calls.rooms.inside import Inside

# Whoever parked a customer, and talks with nobody else any more, has so long to come back.
COMES_BACK_WITHIN = timedelta(seconds=30)


def unpark(inside: Inside) -> None:
    """Somebody is with the customer again, who is heard."""
    one, customer = inside.parked, inside.customer
    if one is None:
        return
    one.parked_at = None
    inside.changed(one)
    if customer is not None and customer.wanted_held:
        if customer.asked_at is not None:
            # Asked for, and perhaps so, though nothing was told of it: it is asked for the contrary all the same.
            inside.held_is(customer, True)
        customer.wanted_held, customer.asked_at = False, None
        inside.changed(customer)


def followed(inside: Inside) -> None:
    """An agent has come into the room where the customer is parked: the one who parked, or somebody else, who has the
    call by that. To be called before it is asked whose it is."""
    one = inside.parked
    if one is None:
        return
    came = [
        each
        for each in inside.talkers
        if each.role == Role.AGENT and each.pk != one.pk and each.state == State.IN and each.wanted_in
    ]
    if not came:
        return
    unpark(inside)
    if all(each.agent_id != one.agent_id for each in came):
        let_go(inside, one)


def is_alone(inside: Inside) -> bool:
    """Whether the agent for whom the customer waits is neither here nor on another call, or cannot come back."""
    one = inside.parked
    if one is None or one.state == State.IN or one.agent_id is None:
        return False
    if one.agent is not None and not (one.agent.is_active and one.agent.may_make_calls):
        # Whose rights have ended, and whose phone cannot come.
        return True
    return not talks_elsewhere(one.agent_id, inside.the_root.sid)


def let_go(inside: Inside, one: Participant) -> None:
    """Whoever parked this customer has nothing to do with the call any more: that agent's desks are told."""
    if one.agent_id is not None:
        tell = partial(parked_broadcasts.call_gone, inside.the_root.sid, one.agent_id)
        transaction.on_commit(tell, robust=True)


def not_back(inside: Inside, one: Participant) -> None:
    """The agent did not come, and the customer is led back to the team: the agent's desks say so."""
    lost_callers.lost(one)
    inside.changed(one)
    said = _("%(name)s did not come back to the caller, who goes to the front of the queue.")
    note(inside.the_root.sid, said % {"name": in_sentence(one.agent.name) if one.agent else ""}, one.agent)
