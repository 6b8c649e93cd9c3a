"""The doctor looks at routes whose hours, teams and agents were changed since they were saved."""

from __future__ import annotations

import pytest

from agents.models import Agent
from core.languages import sentence
from routing.doctor import check_routes
from routing.models import OpeningHours
from telephony.doctor.findings import Check, State
from tests import factories
from tests.calls.routes import make_route
from tests.routing.plans import box, step

pytestmark = pytest.mark.django_db
CHECK = Check("routes", "Routes", check_routes)


def test_without_a_route_there_is_nothing_to_look_at():
    assert check_routes(CHECK).state == State.SKIPPED


def test_routes_that_would_be_saved_again_are_well(line, team):
    make_route(line, box(team=team.pk))

    assert check_routes(CHECK).state == State.OK


def test_each_route_whose_ground_is_gone_is_named_with_what_to_do(line, team):
    hours = OpeningHours.objects.create(name="Shop", time_zone="UTC", week=[[["09:00", "17:00"]]] * 7)
    agent = factories.make_agent("hans", team=team)
    first = make_route(line, step("h", "hours", hours=hours.pk, open="box", closed="box"), box(team=team.pk))
    second = make_route(None, step("a", "agent", agent=agent.pk, next="box"), box(team=team.pk), name="Other")
    assert check_routes(CHECK).state == State.OK

    OpeningHours.objects.update(week=[[]] * 7)
    Agent.objects.filter(pk=agent.pk).update(is_active=False)

    found = {finding.id: finding for finding in check_routes(CHECK)}
    assert {finding.state for finding in found.values()} == {State.WARNING}
    assert "open on no day" in sentence(found[f"route.{first.pk}"].seen)
    assert "This agent is gone" in sentence(found[f"route.{second.pk}"].seen)


def test_steps_that_cannot_be_read_are_said_to_be_so(line, team):
    route = make_route(line, box(team=team.pk))
    route.current.steps = {"steps": 7}
    route.current.save()

    (finding,) = check_routes(CHECK)
    assert sentence(finding.seen) == "Its steps cannot be read."
