"""Twilio's figures are kept as it gives them, whole or not at all."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from io import StringIO

import pytest
import requests
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from tests.telephony.account import refusal
from tests.usage.twilio_figures import day
from usage.claims import claiming
from usage.freshness import freshness, next_quarter
from usage.models import UsageRecord, UsageRefresh
from usage.services import BUSY, NOTHING, usage_refresh

pytestmark = pytest.mark.django_db


def kept() -> dict[tuple[str, int], Decimal]:
    return {(row.category, (day() - row.day).days): row.price for row in UsageRecord.objects.all()}


def test_records_are_kept_with_twilios_names_and_units(figures):
    figures.put("calls", day(), price="1.2345", count="12", usage="30", description="Voice Minutes")

    usage_refresh(days=1)

    row = UsageRecord.objects.get()
    assert (row.category, row.day, row.description) == ("calls", day(), "Voice Minutes")
    assert (row.count, row.count_unit, row.usage, row.usage_unit) == (12, "calls", 30, "minutes")
    assert (row.price, row.price_unit, row.as_of) == (Decimal("1.2345"), "usd", figures.as_of)


def test_a_category_that_nobody_has_heard_of_is_kept(figures):
    figures.put("teleportation-outbound", day(), price="9")

    usage_refresh(days=1)

    assert kept() == {("teleportation-outbound", 0): 9}


@pytest.mark.parametrize("nothing", ["", None, "0", "n/a", "NaN", "Infinity"])
def test_a_count_that_is_no_number_is_none(figures, nothing):
    figures.put("calls", day(), price="2", count=nothing, usage=nothing)

    usage_refresh(days=1)

    row = UsageRecord.objects.get()
    assert (row.count, row.usage, row.price) == (0, 0, 2)


@pytest.mark.parametrize("nothing", ["", None, "0", "0.00000"])
def test_categories_without_anything_are_not_kept_but_the_sum_is(figures, nothing):
    figures.put("calls", day(), price=nothing)
    figures.put("totalprice", day(), price=nothing)

    usage_refresh(days=1)

    assert kept() == {("totalprice", 0): 0}


def test_a_price_that_the_library_cannot_read_is_a_failure_and_no_crash(figures):
    figures.put("totalprice", day(), price="1")
    figures.fails_after, figures.failure = 0, InvalidOperation()

    assert usage_refresh(days=1).problem == "Twilio's figures could not be read."


def test_what_twilio_corrects_is_corrected_and_what_it_takes_back_goes(figures):
    figures.put("totalprice", day(1), price="5")
    figures.put("calls", day(1), price="5")
    usage_refresh(days=3)
    figures.put("totalprice", day(1), price="4.5")
    del figures.records["calls", day(1)]

    usage_refresh(days=3)

    assert kept() == {("totalprice", 1): Decimal("4.5")}


def test_a_look_at_few_days_leaves_the_others_alone(figures):
    figures.put("totalprice", day(10), price="5")
    figures.put("totalprice", day(), price="1")
    usage_refresh(days=20)
    figures.records.clear()
    figures.put("totalprice", day(), price="2")

    usage_refresh(days=3)

    assert kept() == {("totalprice", 10): 5, ("totalprice", 0): 2}


def test_the_first_look_and_one_a_day_goes_back_two_months_and_others_three_days(figures):
    figures.put("totalprice", day(), price="1")

    looked = [usage_refresh().days, usage_refresh().days]
    UsageRefresh.objects.update(deep_at=timezone.now() - timedelta(days=1))
    looked.append(usage_refresh().days)

    assert looked == [62, 3, 62]
    assert figures.asked[1] == {
        "start_date": day(2), "end_date": day(), "include_subaccounts": False, "page_size": 1000,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (refusal(429, 20429), "Twilio is busy. Try again in a moment."),
        (requests.ConnectionError(), "Twilio cannot be reached. Try again."),
        (refusal(401, 20003), "Ringdesk is not allowed to do this at Twilio. Ask your admin."),
        (refusal(404, 20404), "Twilio gives no usage figures for this account."),
    ],
)
def test_when_twilio_fails_half_way_nothing_changes_and_the_failure_is_noted(figures, failure, said):
    for back in range(3):
        figures.put("totalprice", day(back), price="1")
    usage_refresh(days=3)
    for back in range(3):
        figures.put("totalprice", day(back), price="7")
    figures.fails_after, figures.failure = 1, failure

    refreshed = usage_refresh(days=3)

    assert refreshed.problem == said
    assert set(kept().values()) == {1}
    row = UsageRefresh.objects.get()
    assert (row.problem, row.claim) == (said, "")
    assert row.failing_since == row.failed_at > row.succeeded_at


def test_failing_since_is_the_first_of_a_row_of_failures_and_ends_with_the_next_success(figures):
    figures.put("totalprice", day(), price="1")
    figures.fails_after = 0
    usage_refresh()
    since = freshness().failing_since
    usage_refresh()
    still = freshness()
    figures.fails_after = None
    usage_refresh()

    assert since == still.failing_since
    assert still.problem == "Twilio is busy. Try again in a moment."
    assert (freshness().failing_since, freshness().problem) == (None, "")


def test_an_empty_answer_takes_nothing_away(figures):
    figures.put("totalprice", day(), price="1")
    usage_refresh()
    figures.records.clear()

    assert usage_refresh().problem == NOTHING
    assert kept() == {("totalprice", 0): 1}


def test_of_two_at_once_one_asks(figures):
    figures.put("totalprice", day(), price="1")

    with claiming(UsageRefresh.What.RECORDS):
        second = usage_refresh()

    assert second.problem == BUSY
    assert figures.asked == []
    assert usage_refresh().problem == ""


def test_a_claim_of_somebody_who_never_came_back_does_not_hold_for_ever(figures):
    figures.put("totalprice", day(), price="1")
    UsageRefresh.objects.create(what="records", claim="gone", claimed_at=timezone.now() - timedelta(minutes=10))

    assert usage_refresh().problem == ""


def test_who_was_overtaken_writes_nothing(figures):
    figures.put("totalprice", day(), price="1")
    figures.meanwhile = lambda: UsageRefresh.objects.update(claim="somebody-else")

    assert usage_refresh().problem == BUSY
    assert kept() == {}
    assert UsageRefresh.objects.get().claim == "somebody-else"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
def test_many_threads_at_once_keep_each_record_once(figures):
    for back in range(3):
        figures.put("totalprice", day(back), price="1")
    problems: list[str] = []

    def go() -> None:
        try:
            problems.append(usage_refresh(days=3).problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert "" in problems
    assert set(problems) <= {"", BUSY}
    assert len(kept()) == 3


def test_the_next_look_is_at_the_next_quarter_of_an_hour():
    now = timezone.now().replace(hour=10, minute=47, second=12)

    assert next_quarter(now).strftime("%H:%M:%S") == "11:00:00"
    assert next_quarter(now.replace(minute=45)).strftime("%H:%M:%S") == "11:00:00"
    assert next_quarter(now.replace(minute=44)).strftime("%H:%M:%S") == "10:45:00"


def test_the_command_says_how_much_it_kept(figures):
    figures.put("totalprice", day(), price="1")
    out = StringIO()

    call_command("usage_refresh", "--days", "5", stdout=out)

    assert "1 records of 5 days" in out.getvalue()


@pytest.mark.parametrize("days", ["0", "-1", "401", "many"])
def test_the_command_refuses_days_that_make_no_sense(figures, days):
    with pytest.raises(CommandError):
        call_command("usage_refresh", "--days", days)


def test_the_command_fails_with_twilios_reason(figures):
    figures.put("totalprice", day())
    figures.fails_after = 0

    with pytest.raises(CommandError, match="Twilio is busy"):
        call_command("usage_refresh")
