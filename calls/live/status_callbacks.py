"""Following what Twilio tells of calls: every callback is applied, and the desks hear of it.

What came in together is one unit of work, which the inbox commits; what it means for open desks is pushed after that.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from agents.selectors import agents_active
from calls.live import broadcasts, presence
from calls.live.call_batch import CallBatch
from calls.live.call_tree import is_customer_of, is_forward
from calls.live.facts import facts_complete, facts_fill
from calls.live.locks import lock
from calls.live.parties import with_parties
from calls.models import STATUS_RANK, TERMINAL, Call, CallStatus, Recording
from calls.params import STATUS_KINDS, DialActionRequest, RecordingRequest, StatusCallbackRequest, VoiceRequest
from contacts.selectors import contacts_by_number
from core.sql.statements import new_row, relate
from core.sql.unit import UnitOfWork
from routing.selectors import lines_by_number
from telephony.errors import sentence_for
from telephony.models import Webhook
from telephony.webhooks.kinds import Kept
from telephony.webhooks.received import Received

if TYPE_CHECKING:
    from agents.models import Agent

logger = logging.getLogger(__name__)

Verdict = Webhook.Verdict
_Key = tuple[str, str, int | None]


def status_callbacks_apply(work: UnitOfWork, received: Sequence[Received]) -> list[Kept]:
    """Applies status callbacks, however late, doubled or out of order they are.

    A status only moves forward and a terminal one stays. Times are facts of their own: a late `in-progress` still
    says when the call was answered.
    """
    callbacks = [StatusCallbackRequest.from_fields(one.fields) for one in received]
    usable = [callback for callback in callbacks if _is_usable(callback)]
    batch = CallBatch(work, ((callback.voice.sid, callback.voice.parent_call_sid) for callback in usable))
    batch.load()
    seen = _seen_before(usable, batch)
    unknown = _Unknown([callback for callback in usable if callback.voice.sid not in batch.calls], batch.agents())
    kept = []
    for one, callback in zip(received, callbacks, strict=True):
        # What the REST API says may be asked for again, and then holds more.
        known = seen if one.kind.is_posted else set()
        verdict = _apply(callback, batch, unknown, known) if _is_usable(callback) else Verdict.UNUSABLE
        kept.append(Kept(verdict=verdict))
    trees = batch.settle()
    presence.calls_followed(trees)
    work.during_commit(partial(broadcasts.after_commit, trees=trees, make_now=True))
    return kept


def _is_usable(callback: StatusCallbackRequest) -> bool:
    return bool(callback.voice.sid) and callback.voice.status in STATUS_RANK


def _key(callback: StatusCallbackRequest) -> _Key:
    return callback.voice.sid, callback.voice.status, callback.sequence_number


def _seen_before(callbacks: Sequence[StatusCallbackRequest], batch: CallBatch) -> set[_Key]:
    """Which of them were applied already. Asked only about those that move nothing forward: few are."""
    suspects = {
        item.voice.sid
        for item in callbacks
        if (call := batch.get(item.voice.sid)) is not None and not is_forward(call, item.voice.status)
    }
    if not suspects:
        return set()
    rows = Webhook.objects.filter(sid__in=suspects, kind__in=STATUS_KINDS).exclude(verdict=Verdict.FAILED)
    return set(rows.values_list("sid", "status", "sequence_number"))


def _apply(callback: StatusCallbackRequest, batch: CallBatch, unknown: _Unknown, seen: set[_Key]) -> Webhook.Verdict:
    voice, key = callback.voice, _key(callback)
    call = batch.get(voice.sid)
    if call is None and callback.comes and voice.from_browser and not voice.parent_call_sid:
        # A browser that was not let in: no call.
        return Verdict.APPLIED
    if call is None:
        call, forward = unknown.call(callback), True
        batch.flatten(call)
        batch.open(call)
    else:
        forward = is_forward(call, voice.status)
        if key in seen and not forward:
            return Verdict.DUPLICATE
        facts_complete(call, voice)
    seen.add(key)
    if forward and voice.status in TERMINAL and _goes_on_without(call, batch):
        call.leg_end_time = call.leg_end_time or callback.timestamp or timezone.now()
        batch.changed(call)
        return Verdict.APPLIED
    if forward:
        call.status = voice.status
        if callback.sequence_number is not None:
            call.sequence_number = callback.sequence_number
    if voice.parent_call_sid and call.parent_id is None:
        call.parent_id = voice.parent_call_sid
        batch.flatten(call)
    _fill_times(call, callback)
    if callback.attempt is not None:
        batch.belongs_to_attempt(call, callback.attempt)
    batch.changed(call)
    return Verdict.APPLIED if forward else Verdict.LATE


def _goes_on_without(call: Call, batch: CallBatch) -> bool:
    """Whether a call that an agent made outlives the agent's own leg: the customer was handed over, or is in a room."""
    if call.parent_id is not None or not call.is_handled or call.incoming:
        return False
    legs = [leg for leg in batch.calls.values() if leg.parent_id == call.sid and is_customer_of(leg, call)]
    return any(not leg.is_terminal for leg in legs)


