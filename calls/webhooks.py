"""What Twilio asks of us about calls: each kind of webhook, and what is done with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from calls.answering import twiml, twiml_responses
from calls.live import services, status_callbacks
from calls.params import (
    BELIEVED,
    DialActionRequest,
    OutgoingRequest,
    RecordingRequest,
    VoiceRequest,
    believed,
    from_browser,
)
from calls.recorder import sentences
from core.sql.unit import UnitOfWork
from telephony.webhooks.kinds import Answer, Kept, WebhookKind
from telephony.webhooks.received import Received


def _incoming(work: UnitOfWork, batch: Sequence[Received]) -> list[Kept]:
    voices = [VoiceRequest.from_fields(received.fields) for received in batch]
    plans = iter(services.calls_record_incoming(work, [voice for voice in voices if _is_caller(voice)]))
    return [
        Kept(twiml_responses.to_caller(next(plans)) if _is_caller(voice) else _to_no_caller(voice)) for voice in voices
    ]


def _is_caller(voice: VoiceRequest) -> bool:
    return bool(voice.sid) and not voice.from_browser


def _to_no_caller(voice: VoiceRequest) -> str:
    """A phone of ours asks at `outgoing`. One that gets here would choose by `To` whose phones ring."""
    return twiml_responses.not_started() if voice.from_browser else twiml_responses.apology()


def _outgoing(work: UnitOfWork, received: Received) -> Answer:
    asked = OutgoingRequest.from_fields(received.fields)
    if not asked.voice.sid:
        return twiml_responses.not_started()
    return twiml_responses.to_agent(services.call_record_outgoing(work, asked))


def _dial_action(work: UnitOfWork, received: Received) -> Answer:
    action = DialActionRequest.from_fields(received.fields)
    return twiml_responses.after_dial(action, status_callbacks.dial_action_apply(work, action))


def _recording(work: UnitOfWork, received: Received) -> Answer:
    """The caller has left a message, or hung up instead."""
    return twiml_responses.after_message(
        status_callbacks.recording_store(work, RecordingRequest.from_fields(received.fields))
    )


def _recording_status(work: UnitOfWork, received: Received) -> Answer:
    status_callbacks.recording_store(work, RecordingRequest.from_fields(received.fields))
    return None


def _unanswered(work: UnitOfWork, received: Received) -> Answer:
    """What came to the fallback, or a first request that is taken up too late to answer: the call is logged."""
    fields = received.fields
    voice = VoiceRequest.from_fields(fields)
    if not voice.sid:
        return None
    services.call_record_unanswered(work, voice, at=received.received_at)
    # It comes with what the route that failed would have been told.
    if "RecordingSid" in fields:
        work.flush()
        _recording_status(work, received)
    if "DialCallStatus" in fields:
        work.flush()
        status_callbacks.dial_action_apply(work, DialActionRequest.from_fields(fields))
    return None


def _emergency(received: Received) -> Answer:
    """What can be said without knowing anything: nobody who has talked, or left a message, is asked for one."""
    fields = received.fields
    talked = fields.get("DialCallStatus") in ("completed", "answered")
    if from_browser(received.form):
        return twiml.hang_up_twiml() if talked else twiml_responses.not_started()
    if fields.get("RecordingSid"):
        return twiml_responses.after_message()
    return twiml.hang_up_twiml() if talked else twiml_responses.when_all_fails()


def _after_message(received: Received) -> Answer:
    return _emergency(received) if from_browser(received.form) else twiml_responses.after_message()


def _nothing(received: Received) -> Answer:
    return None


def _posted(name: str, **parts: Any) -> WebhookKind:
    """A kind that Twilio posts: its name is its path, and the key of what may be believed of it."""
    return WebhookKind(name=name, path=f"voice/{name}/", believed=partial(believed, BELIEVED[name]), **parts)


# Not posted by anybody: what the REST API told us (`calls.reconcile`).
RECONCILE = WebhookKind(
    name="reconcile",
    believed=partial(believed, BELIEVED["reconcile"]),
    work_on_many=status_callbacks.status_callbacks_apply,
    is_waited_for=False,
    emergency=_nothing,
    said=sentences.reconcile,
)
KINDS = (
    _posted(
        "incoming",
        url_name="calls:voice-incoming",
        work_on_many=_incoming,
        work_late=_unanswered,
        emergency=_emergency,
        said=sentences.incoming,
    ),
    _posted(
        "outgoing",
        url_name="calls:voice-outgoing",
        work=_outgoing,
        work_late=_unanswered,
        emergency=_emergency,
        said=sentences.outgoing,
    ),
    _posted(
        "dial-action",
        url_name="calls:dial-action",
        work=_dial_action,
        emergency=_emergency,
        said=sentences.dial_action,
    ),
    _posted(
        "status",
        url_name="calls:status",
        work_on_many=status_callbacks.status_callbacks_apply,
        is_waited_for=False,
        emergency=_nothing,
        said=sentences.status,
    ),
    _posted(
        "recording",
        url_name="calls:recording",
        work=_recording,
        emergency=_after_message,
        said=sentences.recording,
    ),
    _posted(
        "recording-status",
        url_name="calls:recording-status",
        work=_recording_status,
        is_waited_for=False,
        emergency=_nothing,
        said=sentences.recording_status,
    ),
    _posted(
        "fallback",
        url_name="calls:voice-fallback",
        work=_unanswered,
        is_last_resort=True,
        emergency=_emergency,
        said=sentences.fallback,
    ),
    RECONCILE,
)
