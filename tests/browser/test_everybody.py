"""Two callers, three agents and a supervisor at once: at each step everybody hears just whom they should, each known by
a tone of their own. The real SDK in four browsers, the real simulator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.browser.desk import DeskPage
from tests.browser.everybody import MUSIC, Everybody
from tests.browser.stack import Stack, eventually
from tests.browser.test_board import choose as choose_presence
from tests.browser.test_hold_and_transfer import choose
from tests.browser.test_queue import queue
from tests.browser.test_supervision import mode
from tests.browser.tones import singing

# None is near a sum, a difference or a multiple of others, which a line that is too loud adds; nor has the music any.
TONES = {"maya": 1030, "tom": 1350, "ada": 1520, "grace": 1970, "katherine": 2210, "hedy": 2340}
DESKS = ("ada", "grace", "katherine", "hedy")
_KATHERINE = """
from agents.models import Agent
from routing.models import Line
one = Agent.objects.filter(username="katherine").first()
named = {"first_name": "Katherine", "last_name": "Johnson"}
one = one or Agent.objects.create_user("katherine", password="ringdesk-demo", **named)
Line.objects.get(number="+12025550100").team.agents.add(one)
"""
_GONE = """
from agents.models import Agent
Agent.objects.filter(username="katherine").update(is_active=False)
Agent.objects.filter(username="hedy").update(availability="available")
"""


@pytest.fixture(scope="module")
def browsers(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Browser]]:
    folder: Path = tmp_path_factory.mktemp("tones")
    with ExitStack() as all_of_them:
        yield {name: all_of_them.enter_context(singing(playwright, folder, TONES[name])) for name in DESKS}


@pytest.fixture
def everybody(open_desk: Any, browsers: dict[str, Browser], stack: Stack) -> Iterator[Everybody]:
    """Ada takes the first call and Grace the second; Katherine is asked, and Hedy supervises."""
    with queue(stack, "fixed-order"):
        stack.shell(_KATHERINE)
        all_of_them = Everybody(stack, TONES)
        for name, browser in browsers.items():
            all_of_them.desks[name] = open_desk(name, where=browser, reduced_motion="reduce")
        for desk in all_of_them.desks.values():
            desk.expect_reachable()
        yield all_of_them
        stack.shell(_GONE)


def talk(everybody: Everybody, caller: str, number: str, agent: str, whole_name: str) -> None:
    """A caller calls, and an agent answers: until the server, too, knows that they talk, which sound may overtake."""
    desk = everybody.desks[agent]
    sid = everybody.callers[caller] = desk.stack.telephone_calls(number, voice=f"tone:{TONES[caller]}")
    desk.take(whole_name)

    def known() -> bool:
        call = desk.api(f"/api/v1/calls/{sid}/")
        return bool(call["status"] == "in-progress" and call["agent"])

    eventually(known, f"{agent} talks with {caller}")


def press(desk: DeskPage, name: str) -> None:
    key = desk.call_area.get_by_role("button", name=name)
    expect(key).not_to_have_attribute("aria-disabled", "true")
    key.click()


def test_two_callers_three_agents_and_a_supervisor_hear_whom_they_should_at_each_step(
    everybody: Everybody, stack: Stack
):
    ada, grace, katherine, hedy = everybody.desks.values()
    choose_presence(hedy.page, "Busy")
    hedy.page.get_by_role("link", name="Board", exact=True).click()

    # Two calls, and nothing of one is heard in the other.
    talk(everybody, "maya", "+12025550142", "ada", "Maya Okonkwo")
    talk(everybody, "tom", "+12025550143", "grace", "Tom Aldous")
    everybody.hear(maya="ada", ada="maya", tom="grace", grace="tom", katherine="", hedy="")

    ada.page.keyboard.press("h")
    everybody.hear(maya=MUSIC, ada="", tom="grace", grace="tom", katherine="", hedy="")
    press(ada, "Take Maya off hold")
    everybody.hear(maya="ada", ada="maya", tom="grace", grace="tom", katherine="", hedy="")

    # Ada asks Katherine, goes back and forth, and brings all three together.
    choose(ada, "Katherine")
    ada.page.keyboard.press("Enter")
    katherine.take_consultation("Ada")
    everybody.hear(maya=MUSIC, ada="katherine", katherine="ada", tom="grace", grace="tom", hedy="")
    press(ada, "Talk to Maya")
    everybody.hear(maya="ada", ada="maya", katherine=MUSIC, tom="grace", grace="tom", hedy="")
    press(ada, "Talk to Katherine")
    everybody.hear(maya=MUSIC, ada="katherine", katherine="ada", tom="grace", grace="tom", hedy="")
    press(ada, "All three")
    everybody.hear(maya="ada katherine", ada="maya katherine", katherine="maya ada", tom="grace", grace="tom", hedy="")

    # Hedy comes into the other call.
    hedy.button("Supervise Grace’s call").click()
    hedy.page.get_by_role("menuitem", name="Listen to Grace’s call").click()
    everybody.hear(
        maya="ada katherine", ada="maya katherine", katherine="maya ada", tom="grace", grace="tom", hedy="tom grace"
    )
    mode(hedy, "Whisper")
    everybody.hear(
        maya="ada katherine",
        ada="maya katherine",
        katherine="maya ada",
        tom="grace",
        grace="tom hedy",
        hedy="tom grace",
    )

    # Whoever is muted in the one call goes on to hear; the whisper in the other goes on to be one.
    press(ada, "Mute Katherine Johnson")
    everybody.hear(maya="ada", ada="maya", katherine="maya ada", tom="grace", grace="tom hedy", hedy="tom grace")
    press(ada, "Mute Katherine Johnson")
    mode(hedy, "Join")
    everybody.hear(
        maya="ada katherine",
        ada="maya katherine",
        katherine="maya ada",
        tom="grace hedy",
        grace="tom hedy",
        hedy="tom grace",
    )

    # Ada leaves Maya to Katherine, and Grace talks with her about Tom, who stays with whoever has joined.
    ada.hang_up()
    everybody.hear(maya="katherine", ada="", katherine="maya", tom="grace hedy", grace="tom hedy", hedy="tom grace")
    press(hedy, "Leave")
    choose(grace, "Ada")
    grace.page.keyboard.press("Enter")
    ada.take_consultation("Grace")
    everybody.hear(maya="katherine", katherine="maya", tom=MUSIC, ada="grace", grace="ada", hedy="")
    press(grace, "Hand over")
    everybody.hear(maya="katherine", katherine="maya", tom="ada", ada="tom", grace="", hedy="")

    # The log says it as it was heard.
    for desk, name in ((katherine, "maya"), (ada, "tom")):
        desk.hang_up()
        sid = everybody.callers[name]
        eventually(lambda sid=sid: stack.call(sid)["end_time"], f"{name}'s line is free")
    talkers = {name: hedy.api(f"/api/v1/calls/{sid}/")["agent"]["name"] for name, sid in everybody.callers.items()}
    assert talkers == {"maya": "Katherine Johnson", "tom": "Ada Byron"}
    assert [desk.problems for desk in everybody.desks.values()] == [[], [], [], []]