class _Unknown:
    """Calls that a callback is the first to tell of: legs made by <Dial>, and calls whose first request was lost."""

    def __init__(self, callbacks: Sequence[StatusCallbackRequest], at_hand: dict[int, Agent]) -> None:
        voices = [item.voice for item in callbacks]
        ids = {pk for voice in voices for pk in (voice.agent_id, voice.colleague_id) if pk} - at_hand.keys()
        self._agents = at_hand | {agent.pk: agent for agent in agents_active(ids)} if ids else at_hand
        roots = [with_parties(item.voice) for item in callbacks if not item.voice.parent_call_sid]
        numbers = {number for voice in roots for number in (voice.caller, voice.called)}
        self._lines = lines_by_number(numbers) if numbers else {}
        self._contacts = contacts_by_number(numbers) if numbers else {}

    def call(self, callback: StatusCallbackRequest) -> Call:
        voice = with_parties(callback.voice)
        call = new_row(
            Call,
            sid=voice.sid,
            parent_id=voice.parent_call_sid or None,
            status=voice.status,
            start_time=callback.created or _latest_start(callback),
        )
        facts_fill(call, voice)
        agent, colleague = (self._agents.get(pk or 0) for pk in (voice.agent_id, voice.colleague_id))
        relate(call, agent=agent, colleague=colleague)
        if not voice.parent_call_sid:
            ours, theirs = (voice.called, voice.caller) if call.incoming else (voice.caller, voice.called)
            relate(call, line=self._lines.get(ours), contact=self._contacts.get(theirs))
        return call


def _latest_start(callback: StatusCallbackRequest) -> datetime:
    """A call that is first told of by its end began, at the latest, when it was answered."""
    time = callback.timestamp or timezone.now()
    return time - timedelta(seconds=callback.duration or 0)


def _fill_times(call: Call, callback: StatusCallbackRequest) -> None:
    status, time = callback.voice.status, callback.timestamp or timezone.now()
    if callback.created is not None:
        call.start_time = min(call.start_time, callback.created)
    if status == CallStatus.INITIATED and callback.timestamp:
        call.start_time = min(call.start_time, time)
    elif status == CallStatus.IN_PROGRESS:
        if callback.timestamp is not None or callback.created is None:
            call.answer_time = time
    elif status in TERMINAL and (call.end_time is None or status == call.status):
        call.end_time = time
        call.sip_response_code = callback.sip_response_code or call.sip_response_code
        call.error_code = callback.voice.error_code or call.error_code
        if callback.duration is not None:
            call.duration = callback.duration
        if status == CallStatus.COMPLETED and call.answer_time is None and callback.duration is not None:
            call.answer_time = time - timedelta(seconds=callback.duration)


