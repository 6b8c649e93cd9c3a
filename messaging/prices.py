"""What texts cost, once Twilio says it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from core.sql.statements import Write, fetch
from messaging.models import Message, MessageStatus, Step

# Within so much time Twilio settles what a text costs; what has no price then gets none.
PRICES_COME = timedelta(days=3)
# Nor has what never went out.
_NEVER_PRICED = (MessageStatus.FAILED, MessageStatus.CANCELED)
_WRITTEN = Write.update(Message, key="id", columns=["price", "price_unit"])


def went_since(moment: datetime) -> Q:
    """Of messages: that they went out since then, however long they had waited or were held, or came in. Each half has
    its index."""
    return Q(sent_at__gte=moment) | Q(sent_at__isnull=True, created_at__gte=moment)


def price_to_come(now: datetime) -> Q:
    """Of messages: that Twilio has it, in or out, and will yet say what it costs."""
    is_billed = Q(step__in=[Step.TAKEN, ""]) & ~Q(status__in=_NEVER_PRICED)
    return is_billed & Q(price__isnull=True) & went_since(now - PRICES_COME)


@transaction.atomic
def message_prices_set(prices: Mapping[str, tuple[Decimal, str]]) -> int:
    """Writes prices, by the messages' sids, with their currencies. Returns how many messages had none before."""
    found = list(Message.objects.filter(sid__in=list(prices), price__isnull=True).only("pk", "sid"))
    for message in found:
        message.price, message.price_unit = prices[message.sid or ""]
    if found:
        fetch(_WRITTEN(found))
    return len(found)
