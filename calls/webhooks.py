"""What Twilio asks of us about calls: each kind of webhook, what is done with it, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from calls import emergencies
from calls.answering import twiml_responses
from calls.live import colleague_calls, conversations, services, status_callbacks
from calls.models import Call
from calls.params import (
    CALLER_FIELDS,
    COMES_FIELDS,
    MESSAGE_FIELDS,
    PROGRESS_FIELDS,
    Believed,
    DialActionRequest,
    OutgoingRequest,
    RecordingRequest,
    VoiceRequest,
)
from calls.recorder.sentences import after_a_colon, status_words
from calls.room_webhooks import ROOM_KINDS, after_dial, supervisor_answer, to_mover
from calls.route_webhooks import ROUTE_KINDS, answer_to
from core.sql.unit import UnitOfWork
from core.text import in_sentence
from telephony.models import Webhook
from telephony.webhooks.forms import PHONE_FIELD
from telephony.webhooks.kinds import Answer, Kept, WebhookKind
from telephony.webhooks.received import Received


def _incoming(work: UnitOfWork, batch: Sequence[Received]) -> list[Kept]:
    voices = [VoiceRequest.from_fields(received.fields) for received in batch]
    plans = services.calls_record_incoming(work, [voice for voice in voices if _is_caller(voice)])
    if any(plan.tree for plan in plans):
        # What is met on a route is looked up, and refers to calls that are there.
        work.flush()
    answers = iter([_to_caller(plan) for plan in plans])
    return [Kept(next(answers) if _is_caller(voice) else _to_no_caller(voice)) for voice in voices]


def _to_caller(plan: services.IncomingPlan) -> Answer:
    if plan.tree is None:
        return twiml_responses.to_caller(plan)
    return answer_to(conversations.begin(plan.call, plan.tree))


def _is_caller(voice: VoiceRequest) -> bool:
    return bool(voice.sid) and not voice.from_browser


def _to_no_caller(voice: VoiceRequest) -> str:
    """A phone of ours asks at `outgoing`. One that gets here would choose by `To` whose phones ring."""
    return twiml_responses.not_started() if voice.from_browser else twiml_responses.apology()


def _outgoing(work: UnitOfWork, received: Received) -> Answer:
    asked = OutgoingRequest.from_fields(received.fields)
    if not asked.voice.sid:
        return twiml_responses.not_started()
    if asked.supervise is not None:
        return supervisor_answer(work, asked)
    if asked.move:
        return to_mover(work, asked)
    if asked.voice.colleague_id is not None and not asked.call_back:
        return twiml_responses.to_colleague(colleague_calls.call_record_internal(work, asked))
    return twiml_responses.to_agent(services.call_record_outgoing(work, asked))


def _dial_action(work: UnitOfWork, received: Received) -> Answer:
    action = DialActionRequest.from_fields(received.fields)
    if (answer := after_dial(work, action)) is not None:
        return answer
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
    if not voice.sid or any(name in fields for name in COMES_FIELDS):
        # Whose browser comes into a call makes none of its own.
        return None
    is_led_back = received.kind.name == "fallback" and emergencies.failed_on_route(received) is not None
    services.call_record_unanswered(work, voice, at=received.received_at, goes_on=is_led_back)
    if is_led_back:
        return None
    work.flush()
    conversations.lost(work, voice.sid)
    # It comes with what the route that failed would have been told.
    if "RecordingSid" in fields:
        work.flush()
        _recording_status(work, received)
    if "DialCallStatus" in fields:
        work.flush()
        status_callbacks.dial_action_apply(work, DialActionRequest.from_fields(fields))
    return None


# --- What each is on the time line ------------------------------------------------------------------------------------

_DIAL_OVER = {
    "completed": _("The conversation ended"),
    "answered": _("The conversation ended"),
    "busy": _("The line was busy"),
    "no-answer": _("Nobody answered"),
    "failed": _("The call could not be connected"),
    "canceled": _("The caller hung up before anybody answered"),
}
_RINGING_ENDED = _("Ringing ended")
_ABOUT_MESSAGE = _("Twilio told us about the caller's message")
_RECORDING = {
    "in-progress": _("Twilio began to record a message"),
    "completed": _("The caller's message can be heard"),
    "absent": _("The caller left no message"),
    "failed": _("The caller's message could not be recorded"),
}


def _param(row: Webhook, name: str) -> str:
    return str(row.params.get(name, "")) if isinstance(row.params, dict) else ""


def _incoming_said(row: Webhook, **more: Any) -> str:
    return gettext("Twilio asked what to do with the call")


def _outgoing_said(row: Webhook, *, leg: Call, **more: Any) -> str:
    if leg.agent is None:
        return gettext("Twilio asked what to do with a call that a browser makes")
    return gettext("Twilio asked what to do with the call that %(name)s makes") % {"name": in_sentence(leg.agent.name)}


def _status_said(row: Webhook, *, leg: Call, is_root: bool) -> str:
    return status_words(row.status, leg=leg, is_root=is_root)


def _dial_action_said(row: Webhook, **more: Any) -> str:
    end = gettext(_DIAL_OVER.get(_param(row, "DialCallStatus"), _RINGING_ENDED))
    return gettext("%(what)s, and Twilio asked what to do next") % {"what": end}


def _recording_said(row: Webhook, **more: Any) -> str:
    return gettext("The caller's message ended, and Twilio asked what to do next")


def _recording_status_said(row: Webhook, **more: Any) -> str:
    return gettext(_RECORDING.get(_param(row, "RecordingStatus"), _ABOUT_MESSAGE))


def _fallback_said(row: Webhook, **more: Any) -> str:
    return gettext("Twilio could not use an answer of ours and asked for the emergency one")


def _reconcile_said(row: Webhook, *, leg: Call, is_root: bool) -> str:
    state = after_a_colon(status_words(row.status, leg=leg, is_root=is_root))
    return gettext("We asked Twilio about the call, because it was silent for long: %(what)s") % {"what": state}


# --- The kinds --------------------------------------------------------------------------------------------------------


def _posted(name: str, **parts: Any) -> WebhookKind:
    """A kind that Twilio posts: its name is its path."""
    return WebhookKind(name=name, path=f"voice/{name}/", **parts)


# Not posted by anybody: what the REST API told us (`calls.reconcile`).
RECONCILE = WebhookKind(
    name="reconcile",
    believed=Believed(of_all=("ParentCallSid", "DateCreated", *PROGRESS_FIELDS)),
    work_on_many=status_callbacks.status_callbacks_apply,
    is_waited_for=False,
    emergency=emergencies.nothing,
    said=_reconcile_said,
)
KINDS = (
    _posted(
        "incoming",
        url_name="calls:voice-incoming",
        believed=Believed(only_of_others=CALLER_FIELDS),
        work_on_many=_incoming,
        work_late=_unanswered,
        emergency=emergencies.to_party,
        said=_incoming_said,
    ),
    _posted(
        "outgoing",
        url_name="calls:voice-outgoing",
        believed=Believed(of_all=("LineId", PHONE_FIELD, "Override", "CallBack", *COMES_FIELDS)),
        work=_outgoing,
        work_late=_unanswered,
        emergency=emergencies.to_party,
        said=_outgoing_said,
    ),
    _posted(
        "dial-action",
        url_name="calls:dial-action",
        # The last two only choose among sentences for the agent who made the call.
        believed=Believed(of_all=("DialCallStatus", "DialCallSid", "ErrorCode"), only_of_others=("DialCallDuration",)),
        work=_dial_action,
        emergency=emergencies.after_dial,
        said=_dial_action_said,
    ),
    _posted(
        "status",
        url_name="calls:status",
        believed=Believed(
            of_all=(*PROGRESS_FIELDS, *COMES_FIELDS), only_of_others=("ParentCallSid", "ErrorCode", *CALLER_FIELDS)
        ),
        work_on_many=status_callbacks.status_callbacks_apply,
        is_waited_for=False,
        emergency=emergencies.nothing,
        said=_status_said,
    ),
    _posted(
        "colleague-status",
        url_name="calls:colleague-status",
        # Their `From` is a phone of ours. Which call they belong to our own address says, and nothing that was posted.
        believed=Believed(of_all=("ParentCallSid", *PROGRESS_FIELDS), only_of_others=("ErrorCode",)),
        in_query={"call": "ParentCallSid"},
        work_on_many=status_callbacks.status_callbacks_apply,
        is_waited_for=False,
        emergency=emergencies.nothing,
        said=_status_said,
    ),
    _posted(
        "recording",
        url_name="calls:recording",
        believed=Believed(only_of_others=MESSAGE_FIELDS),
        work=_recording,
        emergency=emergencies.after_message,
        said=_recording_said,
    ),
    _posted(
        "recording-status",
        url_name="calls:recording-status",
        believed=Believed(only_of_others=MESSAGE_FIELDS),
        work=_recording_status,
        is_waited_for=False,
        emergency=emergencies.nothing,
        said=_recording_status_said,
    ),
    _posted(
        "fallback",
        url_name="calls:voice-fallback",
        believed=Believed(
            of_all=("ErrorCode", "ErrorUrl", *COMES_FIELDS),
            only_of_others=("DialCallStatus", "DialBridged", *CALLER_FIELDS, *MESSAGE_FIELDS),
        ),
        work=_unanswered,
        is_last_resort=True,
        emergency=emergencies.of_fallback,
        said=_fallback_said,
    ),
    RECONCILE,
    *ROUTE_KINDS,
    *ROOM_KINDS,
)
