"""The route editor and the form of opening hours, as an admin uses them: by keyboard, refused, and saved."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.desk import PASSWORD
from tests.browser.stack import Stack
from tests.browser.test_admin_accessibility import violations
from tests.chromium import launch


@pytest.fixture
def admin(playwright: Playwright, stack: Stack) -> Iterator[Page]:
    # A browser of its own: one that is asked whether to leave while it is closed may take all other pages with it.
    browser = launch(playwright)
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.goto(f"{stack.desk_url}/accounts/login/?next=/admin/routing/route/")
        page.get_by_label("Username").fill("admin")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("link", name="Sales, daytime").click()
        expect(page.get_by_role("heading", name="Steps")).to_be_visible()
        yield page
    browser.close()


def test_a_route_that_ends_in_silence_is_refused_mended_and_saved(admin):
    admin.get_by_role("button", name="Team Sales Team").first.click()
    admin.get_by_label("Nobody there, then").select_option("")
    expect(admin.get_by_text("1 change not saved")).to_be_visible()
    save = admin.get_by_role("button", name="Save as version 2")
    save.click()

    expect(admin.get_by_role("alert")).to_contain_text("A caller hears nothing when nobody of Sales is at work.")
    wrong = admin.get_by_label("Nobody there, then")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(wrong).to_have_accessible_description("A caller hears nothing when nobody of Sales is at work.")
    expect(save).to_be_disabled()
    expect(admin.get_by_text("Hears nothing", exact=True)).to_be_visible()
    assert violations(admin) == []
    admin.set_viewport_size({"width": 1440, "height": 900})

    admin.get_by_role("button", name="Send them to Sales box").click()
    admin.get_by_role("group", name="Drawing").get_by_role("button", name="Sales box").click()
    expect(admin.locator("#head-box")).to_be_focused()
    admin.locator("#head-box").press("Escape")
    admin.get_by_role("button", name="Closed Announcement").first.click()
    admin.get_by_label("Words").fill("We are closed. Call again tomorrow.")
    admin.keyboard.press("Control+s")

    expect(admin.get_by_role("status").filter(has_text="Saved as version 2.")).to_be_visible()
    admin.get_by_role("link", name="History", exact=True).first.click()
    expect(admin.get_by_text("Closed, what the caller hears: “We are closed. Call again tomorrow.”")).to_be_visible()
    assert violations(admin) == []


def test_the_drawing_is_walked_by_arrow_keys_and_gives_the_focus_back(admin):
    head = admin.locator("#head-hours")
    head.focus()
    drawing = admin.get_by_role("group", name="Drawing of the route")
    first = drawing.get_by_role("button").first
    first.focus()
    expect(first).to_have_accessible_name(
        "Step 1 Shop hours Opening hours open to step 2, closed to step 4, holiday to step 4"
    )

    for key, name in (
        ("ArrowDown", "Main menu"),
        ("ArrowRight", "Closed"),
        ("ArrowLeft", "Main menu"),
        ("ArrowUp", "Shop hours"),
    ):
        admin.keyboard.press(key)
        expect(drawing.locator(":focus")).to_contain_text(name)
    admin.keyboard.press("Escape")

    expect(head).to_be_focused()


def test_steps_are_added_moved_and_removed_by_keyboard_and_leaving_asks(admin):
    admin.get_by_label("Add a step").select_option("goodbye")
    expect(admin.get_by_label("Name", exact=True)).to_be_focused()
    names = admin.locator(".re-list strong")
    expect(names).to_have_text(["Shop hours", "Main menu", "Team Sales", "Closed", "Sales box", "Goodbye"])
    admin.keyboard.press("Alt+ArrowUp")
    expect(names).to_have_text(["Shop hours", "Main menu", "Team Sales", "Closed", "Goodbye", "Sales box"])

    admin.get_by_role("button", name="Closed Announcement").first.click()
    admin.get_by_role("button", name="Remove the step").click()
    admin.get_by_label("Callers who came here go instead to").select_option(label="5 Goodbye")
    admin.get_by_role("button", name="Remove the step").click()
    expect(admin.locator("#head-hours")).to_contain_text("closed → 4")

    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    admin.on("dialog", stay)
    admin.get_by_role("button", name="Discard").click()
    expect(names).to_have_text(["Shop hours", "Main menu", "Team Sales", "Goodbye", "Sales box"])
    with admin.expect_event("dialog"):
        admin.get_by_role("link", name="History", exact=True).first.click(no_wait_after=True)
    assert asked == ["confirm", "beforeunload"]
    # Left for good, or the browser could not end the page.
    admin.remove_listener("dialog", stay)
    admin.once("dialog", lambda dialog: dialog.accept())
    admin.goto("about:blank")


def test_how_many_wait_call_backs_and_words_for_a_key_are_set_by_keyboard(admin):
    admin.locator("#head-team").press("Enter")
    # The bar on top leaves the step's own head in sight.
    top, bar = admin.evaluate(
        "['#head-team', '.re-stick'].map((one) => document.querySelector(one).getBoundingClientRect())"
        ".map((one, at) => (at ? one.bottom : one.top))"
    )
    assert top >= bar
    most = admin.get_by_label("Wait at most, callers (0: any number)")
    most.fill("5")
    expect(admin.get_by_label("Offer it after so many seconds")).to_have_count(0)
    admin.get_by_label("Offer a call-back").press("Space")
    admin.get_by_label("Offer it after so many seconds").fill("300")
    admin.keyboard.press("Control+s")

    wrong = admin.get_by_label("Offer it after so many seconds")
    full = admin.get_by_label("Queue full, then")
    expect(full).to_have_attribute("aria-invalid", "true")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(wrong).to_be_focused()
    assert violations(admin) == []
    admin.set_viewport_size({"width": 1440, "height": 900})
    full.select_option(label="5 Sales box")
    wrong.fill("30")
    admin.get_by_label("Call back only within").select_option(label="Shop hours")
    admin.get_by_label("When these hours are over").press("ArrowDown")

    admin.locator("#head-menu").press("Enter")
    expect(admin.get_by_label("Words for it, with commas")).to_have_count(0)
    admin.get_by_label("Understand spoken words").press("Space")
    admin.get_by_label("Words for it, with commas").first.press_sequentially("order, buy something")
    assert violations(admin) == []
    admin.set_viewport_size({"width": 1440, "height": 900})
    admin.keyboard.press("Control+s")
    expect(admin.get_by_role("status").filter(has_text="Saved as version")).to_be_visible()

    admin.reload()
    admin.locator("#head-team").press("Enter")
    expect(admin.get_by_label("Wait at most, callers (0: any number)")).to_have_value("5")
    expect(admin.get_by_label("Offer it after so many seconds")).to_have_value("30")
    expect(admin.get_by_label("When these hours are over")).to_have_value("list")
    admin.locator("#head-menu").press("Enter")
    expect(admin.get_by_label("Words for it, with commas").first).to_have_value("order, buy something")


def test_a_week_is_changed_span_by_span(admin, stack):
    admin.goto(f"{stack.desk_url}/admin/routing/openinghours/")
    admin.get_by_role("link", name="Shop hours").click()
    admin.get_by_label("Friday until").fill("01:30")
    admin.get_by_role("button", name="Remove 08:00–20:00: Sunday").click()
    admin.get_by_label("Country:", exact=True).select_option("GB")
    admin.get_by_label("Part of the country").select_option("ENG")
    admin.get_by_role("button", name="+ Add a date").click()
    admin.get_by_label("Date", exact=True).fill("2026-12-24")
    admin.get_by_label("Name of the date").fill("Christmas Eve")
    admin.get_by_role("button", name="Save and continue editing").click()

    expect(admin.get_by_role("row", name="Christmas Eve")).to_be_visible()
    expect(admin.get_by_role("row", name="Boxing Day").first).to_be_visible()
    expect(admin.get_by_label("Friday until")).to_have_value("01:30")
    expect(admin.get_by_label("Sunday until")).to_have_count(0)
    admin.get_by_label("Day and time").fill("2026-11-28T00:45")
    admin.get_by_role("button", name="Check").click()
    expect(admin.get_by_text("Open. Shop hours: the span 08:00–01:30 of 27 Nov 2026")).to_be_visible()
    assert violations(admin) == []


def test_a_sound_that_is_too_large_is_told_before_it_is_sent_and_nothing_of_the_form_is_lost(admin, stack):
    admin.goto(f"{stack.desk_url}/admin/routing/greeting/add/")
    admin.get_by_label("Name:").fill("Long")
    field = admin.get_by_label("Sound file")
    sent = []
    admin.on("request", lambda request: sent.append(request.method))

    field.set_input_files({"name": "long.wav", "mimeType": "audio/wav", "buffer": bytes(12_000_001)})
    expect(admin.get_by_role("alert").filter(has_text="Upload at most 12 MB.")).to_be_visible()
    admin.get_by_role("button", name="Save", exact=True).click()

    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    assert "POST" not in sent
    expect(admin.get_by_label("Name:")).to_have_value("Long")
    assert violations(admin) == []
    field.set_input_files({"name": "short.wav", "mimeType": "audio/wav", "buffer": b"RIFF"})
    expect(admin.get_by_text("Upload at most 12 MB.")).to_have_count(0)
