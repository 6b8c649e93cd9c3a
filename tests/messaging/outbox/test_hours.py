"""When somebody may be texted, at their own place."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.outbox.hours import Hours
from telephony.numbers import zones_of

DAY = Hours(time(8), time(20))
NEW_YORK, BERLIN = ("America/New_York",), ("Europe/Berlin",)


def test_by_day_it_is_now():
    noon = datetime(2026, 11, 28, 12, 7, 3, tzinfo=UTC)

    assert DAY.next_open(noon, BERLIN) == noon


def test_by_night_it_is_the_next_morning_there():
    evening = datetime(2026, 11, 28, 21, 30, tzinfo=UTC)

    assert DAY.next_open(evening, BERLIN).astimezone(ZoneInfo(BERLIN[0])) == datetime(
        2026, 11, 29, 8, tzinfo=ZoneInfo(BERLIN[0])
    )
    assert DAY.next_open(evening, NEW_YORK) == evening


def test_a_number_that_may_be_in_two_zones_waits_for_both():
    found = DAY.next_open(datetime(2026, 11, 28, 8, 30, tzinfo=UTC), (*BERLIN, *NEW_YORK))

    assert found == datetime(2026, 11, 28, 13, tzinfo=UTC)


def test_hours_may_go_over_midnight():
    night = Hours(time(22), time(6))

    assert night.next_open(datetime(2026, 11, 28, 23, tzinfo=UTC), ("UTC",)).hour == 23
    assert night.next_open(datetime(2026, 11, 28, 12, tzinfo=UTC), ("UTC",)).hour == 22


@pytest.mark.parametrize("minutes", [1, 13])
def test_a_span_of_a_few_minutes_is_waited_for(minutes):
    short = Hours(time(8, 16), time(8, 16 + minutes))
    noon = datetime(2026, 11, 28, 12, tzinfo=UTC)

    assert short.next_open(noon, BERLIN) == datetime(2026, 11, 29, 8, 16, tzinfo=ZoneInfo(BERLIN[0]))


def test_what_never_holds_in_both_zones_holds_in_the_first():
    short = Hours(time(8), time(9))
    noon = datetime(2026, 11, 28, 12, tzinfo=UTC)

    assert short.next_open(noon, (*BERLIN, *NEW_YORK)) == datetime(2026, 11, 29, 8, tzinfo=ZoneInfo(BERLIN[0]))


def test_zones_are_those_of_the_number_unless_somebody_said_another():
    assert zones_of("+442079460018", default="UTC") == ("Europe/London",)
    assert zones_of("+442079460018", default="UTC", own="Asia/Tokyo") == ("Asia/Tokyo",)
    assert zones_of("+12025550142", default="UTC") == ("America/New_York",)
    assert zones_of("+8835100000000", default="Europe/Berlin") == ("Europe/Berlin",)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(
    moment=moments, zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"])
)
def test_what_is_found_is_open_and_soon(moment, zone):
    found = DAY.next_open(moment, (zone,))

    assert time(8) <= found.astimezone(ZoneInfo(zone)).time() < time(20)
    assert 0 <= (found - moment).total_seconds() <= 13.5 * 3600
