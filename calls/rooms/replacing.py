"""An agent goes on with a call at another place: what follows from who is in the room. Whoever comes there takes the
place of the same agent's leg before, which is let go only then."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from calls.live.notes import note
from calls.models import Participant
from core.languages import kept as _
from core.text import in_sentence

if TYPE_CHECKING:
    from calls.rooms.inside import Inside

State = Participant.State
_GOES_ON = _("Nobody went on with the call at another place: it goes on where it was.")
_NOBODY_CAME = _("Nobody went on with the call at another place.")
# So long a phone may take until it calls us: it asks for leave to use the microphone, perhaps, and registers.
_COMES_WITHIN = timedelta(seconds=20)


def replaced(inside: Inside) -> None:
    """Lets the legs go whose places are taken, and forgets who never called."""
    customer = inside.customer
    for one in inside.present:
        before = next((each for each in inside.present if each.pk == one.replaces_id), None)
        if one.is_awaited and one.created_at < timezone.now() - _COMES_WITHIN:
            inside.out(one)
            if inside.parked is None:
                # The leg before may have gone meanwhile: then it goes on nowhere.
                is_there = before is not None and before.wanted_in
                note(inside.the_root.sid, _GOES_ON if is_there else _NOBODY_CAME)
        if before is None or one.state != State.IN or customer is None or customer.state != State.IN:
            continue
        if before.wanted_in:
            before.wanted_in, before.hung_up, before.asked_at = False, True, None
            inside.changed(before)
    _asked_goes_on(inside)


def _asked_goes_on(inside: Inside) -> None:
    """Whoever is asked before the customer is handed over may go on at another place, too: the talk goes on with that
    leg, as soon as it is in the room, or the one before is gone."""
    transfer = inside.transfer
    if transfer is None or transfer.participant_id is None:
        return
    asked = next((one for one in inside.participants if one.pk == transfer.participant_id), None)
    after = next((one for one in inside.present if one.replaces_id == transfer.participant_id), None)
    if asked is None or after is None or not (after.state == State.IN or asked.state == State.LEFT):
        return
    transfer.participant = after
    transfer.save(update_fields=["participant"])


def came(inside: Inside, one: Participant) -> None:
    """For the first time, at another place than before."""
    # What was said of the leg before is not said of this one.
    one.hung_up = False
    name = in_sentence(one.agent.name) if one.agent else ""
    is_back = inside.parked is not None and inside.parked.pk == one.replaces_id
    said = _("%(name)s is back on the call.") if is_back else _("%(name)s goes on with the call at another place.")
    note(inside.the_root.sid, said % {"name": name}, one.agent)


def places_of(inside: Inside, agent_id: int | None) -> list[Participant]:
    """All that this agent has in the room: two while the agent goes from one place to another."""
    return [one for one in inside.others if one.agent_id == agent_id and agent_id is not None]
