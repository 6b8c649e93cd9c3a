"""Hold and transfer as callers and agents hear them: each party sings a tone of its own, the real SDK in Chromium, the
real simulator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.browser.desk import DeskPage
from tests.browser.stack import Stack, eventually
from tests.browser.test_queue import queue
from tests.browser.tones import LOUD, expect_hears, expect_hears_music, expect_telephone_hears, singing

# Of which the music on hold has nothing to speak of.
CALLER, ADA, GRACE = 650, 850, 1300


@pytest.fixture(scope="module")
def browsers(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Browser]]:
    folder: Path = tmp_path_factory.mktemp("tones")
    with singing(playwright, folder, ADA) as ada, singing(playwright, folder, GRACE) as grace:
        yield {"ada": ada, "grace": grace}


@pytest.fixture
def desks(open_desk: Any, browsers: dict[str, Browser], stack: Stack) -> Iterator[tuple[DeskPage, DeskPage]]:
    """Ada, who takes the first call, and Grace."""
    with queue(stack, "fixed-order"):
        ada, grace = (open_desk(name, where=browsers[name]) for name in ("ada", "grace"))
        ada.expect_reachable()
        grace.expect_reachable()
        yield ada, grace


def talking(ada: DeskPage, stack: Stack) -> str:
    """Maya calls, and Ada talks with her. Her call's sid."""
    sid = stack.telephone_calls("+12025550142", voice=f"tone:{CALLER}")
    ada.take("Maya Okonkwo")
    expect_hears(ada, CALLER)
    expect_telephone_hears(stack, sid, ADA)
    return sid


def expect_music(stack: Stack, sid: str) -> None:
    """Something that no agent sings."""

    def hears_music() -> bool:
        heard = stack.heard(sid, 0.6)
        return heard["rms"] > LOUD and all(abs(heard["hz"] - hz) > 25 for hz in (ADA, GRACE))

    eventually(hears_music, "the caller hears music")


def announced(desk: DeskPage) -> Any:
    return desk.page.get_by_test_id("polite")


def choose(desk: DeskPage, name: str) -> None:
    """By keyboard alone: T, the name, Enter."""
    desk.page.keyboard.press("t")
    field = desk.page.get_by_role("combobox", name="Colleague, team or number")
    expect(field).to_be_focused()
    desk.page.keyboard.type(name)
    options = desk.page.get_by_role("listbox", name="Who can take the call").get_by_role("option")
    expect(options).to_have_count(1)
    expect(options).to_have_accessible_name(re.compile(name))
    expect(options).to_have_attribute("aria-disabled", "false")
    desk.page.keyboard.press("Enter")
    expect(desk.button("Talk first")).to_be_focused()


def test_on_hold_the_caller_hears_music_and_nobody_and_both_hear_each_other_again_afterwards(desks, stack: Stack):
    ada, _grace = desks
    sid = talking(ada, stack)

    ada.page.keyboard.press("h")
    expect(ada.call_area).to_contain_text("Maya hears music and cannot hear you.")
    expect(announced(ada)).to_have_text("Maya on hold.")
    expect(ada.page).to_have_title(re.compile(r"^Hold \d:\d\d Maya Okonkwo$"))
    expect_music(stack, sid)
    expect_hears(ada, but=(CALLER,))

    ada.button("Take Maya off hold").click()
    expect(announced(ada)).to_have_text("Maya off hold.")
    expect(ada.call_area).to_contain_text("On a call")
    expect_hears(ada, CALLER)
    expect_telephone_hears(stack, sid, ADA)

    ada.hang_up()
    eventually(lambda: stack.call(sid)["end_time"], "the caller's line is free")
    call = ada.api(f"/api/v1/calls/{sid}/")
    assert call["held_seconds"] >= 1
    assert call["agent"]["name"] == "Ada Byron"
    assert ada.problems == []


def test_a_call_that_is_sent_to_a_colleague_rings_there_says_from_whom_and_leaves_the_first_agent_free(
    desks, stack: Stack
):
    ada, grace = desks
    sid = talking(ada, stack)

    choose(ada, "Grace")
    ada.page.keyboard.press("Tab")
    expect(ada.button("Send now")).to_be_focused()
    ada.page.keyboard.press("Enter")
    grace.expect_ringing("Maya Okonkwo")
    expect(grace.call_area).to_contain_text("Ada hands over Maya Okonkwo.")
    # At once, for it rings a few seconds only.
    grace.answer()
    grace.expect_on_call("Maya Okonkwo")
    expect(ada.call_area).to_contain_text("Maya Okonkwo was handed over to Grace")
    assert not stack.call(sid)["end_time"]
    expect_hears(grace, CALLER, but=(ADA,))
    expect_telephone_hears(stack, sid, GRACE)
    call = eventually(
        lambda: (now := grace.api(f"/api/v1/calls/{sid}/"))["transfer"]["state"] == "handed-over" and now,
        "it is handed over",
    )
    assert call["agent"]["name"] == "Grace Hopper"
    assert (ada.problems, grace.problems) == ([], [])


