"""An agent goes on with a call in another browser, and in another tab of the same one: the real SDK twice, a caller who
hears each of them by a tone of their own, and the silence between the two, measured in sound."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.browser.desk import DeskPage
from tests.browser.stack import Stack, eventually
from tests.browser.tones import expect_hears, expect_telephone_hears, singing

CALLER, HERE, THERE = 650, 850, 1300
# Seconds of sound.
_LISTENED, _MOST_SILENCE = 12.0, 1.0
_ON_THE_WAY = re.compile(r"/voice/(dial-action|room)/")
_NO_MICROPHONE = """
() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError")); }
"""
ANOTHER_PLACE = "This call is on another tab or device."


@pytest.fixture(scope="module")
def browsers(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Browser, Browser]]:
    folder: Path = tmp_path_factory.mktemp("tones")
    with singing(playwright, folder, HERE) as here, singing(playwright, folder, THERE) as there:
        yield here, there


def talking(desk: DeskPage, stack: Stack) -> str:
    sid = stack.telephone_calls("+12025550142", voice=f"tone:{CALLER}")
    desk.take("Maya Okonkwo")
    expect_hears(desk, CALLER)
    expect_telephone_hears(stack, sid, HERE)
    return sid


def take_along(stack: Stack, sid: str, desk: DeskPage) -> float:
    """To this desk. Returns the longest silence that the caller heard meanwhile, but for what our server, on a machine
    that is busy with other tests, took to answer when Twilio asked what the two legs do next."""
    with ThreadPoolExecutor(1) as ear:
        heard = ear.submit(stack.heard, sid, _LISTENED)
        desk.call_area.get_by_role("button", name="Continue here").click()
        desk.expect_on_call("Maya Okonkwo")
        silence = heard.result()["silence"]
    legs = [sid, *stack.call(sid)["children"]]
    asked = [one for leg in legs for one in stack.requests(leg) if _ON_THE_WAY.search(one["url"])]
    assert asked
    return silence - max(one["duration_ms"] for one in asked) / 1000


def ended(desk: DeskPage, stack: Stack, sid: str) -> None:
    """Hung up at this desk: one row, of one agent, with no lost line and no second ring."""
    desk.hang_up()
    eventually(lambda: stack.call(sid)["end_time"], "the caller's line is free")
    eventually(lambda: desk.api(f"/api/v1/calls/{sid}/")["result"], "its end is told")
    call: dict[str, Any] = desk.api(f"/api/v1/calls/{sid}/")
    assert (call["result"], call["agent"]["name"], call["waited"]) == ("answered", "Ada Byron", None)
    told = [entry["title"] for entry in desk.api(f"/api/v1/calls/{sid}/timeline/")["entries"]]
    assert any("goes on with the call at another place" in title for title in told)
    assert not any("lost" in title for title in told)


def test_a_call_goes_on_in_another_browser_and_comes_back_with_hardly_a_silence(open_desk: Any, browsers, stack: Stack):
    here, there = (open_desk("ada", where=browser) for browser in browsers)
    here.expect_reachable()
    there.expect_reachable()
    sid = talking(here, stack)
    expect(there.call_area).to_contain_text(ANOTHER_PLACE)
    expect(there.call_area).to_contain_text("Maya Okonkwo")

    silence = take_along(stack, sid, there)

    assert silence < _MOST_SILENCE
    expect(here.call_area).to_contain_text("This call goes on at another place.")
    expect_telephone_hears(stack, sid, THERE)
    expect_hears(there, CALLER)
    assert there.page.get_by_role("timer").first.inner_text() != "0:00", "of the whole call"

    back = take_along(stack, sid, here)

    assert back < _MOST_SILENCE
    expect(there.call_area).to_contain_text("This call goes on at another place.")
    expect_telephone_hears(stack, sid, HERE)
    expect_hears(here, CALLER, but=(THERE,))
    ended(here, stack, sid)
    assert here.problems == there.problems == []


def test_a_call_goes_on_in_another_tab_of_the_same_browser(open_desk: Any, browsers, stack: Stack):
    first = open_desk("ada", where=browsers[0])
    first.expect_reachable()
    second = DeskPage(first.page.context.new_page(), stack)
    second.page.goto(f"{stack.desk_url}/")
    expect(second.reach).to_contain_text("Ringdesk is open in another tab")
    sid = talking(first, stack)

    second.call_area.get_by_role("button", name="Continue here").click()

    second.expect_on_call("Maya Okonkwo")
    expect(first.call_area).to_contain_text("This call goes on at another place.")
    expect(first.reach).to_contain_text("Ringdesk is open in another tab")
    expect_telephone_hears(stack, sid, HERE)
    expect_hears(second, CALLER)
    ended(second, stack, sid)
    second.expect_reachable()
    assert first.problems == second.problems == []


def test_a_call_whose_new_place_does_not_come_goes_on_where_it_was(open_desk: Any, browsers, stack: Stack):
    here, there = (open_desk("ada", where=browser) for browser in browsers)
    here.expect_reachable()
    there.expect_reachable()
    sid = talking(here, stack)
    # The microphone is taken away in the moment in which it is asked for.
    there.page.evaluate(_NO_MICROPHONE)

    there.call_area.get_by_role("button", name="Continue here").click()

    expect(there.page.get_by_role("alert").filter(has_text="It goes on where it was.")).to_be_visible()
    expect_telephone_hears(stack, sid, HERE)
    expect_hears(here, CALLER)
    here.expect_on_call("Maya Okonkwo")
    here.hang_up()
    eventually(lambda: stack.call(sid)["end_time"], "the caller's line is free")
