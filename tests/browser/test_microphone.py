"""The microphone cue, with the browser's real permission states."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.stack import Stack
from tests.chromium import launch, virtual_display


@pytest.fixture(scope="module")
def asking(playwright: Playwright) -> Iterator[Browser]:
    """Chromium as people have it, in a window: it asks before it gives the microphone away."""
    with virtual_display() as display:
        browser = launch(playwright, fake_ui=False, display=display)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def deaf(playwright: Playwright) -> Iterator[Browser]:
    """Chromium on a machine without a microphone."""
    browser = launch(playwright, fake_microphone=False)
    yield browser
    browser.close()


def set_permission(page: Page, stack: Stack, setting: str) -> None:
    """What the user chose in the browser's window: granted, denied, or prompt for not yet."""
    session = page.context.new_cdp_session(page)
    context = session.send("Target.getTargetInfo")["targetInfo"]["browserContextId"]
    choice = {"permission": {"name": "microphone"}, "setting": setting, "origin": stack.desk_url}
    session.send("Browser.setPermission", choice | {"browserContextId": context})


def test_the_cue_comes_first_and_goes_when_permission_arrives(open_desk, stack, asking):
    desk = open_desk("ada", where=asking, allow=False)

    expect(desk.call_area).to_contain_text("Let Ringdesk use your microphone")
    expect(desk.reach).to_contain_text("You cannot be reached")
    desk.button("Allow microphone").click()
    expect(desk.call_area).to_contain_text("Choose “Allow” in your browser")
    set_permission(desk.page, stack, "granted")

    desk.expect_reachable()
    expect(desk.call_area).not_to_contain_text("Let Ringdesk use your microphone")
    desk.expect_idle()


def test_a_blocked_microphone_is_explained_and_noticed_when_it_is_allowed(open_desk, stack, asking):
    desk = open_desk("ada", where=asking, allow=False)
    set_permission(desk.page, stack, "denied")

    expect(desk.call_area).to_contain_text("Your browser blocks the microphone")
    expect(desk.reach).to_contain_text("the browser blocks the microphone")
    set_permission(desk.page, stack, "granted")

    desk.expect_reachable()


def test_a_machine_without_a_microphone_is_told_to_plug_one_in(open_desk, stack, deaf):
    desk = open_desk("ada", where=deaf)

    expect(desk.call_area).to_contain_text("Plug in a headset or microphone")
    expect(desk.reach).to_contain_text("no microphone found")


def test_an_agent_who_cannot_be_reached_is_not_rung(open_desk, stack, deaf):
    desk = open_desk("ada", where=deaf)
    expect(desk.call_area).to_contain_text("Plug in a headset or microphone")

    sid = stack.telephone_calls("+12025550142", voice="silence")

    captions = stack.call(sid)["captions"]
    while not captions:
        captions = stack.call(sid)["captions"]
    assert "leave a message" in captions[0]["text"]
    expect(desk.call_area).not_to_contain_text("Incoming call")
