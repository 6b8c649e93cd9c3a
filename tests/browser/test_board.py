"""The board moves: a supervisor watches an agent go, a caller wait and be answered, and never loads the page again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_page import violations

MAYA = "+12025550142"
# Whoever is there takes the caller out of the queue; nobody of the others is.
_ROUTE = """
from routing.models import Line, Route, RouteVersion
line = Line.objects.get(number="+12025550100")
steps = [
    {"id": "team", "kind": "team", "team": line.team_id, "ring_seconds": 30, "wait_seconds": 300,
     "waited": "box", "nobody": "box"},
    {"id": "box", "kind": "voicemail"},
]
route = Route.objects.create(name=f"The board moves {Route.objects.count()}")
route.current = RouteVersion.objects.create(route=route, number=1, steps={"first": "team", "steps": steps})
route.save()
Line.objects.filter(pk=line.pk).update(route=route)
Line.objects.update(goal_wait_seconds=2)
"""
_NO_ROUTE = """
from agents.models import Agent
from routing.models import Line, Route
Line.objects.filter(number="+12025550100").update(route=None)
Line.objects.update(goal_wait_seconds=120)
Agent.objects.filter(username__in=["ada", "hedy"]).update(availability="available")
"""


@pytest.fixture
def callers_wait(stack: Any) -> Iterator[None]:
    """On a line with a route callers wait until somebody is free."""
    stack.shell(_ROUTE)
    yield
    stack.shell(_NO_ROUTE)


def choose(page: Any, availability: str) -> None:
    page.get_by_role("button", name=re.compile("^Availability")).click()
    page.get_by_role("menuitemradio", name=re.compile(f"^{availability}")).click()


def test_the_board_moves(open_desk, stack, callers_wait):
    boss, desk = open_desk("hedy"), open_desk("ada")
    for one in (boss, desk):
        one.expect_reachable()
    # She is there, and takes no calls: the caller may wait.
    choose(boss.page, "Busy")
    page = boss.page
    page.get_by_role("link", name="Board", exact=True).click()
    expect(page.get_by_role("heading", name="Board", level=1)).to_be_visible()
    expect(page.get_by_text(re.compile("^Live · "))).to_be_visible()
    expect(page.locator(".call-area")).to_have_css("width", "72px")
    figures = page.get_by_role("group", name="Now and today").locator("dl")
    waiting, longest, free = figures.nth(0), figures.nth(1), figures.nth(2)
    ada = page.get_by_role("row", name=re.compile("^Ada Byron"))
    line = page.get_by_role("table", name="Today: Line").get_by_role("row", name=re.compile("^Support"))
    expect(ada).to_contain_text("Available")
    answered_before = int(line.get_by_role("cell").nth(1).inner_text())

    choose(desk.page, "Away")
    expect(ada).to_contain_text("Away")
    expect(free).to_contain_text("0 of")

    stack.telephone_calls(MAYA)
    maya = page.get_by_role("row", name=re.compile("Maya Okonkwo"))
    expect(maya.first).to_contain_text("Support")
    expect(waiting).to_contain_text("1 Support")
    # Past the goal, which is two seconds here, in words as well.
    expect(longest).to_have_class(re.compile("figure-past"))
    expect(longest).to_contain_text("Goal: under 0:02")
    expect(maya.first).to_contain_text("Past the goal:")
    assert violations(page) == []

    page.get_by_role("button", name="Change Ada Byron to").click()
    page.get_by_role("menuitemradio", name="Available").click()
    said = "Hedy Lamarr set you to Available."
    expect(desk.page.get_by_text(said)).to_have_count(1)

    desk.expect_ringing("Maya Okonkwo")
    expect(ada).to_contain_text("Ringing Maya Okonkwo")
    expect(waiting).to_contain_text("Nobody waits.")
    desk.answer()
    desk.expect_on_call("Maya Okonkwo")
    expect(ada).to_contain_text("With Maya Okonkwo")
    expect(line.get_by_role("cell").nth(1)).to_have_text(str(answered_before + 1))
    desk.hang_up()
    expect(ada).to_contain_text("Available")
    assert boss.problems == []
    assert desk.problems == []

    # The figures come from the log.
    stack.stop("web")
    expect(page.get_by_text(re.compile("^Not live since "))).to_be_visible()
    stack.start_web()
    expect(page.get_by_text(re.compile("^Live · "))).to_be_visible(timeout=40_000)
    expect(line.get_by_role("cell").nth(1)).to_have_text(str(answered_before + 1))


def test_a_caller_is_given_to_an_agent_who_is_busy_and_rings_there(open_desk, stack, callers_wait):
    boss, desk = open_desk("hedy"), open_desk("ada")
    for one in (boss, desk):
        one.expect_reachable()
        choose(one.page, "Busy")
    page = boss.page
    page.get_by_role("link", name="Board", exact=True).click()
    stack.telephone_calls(MAYA)

    page.get_by_role("button", name="Assign Maya Okonkwo to").click()
    page.get_by_role("menuitem", name=re.compile("Ada Byron")).click()

    desk.take("Maya Okonkwo")
    expect(page.get_by_role("row", name=re.compile("^Ada Byron"))).to_contain_text("With Maya Okonkwo")
    desk.hang_up()
