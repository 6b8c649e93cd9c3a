"""Texts at the desk: one that comes in is there at once, and is answered."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.stack import eventually

MAYA = "+12025550142"
SUPPORT = "+12025550100"


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
