"""The page itself: accessible, strict, and silent about secrets."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.stack import ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_RUN_AXE = """
async () => {
  const found = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
}
"""


def violations(page) -> list[str]:
    # The policy forbids foreign scripts in the page, so axe comes in through the debugger.
    page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(_RUN_AXE)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1366, 360])
def test_every_state_of_a_call_is_accessible(open_desk, stack, scheme, width):
    desk = open_desk("ada", color_scheme=scheme, viewport={"width": width, "height": 740})
    desk.expect_reachable()
    assert violations(desk.page) == []
    stack.telephone_calls("+12025550142")
    desk.expect_ringing("Maya Okonkwo")
    assert violations(desk.page) == []
    desk.answer()
    desk.expect_on_call("Maya Okonkwo")
    assert violations(desk.page) == []
    desk.button("Keypad").click()
    assert violations(desk.page) == []
    assert desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_sign_in_page_is_accessible_and_says_which_demo_log_ins_there_are(browser, stack):
    page = browser.new_page()
    page.goto(stack.desk_url)
    expect(page.get_by_text("ringdesk-demo")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []
    page.close()


def test_the_policy_is_strict_and_nothing_breaks_it(open_desk, stack):
    desk = open_desk("ada")
    desk.expect_reachable()
    response = desk.page.reload()
    policy = response.headers["content-security-policy"]

    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    assert "default-src 'self'" in policy
    desk.expect_reachable()
    assert desk.problems == []
    assert desk.foreign == []


def test_no_frame_that_reaches_the_desk_holds_a_secret(open_desk, stack):
    desk = open_desk("ada")
    desk.expect_reachable()
    stack.telephone_calls("+12025550142")
    desk.expect_ringing("Maya Okonkwo")

    ours = [frame for frame in desk.frames if '"desk.' in frame or '"call.' in frame or '"presence.' in frame]
    assert ours
    for name in ("TWILIO_AUTH_TOKEN", "TWILIO_API_KEY_SECRET", "TWILIO_ACCOUNT_SID"):
        assert not [frame for frame in ours if stack.settings[name] in frame]
        assert stack.settings[name] not in desk.page.content()
