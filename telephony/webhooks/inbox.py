"""Taking in what Twilio posts. Nothing that was answered is lost.

A webhook is kept and worked on in one transaction. When that fails, it goes to the spool on disk with what failed, and
whoever waits gets the kind's emergency answer. The spool is drained as soon as storage is back: a webhook is worked on
if that is possible by then, else it is kept raw and tried again for a day.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.db import (
    DatabaseError,
    DataError,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.urls import path as url_path
from django.utils import timezone

from core.sql.batching import Batcher
from core.sql.statements import Write, disable_seq_scans, new_row
from core.sql.unit import UnitOfWork
from telephony.callbacks import without_userinfo
from telephony.models import Webhook
from telephony.webhooks.forms import field, form_of, raw_params, sid_field, whole_field
from telephony.webhooks.guard import WebhookResponse, twilio_webhook
from telephony.webhooks.kinds import Answer, Kept, WebhookKind, kind_named, kind_of_entry
from telephony.webhooks.received import Received
from telephony.webhooks.spool import EntryUnreadable, spool_append, spool_drain, spool_is_empty, spool_listener

logger = logging.getLogger(__name__)

# A webhook that could not be worked on in time, or at all. `row` is its `Webhook`, and `problem` what failed.
webhook_failed = Signal()
# One that cannot be applied is tried again for so long.
_RETRY_FOR = timedelta(days=1)
_UNREACHABLE = (OperationalError, InterfaceError)
_INSERT = Write.insert(Webhook)


# --- Working on them ---------------------------------------------------------------------------------------------


def webhook_row(received: Received, kept: Kept, *, problem: str = "") -> Webhook:
    """The row that keeps a webhook, not saved yet."""
    fields = received.fields
    return new_row(
        Webhook,
        sid=sid_field(fields, received.kind.subject_field),
        kind=received.kind.name,
        status=field(fields, received.kind.status_field, 32),
        sequence_number=whole_field(fields, "SequenceNumber"),
        params=raw_params(received.form),
        idempotency_token=received.idempotency_token,
        verdict=kept.verdict,
        answer=kept.answer or "",
        milliseconds=received.milliseconds,
        problem=problem,
        received_at=received.received_at,
    )


@transaction.atomic
def webhooks_take(batch: Sequence[Received]) -> list[Answer]:
    """Keeps webhooks of one kind and works on them; what to answer to each. Raises whatever goes wrong with any."""
    work = UnitOfWork()
    kept = _work_on(work, batch)
    work.write(_INSERT([webhook_row(received, one) for received, one in zip(batch, kept, strict=True)]))
    work.commit()
    return [one.answer for one in kept]


def _work_on(work: UnitOfWork, batch: Sequence[Received]) -> list[Kept]:
    kind = batch[0].kind
    if kind.work_on_many:
        return kind.work_on_many(work, batch)
    return [Kept(kind.work(work, received)) for received in batch if kind.work]


def webhook_take(received: Received) -> Answer:
    return webhooks_take([received])[0]


# --- Many at once ------------------------------------------------------------------------------------------------


def _take_all(batch: Sequence[Received]) -> list[Answer | Exception]:
    """Each kind together: first those whose answer somebody waits for."""
    found: dict[int, Answer | Exception] = {}
    kinds = {received.kind.name: received.kind for received in batch}
    for name in sorted(kinds, key=lambda name: not kinds[name].is_waited_for):
        indexes = [index for index, received in enumerate(batch) if received.kind.name == name]
        found.update(zip(indexes, _take_kind([batch[index] for index in indexes]), strict=True))
    return [found[index] for index in range(len(batch))]


def _take_kind(batch: list[Received]) -> Sequence[Answer | Exception]:
    for attempt in (1, 2):
        try:
            return webhooks_take(batch)
        except _UNREACHABLE as error:
            # The connection may have been cut while nobody used it, or two transactions stood in each other's way.
            connection.close()
            if attempt == 2:
                return [error] * len(batch)
        except Exception as error:
            if len(batch) == 1:
                return [error]
            # One of them is poison; the others must not suffer.
            return [result for received in batch for result in _take_kind([received])]
    raise AssertionError


batcher: Batcher[Received, Answer] = Batcher(_take_all, name="inbox", begin=disable_seq_scans)


# --- Their routes ------------------------------------------------------------------------------------------------


def urlpatterns_of(kinds: Sequence[WebhookKind]) -> list[URLPattern]:
    """The routes of an app's kinds."""
    return [url_path(kind.path, _view(kind), name=kind.url_name.partition(":")[2]) for kind in kinds if kind.is_posted]


def _view(kind: WebhookKind) -> Callable[..., HttpResponse]:
    if kind.is_last_resort:
        return twilio_webhook(partial(_apologise, kind))(partial(_put_aside, kind))
    enqueue = partial(_enqueue, kind) if kind.work_on_many else None
    return twilio_webhook(partial(_fail, kind), enqueue=enqueue)(partial(_take, kind))


def _take(kind: WebhookKind, request: HttpRequest) -> WebhookResponse:
    return webhook_take(Received.from_request(request, kind))


def _enqueue(kind: WebhookKind, request: HttpRequest) -> asyncio.Future[Any]:
    return batcher.submit(Received.from_request(request, kind))


def _fail(kind: WebhookKind, request: HttpRequest, error: BaseException) -> WebhookResponse:
    """Puts the webhook aside and says something to whoever waits: on another way than the one that failed."""
    received = Received.from_request(request, kind)
    answer = kind.emergency(received)
    try:
        webhook_spool(received, answer=answer, problem=problem_of(error))
    except OSError:
        logger.exception("webhook lost: kind=%s sid=%s", kind.name, sid_field(request.POST, kind.subject_field))
        if answer is None:
            return HttpResponse("Not now.", status=503, content_type="text/plain")
    return answer


