"""What a caller, or an agent who calls, is answered: what was decided, put into TwiML with our own addresses."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_noop

from calls.answering import twiml
from calls.answering.prompts import asks_for_message, said
from calls.live.colleague_calls import ColleaguePlan
from calls.live.services import CallRefused, IncomingPlan, OutgoingPlan
from calls.models import Call
from calls.params import DialActionRequest
from telephony.callbacks import callback_url

# How long an agent waits for a number to answer, and for a colleague. Twilio adds five seconds.
_DIAL_SECONDS, _COLLEAGUE_SECONDS = 40, 30


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
        return apology(line.language if line else "")
    return _voicemail(line.name, line.language)


def _voicemail(line_name: str, language: str) -> str:
    return twiml.voicemail_twiml(
        greeting=asks_for_message(line_name, language),
        nothing_heard=said(gettext_noop("We did not hear a message. Goodbye."), language),
        action_url=callback_url("calls:recording"),
        status_url=callback_url("calls:recording-status"),
    )


def apology(language: str = "") -> str:
    """When nobody can answer and no message is taken."""
    sentence = gettext_noop("Nobody can take your call right now. Please call again later. Goodbye.")
    return twiml.say_and_hang_up_twiml(said(sentence, language))


def to_agent(plan: OutgoingPlan | CallRefused) -> str:
    if isinstance(plan, CallRefused):
        return twiml.say_and_hang_up_twiml(said(plan.key, plan.language))
    return twiml.dial_number_twiml(
        number=plan.number,
        extension=plan.extension,
        caller_id=plan.caller_id,
        timeout=_DIAL_SECONDS,
        action_url=callback_url("calls:dial-action"),
        status_url=callback_url("calls:status"),
    )


def to_colleague(plan: ColleaguePlan | CallRefused) -> str:
    """To an agent who calls a colleague."""
    if isinstance(plan, CallRefused):
        return to_agent(plan)
    return twiml.ring_colleague_twiml(
        identity=plan.identity,
        caller_id=plan.caller_id,
        parameters=plan.parameters,
        timeout=_COLLEAGUE_SECONDS,
        action_url=callback_url("calls:dial-action"),
        status_url=f"{callback_url('calls:colleague-status')}?call={plan.call.sid}",
    )


def after_dial(action: DialActionRequest, call: Call | None) -> str:
    if action.dial_call_status in ("completed", "answered"):
        return twiml.hang_up_twiml()
    if call is None:
        return apology()
    if not call.incoming:
        language = call.agent.language if call.agent else ""
        return twiml.say_and_hang_up_twiml(said(call.problem or gettext_noop("The call ended."), language))
    return _nobody(call)


def after_message(call: Call | None = None) -> str:
    language = call.line.language if call is not None and call.line else ""
    return twiml.say_and_hang_up_twiml(said(gettext_noop("Thank you. We will call you back. Goodbye."), language))


def not_started() -> str:
    """To an agent, when something of ours failed: a sentence, never a third party's telephone. In the desk's own
    language, as all that is said when nothing is known: whose it is would have to be asked of the database."""
    return twiml.say_and_hang_up_twiml(said(gettext_noop("The call could not be started. Please try again."), ""))


def when_all_fails() -> str:
    """To a caller: on to a person, or a message. Needs neither database nor cache nor broker."""
    if not settings.TWILIO_FALLBACK_NUMBER:
        return _voicemail("", "")
    return twiml.connect_twiml(
        number=settings.TWILIO_FALLBACK_NUMBER,
        caller_id=settings.TWILIO_CALLER_ID,
        before=said(gettext_noop("One moment please. We are connecting you."), ""),
        nobody=said(gettext_noop("Nobody could answer. Please call again later. Goodbye."), ""),
    )
