"""Asking Twilio for what its callbacks did not tell: how far texts have come, and what they cost.

Prices are settled later. Twilio is asked for lists, a thousand texts with each request; for one text after the other
only of those few that its lists leave out: what failed before it went out has no time at which it was sent.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from messaging.models import Direction, Message, MessageStatus, Sender, Step
from messaging.params import StatusUpdate
from messaging.prices import PRICES_COME, price_to_come
from messaging.statuses import statuses_apply
from telephony.errors import TelephonyError
from telephony.rest.messages import MessageFacts, message_find, messages_since

logger = logging.getLogger(__name__)

# Prices come within days.
_RECEIPTS_COME = timedelta(minutes=15)
_HOURLY = timedelta(hours=1)
_AT_ONCE = 200
_NOT_SENT = (MessageStatus.ACCEPTED, MessageStatus.QUEUED, MessageStatus.SENDING)
_UNSETTLED = ("", *_NOT_SENT, MessageStatus.SENT)
# Of a sender, in one go. Twilio keeps none waiting for longer than ten hours.
_MOST_FETCHED = 30
_WAIT_FOR = timedelta(hours=12)


def texts_reconcile() -> int:
    """Asks for the texts of each sender that has some to ask for. Returns how many were looked at."""
    now = timezone.now()
    looked_at = 0
    for sender, since in _due(now):
        Sender.objects.filter(name=sender).update(asked_at=now)
        try:
            looked_at += _sender_reconcile(sender, since) + _unsent_reconcile(sender, now)
        except TelephonyError as error:
            logger.warning("texts: they could not be asked for: %s", error.key)
            break
    return looked_at


def _due(now: datetime) -> list[tuple[str, datetime]]:
    """Senders, each with when the oldest text was sent that something is not known of."""
    asked_at = dict(Sender.objects.values_list("name", "asked_at"))
    grace = timedelta(seconds=settings.MESSAGE_RECONCILE_SECONDS)
    lately = _oldest(now - _RECEIPTS_COME, now - grace, Q(status__in=_UNSETTLED))
    later = _oldest(now - PRICES_COME, now - grace, Q(status__in=_UNSETTLED) | price_to_come(now))
    due = []
    for sender, since in later.items():
        last = asked_at.get(sender)
        if last is None or last <= now - _HOURLY:
            due.append((sender, since))
        elif sender in lately and last <= now - grace:
            due.append((sender, lately[sender]))
    return due


def texts_unsettled(since: datetime, until: datetime, unknown: Q) -> QuerySet[Message]:
    """Texts of that time that Twilio has taken, and of which so much is not known."""
    # Not by when it was written: its send may have been paused for days. `message_sent` finds them.
    return Message.objects.filter(
        unknown, direction=Direction.OUTBOUND, step=Step.TAKEN, sent_at__gte=since, sent_at__lte=until
    ).order_by()


def _oldest(since: datetime, until: datetime, unknown: Q) -> dict[str, datetime]:
    return dict(texts_unsettled(since, until, unknown).values_list("sender").annotate(Min("sent_at")))


def _sender_reconcile(sender: str, since: datetime) -> int:
    looked_at = 0
    facts = messages_since(sender, since=since - timedelta(minutes=5))
    while some := list(islice(facts, _AT_ONCE)):
        _keep(some)
        looked_at += len(some)
    return looked_at


def _unsent_reconcile(sender: str, now: datetime) -> int:
    """Texts that are still to go out, as far as we know, long after they should have."""
    late = texts_unsettled(now - _WAIT_FOR, now - _RECEIPTS_COME, Q(status__in=("", *_NOT_SENT), sender=sender))
    sids = list(late.order_by("sent_at").values_list("sid", flat=True)[:_MOST_FETCHED])
    _keep(facts for sid in sids if sid and (facts := message_find(sid)) is not None)
    return len(sids)


def _keep(some: Iterable[MessageFacts]) -> None:
    known = {facts.sid: facts for facts in some}
    with transaction.atomic():
        rows = Message.objects.filter(sid__in=known, direction=Direction.OUTBOUND)
        news = [(known[row.sid], row) for row in rows.only("sid", "status", "price", "num_segments") if row.sid]
        statuses_apply(list(_updates(facts for facts, row in news if facts.status != row.status)))
        for facts, row in news:
            if changes := _settled(facts, row):
                Message.objects.filter(pk=row.pk).update(**changes)


def _settled(facts: MessageFacts, row: Message) -> dict[str, Any]:
    """What Twilio says of a text only some time after it has taken it."""
    changes: dict[str, Any] = {}
    if facts.price is not None and row.price is None:
        changes |= {"price": facts.price, "price_unit": facts.price_unit}
    if facts.num_segments and facts.num_segments != row.num_segments:
        changes["num_segments"] = facts.num_segments
    return changes


def _updates(some: Iterable[MessageFacts]) -> Iterator[StatusUpdate]:
    now = timezone.now()
    for facts in some:
        status = facts.status if facts.status in MessageStatus.values else ""
        yield StatusUpdate(facts.sid, status, None, facts.error_code, now)
