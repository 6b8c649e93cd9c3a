"""Two agents call each other, as it is seen and heard: two desks in Chromium, each with a tone of its own, the real SDK
and the real simulator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.browser.desk import DeskPage
from tests.browser.stack import Stack, eventually
from tests.browser.tones import expect_hears, expect_hears_music, singing

ADA, GRACE = 650, 1100


@pytest.fixture(scope="module")
def singers(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Browser]]:
    folder: Path = tmp_path_factory.mktemp("tones")
    with singing(playwright, folder, ADA) as ada, singing(playwright, folder, GRACE) as grace:
        yield {"ada": ada, "grace": grace}


@pytest.fixture
def desks(open_desk: Any, singers: dict[str, Browser], stack: Stack) -> Iterator[tuple[DeskPage, DeskPage]]:
    ada, grace = (open_desk(name, where=singers[name]) for name in ("ada", "grace"))
    try:
        ada.expect_reachable()
        grace.expect_reachable()
        yield ada, grace
    finally:
        # No telephone has a part in these calls: they end with the pages.
        for desk in (ada, grace):
            desk.page.close()
        stack.end_all_calls()


def polite(desk: DeskPage) -> Any:
    return desk.page.get_by_test_id("polite")


def calls(ada: DeskPage) -> None:
    """From the team's list."""
    team = ada.page.get_by_role("region", name="Your team")
    key = team.get_by_role("button", name="Call Grace Hopper")
    expect(key).to_be_enabled()
    key.click()


def newest(desk: DeskPage) -> dict[str, Any]:
    eventually(lambda: (rows := desk.api("/api/v1/calls/")["results"]) and rows[0]["result"], "the call is over")
    found: dict[str, Any] = desk.api("/api/v1/calls/")["results"][0]
    return found


def test_colleagues_hear_each_other_and_both_desks_say_what_happens(desks):
    ada, grace = desks
    calls(ada)

    grace.expect_ringing("Ada Byron")
    expect(grace.page.get_by_test_id("assertive")).to_have_text("Incoming call. Ada Byron, Colleague. Enter to answer.")
    expect(grace.call_area).to_contain_text("Nobody else is on the line.")
    expect(ada.call_area).to_contain_text("Grace Hopper")
    expect(polite(ada)).to_have_text("Ringing.")
    grace.answer()
    for desk, name in ((ada, "Grace Hopper"), (grace, "Ada Byron")):
        desk.expect_on_call(name)
        expect(polite(desk)).to_have_text(f"Call with {name}.")
        expect(desk.call_area.get_by_role("button", name="Transfer")).to_have_count(0)
    expect_hears(ada, GRACE)
    expect_hears(grace, ADA)

    grace.call_area.get_by_role("button", name="Mute", exact=True).click()
    expect_hears(ada, but=(GRACE,))
    expect_hears(grace, ADA)
    grace.call_area.get_by_role("button", name="Mute", exact=True).click()
    expect_hears(ada, GRACE)

    ada.call_area.get_by_role("button", name="Hold", exact=True).click()
    expect(polite(ada)).to_have_text("Grace on hold.")
    expect_hears_music(grace, but=(ADA, GRACE))
    expect_hears(ada, but=(ADA, GRACE))
    ada.call_area.get_by_role("button", name="Hold", exact=True).click()
    expect(polite(ada)).to_have_text("Grace off hold.")
    expect_hears(ada, GRACE)
    expect_hears(grace, ADA)
    # And the other way round.
    grace.call_area.get_by_role("button", name="Hold", exact=True).click()
    expect(polite(grace)).to_have_text("Ada on hold.")
    expect_hears_music(ada, but=(ADA, GRACE))
    grace.call_area.get_by_role("button", name="Hold", exact=True).click()
    expect_hears(ada, GRACE)
    expect_hears(grace, ADA)

    presence = {one["presence"]["agent"]["name"]: one["why"] for one in ada.api("/api/v1/colleagues/")}
    assert presence["Grace Hopper"] == "Is on a call."
    grace.hang_up()
    for desk in (ada, grace):
        expect(polite(desk)).to_contain_text("Call ended")
    made, came = newest(ada), newest(grace)
    assert (made["sid"], made["result"], made["internal"], made["agent"]["name"]) == (
        came["sid"], "reached", True, "Ada Byron",
    )  # fmt: skip
    assert (came["result"], came["incoming"], came["agent"]["name"]) == ("answered", True, "Grace Hopper")
    ada.expect_idle()
    grace.expect_idle()
    assert ada.problems == grace.problems == []


def test_a_colleague_who_declines_is_said_to_have(desks):
    ada, grace = desks
    calls(ada)
    grace.expect_ringing("Ada Byron")

    grace.reject()

    expect(ada.call_area).to_contain_text("Your colleague declined the call, or is on another.")
    expect(polite(ada)).to_have_text("Your colleague declined the call, or is on another.")
    expect(polite(grace)).to_have_text("You declined the call from Ada Byron.")
    assert newest(grace)["result"] == "missed"
    ada.call_area.get_by_role("button", name="Close", exact=True).click()
    ada.expect_idle()


def test_a_colleague_who_does_not_answer_is_said_not_to_have(desks):
    ada, grace = desks
    calls(ada)
    grace.expect_ringing("Ada Byron")

    # Half a minute, and Twilio's five seconds.
    expect(ada.call_area).to_contain_text("Your colleague did not answer.", timeout=60_000)
    expect(polite(ada)).to_have_text("Your colleague did not answer.")
    expect(grace.call_area).to_contain_text("You did not answer Ada Byron in time.")
    row = grace.page.locator("[data-row]").first
    expect(row).to_contain_text("Ada Byron")
    expect(row).to_contain_text("Missed")
    expect(row).to_contain_text("Colleague")
    assert newest(ada)["result"] == "no-answer"


def test_who_hangs_up_before_it_is_answered_is_said_at_the_other_desk(desks):
    ada, grace = desks
    calls(ada)
    grace.expect_ringing("Ada Byron")

    ada.call_area.get_by_role("button", name="Cancel").click()

    expect(polite(grace)).to_have_text("Ada hung up before anybody answered.")
    ada.expect_idle()
    grace.expect_idle()


def test_a_desk_that_is_closed_while_it_rings_ends_the_call_in_words(desks):
    ada, grace = desks
    calls(ada)
    grace.expect_ringing("Ada Byron")

    grace.page.close()

    expect(ada.call_area).to_contain_text("Your colleague", timeout=60_000)


def test_the_callers_desk_that_is_closed_ends_the_ring(desks):
    ada, grace = desks
    calls(ada)
    grace.expect_ringing("Ada Byron")

    ada.page.close(run_before_unload=False)

    expect(grace.call_area).to_contain_text("Ada hung up before anybody answered.", timeout=60_000)


def test_a_colleague_is_found_by_name(desks):
    ada, grace = desks
    ada.page.get_by_label("Name or number").fill("grace")
    option = ada.page.get_by_role("option", name="Grace Hopper")
    expect(option).to_contain_text("Colleague")
    ada.page.keyboard.press("ArrowDown")
    ada.page.keyboard.press("Enter")

    grace.expect_ringing("Ada Byron")
    ada.call_area.get_by_role("button", name="Cancel").click()
