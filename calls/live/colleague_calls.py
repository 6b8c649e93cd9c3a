"""Calls within the house: an agent's phone calls a colleague's (docs/decisions/0022).

The call is an outgoing one of the agent's, and an offer to the colleague. So the index that lets nobody have two offers
decides here as well, and the queue gets neither of them meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from agents.selectors import agents_answering
from calls.live import broadcasts, presence
from calls.live.call_batch import CallBatch
from calls.live.colleagues import RINGS, why_not
from calls.live.free_agents import free_agents
from calls.live.locks import locking_offers
from calls.live.offers import offers_make
from calls.live.push_queue import Offered
from calls.live.services import CallRefused, call_open, call_refuse, caller_of, not_allowed
from calls.live.status_callbacks import push
from calls.models import Call, CallOffer
from core.sql.statements import fetch

if TYPE_CHECKING:
    from agents.models import Agent
    from calls.params import OutgoingRequest
    from core.sql.unit import UnitOfWork

_NOBODY = _("There is no such colleague who could be called.")
_IN_ANOTHER = _("You are in another call. End it first.")
_NOT_STARTED = _("The call could not be started. Please try again.")
_ATTEMPT = 1


@dataclass(frozen=True, slots=True)
class ColleaguePlan:
    """Whose phone is to ring, as what it is told of."""

    call: Call
    identity: str
    caller_id: str
    parameters: dict[str, str]


def call_record_internal(work: UnitOfWork, asked: OutgoingRequest) -> ColleaguePlan | CallRefused:
    """Logs a call to a colleague, whose phone is offered it; says whom to ring, or why not.

    Who calls is the agent whom Twilio names in `From`, as of any call that a browser or an app makes. No number is
    called: neither lines nor money nor countries are asked about.
    """
    voice = asked.voice
    batch = CallBatch.of(work, voice.sid)
    agent = caller_of(asked)
    if agent is None:
        return not_allowed(batch, asked)
    colleague = agents_answering().filter(pk=voice.colleague_id or 0).first()
    call = call_open(batch, voice, agent=agent, colleague=colleague)
    if colleague is None:
        return call_refuse(batch, call, _NOBODY)
    rung = [one.pk for one in batch.agents_rung_by(call.sid)]
    if not rung:
        # From here on nobody else is offered anything, so that whoever is found free stays so.
        fetch(*locking_offers())
        if call.is_terminal or CallOffer.objects.filter(call=call.sid).exists():
            # Twilio asks again, and what was offered is over: one call rings nobody twice.
            batch.settle()
            return CallRefused(call.problem or _NOT_STARTED, agent.language)
        if why := _offer(call, agent, colleague):
            return call_refuse(batch, call, why)
        call.problem = ""
    trees = batch.settle()
    if rung:
        # Twilio asks again: the phone rings on.
        push(call)
    else:
        broadcasts.after_commit(trees=trees, offered=[Offered(trees[0], [colleague.pk], [])])
    return ColleaguePlan(
        call=call,
        identity=colleague.identity,
        # Of a call to a client, Twilio shows a client; a number would be a caller from outside.
        caller_id=call.caller,
        # As `ring_parameters` of a caller.
        parameters={"call_sid": call.sid, "caller": call.caller, "name": agent.name[:80]},
    )


def _offer(call: Call, agent: Agent, colleague: Agent) -> str:
    """Why it cannot be made, as a sentence in English; "" when the phone is to ring now."""
    (now,) = presence.presence_of({colleague.pk})
    if why := why_not(now, agent):
        return why
    if any(sid != call.sid and mine == "active" for sid, mine in presence.sids_at(agent.pk).items()):
        return _IN_ANOTHER
    if colleague.pk not in free_agents((), [colleague.pk]).by_id:
        return RINGS
    made = offers_make(call.sid, [colleague.pk], attempt=_ATTEMPT, rung_at=timezone.now())
    return "" if made else RINGS
