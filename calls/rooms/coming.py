"""A supervisor's own browser comes into the call that it was noted for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from agents.selectors import agent_get_caller, agent_get_caller_by
from calls.live.services import NOT_ALLOWED, SIGNED_OUT, CallRefused
from calls.models import Call, CallStatus, Direction, Participant
from calls.permissions import call_may_be_supervised
from calls.rooms.inside import Inside
from calls.rooms.lifting import OVER
from calls.rooms.supervisors import coaches
from core.sql.statements import new_row, relate
from core.sql.unit import UnitOfWork
from telephony.phone_reference import PhoneReference

if TYPE_CHECKING:
    from agents.models import Agent
    from calls.params import OutgoingRequest, VoiceRequest

_NOT_ASKED = _("You did not ask to come into this call. Try again from the board.")
_IN_ALREADY = _("You are in this call already.")


def supervisor_comes(work: UnitOfWork, asked: OutgoingRequest) -> tuple[Inside, Participant] | CallRefused:
    """Who it is in the room. The agent is the one whom Twilio names in `From`, whatever else the request says."""
    voice = asked.voice
    agent_id = voice.agent_id if voice.from_browser else None
    phone = PhoneReference.of(asked.phone)
    agent = agent_get_caller_by(phone) if phone and phone.agent_id == agent_id else None
    if agent is None:
        return CallRefused(SIGNED_OUT if agent_id and agent_get_caller(agent_id) else NOT_ALLOWED, "")
    inside = Inside(asked.supervise or "", work)
    one = inside.of_agent(agent) if inside.root is not None else None
    if inside.root is None or not call_may_be_supervised(inside.root, by=agent):
        return CallRefused(NOT_ALLOWED, agent.language)
    if inside.root.is_terminal or not inside.is_living:
        return CallRefused(OVER, agent.language)
    if one is None or not one.is_supervisor or not one.wanted_in:
        return CallRefused(_NOT_ASKED, agent.language)
    if one.leg_sid not in ("", voice.sid):
        return CallRefused(_IN_ALREADY, agent.language)
    _comes(inside, one, agent, voice)
    return inside, one


def _comes(inside: Inside, one: Participant, agent: Agent, voice: VoiceRequest) -> None:
    """A leg of the call that is supervised, and no call of its own: it is in no list, and keeps the agent busy."""
    one.leg_sid = voice.sid
    # Who was to hear it may have left meanwhile, or gone on at another place.
    coaches(inside, one, follows=True)
    inside.changed(one)
    if inside.batch.get(voice.sid) is None:
        now = timezone.now()
        leg = new_row(
            Call,
            sid=voice.sid,
            parent_id=inside.the_root.sid,
            account_sid=voice.account_sid,
            caller=voice.caller,
            direction=Direction.INBOUND,
            status=CallStatus.IN_PROGRESS,
            start_time=now,
            answer_time=now,
        )
        relate(leg, agent=agent)
        inside.batch.open(leg)
    inside.finish()
