"""Which agents had a call, in which order, and from when until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
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


class _Stay(NamedTuple):
    place: object
    had: Had


# Twilio gives whole seconds, and legs come and go one after the other.
_AT_ONCE = timedelta(seconds=2)


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
    found = _at_one_place([*_made_it(call, handling), *_on_legs(legs, handling)])
    return _joined(_taken_over(found, handling))


def _made_it(call: Call, handling: Handling) -> list[_Stay]:
    """The agent whose own leg a call is that was made from here."""
    agent_id = None if call.incoming else agent_id_from(call.caller)
    if agent_id is None or call.answer_time is None:
        return []
    known = [call.agent, *(one.agent for one in handling.participants), *(one.from_agent for one in handling.transfers)]
    agent = next((one for one in known if one is not None and one.pk == agent_id), None)
    if agent is None:
        return []
    had = Had(agent, call.answer_time, call.leg_end_time or call.end_time)
    return [_Stay(_first_place(call.sid, handling), had)]


def _on_legs(legs: Iterable[Call], handling: Handling) -> list[_Stay]:
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
            had = Had(leg.agent, since, leg.end_time and max(leg.end_time, since))
            found.append(_Stay(_first_place(leg.sid, handling), had))
    return found


def _first_place(leg: str, handling: Handling) -> object:
    """The same for all places at which one agent was, going from one to the next."""
    by_pk = {one.pk: one for one in handling.participants}
    one = next((each for each in handling.participants if each.leg_sid == leg), None)
    while one is not None and one.replaces_id in by_pk:
        one = by_pk[one.replaces_id]
    return leg if one is None else one.pk


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


def _at_one_place(stays: list[_Stay]) -> list[Had]:
    """Who goes on at another place has had it all the time."""
    found: dict[object, Had] = {}
    for place, had in stays:
        before = found.get(place)
        found[place] = _both(before, had) if before is not None else had
    return list(found.values())


def _both(one: Had, other: Had) -> Had:
    until = None if one.until is None or other.until is None else max(one.until, other.until)
    return Had(one.agent, min(one.since, other.since), until)


def _taken_over(found: list[Had], handling: Handling) -> list[Had]:
    """A supervisor was in the call before having it: had it when the last of those was let go who had it before."""
    takers = {one.agent_id for one in handling.participants if one.takes_over and one.role == Participant.Role.AGENT}
    stays = sorted(found, key=attrgetter("since"))
    return [_from_the_others(stay, stays) if stay.agent.pk in takers else stay for stay in stays]


def _from_the_others(taker: Had, stays: list[Had]) -> Had:
    since = taker.since
    for stay in stays:
        # One after the other, as far as nobody else had it in between.
        if stay is not taker and stay.since <= since + _AT_ONCE and stay.until is not None and stay.until > since:
            since = stay.until
    return taker._replace(since=since)


def _joined(found: list[Had]) -> list[Had]:
    """Who comes back before anybody else had it, as after a lost line, has had it all the time."""
    joined: list[Had] = []
    for stay in sorted(found, key=attrgetter("since")):
        if joined and joined[-1].agent.pk == stay.agent.pk:
            joined[-1] = _both(joined[-1], stay)
        else:
            joined.append(stay)
    return joined
