"""How much was spent in a day and in a month: what Twilio has counted, and what we know that it has not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Max, QuerySet, Sum
from django.utils import timezone

from messaging.models import Direction, Message, Step
from messaging.prices import country_code, prices_per_segment
from usage.models import TOTAL, CallPrice, Period, SpendLimit, UsageRecord, begins
from usage.selectors import SEGMENTS

# Of a segment, while nothing is known of this account's prices: rather too much than too little.
_GUESS = Decimal("0.01")
_KNOWN_DAYS = 62
_PER_SEGMENT = ("sms-outbound", "sms-messages-carrierfees")


@dataclass(frozen=True, slots=True)
class Spent:
    """One limit, and how far it is used up. `estimated` is that part of `spent` that Twilio has not counted yet."""

    limit: SpendLimit
    begins: date
    spent: Decimal
    estimated: Decimal
    currency: str

    @property
    def fits(self) -> bool:
        """Whether the limit is in the currency in which Twilio bills; else nothing can be said of it."""
        return not self.currency or self.currency == self.limit.currency

    @property
    def share(self) -> int:
        """Per cent of the limit, as whole ones that are full."""
        return int(self.spent * 100 / self.limit.amount)

    @property
    def level(self) -> int:
        """The highest level that is reached; 0 for none."""
        return max((level for level in self.limit.levels if self.fits and self.share >= level), default=0)

    @property
    def is_reached(self) -> bool:
        return self.fits and self.spent >= self.limit.amount

    def full_on(self, today: date) -> date | None:
        """The day of this month on which the limit is used up at the pace so far; None when it lasts."""
        days = (today - self.begins).days + 1
        if self.limit.period != Period.MONTHLY or self.spent <= 0 or self.is_reached:
            return None
        lasts = int(self.limit.amount * days / self.spent)
        full = self.begins + timedelta(days=min(lasts, 366))
        return full if (full.year, full.month) == (today.year, today.month) else None


def spent_in(limits: list[SpendLimit]) -> list[Spent]:
    """Of each limit, in their order: today's, and this month's, as Twilio has its days."""
    today = timezone.now().astimezone(UTC).date()
    if not limits:
        return []
    currency = account_currency()
    as_of = counted_until()
    found = []
    for limit in limits:
        start = begins(limit.period, today)
        counted = UsageRecord.objects.filter(category=TOTAL, day__range=(start, today)).aggregate(sum=Sum("price"))
        estimated = _estimate(max(as_of, datetime.combine(start, time(), UTC)))
        found.append(
            Spent(
                limit=limit,
                begins=start,
                spent=(counted["sum"] or Decimal(0)) + estimated,
                estimated=estimated,
                currency=currency,
            )
        )
    return found


def account_currency() -> str:
    """The one in which Twilio bills: as its usage says, or before that was asked for, the price of a call or a text; ""
    while nothing is known."""
    known: tuple[QuerySet[Any], ...] = (
        UsageRecord.objects.filter(category=TOTAL).order_by("-day"),
        CallPrice.objects.order_by("-pk"),
        Message.objects.order_by("-created_at"),
    )
    units = (rows.exclude(price_unit="").values_list("price_unit", flat=True).first() for rows in known)
    return next((str(unit).lower() for unit in units if unit), "")


def counted_until() -> datetime:
    """Up to when Twilio had counted when it was last asked."""
    last = UsageRecord.objects.filter(category=TOTAL).aggregate(last=Max("as_of"))["last"]
    return last or timezone.now() - timedelta(days=31)


def _estimate(since: datetime) -> Decimal:
    """What our own texts cost that Twilio took since then."""
    texts = Message.objects.filter(direction=Direction.OUTBOUND, step=Step.TAKEN, sent_at__gt=since)
    segments: dict[str, int] = {}
    for recipient, some in texts.order_by().values_list("recipient").annotate(Sum("num_segments")):
        code = country_code(recipient)
        segments[code] = segments.get(code, 0) + (some or 0)
    if not segments:
        return Decimal(0)
    usual, known = segment_price(), prices_per_segment()
    # Some countries cost many times what is usual here; that has the carriers' fees, which a text's own price has not.
    prices = {code: max(usual, known[code].amount) if code in known else usual for code in segments}
    return Decimal(sum(some * prices[code] for code, some in segments.items())).quantize(Decimal("0.000001"))


def segment_price() -> Decimal:
    """What a segment of ours has cost of late, with its carriers' fees; a guess while nothing is known."""
    since = timezone.now().astimezone(UTC).date() - timedelta(days=_KNOWN_DAYS)
    rows = UsageRecord.objects.filter(category__in=_PER_SEGMENT, day__gte=since).order_by()
    sums = {row["category"]: row for row in rows.values("category").annotate(paid=Sum("price"), segments=SEGMENTS)}
    sent = sums.get(_PER_SEGMENT[0])
    if not sent or not sent["segments"]:
        return _GUESS
    paid: Decimal = sum((row["paid"] for row in sums.values()), Decimal(0))
    return Decimal(paid / sent["segments"])
