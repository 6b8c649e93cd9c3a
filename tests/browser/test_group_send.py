"""A text to a group, from writing it to its answers, while the desk stays open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.stack import eventually

SUPPORT = "+12025550100"
NUMBERS = {"Nadia Rahman": "+12025550181", "Jon Peake": "+12025550182", "Ines Duarte": "+12025550183"}
_GROUP = """
from contacts.models import Contact, ContactNumber, Group
group, _ = Group.objects.get_or_create(name="Trade customers")
for name, number in {numbers}.items():
    contact, _ = Contact.objects.get_or_create(name=name)
    ContactNumber.objects.get_or_create(contact=contact, number=number, defaults={{"line_type": "mobile"}})
    group.members.add(contact)
"""


@pytest.fixture
def trade_customers(stack: Any) -> None:
    stack.shell(_GROUP.format(numbers=NUMBERS))


def compose(page: Any, body: str) -> None:
    """A text to the group is written, at any hour of the day."""
    page.get_by_label("To", exact=True).click()
    page.get_by_role("option", name=re.compile("Trade customers")).click()
    page.get_by_label("From", exact=True).select_option(label="Support · (202) 555-0100")
    page.get_by_role("textbox", name="Message").fill(body)
    page.get_by_role("button", name="Change").click()
    page.get_by_label("Keep to hours of the day").uncheck()


def texts_to(stack: Any, number: str) -> list[str]:
    found = stack.bench("GET", f"/sim/messages?to=%2B{number[1:]}")["messages"]
    return [message["body"] for message in found]


def test_a_group_gets_a_text_and_answers_and_who_stops_is_left_out_next_time(open_desk, stack, trade_customers):
    desk = open_desk("admin")
    page = desk.page
    page.get_by_role("link", name="Group sends").click()
    expect(page.get_by_role("heading", name="Group sends", level=1)).to_be_visible()
    page.get_by_role("button", name="New group message").click()
    compose(page, "Hello {first name}, we are closed 24–28 December.")

    before = page.get_by_role("complementary", name="Before you send")
    expect(before.get_by_text("Send to 3 people")).to_be_enabled()
    expect(page.get_by_text("1 segment: the dash (–) is not a plain SMS letter")).to_be_visible()
    expect(page.get_by_role("region", name="As each person gets it")).to_contain_text("Hello ")
    before.get_by_role("button", name="Send to 3 people").click()
    page.get_by_role("dialog").get_by_role("button", name="Send to 3 people").click()

    expect(page.get_by_text("3 of 3 delivered", exact=True)).to_be_visible()
    people = page.get_by_role("region", name="People of this send")
    expect(people.get_by_role("row", name=re.compile("Nadia Rahman"))).to_contain_text("Delivered")
    for name, number in NUMBERS.items():
        wanted = f"Hello {name.split()[0]}, we are closed 24–28 December."
        assert eventually(partial(texts_to, stack, number), "the telephone has it") == [wanted]

    # The address can be loaded again.
    page.reload()
    expect(page.get_by_text("3 of 3 delivered", exact=True)).to_be_visible()

    stack.bench("POST", "/sim/messages", {"from": NUMBERS["Nadia Rahman"], "to": SUPPORT, "body": "Thank you!"})
    side = page.get_by_role("complementary", name="The message")
    side.get_by_role("button", name="1, 1 unread").click()
    people.get_by_role("button", name="Open: texts with Nadia Rahman").click()
    expect(page.get_by_role("region", name="Nadia Rahman").get_by_text("Thank you!")).to_be_visible()

    stack.bench("POST", "/sim/messages", {"from": NUMBERS["Jon Peake"], "to": SUPPORT, "body": "STOP"})
    expect(page.get_by_role("button", name=re.compile("^Jon Peake"))).to_contain_text("STOP")
    page.get_by_role("link", name="Group sends").click()
    page.get_by_role("button", name="New group message").click()
    compose(page, "We are open again.")
    expect(before.get_by_text("Left out: 1")).to_be_visible()
    before.get_by_role("button", name="See names").click()
    expect(page.get_by_role("dialog")).to_contain_text("Jon Peake")
    page.get_by_role("button", name="Close").click()
    before.get_by_role("button", name="Send to 2 people").click()
    page.get_by_role("dialog").get_by_role("button", name="Send to 2 people").click()
    expect(page.get_by_text("2 of 2 delivered", exact=True)).to_be_visible()
    assert "We are open again." not in texts_to(stack, NUMBERS["Jon Peake"])
    assert desk.problems == []


@pytest.fixture
def ada_may_write(stack: Any) -> Iterator[None]:
    """Ada is a supervisor of her teams for a while."""
    role = "from agents.models import Agent; Agent.objects.filter(username='ada').update(role='{}')"
    stack.shell(role.format("supervisor"))
    yield
    stack.shell(role.format("agent"))


def test_agents_see_group_sends_and_have_no_key_to_write_one(open_desk):
    desk = open_desk("grace")
    page = desk.page
    page.goto(f"{desk.stack.desk_url}/group-sends/")
    expect(page.get_by_role("heading", name="Group sends", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="New group message")).to_have_count(0)
    page.goto(f"{desk.stack.desk_url}/group-sends/new/")
    expect(page.get_by_text("You cannot write to groups")).to_be_visible()


def test_a_call_opens_the_rail_and_keeps_what_is_written_to_a_group(open_desk, stack, trade_customers, ada_may_write):
    desk = open_desk("ada")
    page = desk.page
    desk.expect_reachable()
    page.get_by_role("link", name="Group sends").click()
    page.get_by_role("button", name="New group message").first.click()
    compose(page, "Half a sen")
    rail = page.locator(".call-area")
    expect(rail).to_have_css("width", "72px")
    field = page.get_by_role("textbox", name="Message")
    field.focus()

    stack.telephone_calls("+12025550142")
    desk.expect_ringing("Maya Okonkwo")
    expect(rail).to_have_css("width", "400px")
    page.keyboard.press("End")
    page.keyboard.type("tence")
    desk.answer()
    desk.expect_on_call("Maya Okonkwo")
    expect(field).to_have_value("Half a sentence")
    desk.hang_up()
    field.click()
    expect(rail).to_have_css("width", "72px")

    # It is found again in another view's place, and in the list.
    page.get_by_role("link", name="Desk", exact=True).click()
    page.get_by_role("link", name="Group sends").click()
    page.get_by_role("link", name=re.compile("Half a sentence")).click()
    expect(field).to_have_value("Half a sentence")
    assert desk.problems == []
