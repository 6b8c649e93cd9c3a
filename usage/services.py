"""Asking Twilio for its figures, and keeping them: all of what one look found, or nothing of it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from telephony.errors import TelephonyError
from telephony.rest.usage import UsageFacts, usage_daily
from usage import guard
from usage.alerts import alerts_raise
from usage.claims import ClaimLost, claiming, held
from usage.models import TOTAL, UsageRecord, UsageRefresh

logger = logging.getLogger(__name__)

# Twilio counts late and corrects itself: most of it within days, some within weeks.
_SHALLOW_DAYS, _DEEP_DAYS = 3, 62
_DEEP_EVERY = timedelta(hours=23)
_FIELDS = ["description", "count", "count_unit", "usage", "usage_unit", "price", "price_unit", "as_of"]
BUSY = gettext_noop("Twilio is being asked already.")
# An empty answer is no reason to throw away what is known.
NOTHING = gettext_noop("Twilio gave no figures at all.")


@dataclass(frozen=True, slots=True)
class Refreshed:
    """`problem`: why there is nothing new, in English; "" when all went well."""

    days: int
    records: int = 0
    problem: str = ""


def today_gmt() -> date:
    """The day that it is for Twilio."""
    return timezone.now().astimezone(UTC).date()


def usage_refresh(*, days: int | None = None) -> Refreshed:
    """Brings the last days in line with what Twilio says: three of them, and once a day two months.

    A failure is noted, and nothing of what was read until then is kept. Raises nothing of Twilio's.
    """
    with claiming(UsageRefresh.What.RECORDS) as claim:
        if claim is None:
            return Refreshed(days=0, problem=BUSY)
        began = timezone.now()
        is_deep = days is None and _deep_is_due(began)
        days = days or (_DEEP_DAYS if is_deep else _SHALLOW_DAYS)
        end = today_gmt()
        start = end - timedelta(days=days - 1)
        try:
            # Read whole before anything is written: half a list says of the rest that it was nothing.
            found = list(usage_daily(start, end))
        except TelephonyError as error:
            logger.warning("usage: %s (code %s)", error.key, error.code)
            refresh_failed(UsageRefresh.What.RECORDS, claim, error.key)
            return Refreshed(days=days, problem=error.key)
        if not found and UsageRecord.objects.filter(day__range=(start, end)).exists():
            refresh_failed(UsageRefresh.What.RECORDS, claim, NOTHING)
            return Refreshed(days=days, problem=NOTHING)
        try:
            kept = _keep(found, start, end, claim, is_deep=is_deep or days >= _DEEP_DAYS)
        except ClaimLost:
            return Refreshed(days=days, problem=BUSY)
    guard.forget()
    alerts_raise()
    logger.info("usage: %d records of %d days", kept, days)
    return Refreshed(days=days, records=kept)


def _deep_is_due(now: datetime) -> bool:
    last = UsageRefresh.objects.filter(what=UsageRefresh.What.RECORDS).values_list("deep_at", flat=True).first()
    return last is None or now - last >= _DEEP_EVERY


@transaction.atomic
def _keep(found: Sequence[UsageFacts], start: date, end: date, claim: str, *, is_deep: bool) -> int:
    """Writes what was found, and takes away what Twilio does not say any more. Raises `ClaimLost`."""
    row = held(UsageRefresh.What.RECORDS, claim)
    # A category without anything is not kept: Twilio lists hundreds of them. The sum is, for it says that a day was
    # looked at. Should Twilio name one twice, the later counts.
    wanted = {
        (facts.category, facts.day): facts
        for facts in found
        if start <= facts.day <= end and (facts.category == TOTAL or not facts.is_nothing)
    }
    known = UsageRecord.objects.filter(day__range=(start, end)).values_list("pk", "category", "day")
    gone = [pk for pk, category, day in known if (category, day) not in wanted]
    UsageRecord.objects.filter(pk__in=gone).delete()
    UsageRecord.objects.bulk_create(
        [_record(facts) for facts in wanted.values()],
        batch_size=200,
        update_conflicts=True,
        unique_fields=["category", "day"],
        update_fields=_FIELDS,
    )
    now = timezone.now()
    row.succeeded_at, row.failing_since = now, None
    row.deep_at = now if is_deep else row.deep_at
    row.save(update_fields=["succeeded_at", "failing_since", "deep_at"])
    return len(wanted)


def _record(facts: UsageFacts) -> UsageRecord:
    return UsageRecord(
        category=facts.category,
        day=facts.day,
        description=facts.description,
        count=_within(facts.count, 4),
        count_unit=facts.count_unit,
        usage=_within(facts.usage, 4),
        usage_unit=facts.usage_unit,
        price=_within(facts.price, 6),
        price_unit=facts.price_unit,
        as_of=facts.as_of,
    )


def _within(figure: Decimal, places: int) -> Decimal:
    """The figure as a column holds it. One that is beyond all measure is cut, not an error."""
    limit = Decimal(10) ** 12 - 1
    return max(-limit, min(limit, figure)).quantize(Decimal(1).scaleb(-places))


def refresh_failed(what: str, claim: str, problem: str) -> None:
    """Notes a failure. What is stored stays as it is."""
    with transaction.atomic():
        try:
            row = held(what, claim)
        except ClaimLost:
            return
        now = timezone.now()
        row.failed_at, row.problem, row.failing_since = now, problem[:255], row.failing_since or now
        row.save(update_fields=["failed_at", "problem", "failing_since"])
