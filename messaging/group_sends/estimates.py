"""What a send may cost, and how long it takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from django.conf import settings
from django.core.cache import cache
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from messaging.models import Direction, Message, Sender
from messaging.outbox.pace import rate

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


@lru_cache(maxsize=4096)
def country_code(number: str) -> str:
    """The digits of an E.164 number that say which country it is of."""
    digits = number.removeprefix("+")
    return next((digits[:size] for size in (1, 2, 3) if int(digits[:size] or 0) in COUNTRY_CODE_TO_REGION_CODE), "")


def price_of(segments_by_number: Iterable[tuple[str, int]]) -> Price | None:
    """What so many segments to each of these numbers may cost. None when that is not known for all of them."""
    segments: dict[str, int] = {}
    for number, some in segments_by_number:
        code = country_code(number)
        segments[code] = segments.get(code, 0) + some
    if not segments:
        return None
    known = prices_per_segment()
    parts = [(known.get(code) or _price_set(), some) for code, some in segments.items()]
    units = {price.unit for price, _ in parts if price is not None}
    if len(units) != 1 or any(price is None for price, _ in parts):
        return None
    return Price(sum((price.amount * some for price, some in parts if price is not None), Decimal()), units.pop())


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


def _price_set() -> Price | None:
    """What the settings say: `0.0083 USD`."""
    amount, _, unit = settings.MESSAGE_PRICE_PER_SEGMENT.partition(" ")
    return Price(Decimal(amount), unit.strip().upper() or "USD") if amount else None


def own_rate(sender: str) -> float | None:
    """Segments a second that were agreed for a sender, or are set for all."""
    found = Sender.objects.filter(name=sender).values_list("segments_per_second", flat=True).first()
    return found or settings.MESSAGE_SEGMENTS_PER_SECOND or None


def seconds_for(sender: str, segments_by_number: Iterable[tuple[str, int]]) -> float:
    """How long the sender takes for so many segments to each of these numbers."""
    own = own_rate(sender)
    return sum(some / (own or rate(sender, number)) for number, some in segments_by_number)
