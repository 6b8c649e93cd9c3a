"""Fetching callers out of Twilio's queue: a request to Twilio for each, never inside a webhook."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import close_old_connections, transaction
from django.utils import timezone

from calls.live import broadcasts, dispatcher
from calls.live.call_batch import CallBatch
from calls.live.dispatch import Fetch
from calls.live.offers import NOT_FETCHED
from calls.live.queues import is_untalked
from calls.models import CallOffer, Conversation
from core.sql.unit import UnitOfWork
from telephony.callbacks import callback_url
from telephony.errors import CallGone, TelephonyError, Unavailable
from telephony.rest.client import call_redirect

logger = logging.getLogger(__name__)

State = Conversation.State
# After a refusal the caller is left in the queue for so long: others come first, and Twilio is not asked on and on.
_PAUSE = timedelta(seconds=5)
_THREADS = 4
# A phone is free and the caller waits: one request that fails is not to cost them more.
_HICCUP = 0.5


def offer_url(turn: int) -> str:
    return f"{callback_url('calls:offer')}?turn={turn}"


def fallback_url() -> str:
    """For whoever is sent to an address of ours."""
    return callback_url("calls:voice-fallback")


def fetch_caller(fetch: Fetch, *, again_after: float = 0.0) -> bool:
    """Has Twilio ask for the caller at the offer's address. Whether it will: what it refuses ends the offer, and the
    caller waits on. Of a caller who has come meanwhile nothing is asked: while Twilio is slow, many fetches wait for
    their turn, and who talks by then would be taken out of the talk.

    `again_after`: in so many seconds Twilio is asked once more when it did not answer, or failed, but not when it asks
    to slow down; 0: it is not."""
    if not _is_wanted(fetch):
        return False
    try:
        call_redirect(fetch.leg or fetch.sid, offer_url(fetch.turn), fallback_url=fallback_url())
    except TelephonyError as error:
        if again_after and isinstance(error, Unavailable):
            time.sleep(again_after)
            return fetch_caller(fetch)
        logger.warning("a caller could not be fetched: call=%s: %s", fetch.sid, error.key)
        not_fetched(fetch, is_gone=isinstance(error, CallGone))
        return False
    return True


def _is_wanted(fetch: Fetch) -> bool:
    still = Conversation.objects.filter(pk=fetch.sid, turn=fetch.turn, state__in=(State.WAITING, State.OFFERED))
    return still.filter(is_untalked()).exists()


def fetch_now(fetch: Fetch) -> bool:
    """The same for somebody who waits for it. Raises `TelephonyError`."""
    if not _is_wanted(fetch):
        return False
    try:
        call_redirect(fetch.leg or fetch.sid, offer_url(fetch.turn), fallback_url=fallback_url())
    except TelephonyError as error:
        not_fetched(fetch, is_gone=isinstance(error, CallGone))
        raise
    return True


@transaction.atomic
def not_fetched(fetch: Fetch, *, is_gone: bool) -> None:
    """Twilio did not fetch the caller. If it did so without our knowing, it asks, and finds somebody who waits, or whom
    it is asked to fetch for a colleague at the same moment."""
    work = UnitOfWork()
    batch = CallBatch.of(work, fetch.sid)
    conversation = Conversation.objects.filter(pk=fetch.sid, turn=fetch.turn).first()
    call = batch.get(fetch.sid)
    if call is None or conversation is None or conversation.state not in (State.OFFERED, State.WAITING):
        return
    attempt = fetch.attempt or conversation.attempt
    ringing = CallOffer.objects.filter(call=fetch.sid, state=CallOffer.State.RINGING)
    if ringing.filter(attempt=attempt, rung_at__isnull=False).exists():
        return
    batch.end_offers(call, NOT_FETCHED, attempt=attempt)
    # Others asked for the caller at the same moment, and their phones do not ring yet either.
    others = ringing.filter(rung_at=None).exclude(attempt=attempt)
    newest = None if is_gone else others.order_by("-attempt").values_list("attempt", flat=True).first()
    if newest is not None:
        conversation.attempt = newest
    else:
        others.update(state=CallOffer.State.ENDED, reason=NOT_FETCHED, ended_at=timezone.now())
        _as_before(conversation)
        if is_gone:
            conversation.state = State.ABANDONED
        conversation.not_before = timezone.now() + _PAUSE
    conversation.save()
    trees = batch.settle()
    work.flush()
    broadcasts.after_commit(trees=trees)
    dispatcher.wake_after_commit()


def _as_before(conversation: Conversation) -> None:
    """The caller waits on, or rings on at a colleague's, as if nobody had asked."""
    before = conversation.terms.pop("before", None) or {"state": State.WAITING, "answer": ""}
    conversation.state, conversation.answer = before["state"], before["answer"]
    conversation.attempt = before.get("attempt", conversation.attempt)


class Fetcher:
    """A few threads: as many requests at once, and no more."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="fetch")

    def submit(self, fetches: list[Fetch]) -> None:
        for fetch in fetches:
            self._pool.submit(self._run, fetch)

    def _run(self, fetch: Fetch) -> None:
        close_old_connections()
        try:
            fetch_caller(fetch, again_after=_HICCUP)
        except Exception:
            # The net of the dispatcher fetches again.
            logger.exception("a caller could not be fetched: call=%s", fetch.sid)
        finally:
            close_old_connections()

    def stop(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
