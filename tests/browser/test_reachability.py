"""A desk that sleeps is found out and told to everybody; a browser is woken by Web Push."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.desk import DeskPage
from tests.browser.notifications import Notifications
from tests.browser.stack import Stack
from tests.chromium import launch


@pytest.fixture
def own_browser(playwright: Any) -> Iterator[Browser]:
    """A browser that may be hurt."""
    browser = launch(playwright, whole=True)
    yield browser
    browser.close()


def renderers(browser: Browser) -> set[int]:
    session = browser.new_browser_cdp_session()
    found = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return {one["id"] for one in found if one["type"] == "renderer"}


def of_team(desk: DeskPage, name: str) -> Locator:
    """Not in the log, where a colleague's call may stand."""
    return desk.page.get_by_role("region", name="Your team").get_by_role("listitem").filter(has_text=name)


@pytest.mark.waits
def test_a_frozen_desk_is_not_reachable_within_twenty_seconds_and_is_told_so_when_it_thaws(
    open_desk, own_browser, stack: Stack
):
    colleague = open_desk("grace")
    colleague.page.set_viewport_size({"width": 1366, "height": 860})
    before = renderers(own_browser)
    desk = open_desk("ada", where=own_browser)
    desk.expect_reachable()
    row = of_team(colleague, "Ada Byron")
    expect(row).to_contain_text("Available")

    frozen = renderers(own_browser) - before
    assert frozen
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    try:
        expect(row).to_contain_text("Not reachable", timeout=25_000)
        took = time.monotonic() - began
        expect(row).to_contain_text("Desk sends nothing since")
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)

    # Measured from the last answer, which may be five seconds old when the page freezes.
    assert 9 < took < 21
    expect(row).to_contain_text("Available")
    expect(desk.page.get_by_text("No call could ring here from")).to_be_visible()
    desk.expect_reachable()


def test_a_browser_is_woken_and_shows_who_calls(own_browser, stack: Stack, open_desk):
    desk = open_desk("ada", where=own_browser)
    context, page = desk.page.context, desk.page
    context.grant_permissions(["notifications", "microphone"], origin=stack.desk_url)
    scope = page.evaluate(
        "(async () => { await navigator.serviceWorker.register('/service-worker.js');"
        " return (await navigator.serviceWorker.ready).scope })()"
    )
    assert scope == f"{stack.desk_url}/"
    notifications = Notifications(context, page, stack)
    note = {
        "title": "Maya Okonkwo calls Support",
        "body": "(202) 555-0142",
        "tag": "call-1",
        "path": "?call=CA1",
        "open": "Open desk",
        "later": "Not now",
        "silent": False,
    }

    notifications.deliver(note)
    assert notifications.shown() == [["Maya Okonkwo calls Support", "(202) 555-0142", "?call=CA1", True]]
    notifications.deliver(
        note | {"title": "Grace Hopper took the call of Maya Okonkwo", "body": "", "path": "", "silent": True}
    )
    assert notifications.shown() == [["Grace Hopper took the call of Maya Okonkwo", "", "", False]]


def test_a_press_on_the_notification_opens_the_desk_which_says_that_its_phone_starts(open_desk, stack: Stack):
    desk = open_desk("ada")
    desk.expect_reachable()
    # Its token is on the way for as long as we look.
    held: list[Any] = []
    desk.page.route("**/api/v1/tokens/voice/", lambda route: held.append(route))
    desk.page.goto(f"{stack.desk_url}/?call=CA00000000000000000000000000000001")

    expect(desk.reach).to_contain_text("Opened from the notification; your phone is starting.")
    expect(desk.page).to_have_url(re.compile(r"/$"))
    held[0].continue_()
    desk.expect_reachable()


def test_after_a_call_the_agent_has_time_for_its_note_and_the_next_caller_waits_for_it(open_desk, stack: Stack):
    team = "Team.objects.filter(name='Support')"
    stack.shell(f"from agents.models import Team; {team}.update(wrap_up_seconds=300)")
    try:
        desk, colleague = open_desk("ada"), open_desk("grace")
        colleague.page.set_viewport_size({"width": 1366, "height": 860})
        desk.expect_reachable()
        colleague.expect_reachable()
        stack.telephone_calls("+12025550142")
        desk.expect_ringing("Maya Okonkwo")
        desk.call_area.get_by_role("button", name="Answer").click()
        expect(desk.page.get_by_role("button", name="Hang up")).to_be_visible()
        desk.page.get_by_role("button", name="Hang up").click()

        expect(desk.reach).to_contain_text("After the call.")
        expect(desk.call_area.get_by_role("timer")).to_contain_text("left")
        row = of_team(colleague, "Ada Byron")
        expect(row).to_contain_text("Wrap-up")
        desk.page.get_by_role("button", name="Stay in wrap-up").click()
        expect(desk.call_area).to_contain_text("You stay in wrap-up until you press Done.")
        # It is kept by the server, not by the page.
        desk.page.reload()
        expect(desk.reach).to_contain_text("After the call.")
        desk.page.get_by_role("button", name="Done, next").click()
        desk.expect_reachable()
        expect(row).to_contain_text("Available")
    finally:
        stack.shell(f"from agents.models import Team; {team}.update(wrap_up_seconds=0)")
