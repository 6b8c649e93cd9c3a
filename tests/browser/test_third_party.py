"""An outside number taken into a call: each party sings a tone of its own, the real SDK in Chromium, the real
simulator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.browser.desk import DeskPage
from tests.browser.everybody import MUSIC, Everybody
from tests.browser.stack import Stack, eventually
from tests.browser.test_everybody import press, talk
from tests.browser.test_queue import queue
from tests.browser.tones import singing

TONES = {"maya": 1030, "florist": 1350, "ada": 1520}
FLORIST, SHOWN = "+12025550161", "(202) 555-0161"


@pytest.fixture(scope="module")
def browser_of_ada(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with singing(playwright, tmp_path_factory.mktemp("tones"), TONES["ada"]) as ada:
        yield ada


@pytest.fixture
def ada(open_desk: Any, browser_of_ada: Browser, stack: Stack) -> Iterator[DeskPage]:
    with queue(stack, "fixed-order"):
        stack.bench("PUT", f"/sim/telephones/{FLORIST}", {"behaviour": "manual", "voice": f"tone:{TONES['florist']}"})
        desk = open_desk("ada", where=browser_of_ada, reduced_motion="reduce")
        desk.expect_reachable()
        yield desk


def leg_to(stack: Stack, number: str) -> str:
    """The call that rings at that telephone."""

    def found() -> str:
        calls = stack.bench("GET", "/sim/calls")["calls"]
        return next((call["sid"] for call in calls if call["to"] == number and not call["end_time"]), "")

    sid: str = eventually(found, f"{number} is called")
    return sid


def take_in(ada: DeskPage) -> None:
    """The florist, by a number that is typed."""
    ada.page.keyboard.press("t")
    expect(ada.page.get_by_role("combobox", name="Colleague, team or number")).to_be_focused()
    ada.page.keyboard.type("202 555 0161")
    options = ada.page.get_by_role("listbox", name="Who can take the call").get_by_role("option")
    expect(options).to_have_count(1)
    expect(options).to_contain_text(SHOWN)
    ada.button("Add to the call").click()


def test_a_number_is_taken_into_a_call_held_muted_and_removed_and_the_caller_stays(ada: DeskPage, stack: Stack):
    everybody = Everybody(stack, TONES)
    everybody.desks["ada"] = ada
    talk(everybody, "maya", "+12025550142", "ada", "Maya Okonkwo")
    sid = everybody.callers["maya"]

    take_in(ada)
    others = ada.page.get_by_role("region", name="Also in the call")
    expect(others).to_contain_text("Is being called")
    everybody.callers["florist"] = leg_to(stack, FLORIST)
    # Nobody is put on hold for it.
    everybody.hear(maya="ada", ada="maya", florist="")
    stack.bench("POST", f"/sim/calls/{everybody.callers['florist']}/answer")
    expect(others).to_contain_text("In the call")
    everybody.hear(maya="ada florist", ada="florist maya", florist="ada maya")

    press(ada, f"Mute {SHOWN}")
    everybody.hear(maya="ada", ada="maya", florist="ada maya")
    press(ada, f"Mute {SHOWN}")
    everybody.hear(maya="ada florist", ada="florist maya", florist="ada maya")
    press(ada, f"Hold {SHOWN}")
    expect(others).to_contain_text("On hold")
    everybody.hear(maya="ada", ada="maya", florist=MUSIC)
    press(ada, f"Hold {SHOWN}")
    everybody.hear(maya="ada florist", ada="florist maya", florist="ada maya")

    press(ada, f"Remove {SHOWN} from the call")
    eventually(lambda: stack.call(everybody.callers["florist"])["end_time"], "the florist's line is free")
    expect(others).to_have_count(0)
    del everybody.callers["florist"]
    everybody.hear(maya="ada", ada="maya", florist="")
    assert not stack.call(sid)["end_time"]

    ada.hang_up()
    eventually(lambda: stack.call(sid)["end_time"], "the caller's line is free")
    call = ada.api(f"/api/v1/calls/{sid}/")
    assert call["agent"]["name"] == "Ada Byron"
    assert [party["number"] for party in call["participants"] if party["role"] == "third-party"] == [FLORIST]
    assert ada.problems == []


def test_a_number_that_does_not_answer_leaves_the_two_talking(ada: DeskPage, stack: Stack):
    stack.bench("PUT", f"/sim/telephones/{FLORIST}", {"behaviour": "busy"})
    everybody = Everybody(stack, {name: TONES[name] for name in ("maya", "ada")})
    everybody.desks["ada"] = ada
    talk(everybody, "maya", "+12025550142", "ada", "Maya Okonkwo")

    take_in(ada)
    others = ada.page.get_by_role("region", name="Also in the call")
    eventually(
        lambda: (
            [
                party["state"]
                for party in ada.api(f"/api/v1/calls/{everybody.callers['maya']}/")["participants"]
                if party["role"] == "third-party"
            ]
            == ["left"]
        ),
        "the number is busy",
    )

    expect(others).to_have_count(0)
    everybody.hear(maya="ada", ada="maya")
    assert ada.problems == []
