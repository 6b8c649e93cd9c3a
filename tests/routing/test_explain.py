"""What happens if this number calls this line at this time."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agents.models import Agent, Availability
from calls.live import outgoing_guards
from calls.models import CallOffer
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
    assert told["steps"][2]["reason"] == "Shop: the span 08:00–18:00 of 23 Nov 2026, UTC."
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


@pytest.mark.parametrize(("takes_voicemail", "result"), [(True, "message"), (False, "goodbye")])
def test_a_line_that_is_not_in_use_is_told_to_ring_nobody(hedy, routed, ada, takes_voicemail, result):
    """As calls to it are answered, whatever its route and the spam rules say."""
    SpamRule.objects.create(kind="prefix", number="+1202", action="refuse")
    routed.is_active, routed.takes_voicemail = False, takes_voicemail
    routed.save()

    answer = asked(hedy, at=MONDAY).json()

    assert (answer["result"], answer["route"], answer["rings"]) == (result, None, [])
    assert answer["steps"][0]["title"] == "Line Support is not in use"


def test_a_line_that_takes_no_voicemail_is_not_said_to_take_some(hedy, line):
    line.takes_voicemail = False
    line.save()

    assert asked(hedy).json()["steps"][0]["reason"] == "Its team rings."


@pytest.mark.parametrize("typed", ["+12025550142", "(202) 555-0142"])
def test_a_caller_is_known_however_the_number_is_typed(hedy, line, team, ada, grace, typed):
    factories.make_contact("Maya Okonkwo", owner=grace)
    steps = document(step("team", "team", team=team.pk, first="owner", waited="box", nobody="box"), box())
    route = Route.objects.create(name="Owners")
    route.current = RouteVersion.objects.create(route=route, number=1, steps=steps)
    route.save()
    line.route = route
    line.save()

    rings = asked(hedy, **{"from": typed}).json()["rings"]

    assert rings[0]["agent"]["name"] == "Grace"


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


class TestWhoRings:
    """As whoever rings the phones says it (`calls.live.ringers`); held against the simulator in
    `test_explained_calls.py`."""

    @pytest.fixture
    def people(self, team):
        """Named against the order of their ids, and idle for longer the later they come."""
        names = ("Zoe", "Mia", "Ada")
        people = [factories.make_agent(name.lower(), team=team, reachable=True, first_name=name) for name in names]
        for number, agent in enumerate(people):
            ended = timezone.now() - timedelta(minutes=10 * (number + 1))
            factories.make_call(
                50 + number, agent=agent, start_time=ended, answer_time=ended, end_time=ended, caller="+13035550100",
                result="answered",
            )  # fmt: skip
        return people

    def told(self, hedy, line, *steps, **more: Any):
        route = Route.objects.create(name="Drawn")
        route.current = RouteVersion.objects.create(route=route, number=1, steps=document(*steps))
        route.save()
        line.route = route
        line.save()
        answer = asked(hedy, **more)
        assert answer.status_code == 200, answer.content
        return answer.json()

    @pytest.mark.parametrize(
        ("strategy", "order"),
        [
            ("longest-idle", ["Ada", "Mia", "Zoe"]),
            ("fixed-order", ["Ada", "Mia", "Zoe"]),
            ("in-turn", ["Mia", "Zoe", "Ada"]),
        ],
    )
    def test_in_the_order_of_the_strategy_each_after_the_one_before(self, hedy, line, team, people, strategy, order):
        other = factories.make_call(70, line=line)
        for agent, ago in zip(people, (20, 30, 10), strict=True):
            at = timezone.now() - timedelta(minutes=ago)
            CallOffer.objects.create(call=other, agent=agent, state="ended", created_at=at)

        more = {"strategy": strategy, "ring_seconds": 20, "waited": "box", "nobody": "box"}
        told = self.told(hedy, line, step("team", "team", team=team.pk, **more), box())

        assert [one["agent"]["name"] for one in told["rings"]] == order
        first, second, third = (datetime.fromisoformat(one["at"]) for one in told["rings"])
        assert third - second == second - first == timedelta(seconds=20)

    def test_who_is_on_the_phone_does_not_ring_nor_who_has_not_the_skill(self, hedy, line, team, people):
        _zoe, mia, ada = people
        french = factories.make_team("French")
        for agent in (mia, ada):
            agent.teams.add(french)
        factories.make_call(80, line=line, agent=ada, status="in-progress")
        factories.make_call(81, parent_id=f"CA{80:032x}", agent=ada, status="in-progress")

        told = self.told(
            hedy, line, step("team", "team", team=team.pk, skill="french", waited="box", nobody="box"), box()
        )

        assert [one["agent"]["name"] for one in told["rings"]] == ["Mia"]
        reasons = {one["agent"]["name"]: one["reason"] for one in told["does_not_ring"]}
        assert reasons["Ada"] == "Has a call, or wraps one up."
        assert reasons["Zoe"].startswith("Is not in the team french")

    def test_the_agent_of_the_last_call_rings_first_and_it_says_why(self, hedy, line, team, people):
        zoe, _mia, _ada = people
        factories.make_call(90, line=line, agent=zoe, caller="+12025550142", result="answered")

        told = self.told(
            hedy, line,
            step("team", "team", team=team.pk, first="last-agent", first_seconds=10, waited="box", nobody="box"), box(),
        )  # fmt: skip

        first, second, *_ = told["rings"]
        assert (first["agent"]["name"], first["reason"]) == ("Zoe", "Spoke with this caller last.")
        ring = datetime.fromisoformat(second["at"]) - datetime.fromisoformat(first["at"])
        assert ring == timedelta(seconds=10)

    def test_whose_turn_comes_after_the_longest_wait_does_not_ring(self, hedy, line, team, people):
        steps = (
            step("team", "team", team=team.pk, ring_seconds=20, wait_seconds=30, waited="box", nobody="box"), box(),
        )  # fmt: skip

        told = self.told(hedy, line, *steps)

        assert len(told["rings"]) == 2
        assert told["does_not_ring"][0]["reason"] == "The caller has gone on by then."

    def test_an_agent_of_a_step_rings_when_there_and_is_passed_over_when_not(self, hedy, line, people):
        zoe = people[0]
        steps = (step("one", "agent", agent=zoe.pk, next="box"), box())

        told = self.told(hedy, line, *steps)
        assert (told["result"], [one["agent"]["name"] for one in told["rings"]]) == ("rings", ["Zoe"])
        zoe.availability = Availability.AWAY
        zoe.save()
        told = asked(hedy).json()

        assert told["result"] == "message"
        assert [each["kind"] for each in told["steps"]][2:] == ["agent", "decision", "message"]
        assert told["does_not_ring"][0]["reason"] == "Busy or away."

    def test_where_nobody_is_there_the_caller_goes_that_way_but_of_another_time_that_is_not_known(
        self, hedy, line, team, people
    ):
        Agent.objects.exclude(pk=hedy.pk).update(availability=Availability.AWAY)
        hedy.teams.clear()
        hedy.is_superuser = True
        hedy.save()
        steps = (
            step("team", "team", team=team.pk, waited="waited", nobody="nobody"), box("waited"), box("nobody"),
        )  # fmt: skip

        told = self.told(hedy, line, *steps)
        later = asked(hedy, at=(timezone.now() + timedelta(days=1)).isoformat()).json()

        assert (told["result"], told["steps"][-1]["step"]) == ("message", "nobody")
        assert told["steps"][-2]["reason"] == "No phone that could ring is there just now."
        assert (later["result"], later["steps"][-1]["step"]) == ("rings", "waited")

    def test_an_outside_number_is_what_rings(self, hedy, line):
        told = self.told(hedy, line, step("n", "number", number="+12025550188", next="box"), box())

        assert told["conclusion"] == "The telephone +12025550188 rings."

    def test_a_number_that_a_spend_limit_forbids_now_is_not_promised_and_of_another_time_that_is_not_known(
        self, hedy, line, monkeypatch
    ):
        spent = "This call would cost more than today's limit allows. Ask your admin."
        guards = [lambda number: spent if number.region == "GB" else ""]
        monkeypatch.setattr(outgoing_guards, "_guards", guards)
        steps = (
            step("dear", "number", number="+442079460018", next="near"),
            step("near", "number", number="+12025550188", next="box"),
            box(),
        )

        told = self.told(hedy, line, *steps)
        later = asked(hedy, at=(timezone.now() + timedelta(days=1)).isoformat()).json()

        assert [(each["kind"], each["step"]) for each in told["steps"]][2:] == [
            ("decision", "dear"),
            ("number", "near"),
            ("message", "box"),
        ]
        assert told["steps"][2]["title"] == "+442079460018 is not called: the caller goes on"
        assert told["steps"][2]["reason"] == spent
        assert told["conclusion"] == "The telephone +12025550188 rings."
        assert [each["if_nobody"] for each in told["steps"]][2:] == [False, False, True]
        assert later["conclusion"] == "The telephone +442079460018 rings."

    def test_where_every_number_is_forbidden_it_is_not_said_that_any_rings(self, hedy, line, monkeypatch):
        monkeypatch.setattr(outgoing_guards, "_guards", [lambda number: "No."])

        told = self.told(hedy, line, step("n", "number", number="+12025550188", next="box"), box())

        assert (told["result"], told["conclusion"]) == ("message", "The caller is asked for a message.")

    def test_on_a_line_without_a_route_nobody_waits(self, hedy, line, team, people):
        Agent.objects.update(availability=Availability.BUSY)

        told = asked(hedy).json()

        assert told["result"] == "message"
