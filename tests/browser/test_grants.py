"""Agents who may do only half of it: what the desk says, and what still works."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.stack import eventually
from tests.browser.test_calls import ringing_at


def allow(stack, **fields: bool) -> None:
    stack.shell(
        f"from agents.models import Agent; Agent.objects.filter(username='grace').update(**{fields})",
    )


@pytest.fixture(autouse=True)
def _all_allowed_again(stack) -> Iterator[None]:
    yield
    allow(stack, may_receive_calls=True, may_make_calls=True)


def test_an_agent_who_receives_no_calls_still_makes_them(open_desk, stack):
    allow(stack, may_receive_calls=False)
    stack.bench("PUT", "/sim/telephones/+12025550143", {"behaviour": "manual"})
    desk = open_desk("grace")

    expect(desk.reach).to_contain_text("You can make calls, but not receive them.")
    desk.dial("202 555 0143")
    telephone = eventually(lambda: ringing_at(stack, "+12025550143"), "the telephone rings")
    stack.bench("POST", f"/sim/calls/{telephone['sid']}/answer")
    desk.expect_on_call("Tom Aldous")
    desk.hang_up()

    desk.expect_idle()
    assert stack.bench("GET", "/sim/health")["voice"]["registrations"] == 0
    assert desk.problems == []


def test_an_agent_who_makes_no_calls_still_receives_them(open_desk, stack):
    allow(stack, may_make_calls=False)
    desk = open_desk("grace")
    desk.expect_reachable()

    expect(desk.call_area).to_contain_text("You may not make calls. Ask your admin if you need to.")
    expect(desk.call_area.get_by_role("button", name="Call", exact=True)).to_be_disabled()
    stack.telephone_calls("+12025550142")
    desk.take("Maya Okonkwo")
    desk.hang_up()
    desk.expect_idle()
