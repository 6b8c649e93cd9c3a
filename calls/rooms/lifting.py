"""Lifting two bridged legs into a room: noted first, then asked of Twilio."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from calls.models import Participant, Room
from calls.payloads import party_json
from calls.rooms.inside import Inside, Role, State
from calls.rooms.refusing import INTERNAL, NotPossible

if TYPE_CHECKING:
    from calls.models import Call

NOT_TALKING = _("Nobody talks on this call now.")
OVER = _("This call is over.")


def lift(inside: Inside, *, internal: bool = False) -> Participant:
    """The customer, in the room that there is or that is noted here. `internal`: it may be a call between colleagues,
    in which the one who was called stands in the customer's place. Raises `NotPossible`."""
    root = inside.root
    if root is None or root.is_terminal:
        raise NotPossible(OVER)
    if root.is_internal and not internal:
        raise NotPossible(INTERNAL)
    if inside.is_living:
        customer = inside.customer
        if customer is None:
            raise NotPossible(OVER)
        return customer
    customer_leg, agent_leg = inside.customer_leg(), inside.agent_leg()
    if customer_leg is None or agent_leg is None or not inside.talks:
        raise NotPossible(NOT_TALKING)
    return _note(inside, root, customer_leg, agent_leg)


def _note(inside: Inside, root: Call, customer_leg: Call, agent_leg: Call) -> Participant:
    # The leg that `<Dial>` made; the other one asks its `action` as soon as that is gone.
    child = customer_leg if agent_leg is root else agent_leg
    kept = inside.room.held_seconds if inside.room else 0
    inside.room = Room(
        call_id=root.sid,
        name=secrets.token_hex(16),
        child_sid=child.sid,
        created_at=timezone.now(),
        held_seconds=kept,
    )
    inside.room.save()
    for one in inside.participants:
        if one.parked_at is not None:
            # In the room before this one.
            one.parked_at = None
            inside.changed(one)
    party = party_json(root)
    customer = inside.add(
        Role.CUSTOMER,
        leg_sid=customer_leg.sid,
        number=party["number"],
        name=party["name"][:120],
        agent=root.colleague if root.is_internal else None,
    )
    inside.add(Role.AGENT, leg_sid=agent_leg.sid, agent=agent_leg.agent or root.agent)
    return customer


def may_talk(one: Participant) -> bool:
    return one.state == State.IN
