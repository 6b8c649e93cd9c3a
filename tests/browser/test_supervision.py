"""A supervisor in a colleague's call, as all three hear it: each sings a tone of its own, the real SDK in Chromium, the
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
from tests.browser.test_board import choose
from tests.browser.test_page import violations
from tests.browser.test_queue import queue
from tests.browser.tones import LOUD, expect_hears, expect_telephone_hears, singing

CALLER, ADA, HEDY = 650, 850, 1300
_AVAILABLE = """
from agents.models import Agent
Agent.objects.filter(username="hedy").update(availability="available")
"""


@pytest.fixture(scope="module")
def browsers(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Browser]]:
    folder: Path = tmp_path_factory.mktemp("tones")
    with singing(playwright, folder, ADA) as ada, singing(playwright, folder, HEDY) as hedy:
        yield {"ada": ada, "hedy": hedy}


@pytest.fixture
def desks(open_desk: Any, browsers: dict[str, Browser], stack: Stack) -> Iterator[tuple[DeskPage, DeskPage]]:
    """Ada, who takes the call, and Hedy, her supervisor, who takes none and looks at the board."""
    with queue(stack, "fixed-order"):
        ada, hedy = (open_desk(name, where=browsers[name]) for name in ("ada", "hedy"))
        ada.expect_reachable()
        hedy.expect_reachable()
        choose(hedy.page, "Busy")
        hedy.page.get_by_role("link", name="Board", exact=True).click()
        expect(hedy.page.get_by_role("heading", name="Board", level=1)).to_be_visible()
        yield ada, hedy
        stack.shell(_AVAILABLE)


def said(desk: DeskPage, text: str) -> None:
    """In the polite live region."""
    expect(desk.page.get_by_test_id("polite")).to_have_text(text)


def mode(desk: DeskPage, name: str) -> None:
    key = desk.call_area.get_by_role("button", name=name, exact=True)
    key.click()
    expect(key).to_have_attribute("aria-pressed", "true")
    expect(key).to_have_attribute("aria-busy", "false")


def expect_telephone_hears_nobody(stack: Stack, sid: str) -> None:
    eventually(lambda: stack.heard(sid, 0.6)["rms"] < LOUD, "the telephone hears nobody")


def test_a_supervisor_listens_whispers_joins_and_takes_over_and_each_is_heard_by_whom_it_should(desks, stack: Stack):
    ada, hedy = desks
    sid = stack.telephone_calls("+12025550142", voice=f"tone:{CALLER}")
    ada.take("Maya Okonkwo")
    row = hedy.page.get_by_role("row", name=re.compile("^Ada Byron"))
    expect(row).to_contain_text("With Maya Okonkwo")

    # Help that is asked for is seen on the board, by one key.
    ada.page.keyboard.press("Shift+H")
    help_key = ada.button("Help asked for")
    expect(help_key).to_have_attribute("aria-pressed", "true")
    expect(row).to_contain_text("Asks for help")
    said(hedy, "Ada asks for help.")

    # By keyboard: the menu, and its first choice.
    hedy.button("Supervise Ada’s call").focus()
    hedy.page.keyboard.press("Enter")
    expect(hedy.page.get_by_role("menuitem", name="Listen to Ada’s call")).to_be_focused()
    hedy.page.keyboard.press("Enter")
    expect(hedy.call_area).to_contain_text("You are listening to Ada and Maya.")
    expect(hedy.call_area).to_contain_text("Nobody hears you.")
    expect(ada.call_area).to_contain_text("Hedy is listening.")
    expect_hears(hedy, CALLER, ADA)
    expect_hears(ada, CALLER, but=(HEDY,))
    assert violations(hedy.page) == []
    assert violations(ada.page) == []

    # Ada is silent from here on: what the telephone hears now is Hedy, or nobody.
    ada.page.keyboard.press("m")
    said(ada, "Muted.")
    expect_telephone_hears_nobody(stack, sid)

    mode(hedy, "Whisper")
    said(hedy, "Only Ada hears you.")
    expect(ada.call_area).to_contain_text("Hedy whispers to you. Maya does not hear it.")
    expect_hears(ada, CALLER, HEDY)
    expect_telephone_hears_nobody(stack, sid)
    # Help has come.
    expect(ada.button("Ask for help")).to_have_attribute("aria-pressed", "false")

    mode(hedy, "Join")
    said(hedy, "Ada and Maya hear you.")
    expect(ada.call_area).to_contain_text("Hedy has joined.")
    expect_telephone_hears(stack, sid, HEDY)
    expect_hears(ada, CALLER, HEDY)

    hedy.call_area.get_by_role("button", name="Take over").click()
    question = hedy.page.get_by_role("dialog", name="Take over Ada’s call?")
    expect(question.get_by_role("button", name="Leave it with Ada")).to_be_focused()
    question.get_by_role("button", name="Take over").click()
    hedy.expect_on_call("Maya Okonkwo")
    expect(ada.call_area).to_contain_text("Hedy Lamarr has taken over this call.")
    expect_hears(hedy, CALLER, but=(ADA,))
    expect_telephone_hears(stack, sid, HEDY)
    assert hedy.api(f"/api/v1/calls/{sid}/")["agent"]["name"] == "Hedy Lamarr"

    hedy.hang_up()
    eventually(lambda: stack.call(sid)["end_time"], "the caller's line is free")
    assert (ada.problems, hedy.problems) == ([], [])


def test_who_leaves_a_supervised_call_or_loads_the_page_again_ends_nothing(desks, stack: Stack):
    ada, hedy = desks
    sid = stack.telephone_calls("+12025550142", voice=f"tone:{CALLER}")
    ada.take("Maya Okonkwo")
    hedy.button("Supervise Ada’s call").click()
    hedy.page.get_by_role("menuitem", name="Listen to Ada’s call").click()
    expect_hears(hedy, CALLER)
    hedy.button("Leave").click()
    expect(hedy.call_area).to_contain_text("You have left Ada’s call.")
    expect(ada.call_area).not_to_contain_text("Hedy")

    hedy.button("Supervise Ada’s call").click()
    hedy.page.get_by_role("menuitem", name="Listen to Ada’s call").click()
    expect_hears(hedy, CALLER)
    hedy.page.reload()
    expect(hedy.call_area).to_contain_text("You are no longer in Ada’s call: the page was closed or loaded again.")
    expect(ada.call_area).not_to_contain_text("Hedy")
    expect_hears(ada, CALLER)
    expect_telephone_hears(stack, sid, ADA)
    assert not stack.call(sid)["end_time"]
