"""Taking in what Twilio posts. Nothing that was answered is lost.

A webhook is kept and worked on in one transaction. When that fails, it goes to the spool on disk with what failed, the
caller gets the fallback's sentence, and `webhook_retake` stores it as soon as storage is back: worked on if that is
possible by then, else raw, to be tried again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from calls.answering import twiml, twiml_responses
from calls.live import services, status_callbacks
from calls.live.status_callbacks import keeping, webhook_row
from calls.models import CallEvent, Webhook
from calls.params import (
    DialActionRequest,
    OutgoingRequest,
    Received,
    RecordingRequest,
    StatusCallbackRequest,
    VoiceRequest,
)
from core.sql.batching import Batcher
from core.sql.statements import Statement, by_index_only, finish
from telephony.webhooks.forms import form_of, raw_params
from telephony.webhooks.spool import spool_append

logger = logging.getLogger(__name__)

Answer: TypeAlias = str | None
SPOOL = "calls"
# A webhook that cannot be applied is tried again for so long.
_RETRY_FOR = timedelta(days=1)
_UNREACHABLE = (OperationalError, InterfaceError)


# --- Working on them ---------------------------------------------------------------------------------------------


@transaction.atomic
def incoming_take(batch: Sequence[Received]) -> list[Answer]:
    """What to answer to each. Raises whatever goes wrong with any of them."""
    asked = [StatusCallbackRequest.from_fields(received.fields) for received in batch]
    found: list[Answer] = []

    def kept(plans: list[services.IncomingPlan]) -> Statement:
        planned = iter(twiml_responses.to_callers(plans))
        found.extend(next(planned) if _is_caller(one.voice) else _to_no_caller(one.voice) for one in asked)
        rows = zip(batch, asked, found, strict=True)
        return keeping([webhook_row(received, callback=one, answer=answer or "") for received, one, answer in rows])

    services.calls_record_incoming([one.voice for one in asked if _is_caller(one.voice)], also=kept)
    return found


def _is_caller(voice: VoiceRequest) -> bool:
    return bool(voice.sid) and not voice.from_browser


def _to_no_caller(voice: VoiceRequest) -> str:
    """A phone of ours asks at `outgoing`. One that gets here would choose by `To` whose phones ring."""
    return twiml_responses.not_started() if voice.from_browser else twiml.apology_twiml()


def _outgoing(received: Received) -> Answer:
    asked = OutgoingRequest.from_fields(received.fields)
    return (
        twiml_responses.to_agent(services.call_record_outgoing(asked))
        if asked.voice.sid
        else twiml_responses.not_started()
    )


def _dial_action(received: Received) -> Answer:
    action = DialActionRequest.from_fields(received.fields)
    return twiml_responses.after_dial(action, status_callbacks.dial_action_apply(action))


def _recording(received: Received) -> Answer:
    status_callbacks.recording_store(RecordingRequest.from_fields(received.fields))
    return twiml_responses.after_message()


def _recording_status(received: Received) -> Answer:
    status_callbacks.recording_store(RecordingRequest.from_fields(received.fields))
    return None


def _unanswered(received: Received) -> Answer:
    """What came to the fallback, or a first request that is taken up too late to answer: the call is logged."""
    fields = received.fields
    voice = VoiceRequest.from_fields(fields)
    if voice.sid:
        services.call_record_unanswered(voice, at=received.received_at)
        # It comes with what the route that failed would have been told.
        if "RecordingSid" in fields:
            status_callbacks.recording_store(RecordingRequest.from_fields(fields))
        if "DialCallStatus" in fields:
            status_callbacks.dial_action_apply(DialActionRequest.from_fields(fields))
    return None


_WORK: dict[str, Callable[[Received], Answer]] = {
    "outgoing": _outgoing,
    "dial-action": _dial_action,
    "recording": _recording,
    "recording-status": _recording_status,
    "fallback": _unanswered,
}
# The same when Twilio has its answer already, and it is too late to ring anybody.
_LATE_WORK = _WORK | {"incoming": _unanswered, "outgoing": _unanswered}


@transaction.atomic
def webhook_take(received: Received) -> Answer:
    """Keeps one webhook and works on it; returns what to answer. Raises whatever goes wrong."""
    if received.kind in ("status", "reconcile"):
        status_callbacks.status_callbacks_apply([received])
        return None
    if received.kind == "incoming":
        return incoming_take([received])[0]
    answer = _WORK[received.kind](received)
    finish(keeping([webhook_row(received, answer=answer or "")]))
    return answer


# --- Many at once ------------------------------------------------------------------------------------------------


def _take_batch(batch: Sequence[Received]) -> list[Answer | Exception]:
    """First the callers, who wait; then what Twilio tells. Each kind together."""
    found: dict[int, Answer | Exception] = {}
    for kind, take in (("incoming", incoming_take), ("status", _statuses)):
        indexes = [index for index, received in enumerate(batch) if received.kind == kind]
        if indexes:
            results = _resolved(take, [batch[index] for index in indexes])
            found.update(zip(indexes, results, strict=True))
    return [found[index] for index in range(len(batch))]


def _statuses(batch: Sequence[Received]) -> list[Answer]:
    status_callbacks.status_callbacks_apply(batch)
    return [None] * len(batch)


def _resolved(
    take: Callable[[Sequence[Received]], list[Answer]], batch: list[Received]
) -> Sequence[Answer | Exception]:
    for attempt in (1, 2):
        try:
            return take(batch)
        except _UNREACHABLE as error:
            # The connection may have been cut while nobody used it, or two transactions stood in each other's way.
            connection.close()
            if attempt == 2:
                return [error] * len(batch)
        except Exception as error:
            if len(batch) == 1:
                return [error]
            # One of them is poison; the others must not suffer.
            return [result for received in batch for result in _resolved(take, [received])]
    raise AssertionError


batcher: Batcher[Received, Answer] = Batcher(_take_batch, name="intake", begin=by_index_only)


# --- When it fails -----------------------------------------------------------------------------------------------


def webhook_spool(received: Received, *, answer: Answer = None, problem: str = "") -> None:
    """Puts a webhook aside on disk. Raises `OSError` when not even that works."""
    spool_append(
        {
            "store": SPOOL,
            "kind": received.kind,
            "params": raw_params(received.form),
            "received_at": received.received_at.isoformat(),
            "token": received.idempotency_token,
            "milliseconds": received.milliseconds,
            "answer": answer or "",
            "problem": problem[:255],
        }
    )


def webhook_retake(entry: dict[str, Any]) -> None:
    """Stores an entry of the spool. Raises when the database cannot be reached."""
    kind = entry["kind"]
    received = Received(
        kind=kind,
        form=form_of(entry["params"]),
        received_at=datetime.fromisoformat(entry["received_at"]).astimezone(UTC),
        began=time.perf_counter() - entry["milliseconds"] / 1000,
        idempotency_token=entry["token"],
    )
    problem = entry["problem"]
    try:
        with transaction.atomic():
            _rework(received)
            row = webhook_row(received, answer=entry["answer"], problem=problem)
            _keep(row, entry["milliseconds"])
    except _UNREACHABLE:
        connection.close()
        raise
    except Exception as error:
        logger.exception("a webhook cannot be applied: kind=%s", kind)
        problem = problem or problem_of(error)
        row = webhook_row(received, verdict=Webhook.Verdict.FAILED, answer=entry["answer"], problem=problem)
        _keep(row, entry["milliseconds"])
    if problem:
        _incident(row, kind, problem)


def _rework(received: Received) -> None:
    if received.kind in ("status", "reconcile"):
        status_callbacks.status_callbacks_apply([received], keep=False)
    else:
        _LATE_WORK[received.kind](received)


def _keep(row: Webhook, milliseconds: float) -> None:
    row.milliseconds = milliseconds
    row.save()


def _incident(row: Webhook, kind: str, problem: str) -> None:
    CallEvent.objects.create(
        call_sid=row.call_sid, kind=CallEvent.Kind.INCIDENT, name=kind, outcome=problem,
        detail={"answer": row.answer}, at=row.received_at, milliseconds=row.milliseconds,
    )  # fmt: skip


def webhooks_rework() -> int:
    """Tries again what was kept without being applied. Returns how many it could apply."""
    done = 0
    failed = Webhook.objects.filter(verdict=Webhook.Verdict.FAILED, received_at__gte=timezone.now() - _RETRY_FOR)
    for row in failed.order_by("pk")[:200]:
        received = Received(row.kind, form_of(row.params), row.received_at, time.perf_counter())
        try:
            with transaction.atomic():
                _rework(received)
                row.verdict = Webhook.Verdict.APPLIED
                row.save(update_fields=["verdict"])
        except _UNREACHABLE:
            raise
        except Exception as error:
            logger.warning("webhook %d still cannot be applied: %s", row.pk, problem_of(error))
        else:
            done += 1
    return done


def problem_of(error: BaseException) -> str:
    """What went wrong, in words that hold no secret: never an exception's own text, which may quote one."""
    where, trace = "", error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if not name.startswith(("django.", "psycopg", "asyncio", "concurrent", "threading")):
            where = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__}{f' at {where}' if where else ''}"[:255]
