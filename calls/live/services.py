"""Beginning and ending calls. Every change is one transaction; open desks are told after its commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from agents.selectors import agent_get_active, agent_get_caller, agent_get_caller_by
from calls import selectors
from calls.live import broadcasts, presence
from calls.live.call_batch import Families
from calls.live.call_tree import Family
from calls.live.locks import locking_teams
from calls.live.parties import with_parties
from calls.live.push_queue import Offered
from calls.live.status_callbacks import push
from calls.log.past_calls import Party, past_calls_asked, past_calls_of
from calls.models import DIRECTIONS, Call, CallOffer, CallStatus, Direction, Line
from calls.params import OutgoingRequest, VoiceRequest
from contacts.selectors import contact_by_number, contact_number_get
from core.folding import fold
from core.sql.statements import Statement, Write, new_row, relate
from telephony.errors import InvalidNumber
from telephony.limits import MAX_RUNG
from telephony.party import is_withheld
from telephony.phone import parse_dialled
from telephony.phone_reference import PhoneReference
from telephony.rest.client import call_hang_up as twilio_hang_up

if TYPE_CHECKING:
    from agents.models import Agent
    from contacts.models import Contact


_OFFER = Write.insert(CallOffer, on_conflict="ON CONFLICT DO NOTHING")


@dataclass(frozen=True, slots=True)
class IncomingPlan:
    """What to do with a caller: whom to ring, and what to tell them."""

    call: Call
    line: Line | None
    identities: list[str]
    parameters: dict[str, str]


def calls_record_incoming(voices: Sequence[VoiceRequest], *, also: Callable[[list[IncomingPlan]], Statement]) -> None:
    """Logs calls to our lines and offers each to every agent who can take it.

    To be used inside a transaction. `also` gets one plan for each, in their order, and says what else is to be written:
    the last thing in it. It must not use the database.
    """
    voices = [with_parties(voice) for voice in voices]
    called, callers = {voice.called for voice in voices}, {voice.caller for voice in voices}
    # Two calls at once do not ring the same phones: who asks for a team's agents asks alone.
    families = Families(
        ((voice.sid, "") for voice in voices),
        should_be_new=True,
        also_lock=locking_teams(called),
        also=[
            *selectors.parties_asked(called=called, callers=callers),
            presence.agents_available(called),
            *past_calls_asked([Party(voice.sid, voice.caller, line_number=voice.called) for voice in voices]),
        ],
    )
    lines, memberships, contact_numbers, available, *past = families.also
    parties = selectors.parties_of(lines, memberships, contact_numbers)
    free = presence.longest_idle_first(available)
    earlier = past_calls_of(past)
    ringing: dict[str, list[Agent]] = {}
    calls: list[Call] = []
    offers: list[CallOffer] = []
    for voice in voices:
        line, contact = parties.lines.get(voice.called), parties.contacts.get(voice.caller)
        call = _open(families, voice, line=line, contact=contact)
        # Twilio may ask twice for one call: those who ring already ring on.
        agents = ringing.get(call.sid) or families.agents_rung_by(call.sid)
        if not agents and line is not None and line.is_active and not call.is_terminal:
            agents = _take(free, parties.members[line.team_id])
            offers += [new_row(CallOffer, call_id=call.sid, agent_id=agent.pk) for agent in agents]
        ringing[call.sid] = agents
        calls.append(call)

    def then() -> list[Statement]:
        plans = [
            _plan(call, parties.lines.get(voice.called), parties.contacts.get(voice.caller), ringing[call.sid])
            for voice, call in zip(voices, calls, strict=True)
        ]
        return [also(plans)]

    def meanwhile(changed: list[Family]) -> None:
        offered = [
            Offered(family, [agent.pk for agent in agents], earlier.get(family.root.sid, []))
            for family in changed
            if (agents := ringing.get(family.root.sid))
        ]
        broadcasts.after_commit(offered=offered, make_now=True)

    families.settle_last(*([_OFFER(offers)] if offers else []), then=then, meanwhile=meanwhile)


def _take(free: list[Agent], members: set[int]) -> list[Agent]:
    """The longest idle of a team, who are then free no more."""
    agents = [agent for agent in free if agent.pk in members][:MAX_RUNG]
    for agent in agents:
        free.remove(agent)
    return agents


def _plan(call: Call, line: Line | None, contact: Contact | None, agents: list[Agent]) -> IncomingPlan:
    return IncomingPlan(
        call=call,
        line=line,
        identities=[agent.identity for agent in agents],
        parameters=_parameters(call, line, contact),
    )


def _parameters(call: Call, line: Line | None, contact: Contact | None) -> dict[str, str]:
    """What the browser's SDK is told with the ring, of a caller who withholds the number nothing about them. Short: all
    parameters together fit in 800 bytes."""
    withheld = is_withheld(call.caller)
    name = contact.name if contact else "" if withheld else call.caller_name
    facts = {
        "call_sid": call.sid,
        "caller": "" if withheld else call.caller[:64],
        "withheld": "true" if withheld else "",
        "called": call.called[:64],
        "line": line.name if line else "",
        "name": name[:80],
        "place": call.place[:80],
    }
    return {key: value for key, value in facts.items() if value}


class CallRefused(Exception):
    """An outgoing call that must not be made. Its text is a sentence for the agent."""


_NOT_ALLOWED = "You are not allowed to make calls. Ask your admin."
_SIGNED_OUT = "This phone was signed out. Sign in again, or load the page again."


@dataclass(frozen=True, slots=True)
class OutgoingPlan:
    call: Call
    number: str
    caller_id: str
    extension: str = ""


@transaction.atomic
def call_record_outgoing(asked: OutgoingRequest) -> OutgoingPlan | CallRefused:
    """Logs a call that a browser or a mobile app makes; says whom to dial, or why not.

    The agent is the one whom Twilio names in `From`, which comes from the token, never one named in a field.
    """
    voice = asked.voice
    families = Families([(voice.sid, "")])
    agent_id = voice.agent_id if voice.from_browser else None
    phone = PhoneReference.of(asked.phone)
    agent = agent_get_caller_by(phone) if phone and phone.agent_id == agent_id else None
    if agent is None:
        # Not shown at the agent's own desks: whoever calls there may not be the agent any more.
        call = _open(families, voice)
        return _refuse(families, call, _SIGNED_OUT if agent_id and agent_get_caller(agent_id) else _NOT_ALLOWED)
    lines = list(selectors.lines_for(agent))
    line = next((line for line in lines if line.pk == voice.line_id), lines[0] if lines else None)
    caller_id = line.number if line else settings.TWILIO_CALLER_ID
    try:
        number = parse_dialled(voice.called)
        if number.e164 == caller_id:
            raise InvalidNumber("This is the number you are calling from.", permanent=True)
    except InvalidNumber as error:
        call = _open(families, voice, line=line, agent=agent)
        return _refuse(families, call, error.message)
    known = contact_number_get(number.e164)
    contact = known.contact if known else None
    call = _open(families, voice, called=number.e164, line=line, agent=agent, contact=contact)
    if not caller_id:
        return _refuse(families, call, "You have no line to call from. Ask your admin.")
    families.settle()
    push(call)
    extension = number.extension or (known.extension if known else "")
    return OutgoingPlan(call=call, number=number.e164, caller_id=caller_id, extension=extension)


def _refuse(families: Families, call: Call, sentence: str) -> CallRefused:
    call.problem = sentence
    families.settle()
    push(call)
    transaction.on_commit(lambda: broadcasts.call_problem(call, permanent=True), robust=True)
    return CallRefused(sentence)


@transaction.atomic
def call_record_unanswered(voice: VoiceRequest, *, at: datetime) -> None:
    """Logs a call that went to the fallback: that somebody called must not be lost with the answer.

    `at` is when Twilio asked about it, which may be long ago.
    """
    voice = with_parties(voice)
    # What a browser asks for may be anybody's line.
    line = None if voice.from_browser else selectors.lines_by_number([voice.called]).get(voice.called)
    families = Families([(voice.sid, "")])
    known = families.get(voice.sid)
    if known is None:
        agent = agent_get_active(voice.agent_id) if voice.agent_id else None
        contact = contact_by_number(voice.caller)
        _open(families, voice, line=line, contact=contact, agent=agent).start_time = at
    else:
        known.start_time = min(known.start_time, at)
        known.error_code = voice.error_code or known.error_code
        families.open(known)
        # Whatever was answered before is not carried out: phones that were to ring do not, and are free for others.
        families.changed(known, dial_over=True)
    broadcasts.after_commit(families=families.settle())


def _open(
    families: Families,
    voice: VoiceRequest,
    *,
    called: str = "",
    line: Line | None = None,
    agent: Agent | None = None,
    contact: Contact | None = None,
) -> Call:
    """The root call, made or filled in: a status callback may have come first."""
    call = families.get(voice.sid)
    if call is None:
        call = new_row(Call, sid=voice.sid, status=CallStatus.RINGING, start_time=timezone.now())
    call.account_sid = voice.account_sid
    call.direction = voice.direction if voice.direction in DIRECTIONS else Direction.INBOUND
    call.caller, call.called = voice.caller, called or voice.called
    relate(call, line=line, contact=contact, agent=agent or call.agent)
    call.caller_name, call.searched_name = voice.caller_name, fold(voice.caller_name)
    call.city, call.state, call.country = voice.city, voice.state, voice.country
    call.stir_verstat, call.forwarded_from = voice.stir_verstat, voice.forwarded_from
    call.error_code = voice.error_code or call.error_code
    families.open(call)
    return call


def call_hang_up(*, call: Call) -> None:
    """Ends a call at Twilio. Raises `TelephonyError`."""
    twilio_hang_up(call.sid)
