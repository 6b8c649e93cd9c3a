"""When a line is open: against another library's clocks, over two years of changing clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.holidays import holiday_of
from routing.hours import DAY, Hours, OwnDate, Span, Switch, Why
from routing.meeting import why_said
from tests.routing import hours_oracle

LONDON = ZoneInfo("Europe/London")
ZONES = [
    "Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "UTC",
    "Pacific/Apia", "America/Santiago", "Africa/Cairo", "Asia/Beirut", "Pacific/Chatham",
]  # fmt: skip


def at(text: str, zone: tzinfo = LONDON) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def span(begins: str, ends: str) -> Span:
    return Span.between(time.fromisoformat(begins), time.fromisoformat(ends))


def week(**days: list[Span]) -> tuple[tuple[Span, ...], ...]:
    return tuple(tuple(days.get(day, ())) for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))


SHOP = week(
    mon=[span("08:30", "12:30"), span("13:15", "18:00")],
    fri=[span("08:30", "12:30"), span("20:00", "01:30")],
    sat=[span("09:00", "13:00")],
)


def hours(**values) -> Hours:
    return Hours(**({"name": "Shop", "zone": LONDON, "week": SHOP} | values))


@st.composite
def spans(draw):
    edges = sorted(draw(st.sets(st.integers(0, DAY + 240), max_size=6)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return tuple(Span(a, b) for a, b in pairs if a < DAY and b <= a + DAY)


@st.composite
def drawn_hours(draw):
    # Around them clocks change somewhere.
    days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
    holidays = draw(st.sets(days, max_size=40))
    return Hours(
        name="Drawn",
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        week=tuple(draw(st.lists(spans(), min_size=7, max_size=7))),
        dates=draw(st.dictionaries(days, st.builds(OwnDate, st.just("Own"), spans()), max_size=20)),
        holiday=lambda day: "Holiday" if day in holidays else "",
    )


def _clock_changes() -> list[datetime]:
    found = []
    for name in ZONES:
        zone, moment = ZoneInfo(name), datetime(2026, 1, 1, tzinfo=UTC)
        while moment.year < 2028:
            if moment.astimezone(zone).utcoffset() != (moment + timedelta(hours=6)).astimezone(zone).utcoffset():
                found.append(moment)
            moment += timedelta(hours=6)
    return found


_MINUTES = 2 * 365 * 1440
two_years = st.integers(0, _MINUTES).map(lambda after: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=after))
near_changes = st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes),
    st.sampled_from(_clock_changes()),
    st.integers(-600, 900),
)


@settings(max_examples=400, deadline=None)
@given(drawn_hours(), two_years | near_changes)
def test_it_is_open_when_a_clock_on_the_wall_shows_a_time_within_a_span(drawn, moment):
    assert drawn.at(moment).is_open is hours_oracle.is_open(drawn, moment)


@settings(max_examples=150, deadline=None)
@given(drawn_hours(), two_years | near_changes)
def test_the_next_change_is_the_first_minute_at_which_the_answer_is_another(drawn, moment):
    expected = hours_oracle.next_change(drawn, moment, within=timedelta(days=3))
    found = drawn.at(moment).changes_at

    if expected is None:
        assert found is None or found > moment + timedelta(days=3) - timedelta(minutes=1)
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("moment", "is_open", "why", "changes"),
    [
        ("2026-11-23T12:29", True, Why.SPAN, "2026-11-23T12:30"),
        ("2026-11-23T12:30", False, Why.OUTSIDE, "2026-11-23T13:15"),
        ("2026-11-28T00:45", True, Why.SPAN, "2026-11-28T01:30"),
        ("2026-11-28T13:00", False, Why.OUTSIDE, "2026-11-30T08:30"),
    ],
)
def test_a_week_of_spans_also_past_midnight(moment, is_open, why, changes):
    verdict = hours().at(at(moment))

    assert (verdict.is_open, verdict.why, verdict.changes_at) == (is_open, why, at(changes))


def test_past_midnight_it_is_the_span_of_the_day_before():
    verdict = hours().at(at("2026-11-28T00:45"))

    assert (str(verdict.span), verdict.day) == ("20:00–01:30", date(2026, 11, 27))


def test_an_hour_that_is_shown_twice_is_open_twice_and_one_that_is_never_shown_never():
    night = hours(week=week(sun=[span("01:15", "01:45")]))

    first, second = at("2026-10-25T01:20"), at("2026-10-25T01:20").replace(fold=1)
    between = at("2026-10-25T01:50")
    assert [night.at(moment).is_open for moment in (first, between, second)] == [True, False, True]
    # In UTC: Python takes no two moments of an hour that is shown twice for the same.
    assert night.at(first).changes_at == at("2026-10-25T00:45", UTC)
    assert night.at(between).changes_at == at("2026-10-25T01:15", UTC)
    # 28 March 2027: after 00:59 the clock shows 02:00.
    assert night.at(at("2027-03-27T20:00")).changes_at == at("2027-04-04T01:15")


def test_a_holiday_of_the_country_is_closed_and_says_its_name():
    verdict = hours(holiday=holiday_of("GB", "ENG")).at(at("2026-12-28T10:00"))

    assert (verdict.is_open, verdict.why) == (False, Why.HOLIDAY)
    assert verdict.name.startswith("Boxing Day")


def test_a_date_of_ones_own_comes_before_the_week_and_the_holiday():
    eve, changed = date(2026, 12, 24), date(2026, 12, 28)
    own = hours(
        holiday=holiday_of("GB", "ENG"),
        dates={eve: OwnDate("Christmas Eve"), changed: OwnDate("Open all the same", (span("10:00", "14:00"),))},
    )

    assert own.at(at("2026-12-24T10:00")).name == "Christmas Eve"
    assert own.at(at("2026-12-28T10:00")).is_open
    assert not own.at(at("2026-12-28T09:00")).is_open


@pytest.mark.parametrize("name", ["Stocktaking", ""])
@pytest.mark.parametrize(("clock", "ends"), [("11:00", ": 10:00–14:00."), ("09:00", ", and is closed at that time.")])
def test_a_date_of_ones_own_is_told_with_its_name_or_without(name, clock, ends):
    own = hours(dates={date(2026, 12, 28): OwnDate(name, (span("10:00", "14:00"),))})

    said = str(why_said(own, own.at(at(f"2026-12-28T{clock}"))))

    assert said == f"2026-12-28{', Stocktaking,' if name else ''} has hours of its own{ends}"


def test_a_switch_holds_until_its_time_and_then_the_week_applies():
    until = at("2026-11-23T14:00")
    switched = hours(switch=Switch(False, until, "Fire drill"))

    verdict = switched.at(at("2026-11-23T13:40"))
    assert (verdict.is_open, verdict.why, verdict.name, verdict.changes_at) == (False, Why.SWITCH, "Fire drill", until)
    assert switched.at(until).why == Why.SPAN


def test_a_switch_whose_end_finds_it_closed_changes_when_the_week_opens():
    switched = hours(switch=Switch(False, at("2026-11-23T12:45")))

    assert switched.at(at("2026-11-23T12:00")).changes_at == at("2026-11-23T13:15")


def test_a_switch_without_an_end_never_changes_by_itself():
    assert hours(switch=Switch(True)).at(at("2026-11-24T03:00")).changes_at is None


def test_a_switch_until_the_end_of_all_time_never_changes_by_itself():
    switch = Switch(is_open=False, until=datetime(9999, 12, 31, 23, tzinfo=UTC))

    assert hours(switch=switch).at(at("2026-11-23T10:00")).changes_at is None


def test_what_a_caller_waits_for_looks_at_no_other_day(monkeypatch):
    monkeypatch.setattr(Hours, "_moments_after", lambda self, moment: pytest.fail("looks at a year"))
    always = hours(week=week(mon=[span("00:00", "00:00")], tue=[span("00:00", "00:00")]))

    assert always.at_once(at("2026-11-23T10:00")).is_open


def test_whoever_is_never_open_never_changes():
    never = hours(week=week())

    assert never.at(at("2026-11-24T03:00")).changes_at is None
    assert not never.has_any_day()


@pytest.mark.parametrize(("begins", "ends"), [(-1, 5), (DAY, DAY + 5), (5, 5), (9, 4), (0, DAY + 1)])
def test_a_span_begins_on_its_day_and_ends_within_24_hours(begins, ends):
    with pytest.raises(ValueError, match="a span begins"):
        Span(begins, ends)
