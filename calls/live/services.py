"""Beginning and ending calls. Whoever asks commits the unit of work; open desks are told after that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from agents.selectors import agent_get_active, agent_get_caller, agent_get_caller_by
from calls import selectors
from calls.live import broadcasts, call_back_attempts, call_backs, outgoing_guards, presence
from calls.live.call_batch import CallBatch
from calls.live.call_tree import DECLINED, is_customer_of
from calls.live.facts import facts_complete, facts_fill
from calls.live.locks import locking_teams
from calls.live.offers import ending_stale
from calls.live.parties import with_parties
from calls.live.push_queue import Offered
from calls.live.status_callbacks import push
from calls.log.past_calls import Party, PastCallsRead
from calls.models import Call, CallEvent, CallOffer, CallStatus, Conversation
from calls.params import OutgoingRequest, VoiceRequest
from contacts.selectors import contact_by_number
from core.languages import as_text
from core.sql.statements import Write, new_row, relate
from core.sql.unit import UnitOfWork
from routing.facts import spam_of
from routing.models import Line
from routing.outgoing.checks import Dialled, dialled
from routing.outgoing.overrides import override_use
from routing.outgoing.roles import role_of
from routing.outgoing.rules import is_of_hours
from routing.selectors import line_to_call_from, lines_by_number
from telephony.errors import InvalidNumber
from telephony.limits import MAX_RUNG
from telephony.party import is_withheld
from telephony.phone_reference import PhoneReference
from telephony.rest.client import call_hang_up as twilio_hang_up

if TYPE_CHECKING:
    from agents.models import Agent
    from calls.live.call_tree import CallTree
    from contacts.models import Contact


_OFFER = Write.insert(CallOffer, on_conflict="ON CONFLICT DO NOTHING")


@dataclass(frozen=True, slots=True)
class IncomingPlan:
    """What to do with a caller: whom to ring, and what to tell them."""

    call: Call
    line: Line | None
    identities: list[str]
    parameters: dict[str, str]
    tree: CallTree | None = None
    """Of a caller on a line with a route, or for whom there is a spam rule: what is met is decided by
    `calls.live.conversations`."""


def calls_record_incoming(work: UnitOfWork, voices: Sequence[VoiceRequest]) -> list[IncomingPlan]:
    """Logs calls to our lines and offers each to every agent who can take it: one plan for each, in their order."""
    voices = [with_parties(voice) for voice in voices]
    called, callers = {voice.called for voice in voices}, {voice.caller for voice in voices}

    batch = CallBatch(work, ((voice.sid, "") for voice in voices), should_be_new=True)
    # Two calls at once do not ring the same phones: who asks for a team's agents asks alone.
    work.lock(*locking_teams(called))
    parties = selectors.PartiesRead(work, called=called, callers=callers)
    available = work.read(presence.agents_available(called))
    past = PastCallsRead(work, [Party(voice.sid, voice.caller, line_number=voice.called) for voice in voices])
    batch.load()

    free = presence.longest_idle_first(available.rows)
    plans: list[IncomingPlan] = []
    ringing: dict[str, list[Agent]] = {}
    offers: list[CallOffer] = []
    for voice in voices:
        line, contact = parties.lines.get(voice.called), parties.contacts.get(voice.caller)
        call = call_open(batch, voice, line=line, contact=contact)
        # Twilio may ask twice for one call: those who ring already ring on.
        agents = ringing.get(call.sid) or batch.agents_rung_by(call.sid)
        if not agents and line is not None and line.is_active and not _walks(call) and not call.is_terminal:
            agents = _take(free, parties.members[line.team_id])
            offers += [new_row(CallOffer, call_id=call.sid, agent_id=agent.pk) for agent in agents]
        ringing[call.sid] = agents
        plans.append(_plan(call, line, contact, agents))

    changed = batch.settle()
    if offers:
        work.write(ending_stale([offer.agent_id for offer in offers]), _OFFER(offers))
    offered = [
        Offered(tree, [agent.pk for agent in rung], past.of(tree.root.sid))
        for tree in changed
        if (rung := ringing.get(tree.root.sid))
    ]
    work.during_commit(partial(broadcasts.after_commit, offered=offered, make_now=True))
    return _with_trees(plans, changed)


def _with_trees(plans: list[IncomingPlan], trees: Sequence[CallTree]) -> list[IncomingPlan]:
    by_sid = {tree.root.sid: tree for tree in trees}
    return [replace(plan, tree=by_sid.get(plan.call.sid)) if _walks(plan.call) else plan for plan in plans]


def _walks(call: Call) -> bool:
    """Whether what the caller meets is decided step by step: on a line with a route, and where a spam rule fits."""
    line = call.line
    if line is None or not line.is_active:
        return False
    return line.route_id is not None or spam_of(call.caller, call.stir_verstat) is not None


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
        parameters=ring_parameters(call, line, contact),
    )


def ring_parameters(call: Call, line: Line | None, contact: Contact | None) -> dict[str, str]:
    """What the browser's SDK is told with the ring, of a caller who withholds the number nothing about them. Short: all
    parameters together fit in 800 bytes."""
    # Of a call that an agent made and gave to another, whom that one called.
    party = call.caller if call.incoming else call.called
    withheld = is_withheld(party)
    name = contact.name if contact else "" if withheld else call.caller_name
    facts = {
        "call_sid": call.sid,
        "caller": "" if withheld else party[:64],
        "withheld": "true" if withheld else "",
        "called": call.called[:64] if call.incoming else "",
        "line": line.name if line else "",
        "name": name[:80],
        "place": call.place[:80],
    }
    return {key: value for key, value in facts.items() if value}


class CallRefused(Exception):
    """An outgoing call that must not be made. Its text is a sentence for the agent, in English, as it is stored."""

    def __init__(self, key: str, language: str) -> None:
        super().__init__(key)
        self.key = key
        self.language = language


NOT_ALLOWED = gettext_noop("You are not allowed to make calls. Ask your admin.")
SIGNED_OUT = gettext_noop("This phone was signed out. Sign in again, or load the page again.")


@dataclass(frozen=True, slots=True)
class OutgoingPlan:
    call: Call
    number: str
    caller_id: str
    extension: str = ""


def call_record_outgoing(work: UnitOfWork, asked: OutgoingRequest) -> OutgoingPlan | CallRefused:
    """Logs a call that a browser or a mobile app makes; says whom to dial, or why not.

    The agent is the one whom Twilio names in `From`, which comes from the token, never one named in a field.
    """
    voice = asked.voice
    batch = CallBatch.of(work, voice.sid)
    agent = caller_of(asked)
    if agent is None:
        return not_allowed(batch, asked)
    back = call_back_attempts.claimed(asked.call_back, agent=agent, by_sid=voice.sid)
    if asked.call_back and back is None:
        return call_refuse(batch, call_open(batch, voice, agent=agent), call_back_attempts.NOT_OFFERED)
    line = back.call.line if back else line_to_call_from(agent, voice.line_id)
    caller_id = line.number if line else settings.TWILIO_CALLER_ID
    try:
        # Whom to call back is what we know, not what the browser says.
        wanted = dialled(
            back.call_back_to if back else voice.called, line=line, caller_id=caller_id, role=role_of(agent)
        )
    except InvalidNumber as error:
        call = call_open(batch, voice, line=line, agent=agent)
        return call_refuse(batch, call, error.key, back)
    number = wanted.number
    known = wanted.facts.known if wanted.facts else None
    contact = known.contact if known else None
    call = call_open(batch, voice, called=number.e164, line=line, agent=agent, contact=contact)
    if not caller_id:
        return call_refuse(batch, call, outgoing_guards.NO_LINE, back)
    # Nobody who calls for help is asked about money.
    if not wanted.is_emergency and (refusal := outgoing_guards.refusal_of(number)):
        return call_refuse(batch, call, refusal, back)
    if wanted.refusals and not _overridden(asked, wanted, agent):
        return call_refuse(batch, call, wanted.refusals[0].sentence, back)
    if back is not None:
        call_back_attempts.begin(back, call, agent=agent)
    batch.settle()
    push(call)
    extension = number.extension or (known.extension if known else "")
    return OutgoingPlan(call=call, number=number.e164, caller_id=caller_id, extension=extension)


def caller_of(asked: OutgoingRequest) -> Agent | None:
    """The agent whose phone it is that calls; None when it may not, or not any more."""
    agent_id = asked.voice.agent_id if asked.voice.from_browser else None
    phone = PhoneReference.of(asked.phone)
    return agent_get_caller_by(phone) if phone and phone.agent_id == agent_id else None


def not_allowed(batch: CallBatch, asked: OutgoingRequest) -> CallRefused:
    """Of a phone of which `caller_of` knows nobody. Not shown at the agent's own desks: whoever calls there may not be
    the agent any more."""
    agent_id = asked.voice.agent_id if asked.voice.from_browser else None
    is_known = agent_id is not None and agent_get_caller(agent_id) is not None
    return call_refuse(batch, call_open(batch, asked.voice), SIGNED_OUT if is_known else NOT_ALLOWED)


def _overridden(asked: OutgoingRequest, wanted: Dialled, agent: Agent) -> bool:
    """Whether this very call was allowed against the rules. It is said on the call's time line."""
    sid = asked.voice.sid
    used = override_use(asked.override, wanted.number.e164, wanted.refusals, by=agent, call_sid=sid)
    if used is not None and used.used_at is None:
        CallEvent.objects.create(
            call_sid=sid,
            kind=CallEvent.Kind.ACTION,
            name="override",
            outcome=used.reason,
            detail={"rules": used.rules},
            agent=agent,
        )
    return used is not None


