"""What goes wrong during a call, and what the agent sees of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.stack import Stack, eventually
from tests.browser.test_board import choose as choose_presence
from tests.browser.test_calls import HUM, LOUD, expect_log, expect_sound_both_ways, ringing_at


def start_call(desk, stack: Stack) -> str:
    """A call in which both are heard. Returns its sid."""
    desk.expect_reachable()
    sid = stack.telephone_calls("+12025550142", voice=f"tone:{HUM}")
    desk.take("Maya Okonkwo")
    expect_sound_both_ways(desk, stack, sid)
    return sid


def test_the_desks_socket_is_cut_and_the_call_goes_on(open_desk, stack):
    desk = open_desk("ada")
    sid = start_call(desk, stack)

    stack.stop("web")
    expect(desk.page.get_by_text("Your call goes on")).to_be_visible()
    expect_sound_both_ways(desk, stack, sid)
    stack.start_web()

    expect(desk.page.get_by_text("Your call goes on")).to_be_hidden()
    desk.expect_on_call("Maya Okonkwo")
    expect_sound_both_ways(desk, stack, sid)
    desk.hang_up()
    desk.expect_idle()
    expect_log(desk, sid, result="answered", status="completed")


def test_a_call_that_came_while_the_socket_was_away_is_known_after_it(open_desk, stack):
    desk = open_desk("ada")
    sid = start_call(desk, stack)
    stack.stop("web")
    expect(desk.page.get_by_text("Your call goes on")).to_be_visible()
    stack.start_web()

    desk.page.get_by_role("tab", name="Caller").click()
    expect(desk.page.get_by_role("main")).to_contain_text("Okonkwo Interiors")
    assert stack.call(sid)["status"] == "in-progress"


def reload(desk) -> None:
    """And says yes when the browser asks."""
    with desk.page.expect_event("dialog") as asked, desk.page.expect_event("load"):
        desk.page.once("dialog", lambda dialog: dialog.accept())
        desk.page.evaluate("setTimeout(() => location.reload())")
    assert asked.value.type == "beforeunload"


@pytest.mark.parametrize("chosen", ["", "Busy"])
def test_a_reload_during_a_call_is_asked_about_and_the_caller_comes_back_to_the_new_page(open_desk, stack, chosen):
    desk = open_desk("ada")
    sid = start_call(desk, stack)
    if chosen:
        # For after this call, which has not ended.
        choose_presence(desk.page, chosen)
    expect(desk.call_area).to_contain_text("You leave the call with Maya when you close or reload this page.")

    # The question's words are the browser's own.
    with desk.page.expect_event("dialog") as asked:
        desk.page.once("dialog", lambda dialog: dialog.dismiss())
        desk.page.evaluate("setTimeout(() => location.reload())")
    assert asked.value.type == "beforeunload"
    desk.expect_on_call("Maya Okonkwo")
    expect_sound_both_ways(desk, stack, sid)

    reload(desk)

    desk.take("Maya Okonkwo")
    expect_sound_both_ways(desk, stack, sid)
    expect(desk.call_area.get_by_role("group", name="Call that was cut off")).to_be_hidden()
    desk.hang_up()
    expect_log(desk, sid, result="answered", status="completed")
    if chosen:
        # The server is the other tests', too.
        choose_presence(desk.page, "Available")
        desk.expect_reachable()
    # The new page asks for the call at a moment at which it is nobody's.
    assert [one for one in desk.problems if "404" not in one] == []


def test_of_a_call_that_a_reload_ended_the_new_page_offers_to_call_back(open_desk, stack):
    stack.bench("PUT", "/sim/telephones/+12025550142", {"behaviour": "manual", "voice": f"tone:{HUM}"})
    desk = open_desk("ada")
    desk.expect_reachable()
    desk.dial("202 555 0142")
    # Whom an agent calls hangs on the agent's own leg.
    answer_telephone(desk, stack)

    reload(desk)

    offer = desk.call_area.get_by_role("group", name="Call that was cut off")
    expect(offer).to_contain_text("Your call with Maya Okonkwo was cut off")
    desk.expect_reachable()
    offer.get_by_role("button", name="Call back").click()
    answer_telephone(desk, stack)
    expect(offer).to_be_hidden()
    desk.hang_up()
    expect(desk.call_area).to_contain_text("Ready")
    # What was called back is not offered once more.
    desk.page.reload()
    desk.expect_reachable()
    expect(offer).to_be_hidden()
    assert desk.problems == []


def answer_telephone(desk, stack: Stack) -> None:
    telephone = eventually(lambda: ringing_at(stack, "+12025550142"), "the telephone rings")
    stack.bench("POST", f"/sim/calls/{telephone['sid']}/answer")
    desk.expect_on_call("Maya Okonkwo")
    expect_sound_both_ways(desk, stack, telephone["sid"])


def test_two_tabs_of_one_agent_share_one_telephone(open_desk, stack):
    desk = open_desk("ada")
    desk.expect_reachable()
    second = desk.page.context.new_page()
    second.goto(stack.desk_url)
    reach = second.get_by_role("region", name="Reachability")
    expect(reach).to_contain_text("Ringdesk is open in another tab")

    sid = stack.telephone_calls("+12025550142", voice=f"tone:{HUM}")
    desk.expect_ringing("Maya Okonkwo")
    legs = stack.call(sid)["children"]
    assert len(legs) == 1
    desk.answer()
    desk.expect_on_call("Maya Okonkwo")
    desk.hang_up()
    desk.expect_idle()

    reach.get_by_role("button", name="Use this tab").click()
    expect(reach).to_contain_text("You can be reached.")
    expect(desk.reach).to_contain_text("Ringdesk is open in another tab")


def test_a_ring_is_shown_no_more_once_the_phones_line_is_cut(open_desk, stack):
    """The SDK drops it and says nothing: it can be answered no more."""
    desk = open_desk("ada")
    desk.expect_reachable()
    sid = stack.telephone_calls("+12025550142")
    desk.expect_ringing("Maya Okonkwo")

    desk.page.context.set_offline(True)

    expect(desk.call_area).not_to_contain_text("Incoming call", timeout=40_000)
    stack.bench("POST", f"/sim/calls/{sid}/hangup")
    desk.page.context.set_offline(False)
    desk.expect_reachable()
    expect(desk.call_area).not_to_contain_text("Incoming call")


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A desk whose tokens last for 40 seconds, and are renewed 30 seconds before."""
    folder = tmp_path_factory.mktemp("hasty")
    with Stack(folder, TOKEN_TTL_SECONDS="40", TOKEN_REFRESH_SECONDS="30") as stack:
        yield stack


class TestTokens:
    @pytest.fixture
    def stack(self, hasty: Stack) -> Stack:
        return hasty

    @pytest.mark.waits
    def test_a_token_is_renewed_during_a_call_without_a_gap(self, open_desk, stack):
        desk = open_desk("ada")
        tokens: list[int] = []
        desk.page.on(
            "response", lambda response: tokens.append(response.status) if "/tokens/voice/" in response.url else None
        )
        sid = start_call(desk, stack)
        before = len(tokens)

        # Two renewals, and the first token is over.
        heard: list[float] = []

        def renewed_twice() -> bool:
            desk.page.wait_for_timeout(1)
            heard.append(stack.heard(sid, 1.5)["rms"])
            return len(tokens) >= before + 2

        eventually(renewed_twice, "the token is renewed twice", seconds=60)

        assert set(tokens) == {200}
        assert min(heard) > LOUD / 2
        desk.expect_on_call("Maya Okonkwo")
        expect_sound_both_ways(desk, stack, sid)
        assert desk.problems == []
        desk.hang_up()
        desk.expect_idle()
        desk.expect_reachable()
