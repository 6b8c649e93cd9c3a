"""Contacts at the desk: the list, a page that can be shared, editing, blocking, merging, and an import."""

from __future__ import annotations

import re

from playwright.sync_api import expect

CSV = "Full name;Phone;Firma\nChiara Costa;(202) 555-0171;Quayside Bikes\nMaya O.;(202) 555-0172;\nNobody;12;\n"


def test_a_contact_is_found_edited_and_has_an_address_of_its_own(open_desk):
    page = open_desk("ada").page
    page.get_by_role("tab", name="Contacts").click()
    page.get_by_role("searchbox", name="Search contacts").fill("aldous")
    page.get_by_role("button", name="Tom Aldous").click()
    expect(page.get_by_role("heading", name="Tom Aldous")).to_be_focused()
    expect(page).to_have_url(re.compile(r"/contacts/\d+/$"))
    expect(page.get_by_text("Prefers to be called before noon.")).to_be_visible()

    page.get_by_role("button", name="Add note").click()
    page.get_by_role("textbox", name="Note").fill("Asked for a second key.")
    page.get_by_role("button", name="Save note").click()
    expect(page.get_by_text("Note by Ada Byron")).to_be_visible()

    page.get_by_role("button", name="Edit numbers and the rest").first.click()
    page.get_by_role("button", name="Add number").click()
    page.get_by_role("textbox", name="Number").last.fill("(202) 555-0142")
    page.get_by_role("button", name="Save contact").click()
    expect(page.get_by_text("belongs to Maya Okonkwo")).to_be_visible()
    page.get_by_role("textbox", name="Number").last.fill("(202) 555-0179")
    page.get_by_role("button", name="Save contact").click()
    expect(page.get_by_text("(202) 555-0179").first).to_be_visible()

    page.reload()
    expect(page.get_by_role("heading", name="Tom Aldous")).to_be_visible()
    expect(page.get_by_text("Asked for a second key.")).to_be_visible()


def test_a_blocked_contact_is_not_called_until_a_supervisor_unblocks_it(open_desk):
    page = open_desk("hedy").page
    page.get_by_role("tab", name="Contacts").click()
    page.get_by_role("button", name="Leïla Benali").click()
    page.get_by_role("button", name="More for Leïla Benali").click()
    page.get_by_role("menuitem", name="Block this contact").click()
    page.get_by_role("button", name="Block", exact=True).click()
    expect(page.get_by_role("group", name="Blocked.")).to_be_visible()

    page.get_by_role("combobox", name="Name or number").fill("+12025550144")
    page.get_by_role("combobox", name="Name or number").blur()
    expect(page.get_by_text("This number is blocked.")).to_be_visible()

    page.get_by_role("button", name="Unblock").click()
    expect(page.get_by_role("group", name="Blocked.")).to_have_count(0)


def test_a_file_is_imported_and_two_contacts_become_one(open_desk):
    page = open_desk("hedy").page
    page.get_by_role("tab", name="Contacts").click()
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_label("CSV file").set_input_files({"name": "new.csv", "mimeType": "text/csv", "buffer": CSV.encode()})
    expect(page.get_by_text("2 new · 0 changed · 0 with nothing new · 1 that cannot be used")).to_be_visible()
    expect(page.get_by_text("This number is too short").or_(page.get_by_text("Too short"))).to_be_visible()
    page.get_by_role("button", name="Import the usable rows").click()
    expect(page.get_by_text("Imported new.csv: 2 new, 0 changed.")).to_be_visible()

    page.get_by_role("button", name="Contacts", exact=True).first.click()
    page.get_by_role("searchbox", name="Search contacts").fill("chiara")
    page.get_by_role("button", name="Chiara Costa").click()
    page.get_by_role("button", name="More for Chiara Costa").click()
    page.get_by_role("menuitem", name="Merge with another contact").click()
    page.get_by_role("searchbox", name="Search the other contact").fill("Maya O.")
    page.get_by_role("button", name="Maya O.").click()
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_text("(202) 555-0172").first).to_be_visible()

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("(202) 555-0172")).to_have_count(0)


def test_a_stranger_is_added_while_they_are_on_the_line(open_desk, stack):
    ada = open_desk("ada")
    ada.expect_reachable()
    stack.telephone_calls("+12065550111")
    ada.take("(206) 555-0111")
    page = ada.page
    page.get_by_role("button", name="Add to contacts").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("Sam Stranger")
    page.get_by_role("button", name="Save contact").click()

    expect(page.get_by_role("heading", name="Sam Stranger")).to_be_visible()
    expect(page.locator(".entry").first).to_be_visible()
    ada.hang_up()
    # The note on the call comes first; the page waits in its own tab.
    page.get_by_role("tab", name="Contacts").click()
    expect(page.get_by_role("heading", name="Sam Stranger")).to_be_visible()