def call_refuse(batch: CallBatch, call: Call, key: str, back: Conversation | None = None) -> CallRefused:
    if back is not None and back.state == Conversation.State.BACK_OFFERED:
        # Whoever else is offered it would be refused as well: for the hour, until later. Unless others may more.
        if is_of_hours(as_text(key)):
            call_backs.postpone(back, key)
        elif key != outgoing_guards.NO_LINE and call_backs.number_of(back.call, back.team_id or 0):
            call_backs.back_to_place(back, DECLINED)
        else:
            call_backs.give_up(back, key)
    call.problem = as_text(key)
    batch.settle()
    push(call)
    # A colleague is free some time; a number that must not be called stays so.
    transaction.on_commit(lambda: broadcasts.call_problem(call, permanent=not call.is_internal), robust=True)
    return CallRefused(key, call.agent.language if call.agent else "")


def call_record_unanswered(work: UnitOfWork, voice: VoiceRequest, *, at: datetime, goes_on: bool = False) -> None:
    """Logs a call that went to the fallback: that somebody called must not be lost with the answer.

    `at` is when Twilio asked about it, which may be long ago. `goes_on`: the caller is led back to the route, where it
    is decided what becomes of the phones that were to ring.
    """
    voice = with_parties(voice)
    # What a browser asks for may be anybody's line.
    line = None if voice.from_browser else lines_by_number([voice.called]).get(voice.called)
    batch = CallBatch.of(work, voice.sid)
    known = batch.get(voice.sid)
    if known is None:
        agent = agent_get_active(voice.agent_id) if voice.agent_id else None
        # A browser's own call goes to the other party.
        contact = contact_by_number(voice.called if voice.from_browser else voice.caller)
        colleague = agent_get_active(voice.colleague_id) if voice.colleague_id else None
        call = call_open(batch, voice, line=line, contact=contact, agent=agent, colleague=colleague)
        call.start_time = at
    else:
        facts_complete(known, voice)
        known.start_time = min(known.start_time, at)
        known.error_code = voice.error_code or known.error_code
        batch.open(known)
        # Whatever was answered before is not carried out: phones that were to ring do not, and are free for others.
        batch.changed(known, dial_over=not goes_on)
    broadcasts.after_commit(trees=batch.settle())


def call_open(
    batch: CallBatch,
    voice: VoiceRequest,
    *,
    called: str = "",
    line: Line | None = None,
    agent: Agent | None = None,
    contact: Contact | None = None,
    colleague: Agent | None = None,
) -> Call:
    """The root call, made or filled in: a status callback may have come first."""
    call = batch.get(voice.sid)
    if call is None:
        call = new_row(Call, sid=voice.sid, status=CallStatus.RINGING, start_time=timezone.now())
    facts_fill(call, voice, called=called)
    relate(call, line=line, contact=contact, agent=agent or call.agent, colleague=colleague)
    batch.open(call)
    return call


def call_hang_up(*, call: Call) -> None:
    """Ends a call at Twilio. Raises `TelephonyError`."""
    leg = call
    if call.leg_end_time is not None:
        # The agent who made it has handed it over: the leg that is left.
        legs = [each for each in call.legs.all() if is_customer_of(each, call) and not each.is_terminal]
        leg = legs[-1] if legs else call
    twilio_hang_up(leg.sid)
