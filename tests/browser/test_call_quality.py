"""How a call sounded: measured by the real SDK, sent at its end, and after a crash by what was kept."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

_KEPT = "() => Object.keys(localStorage).some((key) => key.startsWith('ringdesk.quality.'))"
_NOTHING_KEPT = "() => !Object.keys(localStorage).some((key) => key.startsWith('ringdesk.quality.'))"


def talking(open_desk: Any, stack: Any) -> tuple[Any, str]:
    desk = open_desk("ada")
    desk.expect_reachable()
    sid = stack.telephone_calls("+12025550142")
    desk.take("Maya Okonkwo")
    # The first second is written down at once.
    desk.page.wait_for_function(_KEPT)
    return desk, sid


def expect_sound(page: Page, sid: str, *words: str) -> None:
    page.locator(f'[data-row="{sid}"]').get_by_text("Maya Okonkwo").click()
    sound = page.get_by_role("region", name="Sound")
    for word in words:
        expect(sound).to_contain_text(word)


def test_it_is_sent_at_the_end_and_stands_on_the_calls_page(open_desk, stack):
    desk, sid = talking(open_desk, stack)

    stack.bench("POST", f"/sim/calls/{sid}/hangup")
    desk.expect_idle()
    desk.page.wait_for_function(_NOTHING_KEPT)
    desk.page.get_by_role("button", name="Done").click()

    expect_sound(desk.page, sid, "With: ")
    expect(desk.page.get_by_text("Measured until the page went away.")).to_have_count(0)
    assert desk.problems == []


def test_a_page_that_crashed_leaves_it_to_the_next_one(open_desk, stack):
    desk, sid = talking(open_desk, stack)
    context = desk.page.context

    desk.page.close(run_before_unload=False)
    stack.bench("POST", f"/sim/calls/{sid}/hangup")
    page = context.new_page()
    page.goto(stack.desk_url)
    page.wait_for_function(_NOTHING_KEPT, timeout=40_000)

    expect_sound(page, sid, "Measured until the page went away.")
