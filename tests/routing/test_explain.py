"""What happens if this number calls this line at this time."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from agents.models import Availability
from routing.models import OpeningHours, Route, RouteVersion, SpamRule
from tests import factories
from tests.routing.plans import box, document, menu, step

pytestmark = pytest.mark.django_db
PATH = "/api/v1/routes/explain/"
WEEK = [[["08:00", "18:00"]] for _day in range(5)] + [[], []]
MONDAY, SUNDAY = "2026-11-23T10:00:00Z", "2026-11-22T10:00:00Z"


@pytest.fixture
def hedy(team):
    return factories.make_agent("hedy", team=team, role="supervisor")


@pytest.fixture
def routed(line, team):
    hours = OpeningHours.objects.create(name="Shop", time_zone="UTC", week=WEEK)
    steps = document(
        step("hours", "hours", name="Shop hours", hours=hours.pk, open="menu", closed="box"),
        menu(keys={"1": "team"}, no_input="box"),
        step("team", "team", name="Support", team=team.pk, waited="box", nobody="box", wait_seconds=180),
        box(team=team.pk),
    )
    route = Route.objects.create(name="Daytime")
    route.current = RouteVersion.objects.create(route=route, number=3, steps=steps)
    route.save()
    line.route = route
    line.save()
    return line


def asked(agent, **body: Any):
    client = Client()
    client.force_login(agent)
    sent = {"line": "+12025550100", "from": "+12025550142"} | body
    return client.post(PATH, json.dumps(sent), "application/json", secure=True)


def steps_of(answer) -> list[tuple[str, str]]:
    assert answer.status_code == 200, answer.content
    return [(each["kind"], each["step"]) for each in answer.json()["steps"]]


def test_each_step_is_told_with_its_reason_and_who_would_ring(hedy, routed, team):
    ada = factories.make_agent("ada", team=team, reachable=True)
    factories.make_agent("grace", team=team, reachable=True, availability=Availability.AWAY)

    answer = asked(hedy, at=MONDAY, keys="1")

    assert steps_of(answer) == [
        ("line", ""), ("spam", ""), ("decision", "hours"), ("question", "menu"), ("decision", "menu"),
        ("team", "team"), ("waiting", "team"), ("message", "box"),
    ]  # fmt: skip
    told = answer.json()
    assert told["route"] == {"id": routed.route.pk, "name": "Daytime", "version": 3}
    assert told["steps"][2]["reason"] == "Shop: the span 08:00–18:00 of 2026-11-23, UTC."
    assert [each["if_nobody"] for each in told["steps"]] == [False] * 7 + [True]
    assert [each["agent"]["id"] for each in told["rings"]] == [ada.pk]
    assert [each["reason"] for each in told["does_not_ring"]] == ["Busy or away.", "No phone of theirs can ring."]
    assert told["conclusion"] == "After 4 s the phone of Ada rings."


def test_without_a_key_and_out_of_hours_the_way_is_another(hedy, routed):
    assert steps_of(asked(hedy, at=MONDAY))[-1] == ("message", "box")
    assert steps_of(asked(hedy, at=SUNDAY))[2:] == [("decision", "hours"), ("message", "box")]


@pytest.mark.parametrize(("takes_voicemail", "last"), [(True, "message"), (False, "end")])
def test_a_line_without_a_route_is_told_as_it_answers_today(hedy, line, takes_voicemail, last):
    line.takes_voicemail = takes_voicemail
    line.save()

    answer = asked(hedy)

    kinds = [kind for kind, _ in steps_of(answer)]
    assert (kinds[:4], kinds[-1]) == (["line", "spam", "team", "waiting"], last)
    assert answer.json()["route"] is None


def test_a_spam_rule_is_told(hedy, routed):
    SpamRule.objects.create(kind="prefix", number="+1202", action="refuse")

    answer = asked(hedy, at=MONDAY)

    assert answer.json()["result"] == "refused"
    assert answer.json()["steps"][-1]["reason"] == "A spam rule is for numbers that begin with +1202."


def test_a_version_that_cannot_be_read_is_told_to_end_in_voicemail(hedy, routed):
    RouteVersion.objects.update(steps={"steps": "none"})

    assert steps_of(asked(hedy, at=MONDAY))[-1] == ("message", "")


def test_a_supervisor_asks_about_the_own_teams_lines_only(hedy, routed):
    factories.make_line(team=factories.make_team("Sales"), number="+12025550101", name="Sales")

    assert asked(hedy, line="+12025550101").status_code == 400
    assert asked(factories.make_agent("root", is_superuser=True), line="+12025550101").status_code == 200
    assert asked(factories.make_agent("ada")).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {"line": "9" * 15}, {"line": ""}, {"line": None}, {"from": None}, {"from": "x" * 65}, {"at": "soon"},
        {"keys": "12x"}, {"keys": "1" * 33}, {"more": 1}, {"line": "²"},
    ],
)  # fmt: skip
def test_bad_input_is_an_answer(hedy, routed, body):
    assert asked(hedy, **body).status_code == 400


@pytest.mark.parametrize("caller", ["", "anonymous", "sip:me@example.com", "client:agent_1", "+99999999999999"])
def test_any_caller_may_be_asked_about(hedy, routed, caller):
    assert asked(hedy, **{"from": caller}).status_code == 200


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00"])
def test_the_ends_of_time_are_answered(hedy, routed, at):
    assert asked(hedy, at=at).status_code == 400


def test_the_explanation_is_in_the_readers_language(hedy, line):
    hedy.language = "de"
    hedy.save()

    assert asked(hedy).json()["steps"][0]["title"] == "Die Leitung Support hat keine Route"
