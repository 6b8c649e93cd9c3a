"""A call of the log, opened at the desk."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect


@pytest.fixture
def talked(open_desk: Any, stack: Any) -> Any:
    """Ada's desk after a call with Maya that she answered; the call's row is the newest of the log."""
    ada = open_desk("ada")
    ada.expect_reachable()
    sid = stack.telephone_calls("+12025550142")
    ada.take("Maya Okonkwo")
    stack.bench("POST", f"/sim/calls/{sid}/hangup")
    ada.expect_idle()
    ada.page.get_by_role("button", name="Done").click()
    ada.sid = sid
    ada.row = ada.page.locator(f'[data-row="{sid}"]')
    expect(ada.row).to_contain_text("Answered")
    return ada


def test_the_keyboard_opens_a_call_and_reads_what_happened(talked):
    page = talked.page
    opens = talked.row.get_by_role("button", name="Details")
    # Done has just gone, so Enter would do nothing for a moment: until focus is moved by hand.
    page.keyboard.press("Tab")
    opens.focus()
    page.keyboard.press("Enter")

    happened = page.get_by_role("region", name="What happened")
    for sentence in ("Twilio asked what to do with the call.", "Ada Byron answered.", "The call ended."):
        expect(happened.get_by_text(sentence, exact=True)).to_be_visible()
    expect(page.locator("#details-title")).to_be_focused()

    page.keyboard.press("Escape")
    expect(opens).to_be_focused()
    assert talked.problems == []


def test_a_note_is_saved_and_two_who_write_at_once_lose_nothing(talked, open_desk):
    page, note = talked.page, talked.page.get_by_label("Note", exact=True)
    talked.row.get_by_text("Maya Okonkwo").click()
    note.fill("Wants the date in writing.")
    page.get_by_label("Outcome", exact=True).select_option("Follow-up needed")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(page.get_by_text("Ada Byron wrote a note.")).to_be_visible()

    hedy = open_desk("hedy").page
    hedy.locator(f'[data-row="{talked.sid}"]').get_by_text("Maya Okonkwo").click()
    theirs = hedy.get_by_label("Note", exact=True)
    expect(theirs).to_have_value("Wants the date in writing.")
    note.fill("Called back, no answer.")
    theirs.fill("I have written to her.")
    hedy.get_by_role("button", name="Save").click()
    expect(hedy.get_by_text("Saved.", exact=True)).to_be_visible()

    expect(page.get_by_text("Somebody changed this meanwhile.")).to_be_visible()
    expect(page.get_by_text("I have written to her.")).to_be_visible()
    expect(note).to_have_value("Called back, no answer.")
    page.get_by_role("button", name="Save mine instead").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(theirs).to_have_value("Called back, no answer.")
