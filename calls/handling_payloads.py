"""What agents did with a call beside talking, as JSON: who is in its room, and who is to have it.

Read of those calls alone of which there is any; of a whole page of the log in three statements.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from agents.selectors import agent_name
from calls.models import Participant, Room, Transfer
from calls.permissions import supervises
from core.languages import sentence
from core.times import time_json
from telephony.identity import identity_for
from telephony.party import is_withheld
from telephony.phone import display

if TYPE_CHECKING:
    from agents.models import Agent
    from calls.models import Call


@dataclass(slots=True)
class Handling:
    """Of one call. `transfers`: as they were begun."""

    room: Room | None = None
    participants: list[Participant] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)

    @property
    def transfer(self) -> Transfer | None:
        """The latest."""
        return self.transfers[-1] if self.transfers else None


NOTHING = Handling()


def handling_of(call: Call) -> Handling:
    """What is at hand of it, or read now."""
    if not call.is_handled:
        return NOTHING
    if call.known_handling is None:
        handling_attach([call])
    found: Handling = call.known_handling
    return found


def handling_attach(calls: Iterable[Call]) -> None:
    """Reads it anew for all of these of which there is any."""
    handled = {call.sid: call for call in calls if call.is_handled}
    if not handled:
        return
    found = handlings_read(handled)
    for sid, call in handled.items():
        call.known_handling = found[sid]


def handlings_read(sids: Collection[str]) -> dict[str, Handling]:
    found = {sid: Handling() for sid in sids}
    for room in Room.objects.filter(pk__in=found):
        found[room.pk].room = room
    for one in Participant.objects.filter(room__in=found).select_related("agent").order_by("pk"):
        found[one.room_id].participants.append(one)
    transfers = Transfer.objects.filter(call__in=found).select_related("from_agent", "to_agent", "to_team")
    for transfer in transfers.order_by("pk"):
        found[transfer.call_id].transfers.append(transfer)
    return found


def participants_json(call: Call, viewer: Agent | None = None) -> list[dict[str, Any]]:
    """The customer first; then in the order in which they came. Nobody while the room is still being opened: until then
    the two talk as before."""
    handling = handling_of(call)
    if handling.room is not None and handling.room.state == Room.State.LIFTING:
        return []
    # Whoever came into a second room is not shown as having left the first.
    last = {one.leg_sid or one.label: one.pk for one in handling.participants}
    hidden = {one.pk for one in hidden_from(viewer, call)}
    here = [one for one in handling.participants if one.pk in last.values() and not _is_elsewhere(one, handling)]
    shown = [one for one in here if one.pk not in hidden]
    others_first = sorted(shown, key=lambda one: one.role != Participant.Role.CUSTOMER)
    if viewer is None or not call.came_to(viewer.pk):
        return [participant_json(one) for one in others_first]
    # To the colleague who was called, the one who called is the other party.
    roles = {Participant.Role.CUSTOMER: Participant.Role.AGENT, Participant.Role.AGENT: Participant.Role.CUSTOMER}
    turned = [participant_json(one) | {"role": roles.get(Participant.Role(one.role), one.role)} for one in others_first]
    return turned[::-1]


def hidden_from(viewer: Agent | None, call: Call) -> list[Participant]:
    """Supervisors of whom this viewer is not to know that they listen, or whisper. `viewer` None: whoever it may be."""
    hidden = [one for one in handling_of(call).participants if _is_hidden(one)]
    return [] if hidden and viewer is not None and supervises(call, by=viewer) else hidden


def _is_hidden(one: Participant) -> bool:
    if not one.is_supervisor or one.is_shown:
        return False
    if one.state == Participant.State.LEFT:
        return not one.was_heard
    return one.mode != Participant.Mode.JOIN


def _is_elsewhere(one: Participant, handling: Handling) -> bool:
    """Of an agent who goes on at another place: the leg that is not there yet; when it is, the one before."""
    if one.replaces_id is not None and one.joined_at is None:
        return True
    return any(each.replaces_id == one.pk and each.joined_at is not None for each in handling.participants)


def participant_json(one: Participant) -> dict[str, Any]:
    withheld = is_withheld(one.number) and one.agent_id is None
    number = "" if withheld or one.agent_id is not None else one.number
    return {
        "leg": one.leg_sid or one.label,
        "role": one.role,
        "agent": _agent_json(one.agent),
        "name": one.agent.name if one.agent else one.name,
        "number": number,
        "display": display(one.number, home_region=settings.HOME_REGION) if number or withheld else "",
        "state": one.state,
        "held": one.held,
        "held_since": time_json(one.held_since),
        "muted": one.muted,
        "mode": one.said_mode,
        "problem": sentence(one.problem),
    }


def held_seconds(call: Call) -> int:
    """How long the customer was on hold until now."""
    handling = handling_of(call)
    if handling.room is None:
        return 0
    # Of those in the rooms before this one nobody is on hold.
    customers = (one for one in handling.participants if one.role == Participant.Role.CUSTOMER)
    since = next((one.held_since for one in customers if one.held), None)
    now = max(0, round((timezone.now() - since).total_seconds())) if since else 0
    return handling.room.held_seconds + now


def parked_since(call: Call) -> datetime | None:
    """Since when the customer waits for its agent to come back from a second call; None also while that is on its way:
    until the customer hears music, the agent's phone must not go."""
    handling = handling_of(call)
    if handling.room is None or handling.room.state != Room.State.OPEN:
        return None
    parked = next((one for one in handling.participants if one.parked_at is not None), None)
    in_room = [one for one in handling.participants if one.state == Participant.State.IN]
    hears = any(one.held for one in in_room if one.role == Participant.Role.CUSTOMER)
    return parked.parked_at if parked is not None and hears else None


def agent_has_left(call: Call) -> bool:
    """Whether the call's agent has left its room, which goes on. Not who is awaited there with another phone, or
    comes back from a second call."""
    handling = handling_of(call)
    if call.agent_id is None or handling.room is None or handling.room.state == Room.State.OVER:
        return False
    mine = [one for one in handling.participants if one.agent_id == call.agent_id]
    return bool(mine) and all(one.state == Participant.State.LEFT and one.parked_at is None for one in mine)


def transfer_json(call: Call) -> dict[str, Any] | None:
    transfer = handling_of(call).transfer
    if transfer is None or transfer.state == Transfer.State.MERGED:
        return None
    team, number = transfer.to_team, transfer.to_number
    return {
        "id": transfer.pk,
        "mode": transfer.mode,
        "state": transfer.state,
        "from": _agent_json(transfer.from_agent),
        "to": {
            "agent": _agent_json(transfer.to_agent),
            "team": {"id": team.pk, "name": team.name} if team else None,
            "number": number,
            "display": display(number, home_region=settings.HOME_REGION) if number else "",
            "name": transfer.to_name,
        },
        "since": time_json(transfer.created_at),
        "problem": sentence(transfer.problem),
    }


def _agent_json(agent: Agent | None) -> dict[str, Any] | None:
    if agent is None:
        return None
    name = agent_name(agent.username, agent.first_name, agent.last_name)
    return {"id": agent.pk, "identity": identity_for(agent.pk), "name": name}
