"""A call as JSON, one function per shape in docs/desk-protocol.md.

Written by hand: a page of the log is a hundred legs, and DRF's nested serializers take ten times as long. The classes
in `calls.log.serializers` describe the same shapes for the API's schema, and a test holds both together.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext

from agents.selectors import agent_name
from calls.had_by import had_by
from calls.handling_payloads import held_seconds, hidden_from, parked_since, participants_json, transfer_json
from calls.models import RESULTS_OF_CALLED, Call, CallOffer, Participant, Recording, is_incoming
from core.languages import from_json, sentence
from core.times import time_json as time_json
from routing.models import Line
from telephony.identity import identity_for
from telephony.party import is_withheld
from telephony.phone import display

if TYPE_CHECKING:
    from agents.models import Agent
    from contacts.models import Contact


# Characters of an earlier call's note in a push.
_NOTE_SHOWN = 280


@lru_cache(maxsize=8192)
def _number_display(number: str, home_region: str) -> str:
    return display(number, home_region=home_region)


def _display(number: str, home_region: str) -> str:
    # What is said of a withheld one is a text, in the language of whoever reads it: not to be kept.
    return display(number, home_region=home_region) if is_withheld(number) else _number_display(number, home_region)


@lru_cache(maxsize=1024)
def _recording_url(prefix: str, call_sid: str, sid: str) -> str:
    return reverse("api:recording", args=[call_sid, sid])


def agent_json(agent: Agent | None) -> dict[str, Any] | None:
    return _agent(agent.pk, agent.name) if agent else None


def _agent(agent_id: int, name: str) -> dict[str, Any]:
    return {"id": agent_id, "identity": identity_for(agent_id), "name": name}


def line_json(line: Line | None) -> dict[str, Any] | None:
    if line is None:
        return None
    shown = _display(line.number, settings.HOME_REGION)
    return {"id": line.pk, "name": line.name, "number": line.number, "display": shown}


def contact_json(contact: Contact | None) -> dict[str, Any] | None:
    if contact is None:
        return None
    return {"id": contact.pk, "name": contact.name, "company": contact.company, "note": contact.note}


def party_json(call: Call, viewer: Agent | None = None) -> dict[str, Any]:
    """The other party as the desk shows it. Of an internal call the colleague: to the one who was called, the other."""
    if call.is_internal:
        return _colleague_json(call, viewer)
    incoming, contact = call.incoming, call.contact
    number = call.caller if incoming else call.called
    withheld = is_withheld(number)
    sent_name = call.caller_name if incoming and not withheld else ""
    return {
        "number": "" if withheld else number,
        "display": _display(number, settings.HOME_REGION),
        "name": contact.name if contact else sent_name,
        "company": contact.company if contact else "",
        "place": call.place,
        "withheld": withheld,
        "verified": incoming and call.stir_verstat == "TN-Validation-Passed-A",
        # With a level (-A) and the mark of a diverted call (-Diverted) behind it, or without.
        "verification_failed": incoming and call.stir_verstat.startswith("TN-Validation-Failed"),
        "spam": call.spam != "",
    }


def _colleague_json(call: Call, viewer: Agent | None) -> dict[str, Any]:
    is_here = _came_to(call, viewer)
    number, colleague = (call.caller, call.agent) if is_here else (call.called, call.colleague)
    name = colleague.name if colleague else ""
    return {
        "number": number,
        "display": name or number,
        "name": name,
        "company": "",
        "place": "",
        "withheld": False,
        "verified": False,
        "verification_failed": False,
        "spam": False,
    }


def _came_to(call: Call, viewer: Agent | None) -> bool:
    return viewer is not None and call.came_to(viewer.pk)


def leg_json(leg: Call) -> dict[str, Any]:
    return {
        "sid": leg.sid,
        "parent_call_sid": leg.parent_id,
        "direction": leg.direction,
        "caller": "" if is_withheld(leg.caller) else leg.caller,
        "called": leg.called,
        "status": leg.status,
        "start_time": time_json(leg.start_time),
        "answer_time": time_json(leg.answer_time),
        "end_time": time_json(leg.end_time),
        "duration": leg.duration,
        "agent": agent_json(leg.agent),
    }


def recording_json(recording: Recording) -> dict[str, Any]:
    url = _recording_url(get_script_prefix(), recording.call_id, recording.sid)
    return {"sid": recording.sid, "duration": recording.duration, "url": url}


def talk_seconds(answered: datetime | None, ended: datetime | None) -> int | None:
    """Of a call that is over, how long somebody talked; None: nobody did. A call's `duration` is Twilio's, of that one
    leg: as long as its caller waited, or the number that it called rang, counts there, too."""
    if answered is None or ended is None:
        return None
    return max(0, round((ended - answered).total_seconds()))


def ring_seconds(call: Call) -> int | None:
    """How long it rang, when nobody answered."""
    if call.answer_time or not call.end_time:
        return None
    return max(0, round((call.end_time - call.start_time).total_seconds()))


def heard_recordings(call: Call) -> list[Recording]:
    """Its recordings but those of which Twilio says that there is no sound."""
    recordings = call.recordings.all() if call.known_recordings is None else call.known_recordings
    return [recording for recording in recordings if recording.status != "absent"]


def _legs_of(call: Call) -> Iterable[Call]:
    return call.legs.all() if call.known_legs is None else call.known_legs


def call_json(call: Call, viewer: Agent | None = None) -> dict[str, Any]:
    """A row of the log: a root call with its legs. `viewer`: for whom alone it is; None: for all who may see it. Of an
    internal call, the agent who was called is told of it from that side."""
    is_here = _came_to(call, viewer)
    return leg_json(call) | {
        # Of a call that came, whoever answered it.
        "agent": agent_json((call.colleague if call.answer_time else None) if is_here else call.agent),
        "incoming": call.incoming or is_here,
        "internal": call.is_internal,
        "party": party_json(call, viewer),
        "line": line_json(call.line),
        "contact": contact_json(call.contact),
        "result": RESULTS_OF_CALLED.get(call.result, "") if is_here else call.result,
        "ring_seconds": ring_seconds(call),
        "waited": call.waited,
        "agents": agents_json(call),
        "participants": participants_json(call, viewer),
        "held_seconds": held_seconds(call),
        "parked_since": time_json(parked_since(call)),
        "transfer": transfer_json(call),
        "help_since": time_json(call.help_since),
        # Said to the one who called.
        "problem": "" if is_here else sentence(call.problem),
        "note": call.note,
        "outcome": call.outcome,
        "revision": call.revision,
        "recordings": [recording_json(recording) for recording in heard_recordings(call)],
        "legs": legs_json(call, viewer),
    }


def agents_json(call: Call) -> list[dict[str, Any]]:
    """Those who had it, in order."""
    return [
        {"agent": agent_json(agent), "since": time_json(since), "until": time_json(until)}
        for agent, since, until in had_by(call, _legs_of(call))
    ]


def legs_json(call: Call, viewer: Agent | None = None) -> list[dict[str, Any]]:
    hidden = {one.leg_sid for one in hidden_from(viewer, call)}
    return [leg_json(leg) for leg in _legs_of(call) if leg.sid not in hidden]


def call_back_json(offer: CallOffer | None) -> dict[str, Any] | None:
    """`CallBack` in docs/desk-protocol.md: a caller whom an agent is to call back now."""
    if offer is None:
        return None
    call, conversation = offer.call, offer.call.conversation
    why = from_json(conversation.terms.get("why", ""))
    until = offer.created_at + timedelta(seconds=int(conversation.terms.get("ring_seconds") or 20))
    return {
        "sid": call.sid,
        "party": party_json(call),
        "line": line_json(call.line),
        "team": {"id": conversation.team_id or 0, "name": conversation.team.name if conversation.team else ""},
        "since": time_json(conversation.waiting_since or call.start_time),
        "until": time_json(until),
        "tries": conversation.call_back_tries,
        "why": sentence(why) if isinstance(why, str) else "",
        "note": call.note,
    }


def lost_caller_json(one: Participant | None) -> dict[str, Any] | None:
    """`LostCaller` in docs/desk-protocol.md: a caller to whom an agent did not come back."""
    if one is None or one.not_back_at is None:
        return None
    party = party_json(one.room.call)
    if name := party["name"] or ("" if party["withheld"] else party["display"]):
        said = gettext("You did not come back to %(name)s in time: the call went to the front of the queue.")
        said %= {"name": name}
    else:
        said = gettext("You did not come back to a caller in time: the call went to the front of the queue.")
    return {"sid": one.room_id, "at": time_json(one.not_back_at), "message": said}


class PastCall(NamedTuple):
    """What is shown of an earlier call with the same party. Read with every caller, so no whole `Call`."""

    sid: str
    direction: str
    caller: str
    result: str
    start_time: datetime
    answer_time: datetime | None
    end_time: datetime | None
    agent_id: int | None
    note: str
    outcome: str
    # None without an agent, as the next two.
    username: str | None
    first_name: str | None
    last_name: str | None


@lru_cache(maxsize=4096)
def past_call_json(past: PastCall) -> dict[str, Any]:
    """Not to be changed: whoever calls often is shown with the same calls each time."""
    agent = None
    if past.agent_id is not None:
        name = agent_name(past.username or "", past.first_name or "", past.last_name or "")
        agent = _agent(past.agent_id, name)
    return {
        "sid": past.sid,
        "incoming": is_incoming(past.direction, past.caller),
        "result": past.result,
        "start_time": time_json(past.start_time),
        "duration": talk_seconds(past.answer_time, past.end_time),
        "agent": agent,
        "note": _beginning(past.note),
        "outcome": past.outcome,
    }


def _beginning(note: str) -> str:
    """What is shown of a note beside a ringing call: the whole of it is in the log."""
    return note if len(note) <= _NOTE_SHOWN else f"{note[: _NOTE_SHOWN - 1].rstrip()}…"


def call_etag(call: Call) -> str:
    """The version of what is shown of a call: every change of it or of its legs raises its revision."""
    return f'"{call.revision}-{call.updated_at.timestamp():.6f}"'
