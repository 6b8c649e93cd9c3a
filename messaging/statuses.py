"""How far messages of ours have come, from Twilio's callbacks. They come in any order, twice, or before we know that
Twilio has the message at all."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_noop

from core.sql.statements import Write, fetch
from messaging import changes
from messaging.models import MESSAGE_STATUS_RANK, Direction, Message, MessageStatus, Origin, Step, Thread
from messaging.outbox.results import code_note
from messaging.params import STATUS_FIELDS, StatusUpdate
from telephony.errors import text_sentence_for
from telephony.models import Webhook
from telephony.webhooks.forms import form_of, single_fields

logger = logging.getLogger(__name__)

STATUS_KIND = "message-status"
NOT_DELIVERED = gettext_noop("This text was not delivered.")
# What ends a message; after "delivered" it may still be read.
_FINAL = frozenset({MessageStatus.UNDELIVERED, MessageStatus.FAILED, MessageStatus.CANCELED, MessageStatus.READ})
# One statement, whatever the number of rows: each length of another kind stays compiled in each connection.
_WRITTEN = Write.update(
    Message,
    key="id",
    columns=["sid", "step", "status", "error_code", "problem", "sent_at", "ended_at", "claim", "unclear_at"],
)


def statuses_apply(updates: Sequence[StatusUpdate]) -> list[str]:
    """Brings messages forward; what became of each update, as the inbox keeps it. In a transaction."""
    found = _messages_of(updates)
    verdicts = [_apply(found, update) for update in updates]
    applied = [update for update, verdict in zip(updates, verdicts, strict=True) if verdict == Webhook.Verdict.APPLIED]
    changed = {message.pk: message for message in map(found.get, applied) if message is not None}
    _write(list(changed.values()))
    return [str(verdict) for verdict in verdicts]


@transaction.atomic
def statuses_catch_up(sids: Iterable[str]) -> None:
    """Applies what came for messages, by their sids, before these were known."""
    rows = Webhook.objects.filter(sid__in=list(sids), kind=STATUS_KIND).order_by("pk")
    updates = [
        StatusUpdate.from_fields(single_fields(form_of(row.params), STATUS_FIELDS), at=row.received_at) for row in rows
    ]
    if updates:
        statuses_apply(updates)


def messages_follow(ids: Sequence[int]) -> None:
    """The outbox has moved these: applies what Twilio said before it was known whose it is, and tells desks."""
    rows = Message.objects.filter(pk__in_array=list(ids))
    with transaction.atomic():
        single = list(rows.exclude(origin=Origin.GROUP).values_list("pk", "thread"))
        threads = sorted({thread for _, thread in single})
        Thread.objects.filter(pk__in=threads).update(revision=F("revision") + 1)
        changes.messages_changed(pk for pk, _ in single)
    # Mostly nothing: the address of a callback says whose it is.
    early = Webhook.objects.filter(kind=STATUS_KIND, sid__in=rows.exclude(sid=None).values("sid")).values_list(
        "sid", flat=True
    )
    if sids := set(early):
        statuses_catch_up(sids)


class _Found:
    """The messages that a batch is about, by their sids and by our own ids."""

    def __init__(self, messages: Iterable[Message]) -> None:
        rows = list(messages)
        self._by_sid = {row.sid: row for row in rows if row.sid}
        self._by_id = {row.pk: row for row in rows}

    def get(self, update: StatusUpdate) -> Message | None:
        known = self._by_sid.get(update.sid)
        if known is not None or update.message_id is None:
            return known
        message = self._by_id.get(update.message_id)
        if message is None:
            return None
        if message.sid and message.sid != update.sid:
            # It is at Twilio twice, which must not be: somebody has to see it.
            logger.error("message %d has the sid %s, and Twilio says %s", message.pk, message.sid, update.sid)
            return None
        return message

    def link(self, message: Message, sid: str) -> None:
        message.sid = sid
        self._by_sid[sid] = message


def _messages_of(updates: Sequence[StatusUpdate]) -> _Found:
    sids = [update.sid for update in updates if update.is_usable]
    ids = [update.message_id for update in updates if update.is_usable and update.message_id is not None]
    rows = Message.objects.select_for_update().filter(Q(sid__in=sids) | Q(pk__in=ids), direction=Direction.OUTBOUND)
    return _Found(rows.order_by("pk") if sids else Message.objects.none())


def _apply(found: _Found, update: StatusUpdate) -> str:
    if not update.is_usable:
        return Webhook.Verdict.UNUSABLE
    message = found.get(update)
    if message is None:
        # Of another program on this account, or of a message whose sid we are still told: it is kept as it came, and
        # applied by `statuses_catch_up`.
        return Webhook.Verdict.APPLIED
    is_news = _link(found, message, update)
    if message.status == update.status and not is_news:
        return Webhook.Verdict.DUPLICATE
    if _goes_forward(message.status, update.status):
        _advance(message, update)
        is_news = True
    return Webhook.Verdict.APPLIED if is_news else Webhook.Verdict.LATE


def _link(found: _Found, message: Message, update: StatusUpdate) -> bool:
    """Whether it was news that Twilio has the message: whoever claimed it may still be waiting for its answer."""
    if message.sid and message.step == Step.TAKEN:
        return False
    found.link(message, update.sid)
    message.step, message.claim = Step.TAKEN, ""
    message.sent_at = message.sent_at or update.at
    message.problem = message.error_code = ""
    message.unclear_at = None
    return True


def _goes_forward(before: str, after: str) -> bool:
    if before in _FINAL:
        return False
    return MESSAGE_STATUS_RANK[after] > MESSAGE_STATUS_RANK.get(before, -1)


def _advance(message: Message, update: StatusUpdate) -> None:
    message.status = update.status
    if MESSAGE_STATUS_RANK[update.status] >= MESSAGE_STATUS_RANK[MessageStatus.DELIVERED]:
        message.ended_at = message.ended_at or update.at
    if update.has_failed:
        message.error_code = update.error_code
        message.problem = text_sentence_for(update.error_code) or NOT_DELIVERED
        code_note(message.sender, message.recipient, update.error_code)


def _write(messages: list[Message]) -> None:
    if not messages:
        return
    fetch(_WRITTEN(messages))
    # A group's thousand results are looked at on its own page, not in a thousand threads.
    single = [message for message in messages if message.origin != Origin.GROUP]
    threads = sorted({message.thread_id for message in single})
    if threads:
        Thread.objects.filter(pk__in=threads).update(revision=F("revision") + 1)
    changes.messages_changed(message.pk for message in single)
