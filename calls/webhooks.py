"""What Twilio asks of us about calls. A view hands over; `intake` decides what to answer."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse

from calls.answering import twiml, twiml_responses
from calls.intake import batcher, problem_of, webhook_spool, webhook_take
from calls.params import Received, VoiceRequest, from_browser
from telephony.callbacks import without_userinfo
from telephony.webhooks.forms import sid_field
from telephony.webhooks.guard import Answer, twilio_webhook

logger = logging.getLogger(__name__)


def _take(kind: str, request: HttpRequest) -> Answer:
    return webhook_take(Received.from_request(request, kind))


def _promise(kind: str, request: HttpRequest) -> asyncio.Future[Any]:
    return batcher.submit(Received.from_request(request, kind))


def _failed(kind: str, request: HttpRequest, error: BaseException) -> Answer:
    """Puts the webhook aside and says something to whoever waits: on another way than the one that failed."""
    received = Received.from_request(request, kind)
    answer = _emergency(received)
    try:
        webhook_spool(received, answer=answer, problem=problem_of(error))
    except OSError:
        logger.exception("webhook lost: kind=%s call=%s", kind, sid_field(request.POST, "CallSid"))
        if answer is None:
            return HttpResponse("Not now.", status=503, content_type="text/plain")
    return answer


def _emergency(received: Received) -> str | None:
    """What can be said without knowing anything: nobody who has talked, or left a message, is asked for one."""
    kind, fields = received.kind, received.fields
    if kind in ("status", "recording-status"):
        return None
    talked = fields.get("DialCallStatus") in ("completed", "answered")
    if from_browser(received.form):
        return twiml.hang_up_twiml() if talked else twiml_responses.not_started()
    if kind == "recording" or fields.get("RecordingSid"):
        return twiml_responses.after_message()
    return twiml.hang_up_twiml() if talked else twiml_responses.when_all_fails()


@twilio_webhook(partial(_failed, "incoming"), direct=partial(_promise, "incoming"))
def voice_incoming(request: HttpRequest) -> Answer:
    return _take("incoming", request)


@twilio_webhook(partial(_failed, "outgoing"))
def voice_outgoing(request: HttpRequest) -> Answer:
    return _take("outgoing", request)


@twilio_webhook(partial(_failed, "dial-action"))
def dial_action(request: HttpRequest) -> Answer:
    return _take("dial-action", request)


@twilio_webhook(partial(_failed, "recording"))
def recording(request: HttpRequest) -> Answer:
    """The caller has left a message, or hung up instead."""
    return _take("recording", request)


@twilio_webhook(partial(_failed, "recording-status"))
def recording_status(request: HttpRequest) -> Answer:
    return _take("recording-status", request)


@twilio_webhook(partial(_failed, "status"), direct=partial(_promise, "status"))
def call_status(request: HttpRequest) -> Answer:
    return _take("status", request)


@twilio_webhook(partial(_failed, "fallback"))
def voice_fallback(request: HttpRequest) -> Answer:
    """Twilio comes here when another route of ours failed. It must work when nothing else does, and touches nothing
    but the disk."""
    received = Received.from_request(request, "fallback")
    voice = VoiceRequest.from_fields(received.fields)
    url = without_userinfo(voice.error_url)
    logger.error("fallback: call=%s error=%s url=%s", voice.sid, voice.error_code, url)
    answer = _emergency(received)
    problem = f"Twilio could not use our answer: error {voice.error_code or 'unknown'} {url}"
    webhook_spool(received, answer=answer, problem=problem.strip())
    return answer
