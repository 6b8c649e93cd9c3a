"""Texts at the desk: one that comes in is there at once and is answered; STOP closes the thread; a missed caller gets
one text."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.stack import eventually

MAYA = "+12025550142"
SUPPORT = "+12025550100"


@pytest.fixture(scope="module", autouse=True)
def _no_threads(stack: Any) -> None:
    """Whatever other files wrote to people is gone."""
    stack.shell("from messaging.models import Thread; Thread.objects.all().delete()")


def test_a_text_comes_in_live_and_the_agent_answers_it(open_desk, stack):
    desk = open_desk("ada")
    page = desk.page
    page.get_by_role("tab", name=re.compile("^Messages")).click()
    expect(page.get_by_text("Search a contact to write the first one.")).to_be_visible()

    stack.bench("POST", "/sim/messages", {"from": MAYA, "to": SUPPORT, "body": "Any news on the delivery date?"})

    row = page.get_by_role("button", name=re.compile("^Maya Okonkwo"))
    expect(row).to_contain_text("Any news on the delivery date?")
    expect(page.get_by_role("tab", name="Messages 1 to read")).to_be_visible()
    row.click()
    expect(page.get_by_role("tab", name="Messages", exact=True)).to_be_visible()
    field = page.get_by_label("Text Maya")
    field.fill("Yes: Thursday morning.")
    field.press("Enter")

    thread = page.get_by_role("region", name="Maya Okonkwo")
    expect(thread.get_by_text("Yes: Thursday morning.")).to_be_visible()
    expect(field).to_have_value("")
    expect(thread.get_by_text(re.compile("You · .* · delivered"))).to_be_visible()

    def sent() -> list[str]:
        found = stack.bench("GET", f"/sim/messages?to=%2B{MAYA[1:]}")["messages"]
        return [message["body"] for message in found]

    assert eventually(sent, "the telephone has the text") == ["Yes: Thursday morning."]
    assert desk.problems == []


def test_stop_closes_the_thread_and_start_opens_it_again(open_desk, stack):
    tom = "+12025550143"
    desk = open_desk("grace")
    page = desk.page
    page.get_by_role("tab", name=re.compile("^Messages")).click()
    stack.bench("POST", "/sim/messages", {"from": tom, "to": SUPPORT, "body": "STOP"})
    page.locator("[data-thread]").filter(has_text="0143").or_(
        page.locator("[data-thread]").filter(has_text="Replied STOP")
    ).first.click()

    expect(page.get_by_text("You may ring, or add a note.")).to_be_visible()
    expect(page.get_by_text(re.compile("wrote STOP. No texts from Support"))).to_be_visible()
    expect(page.locator("#text")).to_have_count(0)

    stack.bench("POST", "/sim/messages", {"from": tom, "to": SUPPORT, "body": "START"})

    expect(page.locator("#text")).to_be_visible()
    expect(page.get_by_text(re.compile("wrote START. Texts from Support are allowed again"))).to_be_visible()
    assert desk.problems == []


def test_a_photo_is_fetched_and_shown_from_our_own_server(open_desk, stack):
    desk = open_desk("ada")
    page = desk.page
    page.get_by_role("tab", name=re.compile("^Messages")).click()
    stack.bench("POST", "/sim/messages", {"from": "+12065550119", "to": SUPPORT, "body": "See", "media": ["photo"]})
    page.locator("[data-thread]").filter(has_text="0119").click()

    image = page.get_by_role("img", name="Photo, opens large")
    expect(image).to_be_visible()
    eventually(lambda: image.evaluate("image => image.naturalWidth"), "the photo is drawn")
    assert desk.foreign == []


def test_a_missed_caller_gets_one_text(stack):
    caller = "+12065550112"
    stack.shell(RULE)
    for _ in range(2):
        sid = stack.telephone_calls(caller)
        eventually(lambda sid=sid: stack.call(sid)["status"] == "in-progress", "the caller is asked for a message")
        stack.bench("POST", f"/sim/calls/{sid}/hangup")

    def sent() -> list[str]:
        found = stack.bench("GET", f"/sim/messages?to=%2B{caller[1:]}")["messages"]
        return [message["body"] for message in found]

    assert eventually(sent, "the caller has a text", seconds=60) == ["We missed your call."]


RULE = """
from messaging.models import MissedCallText
from routing.models import Line
MissedCallText.objects.create(line=Line.objects.get(number="+12025550100"), is_on=True, body="We missed your call.")
"""
