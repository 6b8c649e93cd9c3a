"""What a caller, or an agent who calls, is answered: what was decided, put into TwiML with our own addresses."""

from __future__ import annotations

from django.conf import settings

from calls.answering import twiml
from calls.live.services import CallRefused, IncomingPlan, OutgoingPlan
from calls.models import Call
from calls.params import DialActionRequest
from telephony.callbacks import callback_url

# How long an agent waits for a number to answer. Twilio adds five seconds.
_DIAL_SECONDS = 40


def to_caller(plan: IncomingPlan) -> str:
    if not plan.identities:
        return _nobody(plan.call)
    return twiml.ring_agents_twiml(
        identities=plan.identities,
        parameters=plan.parameters,
        timeout=plan.line.ring_seconds if plan.line else 20,
        action_url=callback_url("calls:dial-action"),
        status_url=callback_url("calls:status"),
    )


def _nobody(call: Call) -> str:
    line = call.line
    if line is None or not line.takes_voicemail:
        return twiml.apology_twiml()
    return twiml.voicemail_twiml(
        line_name=line.name,
        action_url=callback_url("calls:recording"),
        status_url=callback_url("calls:recording-status"),
    )


def to_agent(plan: OutgoingPlan | CallRefused) -> str:
    if isinstance(plan, CallRefused):
        return twiml.say_and_hang_up_twiml(str(plan))
    return twiml.dial_number_twiml(
        number=plan.number,
        extension=plan.extension,
        caller_id=plan.caller_id,
        timeout=_DIAL_SECONDS,
        action_url=callback_url("calls:dial-action"),
        status_url=callback_url("calls:status"),
    )


def after_dial(action: DialActionRequest, call: Call | None) -> str:
    if action.dial_call_status in ("completed", "answered"):
        return twiml.hang_up_twiml()
    if call is None:
        return twiml.apology_twiml()
    if not call.incoming:
        return twiml.say_and_hang_up_twiml(call.problem or "The call ended.")
    return _nobody(call)


def after_message() -> str:
    return twiml.say_and_hang_up_twiml("Thank you. We will call you back. Goodbye.")


def not_started() -> str:
    """To an agent, when something of ours failed: a sentence, never a third party's telephone."""
    return twiml.say_and_hang_up_twiml("The call could not be started. Please try again.")


def when_all_fails() -> str:
    """To a caller: on to a person, or a message. Needs neither database nor cache nor broker."""
    return twiml.fallback_twiml(
        fallback_number=settings.TWILIO_FALLBACK_NUMBER,
        caller_id=settings.TWILIO_CALLER_ID,
        action_url=callback_url("calls:recording"),
        status_url=callback_url("calls:recording-status"),
    )
