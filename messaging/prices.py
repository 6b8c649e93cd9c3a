"""What texts cost, once Twilio says it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from core.sql.statements import Write, fetch
from messaging.models import Message

_WRITTEN = Write.update(Message, key="id", columns=["price", "price_unit"])


@transaction.atomic
def message_prices_set(prices: Mapping[str, tuple[Decimal, str]]) -> int:
    """Writes prices, by the messages' sids, with their currencies. Returns how many messages had none before."""
    found = list(Message.objects.filter(sid__in=list(prices), price__isnull=True).only("pk", "sid"))
    for message in found:
        message.price, message.price_unit = prices[message.sid or ""]
    if found:
        fetch(_WRITTEN(found))
    return len(found)
