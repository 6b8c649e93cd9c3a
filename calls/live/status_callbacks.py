"""Following what Twilio tells of calls: every webhook is kept and applied, and the desks hear of it.

What came in together is one transaction and one round of statements; what it means for open desks is pushed after its
commit.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from agents.selectors import agents_active
from calls import selectors
from calls.live import broadcasts
from calls.live.call_batch import Families
from calls.live.call_tree import Family, is_forward
from calls.live.locks import lock
from calls.live.parties import with_parties
from calls.models import DIRECTIONS, STATUS_RANK, TERMINAL, Call, CallStatus, Direction, Recording, Webhook
from calls.params import DialActionRequest, Received, RecordingRequest, StatusCallbackRequest
from contacts.selectors import contacts_by_number
from core.folding import fold
from core.sql.statements import Statement, Write, new_row, relate
from telephony.errors import sentence_for
from telephony.webhooks.forms import raw_params

if TYPE_CHECKING:
    from agents.models import Agent

logger = logging.getLogger(__name__)

Verdict = Webhook.Verdict
_Key = tuple[str, str, int | None]


def webhook_row(
    received: Received,
    *,
    callback: StatusCallbackRequest | None = None,
    verdict: str = Verdict.APPLIED,
    answer: str = "",
    problem: str = "",
) -> Webhook:
    """The row that keeps a webhook, not saved yet. `callback` is what was read from it, if it was."""
    callback = callback or StatusCallbackRequest.from_fields(received.fields)
    return new_row(
        Webhook,
        call_sid=callback.voice.sid,
        kind=received.kind,
        call_status=callback.voice.status,
        sequence_number=callback.sequence_number,
        params=raw_params(received.form),
        idempotency_token=received.idempotency_token,
        verdict=verdict,
        answer=answer,
        milliseconds=received.milliseconds,
        problem=problem,
        received_at=received.received_at,
    )


# Writes the rows of webhooks.
keeping = Write.insert(Webhook)


@transaction.atomic(savepoint=False)
def status_callbacks_apply(batch: Sequence[Received], *, keep: bool = True) -> None:
    """Applies status callbacks, however late, doubled or out of order they are, and (unless told not to) keeps them.

    A status only moves forward and a terminal one stays. Times are facts of their own: a late `in-progress` still
    says when the call was answered.
    """
    callbacks = [StatusCallbackRequest.from_fields(received.fields) for received in batch]
    usable = [item for item in callbacks if _is_usable(item)]
    families = Families((item.voice.sid, item.voice.parent_call_sid) for item in usable)
    seen = _seen_before(usable, families)
    unknown = _Unknown([item for item in usable if item.voice.sid not in families.calls], families.agents())
    verdicts = []
    for received, callback in zip(batch, callbacks, strict=True):
        # What the REST API says may be asked for again, and then holds more.
        known = seen if received.kind == "status" else set()
        verdicts.append(_apply(callback, families, unknown, known) if _is_usable(callback) else Verdict.UNUSABLE)

    def kept() -> list[Statement]:
        told = zip(batch, callbacks, verdicts, strict=True)
        return [keeping([webhook_row(received, callback=one, verdict=verdict) for received, one, verdict in told])]

    def meanwhile(changed: list[Family]) -> None:
        broadcasts.after_commit(families=changed, make_now=True)

    families.settle_last(then=kept if keep else list, meanwhile=meanwhile)


def _is_usable(callback: StatusCallbackRequest) -> bool:
    return bool(callback.voice.sid) and callback.voice.status in STATUS_RANK


def _key(callback: StatusCallbackRequest) -> _Key:
    return callback.voice.sid, callback.voice.status, callback.sequence_number


def _seen_before(callbacks: Sequence[StatusCallbackRequest], families: Families) -> set[_Key]:
    """Which of them were applied already. Asked only about those that move nothing forward: few are."""
    suspects = {
        item.voice.sid
        for item in callbacks
        if (call := families.get(item.voice.sid)) is not None and not is_forward(call, item.voice.status)
    }
    if not suspects:
        return set()
    rows = Webhook.objects.filter(call_sid__in=suspects, kind="status").exclude(verdict=Verdict.FAILED)
    return set(rows.values_list("call_sid", "call_status", "sequence_number"))


def _apply(callback: StatusCallbackRequest, families: Families, unknown: _Unknown, seen: set[_Key]) -> Webhook.Verdict:
    voice, key = callback.voice, _key(callback)
    call = families.get(voice.sid)
    if call is None:
        call, forward = unknown.call(callback), True
        families.open(call)
    else:
        forward = is_forward(call, voice.status)
        if key in seen and not forward:
            return Verdict.DUPLICATE
    seen.add(key)
    if forward:
        call.status = voice.status
        if callback.sequence_number is not None:
            call.sequence_number = callback.sequence_number
    if voice.parent_call_sid and call.parent_id is None:
        call.parent_id = voice.parent_call_sid
    _fill_times(call, callback)
    families.changed(call)
    return Verdict.APPLIED if forward else Verdict.LATE


class _Unknown:
    """Calls that a callback is the first to tell of: legs made by <Dial>, and calls whose first request was lost."""

    def __init__(self, callbacks: Sequence[StatusCallbackRequest], at_hand: dict[int, Agent]) -> None:
        ids = {agent_id for item in callbacks if (agent_id := item.voice.agent_id)} - at_hand.keys()
        self._agents = at_hand | {agent.pk: agent for agent in agents_active(ids)} if ids else at_hand
        roots = [with_parties(item.voice) for item in callbacks if not item.voice.parent_call_sid]
        numbers = {number for voice in roots for number in (voice.caller, voice.called)}
        self._lines = selectors.lines_by_number(numbers) if numbers else {}
        self._contacts = contacts_by_number(numbers) if numbers else {}

    def call(self, callback: StatusCallbackRequest) -> Call:
        voice = with_parties(callback.voice)
        call = new_row(
            Call,
            sid=voice.sid,
            parent_id=voice.parent_call_sid or None,
            account_sid=voice.account_sid,
            direction=voice.direction if voice.direction in DIRECTIONS else Direction.INBOUND,
            caller=voice.caller,
            called=voice.called,
            status=voice.status,
            start_time=callback.created or _latest_start(callback),
            caller_name=voice.caller_name,
            searched_name=fold(voice.caller_name),
            city=voice.city,
            state=voice.state,
            country=voice.country,
        )
        relate(call, agent=self._agents.get(voice.agent_id or 0))
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


@transaction.atomic
def dial_action_apply(action: DialActionRequest) -> Call | None:
    """Notes that a <Dial> is over; its offers ring no more. None for a call that is not known."""
    voice = action.voice
    families = Families([(voice.sid, "")])
    call = families.get(voice.sid)
    if call is None:
        return None
    if voice.status in TERMINAL and is_forward(call, voice.status):
        call.status = voice.status
        call.end_time = call.end_time or timezone.now()
    if call.caller.startswith("client:") and not call.problem and voice.status not in TERMINAL:
        call.problem = _why_not(action, [leg for leg in families.calls.values() if leg.parent_id == call.sid])
    families.changed(call, dial_over=True)
    changed = families.settle()
    broadcasts.after_commit(families=changed)
    if call.problem:
        permanent = action.dial_call_status == "failed"
        transaction.on_commit(lambda: broadcasts.call_problem(call, permanent=permanent), robust=True)
    return call


_PROBLEMS = {
    "busy": "The line is busy.",
    "no-answer": "Nobody answered.",
    "failed": "This number cannot be reached. Check it and try again.",
}
# Twilio gave no reason, and two are as likely. `calls.live.refusals` asks which it was.
NOT_PLACED = "Twilio did not place this call: your line's number, or the number called, was not accepted."


def _why_not(action: DialActionRequest, legs: Sequence[Call]) -> str:
    """Why an agent's call came to nothing, as a sentence; "" when it came to something."""
    if action.dial_call_status == "failed":
        for code in (action.voice.error_code, *(leg.error_code for leg in legs)):
            if sentence := sentence_for(code):
                return sentence
        if not action.dial_call_sid and not legs:
            return NOT_PLACED
    return _PROBLEMS.get(action.dial_call_status, "")


@transaction.atomic
def recording_store(request: RecordingRequest) -> None:
    """A caller's message. What it is told of twice is kept once, and it stays with the call that it was left in."""
    sid = request.voice.sid
    if not request.recording_sid or not sid:
        logger.warning("recording callback unusable: call=%s", sid or "?")
        return
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
        return
    if not is_new:
        Recording.objects.filter(pk=recording.pk).update(**values)
    families = Families([(sid, "")])
    call = families.get(sid)
    if call is not None:
        families.changed(call)
        broadcasts.after_commit(families=families.settle())


def push(root: Call) -> None:
    """Tells the desks what the call is now, once it is committed."""
    transaction.on_commit(lambda: broadcasts.call_changed(root.sid), robust=True)