def dial_action_apply(work: UnitOfWork, action: DialActionRequest) -> Call | None:
    """Notes that a <Dial> is over; its offers ring no more. None for a call that is not known."""
    voice = action.voice
    batch = CallBatch.of(work, voice.sid)
    call = batch.get(voice.sid)
    if call is None:
        return None
    end_noted(call, voice)
    if call.caller.startswith("client:") and not call.problem and voice.status not in TERMINAL:
        legs = [leg for leg in batch.calls.values() if leg.parent_id == call.sid]
        call.problem = _OF_COLLEAGUE.get(action.dial_call_status, "") if call.is_internal else _why_not(action, legs)
    batch.changed(call, dial_over=True)
    changed = batch.settle()
    presence.calls_followed(changed)
    broadcasts.after_commit(trees=changed)
    if call.problem:
        # A colleague is back some time: there is no number that could be wrong.
        permanent = action.dial_call_status == "failed" and not call.is_internal
        transaction.on_commit(lambda: broadcasts.call_problem(call, permanent=permanent), robust=True)
    return call


def end_noted(call: Call | None, voice: VoiceRequest) -> None:
    """Whatever Twilio asks about a call that is over says so."""
    if call is None or (call.sid != voice.sid and call.leg_end_time is None):
        # What is asked of the customer's leg of a call that an agent made.
        return
    if voice.status in TERMINAL and is_forward(call, voice.status):
        call.status = voice.status
        call.end_time = call.end_time or timezone.now()


# A leg that Twilio may have refused without a word, too: `calls.live.refusals`.
NOT_REACHED = gettext_noop("This number cannot be reached. Check it and try again.")
_OF_COLLEAGUE = {
    "busy": gettext_noop("Your colleague declined the call, or is on another."),
    "no-answer": gettext_noop("Your colleague did not answer."),
    "failed": gettext_noop("Your colleague cannot be reached now."),
}
_PROBLEMS = {
    "busy": gettext_noop("The line is busy."),
    "no-answer": gettext_noop("Nobody answered."),
    "failed": NOT_REACHED,
}
# `calls.live.call_tree.NOT_TAKEN`, which is pure: for the catalogue.
gettext_noop("Whoever answered did not take the call.")
# Twilio gave no reason, and two are as likely. `calls.live.refusals` asks which it was.
NOT_PLACED = gettext_noop("Twilio did not place this call: your line's number, or the number called, was not accepted.")


def _why_not(action: DialActionRequest, legs: Sequence[Call]) -> str:
    """Why an agent's call came to nothing, as a sentence in English; "" when it came to something."""
    if action.dial_call_status == "failed":
        for code in (action.voice.error_code, *(leg.error_code for leg in legs)):
            if sentence := sentence_for(code):
                return sentence
        if not action.dial_call_sid and not legs:
            return NOT_PLACED
    return _PROBLEMS.get(action.dial_call_status, "")


def recording_store(work: UnitOfWork, request: RecordingRequest) -> Call | None:
    """A caller's message. What it is told of twice is kept once, and it stays with the call that it was left in.

    Returns that call, None when it is not known.
    """
    sid = request.voice.sid
    if not request.recording_sid or not sid:
        logger.warning("recording callback unusable: call=%s", sid or "?")
        return None
    values: dict[str, object] = {}
    if request.url.startswith(("https://", "http://")):
        values["url"] = request.url
    if request.status:
        values["status"] = request.status
    if request.duration is not None:
        values["duration"] = request.duration
    lock([sid])
    recording, is_new = Recording.objects.get_or_create(sid=request.recording_sid, defaults={"call_id": sid, **values})
    if recording.call_id != sid:
        logger.warning("recording callback refused: %s is not of call %s", request.recording_sid, sid)
        return None
    if not is_new:
        Recording.objects.filter(pk=recording.pk).update(**values)
    batch = CallBatch.of(work, sid)
    call = batch.get(sid)
    if call is not None:
        batch.changed(call)
        broadcasts.after_commit(trees=batch.settle())
    return call


def push(root: Call) -> None:
    """Tells the desks what the call is now, once it is committed."""
    transaction.on_commit(lambda: broadcasts.call_changed(root.sid), robust=True)
