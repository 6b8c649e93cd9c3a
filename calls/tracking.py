"""Following what Twilio tells of calls: every callback is kept, then applied, and the desks hear of it.

Each change is one transaction; what it means for open desks is pushed after its commit.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from agents.selectors import agent_get_active
from calls import broadcasts, selectors
from calls.family import settle
from calls.models import STATUS_RANK, TERMINAL, Call, CallStatus, Direction, Recording, Webhook
from calls.params import DialActionRequest, RecordingRequest, StatusCallbackRequest, VoiceRequest, raw_params
from contacts.selectors import contact_by_number
from telephony.identity import agent_id_from

logger = logging.getLogger(__name__)


def callback_store(*, kind: str, form: QueryDict, idempotency_token: str = "") -> Webhook:
    """Keeps what Twilio sent, before anything is done with it."""
    params = raw_params(form)
    voice = VoiceRequest.from_post(form)
    status = StatusCallbackRequest.from_post(form)
    return Webhook.objects.create(
        call_sid=voice.sid,
        kind=kind,
        call_status=voice.status,
        sequence_number=status.sequence_number,
        params=params,
        idempotency_token=idempotency_token[:128],
    )


def call_apply_status(stored: Webhook, callback: StatusCallbackRequest) -> None:
    """Applies a status callback, however late, doubled or out of order it is.

    A status only moves forward and a terminal one stays. Times are facts of their own: a late `in-progress` still
    says when the call was answered.
    """
    voice = callback.voice
    if not voice.sid or voice.status not in STATUS_RANK:
        logger.warning("status callback unusable: call=%s status=%s", voice.sid or "?", voice.status)
        _verdict(stored, Webhook.Verdict.UNUSABLE)
        return
    with transaction.atomic():
        call, created = Call.objects.select_for_update().get_or_create(
            sid=voice.sid, defaults=_facts_of_unknown(callback)
        )
        seen = (
            not created
            and Webhook.objects.filter(
                kind=stored.kind,
                call_sid=voice.sid,
                call_status=voice.status,
                sequence_number=callback.sequence_number,
                pk__lt=stored.pk,
            ).exists()
        )
        forward = created or STATUS_RANK[voice.status] > STATUS_RANK[call.status]
        if seen and not forward:
            _verdict(stored, Webhook.Verdict.DUPLICATE)
            return
        if forward:
            call.status = voice.status
            call.sequence_number = (
                callback.sequence_number if callback.sequence_number is not None else call.sequence_number
            )
        else:
            _verdict(stored, Webhook.Verdict.LATE)
        _fill_times(call, callback)
        call.save()
        _family_changed(call)


def _facts_of_unknown(callback: StatusCallbackRequest) -> dict[str, object]:
    """What a callback tells of a leg that was not known: one made by <Dial>, or one whose first request was lost."""
    voice = callback.voice
    incoming = not voice.parent_call_sid and not voice.caller.startswith("client:")
    contact = None if voice.parent_call_sid else contact_by_number(voice.caller if incoming else voice.called)
    return {
        "parent_id": voice.parent_call_sid or None,
        "account_sid": voice.account_sid,
        "direction": voice.direction if voice.direction in Direction.values else Direction.INBOUND,
        "caller": voice.caller,
        "called": voice.called,
        "status": voice.status,
        "start_time": callback.timestamp or timezone.now(),
        "agent_id": _agent_id_at(voice),
        "line": selectors.line_by_number(voice.called if incoming else voice.caller),
        "contact_id": contact.pk if contact else None,
        "caller_name": voice.caller_name,
        "city": voice.city,
        "state": voice.state,
        "country": voice.country,
    }


def _agent_id_at(voice: VoiceRequest) -> int | None:
    """Whose browser is at the end of this leg."""
    agent_id = agent_id_from(voice.called) or agent_id_from(voice.caller)
    agent = agent_get_active(agent_id) if agent_id else None
    return agent.pk if agent else None


def _fill_times(call: Call, callback: StatusCallbackRequest) -> None:
    status, time = callback.voice.status, callback.timestamp or timezone.now()
    if status == CallStatus.INITIATED and callback.timestamp:
        call.start_time = min(call.start_time, time)
    elif status == CallStatus.IN_PROGRESS:
        call.answer_time = time
    elif status in TERMINAL and (call.end_time is None or status == call.status):
        call.end_time = time
        call.sip_response_code = callback.sip_response_code or call.sip_response_code
        if callback.duration is not None:
            call.duration = callback.duration
        if status == CallStatus.COMPLETED and call.answer_time is None and callback.duration is not None:
            call.answer_time = time - timedelta(seconds=callback.duration)


def dial_action_apply(action: DialActionRequest) -> Call | None:
    """Notes that a <Dial> is over; its offers ring no more."""
    with transaction.atomic():
        call = Call.objects.select_for_update().filter(pk=action.voice.sid).first()
        if call is None:
            return None
        if action.voice.status in TERMINAL and STATUS_RANK[action.voice.status] > STATUS_RANK[call.status]:
            call.status = action.voice.status
            call.end_time = call.end_time or timezone.now()
        if call.caller.startswith("client:") and not call.problem:
            call.problem = _PROBLEMS.get(action.dial_call_status, "") if action.voice.status not in TERMINAL else ""
        call.save()
        _family_changed(call, dial_over=True)
        if call.problem:
            permanent = action.dial_call_status == "failed"
            transaction.on_commit(lambda: broadcasts.call_problem(call.sid, permanent=permanent), robust=True)
    return call


_PROBLEMS = {
    "busy": "The line is busy.",
    "no-answer": "Nobody answered.",
    "failed": "This number cannot be reached. Check it and try again.",
}


def recording_store(request: RecordingRequest) -> None:
    """A caller's message. What it is told of twice is kept once."""
    if not request.recording_sid or not request.voice.sid:
        logger.warning("recording callback unusable: call=%s", request.voice.sid or "?")
        return
    with transaction.atomic():
        values: dict[str, object] = {"call_id": request.voice.sid}
        if request.url.startswith(("https://", "http://")):
            values["url"] = request.url
        if request.status:
            values["status"] = request.status
        if request.duration is not None:
            values["duration"] = request.duration
        Recording.objects.update_or_create(sid=request.recording_sid, defaults=values)
        call = Call.objects.select_for_update().filter(pk=request.voice.sid).first()
        if call is not None:
            _family_changed(call)


def _family_changed(leg: Call, *, dial_over: bool = False) -> None:
    """Brings the root call in line with its legs, and tells the desks."""
    root = Call.objects.select_for_update().filter(pk=leg.parent_id).first() if leg.parent_id else leg
    if root is None:
        return
    withdrawals = settle(root, dial_over=dial_over)
    root.revision += 1
    root.save()
    for withdrawal in withdrawals:
        transaction.on_commit(partial(broadcasts.call_withdrawn, root.sid, withdrawal), robust=True)
    push(root)


def push(root: Call) -> None:
    """Tells the desks what the call is now, once it is committed."""
    transaction.on_commit(lambda: broadcasts.call_changed(root.sid), robust=True)


def _verdict(stored: Webhook, verdict: str) -> None:
    Webhook.objects.filter(pk=stored.pk).update(verdict=verdict)
