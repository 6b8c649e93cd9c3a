"""Reading what Twilio counted. What is added is never counted twice: see `usage.categories`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Case, Min, QuerySet, Sum, When

from usage.categories import KNOWN, TOPS, TREE, Category
from usage.models import TOTAL, UsageRecord
from usage.months import Month

# What stands in the page's figures and charts, and which number of the record it is.
SERIES: dict[str, tuple[str, str]] = {
    "money": (TOTAL, "price"),
    "calls": ("calls", "count"),
    "minutes": ("calls", "usage"),
    "texts": ("sms", "count"),
}
_NOTHING = Decimal(0)
# Of texts Twilio counts the messages, and their segments as what they used. Where it says no segments they are as many.
SEGMENTS = Sum(Case(When(usage_unit="segments", then="usage"), default="count"))


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one category in a time."""

    count: Decimal = _NOTHING
    usage: Decimal = _NOTHING
    segments: Decimal = _NOTHING
    price: Decimal = _NOTHING
    description: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table of categories. `depth` 0 is added up; what is deeper is a part of the row above."""

    category: Category
    depth: int
    now: Sums
    before: Sums


@dataclass(frozen=True, slots=True)
class Table:
    """`other` is what belongs to no known category: the total less the known tops. Below zero when the tops overlap
    after all; the total counts, whatever its parts are."""

    rows: list[Row]
    unknown: list[Row]
    other_now: Decimal
    other_before: Decimal
    total_now: Decimal
    total_before: Decimal


def records(start: date | None = None, end: date | None = None, category: str = "") -> QuerySet[UsageRecord]:
    """The stored ones of that time, newest first."""
    found = UsageRecord.objects.all()
    if start is not None:
        found = found.filter(day__gte=start)
    if end is not None:
        found = found.filter(day__lte=end)
    return found.filter(category=category) if category else found


def series_by_day(start: date, end: date) -> dict[str, dict[date, Decimal]]:
    """Each series by day. Of a day that was looked at, all of them, even when nothing was; of others none."""
    wanted = {category for category, _ in SERIES.values()}
    found = {
        (row.category, row.day): row
        for row in UsageRecord.objects.filter(category__in=wanted, day__range=(start, end)).order_by()
    }
    days = sorted({day for _, day in found})
    return {
        name: {day: getattr(found[category, day], of) if (category, day) in found else _NOTHING for day in days}
        for name, (category, of) in SERIES.items()
    }


def sums_of(start: date, end: date) -> dict[str, Sums]:
    """Each category that has anything in that time."""
    rows = UsageRecord.objects.filter(day__range=(start, end)).order_by().values("category")
    summed = rows.annotate(
        counts=Sum("count"), uses=Sum("usage"), parts=SEGMENTS, prices=Sum("price"), words=Min("description")
    )
    return {
        row["category"]: Sums(row["counts"], row["uses"], row["parts"], row["prices"], row["words"]) for row in summed
    }


def table(now: tuple[date, date], before: tuple[date, date]) -> Table:
    """The categories of two times, beside each other."""
    here, there = sums_of(*now), sums_of(*before)
    total_now, total_before = _price(here, TOTAL), _price(there, TOTAL)
    unknown = sorted((here.keys() | there.keys()) - KNOWN - {TOTAL})
    return Table(
        rows=list(_rows(TREE, here, there)),
        unknown=[
            Row(Category(key, _description(key, here, there)), 1, here.get(key, Sums()), there.get(key, Sums()))
            for key in unknown
        ],
        other_now=total_now - sum((_price(here, key) for key in TOPS), _NOTHING),
        other_before=total_before - sum((_price(there, key) for key in TOPS), _NOTHING),
        total_now=total_now,
        total_before=total_before,
    )


def _rows(
    categories: Iterable[Category], here: dict[str, Sums], there: dict[str, Sums], depth: int = 0
) -> Iterator[Row]:
    for one in categories:
        if one.key in here or one.key in there:
            yield Row(one, depth, here.get(one.key, Sums()), there.get(one.key, Sums()))
        yield from _rows(one.parts, here, there, depth + 1)


def _price(sums: dict[str, Sums], key: str) -> Decimal:
    return sums[key].price if key in sums else _NOTHING


def _description(key: str, *found: dict[str, Sums]) -> str:
    """As Twilio calls a category that we have no word for."""
    return next((sums[key].description for sums in found if key in sums and sums[key].description), key)


def first_month() -> Month | None:
    """The oldest of which there are figures."""
    first = UsageRecord.objects.aggregate(first=Min("day"))["first"]
    return Month.of(first) if first else None
