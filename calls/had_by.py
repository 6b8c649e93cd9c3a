"""Which agents had a call, in which order, and from when until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from calls.handling_payloads import Handling, handling_of
from calls.models import Participant, Transfer
from telephony.identity import agent_id_from

if TYPE_CHECKING:
    from agents.models import Agent
    from calls.models import Call


class Had(NamedTuple):
    agent: Agent
    since: datetime
    until: datetime | None
    """None: has it now."""


def had_by(call: Call, legs: Iterable[Call]) -> list[Had]:
    """Of a root call with its legs, in order. Whoever was asked before a hand-over has it from then on; whoever was
    asked alone, or supervised, never had it. Two who talked together both had it. Empty of a call between colleagues,
    and of one that no agent answered."""
    if call.is_internal:
        return []
    if not call.is_handled:
        if call.agent is None or call.answer_time is None:
            return []
        return [Had(call.agent, call.answer_time, call.end_time)]
    handling = handling_of(call)
    found = [*_made_it(call, handling), *_on_legs(legs, handling)]
    return _joined(_taken_over(sorted(found, key=attrgetter("since")), handling))


def _made_it(call: Call, handling: Handling) -> list[Had]:
    """The agent whose own leg a call is that was made from here."""
    agent_id = None if call.incoming else agent_id_from(call.caller)
    if agent_id is None or call.answer_time is None:
        return []
    known = [call.agent, *(one.agent for one in handling.participants), *(one.from_agent for one in handling.transfers)]
    agent = next((one for one in known if one is not None and one.pk == agent_id), None)
    return [Had(agent, call.answer_time, call.leg_end_time or call.end_time)] if agent else []


def _on_legs(legs: Iterable[Call], handling: Handling) -> list[Had]:
    supervising = {one.leg_sid for one in handling.participants if one.is_supervisor}
    asked = _asked_on(handling)
    found = []
    for leg in legs:
        if leg.agent is None or leg.answer_time is None or leg.sid in supervising:
            continue
        since = _given_at(asked[leg.sid]) if leg.sid in asked else leg.answer_time
        if since is not None:
            since = max(since, leg.answer_time)
            # Twilio's clock is not ours.
            found.append(Had(leg.agent, since, leg.end_time and max(leg.end_time, since)))
    return found


def _asked_on(handling: Handling) -> dict[str, Transfer]:
    """The legs on which an agent talked with a colleague before a hand-over, wherever that one went on."""
    transfers = {one.participant_id: one for one in handling.transfers if one.mode == Transfer.Mode.WARM}
    # Who takes another's place came after that one.
    for one in handling.participants:
        if one.replaces_id in transfers:
            transfers[one.pk] = transfers[one.replaces_id]
    return {one.leg_sid: transfers[one.pk] for one in handling.participants if one.leg_sid and one.pk in transfers}


def _given_at(transfer: Transfer) -> datetime | None:
    """None: the colleague was asked alone."""
    had = transfer.state in (Transfer.State.HANDED_OVER, Transfer.State.MERGED)
    return transfer.ended_at if had else None


def _taken_over(stays: list[Had], handling: Handling) -> list[Had]:
    """A supervisor was in the call before having it: had it when whoever it was taken from was let go."""
    takers = {one.agent_id for one in handling.participants if one.takes_over and one.role == Participant.Role.AGENT}
    found = []
    for at, stay in enumerate(stays):
        if stay.agent.pk in takers:
            gone = [one.until for one in stays[:at] if one.until is not None and one.agent.pk != stay.agent.pk]
            stay = stay._replace(since=max([stay.since, *gone]))
        found.append(stay)
    return sorted(found, key=attrgetter("since"))


def _joined(stays: list[Had]) -> list[Had]:
    """Who goes on at another place, or comes back after a lost line, has had it all the time."""
    found: list[Had] = []
    for stay in stays:
        last = found[-1] if found else None
        if last is not None and last.agent.pk == stay.agent.pk:
            until = None if last.until is None or stay.until is None else max(last.until, stay.until)
            found[-1] = last._replace(until=until)
        else:
            found.append(stay)
    return found
