"""What overlaps is never counted twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.usage.twilio_figures import day
from usage import selectors
from usage.categories import KNOWN, TOPS, keys
from usage.months import Month
from usage.services import usage_refresh

pytestmark = pytest.mark.django_db


def test_every_category_of_the_tree_stands_in_it_once():
    assert len(keys()) == len(set(keys())) == len(KNOWN)
    assert set(TOPS) <= KNOWN
    assert "totalprice" not in KNOWN


def test_with_every_category_in_it_the_sum_is_twilios_and_other_is_what_the_tops_leave(figures):
    for category in keys():
        figures.put(category, day(), price="2", count="1", usage="3")
    figures.put("teleportation", day(), price="1.5")
    figures.put("totalprice", day(), price=str(2 * len(TOPS) + Decimal("1.5")))
    usage_refresh(days=1)

    found = selectors.table((day(), day()), (day(40), day(40)))

    assert [row.category.key for row in found.rows] == keys()
    assert sum(row.now.price for row in found.rows if row.depth == 0) + found.other_now == found.total_now
    assert found.other_now == Decimal("1.5")
    assert [(row.category.key, row.depth, row.now.price) for row in found.unknown] == [
        ("teleportation", 1, Decimal("1.5"))
    ]


def test_of_texts_segments_are_counted(figures):
    figures.put("sms", day(), count="2", usage="6", count_unit="messages", usage_unit="segments")
    figures.put("sms-inbound", day(), count="2", usage="2", count_unit="messages", usage_unit="messages")
    usage_refresh(days=1)

    rows = selectors.table((day(), day()), (day(40), day(40))).rows

    assert [getattr(row.now, row.category.amount) for row in rows] == [6, 2]


def test_a_part_stands_under_its_whole_and_deeper_than_it(figures):
    for category in ("calls", "calls-inbound", "calls-inbound-local", "calls-client", "sms"):
        figures.put(category, day(), price="1")
    usage_refresh(days=1)

    rows = selectors.table((day(), day()), (day(40), day(40))).rows

    assert [(row.category.key, row.depth) for row in rows] == [
        ("calls", 0), ("calls-inbound", 1), ("calls-inbound-local", 2), ("calls-client", 1), ("sms", 0),
    ]  # fmt: skip


def test_when_the_tops_overlap_after_all_the_sum_stays_twilios(figures):
    figures.put("calls", day(), price="4")
    figures.put("recordings", day(), price="2")
    figures.put("totalprice", day(), price="5")
    usage_refresh(days=1)

    found = selectors.table((day(), day()), (day(40), day(40)))

    assert (found.total_now, found.other_now) == (5, -1)


def test_a_day_that_was_looked_at_is_nothing_and_one_that_was_not_is_missing(figures):
    figures.put("totalprice", day(), price="0")
    usage_refresh(days=1)

    series = selectors.series_by_day(day(3), day())

    assert series == {name: {day(): 0} for name in ("money", "calls", "minutes", "texts")}


# --- Months ---


@pytest.mark.parametrize(
    ("on", "compared"),
    [
        (date(2026, 11, 24), date(2026, 10, 24)),
        (date(2026, 3, 30), date(2026, 2, 28)),
        (date(2026, 3, 31), date(2026, 2, 28)),
        (date(2026, 11, 30), date(2026, 10, 31)),
        (date(2026, 1, 1), date(2025, 12, 1)),
        (date(2024, 2, 29), date(2024, 1, 31)),
    ],
)
def test_a_sum_is_compared_to_the_same_date_and_a_whole_month_to_a_whole_one(on, compared):
    assert Month.of(on).same_date_before(on) == compared


@pytest.mark.parametrize("month", [Month(2026, 1), Month(2026, 2), Month(2026, 3), Month(2024, 2), Month(2026, 11)])
def test_behind_a_day_stands_the_same_weekday_of_the_month_before_each_once(month):
    behind = [month.same_weekday_before(on) for on in month.days]
    found = [on for on in behind if on]

    assert len(found) == len(set(found)) >= 28
    assert all(Month.of(on) == month.before for on in found)
    assert all(on.weekday() == other.weekday() for on, other in zip(month.days, behind, strict=True) if other)


@pytest.mark.parametrize("text", ["", "2026-13", "2026-00", "2026-1", "november", "2026-11-01", "٢٠٢٦-١١", "0026-11"])
def test_what_is_no_month_is_none(text):
    assert Month.read(text) is None


def test_a_month_is_read_as_it_is_written():
    assert Month.read(str(Month(2026, 11))) == Month(2026, 11)
