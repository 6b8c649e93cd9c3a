"""Beginning and ending calls. Every change is one transaction; open desks are told after its commit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from agents.selectors import agent_get_active
from calls import broadcasts, selectors
from calls.models import (
    Call,
    CallOffer,
    CallStatus,
    Direction,
    Line,
)
from calls.params import VoiceRequest
from calls.tracking import push
from contacts.selectors import contact_by_number
from telephony.client import call_hang_up as twilio_hang_up
from telephony.errors import InvalidNumber
from telephony.identity import agent_id_from
from telephony.phone import parse_dialled

if TYPE_CHECKING:
    from agents.models import Agent


@dataclass(frozen=True, slots=True)
class IncomingPlan:
    """What to do with a caller: whom to ring, and what to tell them."""

    call: Call
    line: Line | None
    identities: list[str]
    parameters: dict[str, str]


@transaction.atomic
def call_record_incoming(voice: VoiceRequest) -> IncomingPlan:
    """Logs a call to one of our lines and offers it to every agent who can take it."""
    line = selectors.line_by_number(voice.called)
    contact = contact_by_number(voice.caller)
    call = _call_open(voice, line=line, contact_id=contact.pk if contact else None)
    agents: list[Agent] = []
    if line and line.is_active and not call.is_terminal:
        # Twilio may ask twice for one call: those who ring already ring on.
        agents = selectors.agents_offered(call) or selectors.agent_available_list(line)
    CallOffer.objects.bulk_create([CallOffer(call=call, agent=agent) for agent in agents], ignore_conflicts=True)
    if agents:
        ids = [agent.pk for agent in agents]
        transaction.on_commit(lambda: broadcasts.call_offered(call.sid, ids), robust=True)
    return IncomingPlan(
        call=call,
        line=line,
        identities=[agent.identity for agent in agents],
        parameters=_parameters(call, line, contact.name if contact else voice.caller_name),
    )


def _parameters(call: Call, line: Line | None, name: str) -> dict[str, str]:
    """What the browser's SDK is told with the ring. Short: all parameters together fit in 800 bytes."""
    facts = {
        "call_sid": call.sid,
        "caller": call.caller[:64],
        "called": call.called[:64],
        "line": line.name if line else "",
        "name": name[:80],
        "place": call.place[:80],
    }
    return {key: value for key, value in facts.items() if value}


class CallRefused(Exception):
    """An outgoing call that must not be made. Its text is a sentence for the agent."""


@dataclass(frozen=True, slots=True)
class OutgoingPlan:
    call: Call
    number: str
    caller_id: str


@transaction.atomic
def call_record_outgoing(voice: VoiceRequest) -> OutgoingPlan | CallRefused:
    """Logs a call that a browser or a mobile app makes; says whom to dial, or why not.

    The agent is the one whom Twilio names in `From`, which comes from the token, never one named in a field.
    """
    agent_id = agent_id_from(voice.caller)
    agent = agent_get_active(agent_id) if agent_id else None
    if agent is None:
        call = _call_open(voice)
        return _refuse(call, "You are not allowed to make calls. Ask your admin.")
    lines = list(selectors.lines_for(agent))
    line = next((line for line in lines if line.pk == voice.line_id), lines[0] if lines else None)
    caller_id = line.number if line else settings.TWILIO_CALLER_ID
    try:
        number = parse_dialled(voice.called)
        if number.e164 == caller_id:
            raise InvalidNumber("This is the number you are calling from.", permanent=True)
    except InvalidNumber as error:
        call = _call_open(voice, line=line, agent_id=agent.pk)
        return _refuse(call, error.message)
    contact = contact_by_number(number.e164)
    call = _call_open(
        voice, called=number.e164, line=line, agent_id=agent.pk, contact_id=contact.pk if contact else None
    )
    if not caller_id:
        return _refuse(call, "You have no line to call from. Ask your admin.")
    push(call)
    return OutgoingPlan(call=call, number=number.e164, caller_id=caller_id)


def _refuse(call: Call, sentence: str) -> CallRefused:
    call.problem = sentence
    call.revision += 1
    call.save(update_fields=["problem", "revision", "updated_at"])
    push(call)
    transaction.on_commit(lambda: broadcasts.call_problem(call.sid, permanent=True), robust=True)
    return CallRefused(sentence)


def _call_open(
    voice: VoiceRequest,
    *,
    called: str = "",
    line: Line | None = None,
    agent_id: int | None = None,
    contact_id: int | None = None,
) -> Call:
    """The root call's row, made or filled in: a status callback may have come first."""
    call, _ = Call.objects.select_for_update().get_or_create(
        sid=voice.sid,
        defaults={"status": CallStatus.RINGING, "start_time": timezone.now()},
    )
    call.parent_id = voice.parent_call_sid or None
    call.account_sid = voice.account_sid
    call.direction = voice.direction if voice.direction in Direction.values else Direction.INBOUND
    call.caller, call.called = voice.caller, called or voice.called
    call.line, call.contact_id = line, contact_id
    call.agent_id = agent_id or call.agent_id
    call.caller_name = voice.caller_name
    call.city, call.state, call.country = voice.city, voice.state, voice.country
    call.stir_verstat, call.forwarded_from = voice.stir_verstat, voice.forwarded_from
    call.error_code = voice.error_code or call.error_code
    call.revision += 1
    call.save()
    return call


def call_hang_up(*, call: Call) -> None:
    """Ends a call at Twilio. Raises `TelephonyError`."""
    twilio_hang_up(call.sid)
