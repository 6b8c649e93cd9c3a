"""What rules say of a number, a role and a moment: pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.languages import as_text, sentence, speaking
from routing.outgoing.rules import (
    Channel,
    Entry,
    HoursRule,
    PlaceRule,
    Role,
    Rule,
    Rules,
    next_open,
    refusals,
)
from telephony.phone import Number, parse
from tests.routing.outgoing.rows import BERLIN, DAY, NIGHT

ALL = frozenset(Channel)
EVERY_DAY = frozenset(range(7))
CHIEFS = frozenset({Role.SUPERVISOR, Role.ADMIN})


def number(text: str) -> Number:
    return parse(text, home_region="US")


def span(place: str = "", begin: str = "08:00", end: str = "21:00", **values) -> HoursRule:
    known = {"channels": ALL, "days": EVERY_DAY, "override_by": CHIEFS}
    return HoursRule(place=place, begin=time.fromisoformat(begin), end=time.fromisoformat(end), **(known | values))


def said(text=BERLIN, *, role=Role.AGENT, channel=Channel.CALL, at=NIGHT, **more) -> list[str]:
    return [sentence(one.sentence) for one in refusals(number(text), role=role, channel=channel, at=at, **more)]


def places(*rules: tuple[str, set[Role]], channels=ALL) -> Rules:
    return Rules(places=tuple(PlaceRule(place, frozenset(channels), frozenset(roles)) for place, roles in rules))


def test_without_rules_everything_is_allowed():
    assert said(rules=Rules()) == []


@pytest.mark.parametrize(
    ("text", "role", "allowed"),
    [
        ("+493012345678", Role.AGENT, False),
        ("+493012345678", Role.SUPERVISOR, True),
        # Munich has a closer rule, and a number of Munich one still closer.
        ("+498912345678", Role.AGENT, True),
        ("+498955512345", Role.ADMIN, False),
        # A country among those that share a code is closer than the code.
        ("+16045550123", Role.AGENT, True),
        ("+12025550142", Role.AGENT, False),
        ("+442079460018", Role.ADMIN, False),
    ],
)
def test_of_all_rules_the_closest_counts_alone(text, role, allowed):
    rules = places(
        ("DE", {Role.SUPERVISOR, Role.ADMIN}),
        ("+4989", {Role.AGENT}),
        ("+4989555", set()),
        ("+1", set()),
        ("CA", {Role.AGENT}),
        ("", set()),
    )

    assert (said(text, role=role, rules=rules) == []) is allowed


def test_a_role_that_may_not_is_told_so_otherwise_than_when_nobody_may():
    assert said(rules=places(("DE", {Role.ADMIN}))) == [
        "You are not allowed to call Germany. Ask a supervisor or your admin."
    ]
    assert said("+442079460018", channel=Channel.TEXT, rules=places(("GB", set()))) == [
        "Your company does not allow texts to the United Kingdom. Ask your admin."
    ]


def test_a_rule_for_texts_says_nothing_of_calls():
    rules = places(("DE", set()), channels={Channel.TEXT})

    assert said(rules=rules) == []
    assert said(channel=Channel.TEXT, rules=rules) != []


def test_hours_are_those_of_the_callees_place_and_are_said_with_its_time():
    rules = Rules(hours=(span(),))
    berlin = {"rules": rules, "zones": ("Europe/Berlin",)}

    assert said(**berlin) == ["It is 23:10 in Germany. Your company calls there from 08:00 to 21:00."]
    assert said(channel=Channel.TEXT, **berlin) == [
        "It is 23:10 in Germany. Your company texts there from 08:00 to 21:00."
    ]
    assert said(at=DAY, **berlin) == []
    (found,) = refusals(number(BERLIN), role=Role.AGENT, channel=Channel.CALL, at=NIGHT, **berlin)
    assert (found.rule, found.override_by) == (Rule.HOURS, CHIEFS)
    with speaking("de"):
        assert sentence(as_text(found.sentence)).startswith("Dort (Deutschland) ist es 23:10 Uhr.")


def test_where_a_number_may_be_in_several_zones_all_of_them_must_allow_it():
    """At 09:10 in New York it is 06:10 in Los Angeles."""
    america = {"rules": Rules(hours=(span(),)), "at": DAY}

    assert said("+18005550142", zones=("America/New_York",), **america) == []
    assert said("+18005550142", zones=("America/New_York", "America/Los_Angeles"), **america) == [
        "It may be 06:10 in the United States. Your company calls there from 08:00 to 21:00."
    ]


@pytest.mark.parametrize(("at", "allowed"), [("2026-03-28T20:30", False), ("2026-03-30T19:30", False),
                                             ("2026-03-28T19:59", True), ("2026-03-30T18:59", True),
                                             ("2026-10-24T18:59", True), ("2026-10-26T19:59", True)])  # fmt: skip
def test_summer_time_is_the_callees(at, allowed):
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)

    assert (said(at=moment, rules=Rules(hours=(span(),)), zones=("Europe/Berlin",)) == []) is allowed


def test_a_span_past_midnight_belongs_to_the_day_on_which_it_begins():
    tuesdays = Rules(hours=(span(begin="20:00", end="02:00", days=frozenset({1})),))

    def allowed(day: int, hour: int) -> bool:
        at = datetime(2026, 11, day, hour, 30, tzinfo=UTC)
        return said(at=at, rules=tuesdays, zones=("UTC",)) == []

    # The 24th is a Tuesday.
    assert [allowed(24, 1), allowed(24, 21), allowed(25, 1), allowed(25, 21), allowed(26, 1)] == [
        False, True, True, False, False,
    ]  # fmt: skip


def test_several_spans_of_a_day_and_days_without_any_are_said():
    two = (span(begin="08:00", end="12:00"), span(begin="14:00", end="21:00"))
    weekdays = span(days=frozenset(range(5)))
    sunday = datetime(2026, 11, 22, 10, 10, tzinfo=UTC)

    assert said(rules=Rules(hours=two), zones=("Europe/Berlin",)) == [
        "It is 23:10 in Germany. Your company calls there at these hours: 08:00–12:00, 14:00–21:00."
    ]
    assert said(at=sunday, rules=Rules(hours=(weekdays,)), zones=("Europe/Berlin",)) == [
        "It is Sunday, 11:10, in Germany. Your company does not call there on this day."
    ]


def test_a_countrys_own_hours_take_the_place_of_those_for_all():
    rules = Rules(hours=(span(), span("DE", "00:00", "23:59")))

    assert said(rules=rules, zones=("Europe/Berlin",)) == []


def test_of_several_spans_the_strictest_says_who_may_override():
    rules = Rules(hours=(span(), span(end="20:00", override_by=frozenset({Role.ADMIN}))))

    (found,) = refusals(number(BERLIN), role=Role.AGENT, channel=Channel.CALL, at=NIGHT, rules=rules, zones=("UTC",))

    assert found.override_by == {Role.ADMIN}


def test_the_do_not_call_list_holds_to_its_last_day():
    entry = Entry(ALL, date(2026, 11, 24), CHIEFS)

    assert said(rules=Rules(), entry=entry) == ["This number is on your company's do-not-call list until 2026-11-24."]
    assert said(rules=Rules(), entry=entry, at=NIGHT + timedelta(days=1)) == []
    calls_only = Entry(frozenset({Channel.CALL}), None)
    assert said(rules=Rules(), entry=calls_only, channel=Channel.TEXT) == []


def test_the_last_day_of_the_do_not_call_list_is_one_of_the_desks_clock(settings):
    settings.TIME_ZONE = "America/Los_Angeles"
    entry = Entry(ALL, date(2026, 11, 24), CHIEFS)

    # 23:30 on that day in Los Angeles, when it is the next day by UTC.
    assert said(rules=Rules(), entry=entry, at=datetime(2026, 11, 25, 7, 30, tzinfo=UTC)) != []
    assert said(rules=Rules(), entry=entry, at=datetime(2026, 11, 25, 8, 30, tzinfo=UTC)) == []


def test_what_this_role_cannot_override_is_said_first():
    rules = Rules(hours=(span(),))
    entry = Entry(ALL, None, frozenset({Role.ADMIN}))
    both = {"rules": rules, "entry": entry, "zones": ("Europe/Berlin",)}

    assert "do-not-call" in said(role=Role.SUPERVISOR, **both)[0]
    rules = Rules(hours=(span(override_by=frozenset()),))
    assert "23:10" in said(role=Role.ADMIN, **(both | {"rules": rules}))[0]


def test_every_sentence_fits_its_column_with_the_longest_that_can_stand_in_it():
    """Of a column of 255 characters."""
    spans = tuple(span(begin=f"{hour:02}:00", end=f"{hour:02}:30") for hour in range(2, 9))
    wednesday = datetime(2026, 11, 25, 12, tzinfo=UTC)
    never = (span(days=frozenset({0})),)
    for channel in Channel:
        for hours in (spans, never, (span(end="11:00"),)):
            for entry in (None, Entry(ALL, date(2030, 12, 31))):
                found = refusals(
                    number("+15005550142"), role=Role.AGENT, channel=channel, at=wednesday, entry=entry,
                    rules=Rules(hours=hours, places=places(("", set())).places), zones=("UTC", "Asia/Tokyo"),
                )  # fmt: skip
                assert len(found) >= 2
                assert all(len(as_text(one.sentence)) <= 255 for one in found)


def test_hours_of_a_few_minutes_are_found_to_the_minute():
    rules = Rules(hours=(span(begin="09:02", end="09:07"),))
    asked = {"rules": rules, "zones": ("Europe/Berlin",), "channel": Channel.TEXT}
    noon = datetime(2026, 11, 28, 12, tzinfo=UTC)

    assert next_open(number(BERLIN), at=noon, **asked) == datetime(2026, 11, 29, 8, 2, tzinfo=UTC)


# A busy computer is no fault of the rules.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    moment=st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: NIGHT + timedelta(minutes=minutes)),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]),
    begin=st.times(),
    end=st.times(),
)
def test_the_next_moment_is_allowed_and_none_before_it_is_sooner(moment, zone, begin, end):
    begin, end = begin.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    rules = Rules(hours=(span(begin=begin.isoformat(), end=end.isoformat()),))
    asked = {"rules": rules, "zones": (zone,), "channel": Channel.TEXT}

    found = next_open(number(BERLIN), at=moment, **asked)

    if found is not None:
        assert refusals(number(BERLIN), role=Role.AGENT, at=found, **asked) == ()
        local = found.astimezone(ZoneInfo(zone)).time()
        assert (begin <= local < end) if begin < end else (local >= begin or local < end)
