"""What texts cost, once Twilio says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from core.sql.statements import Write, fetch
from messaging.models import Direction, Message, MessageStatus, Step

# Within so much time Twilio settles what a text costs; what has no price then gets none.
PRICES_COME = timedelta(days=3)
# Nor has what never went out.
_NEVER_PRICED = (MessageStatus.FAILED, MessageStatus.CANCELED)
_WRITTEN = Write.update(Message, key="id", columns=["price", "price_unit"])
_KNOWN_PRICES = "messaging.prices"
_KNOWN_SECONDS = 300
# The newest that are settled say what a text costs now.
_LOOKED_AT = 2000


@dataclass(frozen=True, slots=True)
class Price:
    amount: Decimal
    unit: str

    def __mul__(self, factor: int) -> Price:
        return Price(self.amount * factor, self.unit)


@lru_cache(maxsize=50_000)
def country_code(number: str) -> str:
    """The digits of an E.164 number that say which country it is of."""
    digits = number.removeprefix("+")
    return next((digits[:size] for size in (1, 2, 3) if int(digits[:size] or 0) in COUNTRY_CODE_TO_REGION_CODE), "")


def prices_per_segment() -> Mapping[str, Price]:
    """By country code: what the newest texts cost whose price Twilio has settled."""
    known: Mapping[str, Price] | None = cache.get(_KNOWN_PRICES)
    if known is None:
        known = _prices_read()
        cache.set(_KNOWN_PRICES, known, _KNOWN_SECONDS)
    return known


def _prices_read() -> dict[str, Price]:
    settled = Message.objects.filter(direction=Direction.OUTBOUND, price__gt=0, num_segments__gt=0)
    rows = settled.order_by("-created_at").values_list("recipient", "price", "price_unit", "num_segments")
    sums: dict[tuple[str, str], list[Decimal]] = {}
    for recipient, price, unit, segments in rows[:_LOOKED_AT]:
        if price is not None:
            sums.setdefault((country_code(recipient), unit.upper()), []).append(price / segments)
    return {code: Price(sum(some, Decimal()) / len(some), unit) for (code, unit), some in sums.items()}


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