@pytest.mark.parametrize("kind", ["webhook-drop", "webhook-error"])
def test_a_caller_whose_fetch_meets_a_failure_rings_at_the_colleague_all_the_same(desks, stack: Stack, kind):
    ada, grace = desks
    sid = talking(ada, stack)
    stack.bench("POST", "/sim/faults", {"rules": [{"kind": kind, "count": 1, "match": {"path": "/voice/offer/"}}]})
    try:
        choose(ada, "Grace")
        ada.button("Send now").click()
        grace.expect_ringing("Maya Okonkwo")
    finally:
        stack.bench("POST", "/sim/faults", {"rules": []})
    grace.answer()

    grace.expect_on_call("Maya Okonkwo")
    expect_hears(grace, CALLER, but=(ADA,))
    expect_telephone_hears(stack, sid, GRACE)


def test_a_call_that_is_sent_and_still_rings_is_taken_back_by_rest_and_the_caller_is_with_the_first_agent_again(
    desks, stack: Stack
):
    ada, grace = desks
    sid = talking(ada, stack)
    choose(ada, "Grace")
    ada.button("Send now").click()
    grace.expect_ringing("Maya Okonkwo")

    assert post(ada, f"/api/v1/calls/{sid}/cancel-transfer/") == 202

    ada.take("Maya Okonkwo")
    expect(grace.call_area).not_to_contain_text("Incoming call")
    expect_hears(ada, CALLER, but=(GRACE,))
    expect_telephone_hears(stack, sid, ADA)
    call = eventually(
        lambda: (now := ada.api(f"/api/v1/calls/{sid}/"))["agent"] and now, "the log says that it is Ada's again"
    )
    assert (call["agent"]["name"], call["transfer"]["state"]) == ("Ada Byron", "cancelled")
    assert (ada.problems, grace.problems) == ([], [])


def post(desk: DeskPage, path: str) -> int:
    """What a program answers to that uses this agent's session."""
    token = desk.page.evaluate("() => JSON.parse(document.getElementById('ringdesk-config').textContent).csrfToken")
    url = f"{desk.stack.desk_url}{path}"
    return int(desk.page.request.post(url, data={}, headers={"X-CSRFToken": token}).status)


def test_a_warm_transfer_by_keyboard_alone_is_heard_and_announced_at_each_step(desks, stack: Stack):
    ada, grace = desks
    sid = talking(ada, stack)

    choose(ada, "Grace")
    ada.page.keyboard.press("Enter")
    grace.expect_ringing("Maya Okonkwo")
    expect(grace.call_area).to_contain_text("Ada wants to talk to you about Maya Okonkwo.")
    expect(ada.call_area).to_contain_text("Calling Grace")
    expect_music(stack, sid)
    grace.answer()
    expect(announced(ada)).to_have_text("Talking to Grace. Maya is on hold.")
    expect(grace.call_area).to_contain_text("Talking to Ada")
    # The two hear each other, and the caller hears neither.
    expect_hears(ada, GRACE, but=(CALLER,))
    expect_hears(grace, ADA, but=(CALLER,))
    expect_music(stack, sid)

    ada.button("Hand over").focus()
    ada.page.keyboard.press("Enter")
    expect(announced(ada)).to_have_text("Handed over to Grace.")
    expect_hears(grace, CALLER, but=(ADA,))
    expect_telephone_hears(stack, sid, GRACE)
    grace.expect_on_call("Maya Okonkwo")
    grace.hang_up()
    eventually(lambda: stack.call(sid)["end_time"], "the caller's line is free")
    call = grace.api(f"/api/v1/calls/{sid}/")
    assert call["transfer"]["state"] == "handed-over"
    assert call["agent"]["name"] == "Grace Hopper"
    assert (ada.problems, grace.problems) == ([], [])


def test_of_a_warm_transfer_that_is_cancelled_the_caller_is_with_the_first_agent_again(desks, stack: Stack):
    ada, grace = desks
    sid = talking(ada, stack)
    choose(ada, "Grace")
    ada.page.keyboard.press("Enter")
    grace.take_consultation("Ada")
    expect_hears(ada, GRACE, but=(CALLER,))

    ada.button("Cancel transfer").click()
    ada.expect_on_call("Maya Okonkwo")
    expect_hears(ada, CALLER, but=(GRACE,))
    expect_telephone_hears(stack, sid, ADA)
    grace.expect_idle()


def test_all_three_talk_after_a_merge_and_whom_the_agent_leaves_talk_on(desks, stack: Stack):
    ada, grace = desks
    sid = talking(ada, stack)
    choose(ada, "Grace")
    ada.page.keyboard.press("Enter")
    grace.take_consultation("Ada")

    ada.button("Talk to Maya").click()
    expect_hears(ada, CALLER, but=(GRACE,))
    expect_hears_music(grace, but=(ADA, CALLER))
    ada.button("Talk to Grace").click()
    expect_hears(ada, GRACE, but=(CALLER,))
    ada.button("All three").click()
    expect_hears(ada, CALLER, GRACE)
    expect_hears(grace, CALLER, ADA)
    expect(ada.button("Remove Grace Hopper from the call")).to_be_visible()
    ada.hang_up()
    ada.expect_idle()
    expect_hears(grace, CALLER, but=(ADA,))
    expect_telephone_hears(stack, sid, GRACE)