def _put_aside(kind: WebhookKind, request: HttpRequest) -> WebhookResponse:
    """Twilio comes here when another route of ours failed. It must work when nothing else does, and touches nothing
    but the disk."""
    received = Received.from_request(request, kind)
    fields = received.fields
    code, url = field(fields, "ErrorCode", 16), without_userinfo(field(fields, "ErrorUrl", 255))
    logger.error("%s: sid=%s error=%s url=%s", kind.name, sid_field(fields, kind.subject_field), code, url)
    answer = kind.emergency(received)
    problem = f"Twilio could not use our answer: error {code or 'unknown'} {url}"
    webhook_spool(received, answer=answer, problem=problem.strip())
    return answer


def _apologise(kind: WebhookKind, request: HttpRequest, error: BaseException) -> WebhookResponse:
    return kind.emergency(Received.from_request(request, kind))


# --- When it fails -----------------------------------------------------------------------------------------------


def webhook_spool(received: Received, *, answer: Answer = None, problem: str = "") -> None:
    """Puts a webhook aside on disk. Raises `OSError` when not even that works."""
    spool_append(
        {
            "kind": received.kind.name,
            "params": raw_params(received.form),
            "received_at": received.received_at.isoformat(),
            "token": received.idempotency_token,
            "milliseconds": received.milliseconds,
            "answer": answer or "",
            "problem": problem[:255],
        }
    )


def webhook_retake(entry: dict[str, Any]) -> None:
    """Stores an entry of the spool. Raises `DatabaseError` when the database cannot be reached, and `EntryUnreadable`
    for what can be no row, today or ever."""
    received, answer, problem, milliseconds = _read_entry(entry)
    try:
        with transaction.atomic():
            _work_late(received)
            row = _keep(received, Kept(answer), problem, milliseconds)
    except _UNREACHABLE:
        connection.close()
        raise
    except Exception as error:
        logger.exception("a webhook cannot be applied: kind=%s", received.kind.name)
        problem = problem or problem_of(error)
        try:
            row = _keep(received, Kept(answer, Webhook.Verdict.FAILED), problem, milliseconds)
        except (DataError, ValueError, TypeError) as error:
            raise EntryUnreadable(problem_of(error)) from None
    if problem:
        webhook_failed.send(sender=Webhook, row=row, problem=problem)


def _read_entry(entry: dict[str, Any]) -> tuple[Received, str, str, float]:
    """The webhook, what was answered to it, what had failed, and how long it took. Raises `EntryUnreadable`."""
    try:
        kind = kind_of_entry(entry)
        if kind is None:
            raise EntryUnreadable(f"no such kind: {str(entry.get('kind'))[:64]}")
        milliseconds = float(entry.get("milliseconds", 0.0))
        received = Received(
            kind=kind,
            form=form_of(entry["params"]),
            received_at=datetime.fromisoformat(entry["received_at"]).astimezone(UTC),
            began=time.perf_counter() - milliseconds / 1000,
            idempotency_token=str(entry.get("token", "")),
        )
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise EntryUnreadable(type(error).__name__) from None
    return received, str(entry.get("answer", "")), str(entry.get("problem", ""))[:255], milliseconds


def _work_late(received: Received) -> None:
    kind, work = received.kind, UnitOfWork()
    if kind.work_late:
        kind.work_late(work, received)
    else:
        _work_on(work, [received])
    work.flush()


def _keep(received: Received, kept: Kept, problem: str, milliseconds: float) -> Webhook:
    row = webhook_row(received, kept, problem=problem)
    row.milliseconds = milliseconds
    row.save()
    return row


def webhooks_rework() -> int:
    """Tries again what was kept without being applied. Returns how many it could apply."""
    done = 0
    failed = Webhook.objects.filter(verdict=Webhook.Verdict.FAILED, received_at__gte=timezone.now() - _RETRY_FOR)
    for row in failed.order_by("pk")[:200]:
        kind = kind_named(row.kind)
        if kind is None:
            continue
        try:
            with transaction.atomic():
                _work_late(Received(kind, form_of(row.params), row.received_at, time.perf_counter()))
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


# --- Taking up the spool -----------------------------------------------------------------------------------------

# Seconds between two looks at the folder.
_PAUSE = 1.0


def drain() -> int:
    """Stores what waits, as far as it can be; returns how many entries that were."""
    return _drain() or 0


def _drain() -> int | None:
    """The same, but None when storage is away."""
    try:
        return spool_drain(webhook_retake)
    except DatabaseError as error:
        logger.warning("spool: storage is still away: %s", type(error).__name__)
        return None


def _drain_in_thread() -> int | None:
    close_old_connections()
    return _drain()


async def _look() -> int | None:
    """One look at the folder; None when what waits there has to wait on."""
    try:
        return 0 if spool_is_empty() else await asyncio.to_thread(_drain_in_thread)
    except Exception as error:
        # A disk that cannot be read, mostly: it may be read again, and nobody else looks at this one.
        why = getattr(error, "strerror", None) or type(error).__name__
        logger.warning("spool: what waits cannot be taken up: %s", why)
        return None


async def drain_forever() -> None:
    """The web server's own look at its spool: nobody else may be able to reach its disk.

    What this process puts aside is taken up at once: it may say that phones do not ring which others think are taken.
    """
    loop, put_aside = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        # The loop is closed when the server stops: another's look finds it.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(put_aside.set)

    with spool_listener(wake):
        while True:
            put_aside.clear()
            if await _look() is None:
                # Whoever puts aside more meanwhile need not ask again whether storage is back.
                await asyncio.sleep(_PAUSE)
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(put_aside.wait(), _PAUSE)
