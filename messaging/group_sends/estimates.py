"""What a send may cost, and how long it takes."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.conf import settings

from messaging.models import Sender
from messaging.outbox.pace import rate
from messaging.prices import Price, country_code, prices_per_segment


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
