"""A whole call without a mouse, and focus is never lost."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.stack import eventually
from tests.browser.test_calls import ringing_at
from tests.browser.test_microphone import asking, set_permission  # noqa: F401

TELEPHONE = "+12025550143"
# Writes down each moment, from the first on at which something had focus, at which nothing has.
_WATCH = """
(() => {
  const lost = (globalThis.__lost = []);
  let begun = false;
  const look = (when) => {
    const nothing = document.activeElement === null || document.activeElement === document.body;
    begun ||= !nothing;
    if (begun && nothing) lost.push(when);
  };
  addEventListener("keydown", (event) => look(`before ${event.key}`), true);
  const frame = () => {
    look(document.querySelector(".call-area").innerText.slice(0, 60));
    requestAnimationFrame(frame);
  };
  frame();
})()
"""


def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Presses Tab, or Shift+Tab, until the control of this name has focus. Past the page's end the browser's own window
    would have it."""
    wanted = page.get_by_role("button", name=name).first
    for _ in range(40):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} does not reach {name}")


def wait_for_keys(page: Page) -> None:
    """Keys do nothing for half a second after what had focus has vanished."""
    began = page.evaluate("performance.now()")
    eventually(lambda: page.evaluate("performance.now()") > began + 500, "keys are heard again")


def test_a_whole_call_by_keyboard_alone_never_loses_focus(open_desk, stack, asking):  # noqa: F811
    stack.bench("PUT", f"/sim/telephones/{TELEPHONE}", {"behaviour": "manual"})
    desk = open_desk("ada", where=asking, allow=False)
    page, keys = desk.page, desk.page.keyboard
    expect(desk.button("Allow microphone")).to_be_focused()
    page.evaluate(_WATCH)
    keys.press("Enter")
    expect(desk.call_area).to_contain_text("Choose “Allow” in your browser")
    set_permission(page, stack, "granted")
    desk.expect_reachable()
    expect(page.get_by_label("Name or number")).to_be_focused()
    assert page.evaluate("__lost") == []
    # The browser's own window cannot be pressed from here, and gives nobody the microphone while it waits.
    page.reload()
    desk.expect_reachable()
    keys.press("d")
    expect(page.get_by_label("Name or number")).to_be_focused()
    page.evaluate(_WATCH)

    keys.type(TELEPHONE)
    keys.press("Enter")
    expect(desk.call_area).to_contain_text("Ringing")
    telephone = eventually(lambda: ringing_at(stack, TELEPHONE), "the telephone rings")
    stack.bench("POST", f"/sim/calls/{telephone['sid']}/answer")
    expect(desk.call_area).to_contain_text("On a call")
    expect(desk.button("Mute")).to_be_focused()
    wait_for_keys(page)
    keys.press("Enter")
    expect(desk.call_area).to_contain_text("You are muted.")
    keys.press("m")
    expect(desk.call_area).not_to_contain_text("You are muted.")
    keys.press("k")
    expect(page.get_by_role("heading", name="Keypad")).to_be_focused()
    keys.type("4#")
    expect(page.get_by_label("Tones sent")).to_have_text("4#")
    keys.press("Escape")
    expect(desk.button("Keypad")).to_be_focused()

    wait_for_keys(page)
    keys.press("n")
    note = page.get_by_label("Note", exact=True)
    expect(note).to_be_focused()
    keys.type("Reads Rhymes at midnight")
    keys.press("Escape")
    tab_to(page, "Hang up", "Shift+Tab")
    keys.press("Enter")

    desk.expect_idle()
    outcome = page.get_by_label("Outcome", exact=True)
    expect(outcome).to_be_focused()
    keys.type("Call back")
    expect(outcome).to_have_value("call-back")
    tab_to(page, "Done")
    keys.press("Enter")
    expect(page.get_by_role("tab", name="After the call")).to_have_count(0)

    row = page.locator("[data-row]").first
    expect(row).to_contain_text("Reads Rhymes at midnight")
    expect(row).to_contain_text("Call back")
    assert page.evaluate("__lost") == []
    # The browser tells of the answer by which the desk learns that the call has changed: it saves again.
    assert [problem for problem in desk.problems if "412" not in problem] == []
