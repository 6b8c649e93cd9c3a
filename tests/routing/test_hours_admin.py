"""Opening hours in Django admin: saved, refused, switched by hand, and asked about."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from routing.facts import hours_facts
from routing.hour_texts import HoursError, dates_read, week_read
from routing.models import OpeningHours, Route, RouteVersion
from tests import factories
from tests.calls.routes import make_route
from tests.routing.plans import box, document, step
from tests.routing.test_steps import anything

ADD = "/admin/routing/openinghours/add/"
WEEK = [[["08:30", "12:30"], ["13:15", "18:00"]] for _day in range(5)] + [[], []]


@pytest.fixture
def root(db):
    return factories.make_agent("root", is_staff=True, is_superuser=True)


@pytest.fixture
def admin(root) -> Client:
    client = Client()
    client.force_login(root)
    return client


def posted(admin: Client, path: str = ADD, *, week: Any = WEEK, dates: Any = (), **fields: Any):
    sent = {
        "name": "Shop", "time_zone": "Europe/London", "week": json.dumps(week), "dates": json.dumps(dates),
        "country": "", "subdivision": "", "switched": "", "switched_until": "", "switched_why": "",
    }  # fmt: skip
    return admin.post(path, sent | fields, secure=True)


def test_a_week_is_saved_with_its_holidays_and_dates(admin):
    dates = [{"date": "2026-12-24", "name": "Christmas Eve", "spans": [["08:30", "12:00"]]}]

    answer = posted(admin, country="GB", subdivision="ENG", dates=dates)

    assert answer.status_code == 302, answer.content.decode()
    hours = hours_facts(OpeningHours.objects.get().pk)
    assert [str(span) for span in hours.week[0]] == ["08:30–12:30", "13:15–18:00"]
    assert [own.name for own in hours.dates.values()] == ["Christmas Eve"]


@pytest.mark.parametrize(
    ("week", "sentence"),
    [
        ([[["08:30", "12:30"], ["12:00", "14:00"]], *[[]] * 6], "Monday: 08:30–12:30 and 12:00–14:00 overlap."),
        (
            [[["20:00", "09:00"]], [["08:00", "12:00"]], *[[]] * 5],
            "Tuesday: 20:00–09:00 of the day before and 08:00–12:00",
        ),
        ([[["8:30", "12"]], *[[]] * 6], "Monday: write times like 08:30."),
        ([[]] * 6, "A week has seven days."),
        ([[["08:30"]], *[[]] * 6], "a span has a beginning and an end"),
    ],
)
def test_a_week_that_cannot_be_is_refused_with_the_day(admin, week, sentence):
    answer = posted(admin, week=week)

    assert sentence in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not OpeningHours.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"time_zone": "Europe/Nowhere"}, {"country": "XX"}, {"country": "GB", "subdivision": "BY"},
        {"subdivision": "ENG"},
        {"dates": [{"date": "soon"}]}, {"dates": [{"date": "2026-12-24"}] * 2},
        {"dates": {}}, {"week": None}, {"week": "["},
    ],
)  # fmt: skip
def test_bad_input_is_said_at_its_field(admin, fields):
    assert posted(admin, **fields).status_code == 200
    assert not OpeningHours.objects.exists()


def refusal(read, sent) -> str | None:
    try:
        read(sent)
    except HoursError as error:
        return error.message
    return None


@given(anything)
def test_whatever_is_stored_is_read_or_refused_with_a_sentence(sent):
    for read in (week_read, dates_read):
        assert refusal(read, sent) != ""


@given(st.lists(st.lists(st.lists(st.text(max_size=6), max_size=3), max_size=3), min_size=7, max_size=7))
def test_weeks_of_texts_are_read_or_refused(week):
    assert refusal(week_read, week) != ""


def test_who_switched_by_hand_is_kept(admin, root):
    posted(admin)
    row = OpeningHours.objects.get()
    answer = posted(
        admin, f"/admin/routing/openinghours/{row.pk}/change/", switched="closed", switched_why="Fire drill",
        switched_until="2199-01-01T14:00",
    )  # fmt: skip

    assert answer.status_code == 302, answer.content.decode()
    row.refresh_from_db()
    assert (row.switched, row.switched_by) == ("closed", root)
    # As a clock at that place shows it.
    assert row.switched_until == datetime(2199, 1, 1, 14, tzinfo=ZoneInfo("Europe/London"))
    page = admin.get(f"/admin/routing/openinghours/{row.pk}/change/", secure=True).content.decode()
    assert "Switched by Root" in page


def shown(admin: Client, path: str) -> str:
    return admin.get(path, secure=True).content.decode()


def test_a_switch_without_an_end_is_said_to_stay_until_somebody_changes_it(admin):
    posted(admin, switched="open")
    path = f"/admin/routing/openinghours/{OpeningHours.objects.get().pk}/change/"

    assert "Without a time it stays so until somebody changes it here." in shown(admin, ADD)
    for page in ("/admin/routing/openinghours/", path):
        assert "open until somebody changes it" in shown(admin, page)


@pytest.mark.parametrize("switched", ["", "closed"])
def test_when_hours_change_is_said_with_their_time_zone(admin, switched):
    posted(admin, switched=switched, switched_until="2199-01-01T14:00" if switched else "")
    path = f"/admin/routing/openinghours/{OpeningHours.objects.get().pk}/change/"

    for page in ("/admin/routing/openinghours/", path):
        assert re.search(r"(open|closed) until [^<]+, Europe/London", shown(admin, page))


def test_a_switch_until_a_time_that_is_over_is_refused(admin):
    answer = posted(admin, switched="closed", switched_until="2026-01-01T10:00")

    assert "This time is over." in answer.content.decode()


@pytest.fixture
def was_switched(admin) -> str:
    """Open by hand, until a time that is over. The page of these hours."""
    posted(admin)
    row = OpeningHours.objects.get()
    OpeningHours.objects.update(
        switched="open", switched_until=datetime(2026, 1, 1, 10, tzinfo=UTC), switched_why="Fair"
    )
    return f"/admin/routing/openinghours/{row.pk}/change/"


@pytest.mark.parametrize("switched", ["open", "closed"])
def test_a_switch_beside_a_time_that_was_over_before_is_refused_and_not_saved_without_effect(
    admin, was_switched, switched
):
    answer = posted(admin, was_switched, switched=switched, switched_until="2026-01-01T10:00")

    assert "This time is over." in answer.content.decode()


def test_a_switch_that_is_over_is_shown_as_none_and_leaves_nothing_behind(admin, was_switched):
    page = admin.get(was_switched, secure=True).content.decode()
    assert "by hand" not in page
    assert "2026-01-01T10:00" not in page

    assert posted(admin, was_switched).status_code == 302

    row = OpeningHours.objects.get()
    assert (row.switched, row.switched_until, row.switched_why) == ("", None, "")


def test_a_switch_after_one_that_is_over_has_no_end_of_the_old_one(admin, was_switched):
    posted(admin, was_switched, switched="closed")

    row = OpeningHours.objects.get()
    assert (row.switched, row.switched_until) == ("closed", None)
    assert not hours_facts(row.pk).at(datetime(2026, 11, 23, 10, tzinfo=UTC)).is_open


def test_by_the_week_takes_the_time_of_the_switch_along(admin):
    posted(admin, switched="closed", switched_until="2199-01-01T14:00", switched_why="Fire drill")
    row = OpeningHours.objects.get()
    posted(
        admin, f"/admin/routing/openinghours/{row.pk}/change/", switched="", switched_until="2199-01-01T14:00",
        switched_why="Fire drill",
    )  # fmt: skip

    row.refresh_from_db()
    assert row.switched == ""
    assert (row.switched_until, row.switched_why) == (None, "")


def test_a_switch_in_force_is_shown_as_one(admin):
    posted(admin, switched="closed", switched_until="2199-01-01T14:00")
    row = OpeningHours.objects.get()

    page = admin.get(f"/admin/routing/openinghours/{row.pk}/change/", secure=True).content.decode()

    assert "by hand" in page
    assert "2199-01-01T14:00" in page


@pytest.mark.parametrize("until", ["9999-12-31T23:59", "0001-01-01T00:00"])
@pytest.mark.parametrize("switched", ["closed", ""])
@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_a_switch_until_the_end_of_all_time_is_refused_with_a_sentence(admin, until, switched, zone):
    answer = posted(admin, time_zone=zone, switched=switched, switched_until=until)

    assert "Choose a year from 1970 to 2199." in answer.content.decode()
    assert not OpeningHours.objects.exists()


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-11-23T10:00", "Open. Shop: the span 08:30–12:30 of 23 Nov 2026, Europe/London."),
        ("2026-11-23T13:00", "Closed. Shop: outside the spans of 23 Nov 2026, Europe/London."),
        ("2026-12-25T10:00", "Closed. 25 Dec 2026 is a holiday: Christmas Day."),
        ("soon", "Write a day and a time."),
        ("9999-12-31T23:59", "Write a day and a time."),
    ],
)
def test_a_moment_can_be_asked_about(admin, moment, said):
    posted(admin, country="GB", subdivision="ENG")
    row = OpeningHours.objects.get()

    page = admin.get(f"/admin/routing/openinghours/{row.pk}/change/", {"check": moment}, secure=True)

    assert said in page.content.decode()


def test_hours_that_a_route_asks_are_not_deleted(admin, team):
    posted(admin)
    row = OpeningHours.objects.get()
    route = Route.objects.create(name="Daytime")
    steps = document(step("h", "hours", hours=row.pk, open="box", closed="box"), box(team=team.pk))
    route.current = RouteVersion.objects.create(route=route, number=1, steps=steps)
    route.save()

    admin.post(f"/admin/routing/openinghours/{row.pk}/delete/", {"post": "yes"}, secure=True)

    assert OpeningHours.objects.exists()


def test_hours_that_a_route_asks_are_not_emptied(admin, team):
    posted(admin)
    row = OpeningHours.objects.get()
    change = f"/admin/routing/openinghours/{row.pk}/change/"
    make_route(None, step("h", "hours", hours=row.pk, open="box", closed="box"), box(team=team.pk))

    answer = posted(admin, change, week=[[]] * 7)

    assert "Open on no day, and routes need it: " in answer.content.decode()
    assert any(hours_facts(row.pk).week)
    only_a_date = [{"date": "2199-12-24", "name": "Fair", "spans": [["08:30", "12:00"]]}]
    assert posted(admin, change, week=[[]] * 7, dates=only_a_date).status_code == 302


def test_hours_that_no_route_asks_may_be_empty(admin):
    assert posted(admin, week=[[]] * 7).status_code == 302


@pytest.mark.parametrize("what", ["team", "agent"])
def test_a_team_or_agent_that_a_route_needs_is_not_deleted(admin, what):
    team = factories.make_team("Night")
    agent = factories.make_agent("hans", team=team)
    needing = step("a", "agent", agent=agent.pk, next="box") if what == "agent" else None
    steps = [needing, box(team=factories.make_team("Day").pk)] if needing else [box(team=team.pk)]
    route = make_route(None, *steps)
    row = agent if what == "agent" else team
    path = f"/admin/agents/{what}/{row.pk}/delete/"

    assert str(route) in admin.get(path, secure=True).content.decode()
    admin.post(path, {"post": "yes"}, secure=True)
    assert type(row).objects.filter(pk=row.pk).exists()

    route.delete()
    admin.post(path, {"post": "yes"}, secure=True)
    assert not type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.django_db
def test_hours_that_cannot_be_read_are_as_if_they_were_gone(caplog):
    row = OpeningHours.objects.create(name="Broken", week="?", time_zone="UTC")

    assert hours_facts(row.pk) is None
    assert "opening hours cannot be read" in caplog.text


@pytest.mark.parametrize("name", ["Christmas\u0000", "Christmas\ud800"])
def test_a_date_keeps_nothing_that_a_database_refuses(admin, name):
    dates = [{"date": "2026-12-24", "name": name, "spans": [["08:30", "12:00"]], "more": float("nan")}]

    assert posted(admin, dates=dates).status_code == 302

    (kept,) = OpeningHours.objects.get(name="Shop").dates
    assert kept["name"].encode().startswith(b"Christmas")
    assert "\u0000" not in kept["name"]
    assert kept.keys() == {"date", "name", "spans"}
