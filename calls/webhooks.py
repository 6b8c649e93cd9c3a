"""What Twilio asks of us about calls. A view translates; `services` and `tracking` decide; `twiml` speaks."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from twilio.twiml.voice_response import VoiceResponse

from calls import services, tracking, twiml
from calls.models import Call
from calls.params import DialActionRequest, RecordingRequest, StatusCallbackRequest, VoiceRequest
from telephony.callbacks import callback_url
from telephony.webhooks import twilio_webhook

logger = logging.getLogger(__name__)

# How long an agent waits for a number to answer. Twilio adds five seconds.
_DIAL_SECONDS = 40


def _fallback(request: HttpRequest) -> VoiceResponse:
    """TwiML for when everything else failed: needs neither database nor cache."""
    return twiml.fallback_twiml(fallback_number=settings.TWILIO_FALLBACK_NUMBER, caller_id=settings.TWILIO_CALLER_ID)


def _agent_fallback(request: HttpRequest) -> VoiceResponse:
    """The same for a call that an agent makes: a sentence, never a third party's telephone."""
    return twiml.say_and_hang_up_twiml("The call could not be started. Please try again.")


def _store(request: HttpRequest, kind: str) -> None:
    tracking.callback_store(
        kind=kind, form=request.POST, idempotency_token=request.headers.get("I-Twilio-Idempotency-Token", "")
    )


@twilio_webhook(_fallback)
def voice_incoming(request: HttpRequest) -> VoiceResponse:
    _store(request, "incoming")
    voice = VoiceRequest.from_post(request.POST)
    if not voice.sid:
        return twiml.apology_twiml()
    plan = services.call_record_incoming(voice)
    if not plan.identities:
        return _no_answer_twiml(plan.call)
    return twiml.ring_agents_twiml(
        identities=plan.identities,
        parameters=plan.parameters,
        timeout=plan.line.ring_seconds if plan.line else 20,
        action_url=callback_url("calls:dial-action"),
        status_url=callback_url("calls:status"),
    )


def _no_answer_twiml(call: Call) -> VoiceResponse:
    line = call.line
    if line is None or not line.takes_voicemail:
        return twiml.apology_twiml()
    return twiml.voicemail_twiml(
        line_name=line.name,
        action_url=callback_url("calls:recording"),
        status_url=callback_url("calls:recording-status"),
    )


@twilio_webhook(_agent_fallback)
def voice_outgoing(request: HttpRequest) -> VoiceResponse:
    _store(request, "outgoing")
    voice = VoiceRequest.from_post(request.POST)
    if not voice.sid:
        return twiml.say_and_hang_up_twiml("The call could not be started. Please try again.")
    plan = services.call_record_outgoing(voice)
    if isinstance(plan, services.CallRefused):
        return twiml.say_and_hang_up_twiml(str(plan))
    return twiml.dial_number_twiml(
        number=plan.number,
        caller_id=plan.caller_id,
        timeout=_DIAL_SECONDS,
        action_url=callback_url("calls:dial-action"),
        status_url=callback_url("calls:status"),
    )


@twilio_webhook(_fallback)
def dial_action(request: HttpRequest) -> VoiceResponse:
    _store(request, "dial-action")
    action = DialActionRequest.from_post(request.POST)
    call = tracking.dial_action_apply(action)
    if action.dial_call_status in ("completed", "answered"):
        return twiml.hang_up_twiml()
    if call is None:
        return twiml.apology_twiml()
    if not call.incoming:
        return twiml.say_and_hang_up_twiml(call.problem or "The call ended.")
    return _no_answer_twiml(call)


@twilio_webhook(_fallback)
def recording(request: HttpRequest) -> VoiceResponse:
    """The caller has left a message, or hung up instead."""
    _store(request, "recording")
    tracking.recording_store(RecordingRequest.from_post(request.POST))
    return twiml.say_and_hang_up_twiml("Thank you. We will call you back. Goodbye.")


@twilio_webhook()
def recording_status(request: HttpRequest) -> HttpResponse:
    _store(request, "recording-status")
    tracking.recording_store(RecordingRequest.from_post(request.POST))
    return HttpResponse(status=204)


@twilio_webhook()
def call_status(request: HttpRequest) -> HttpResponse:
    stored = tracking.callback_store(
        kind="status",
        form=request.POST,
        idempotency_token=request.headers.get("I-Twilio-Idempotency-Token", ""),
    )
    tracking.call_apply_status(stored, StatusCallbackRequest.from_post(request.POST))
    return HttpResponse(status=204)


@twilio_webhook(_fallback)
def voice_fallback(request: HttpRequest) -> VoiceResponse:
    """Twilio comes here when another route of ours failed. It must work when nothing else does."""
    voice = VoiceRequest.from_post(request.POST)
    logger.error("fallback: call=%s error=%s url=%s", voice.sid, voice.error_code, voice.error_url)
    try:
        _store(request, "fallback")
    except DatabaseError:
        logger.exception("fallback could not be recorded: call=%s", voice.sid)
    return _agent_fallback(request) if voice.caller.startswith("client:") else _fallback(request)
