"""A message that nobody could take is heard later."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.stack import eventually


def test_a_message_can_be_played_on_the_desk(open_desk, stack):
    caller = "+12065550117"
    sid = stack.telephone_calls(caller, voice="tone:440")
    eventually(lambda: stack.call(sid)["verb"] == "Record", "the caller is recorded")
    eventually(lambda: stack.heard(sid, 1.2), "the caller speaks for a while")
    stack.bench("POST", f"/sim/calls/{sid}/hangup")

    desk = open_desk("ada")
    row = desk.page.get_by_role("listitem").filter(has_text="(206) 555-0117")
    expect(row).to_contain_text("Voicemail")
    row.get_by_role("button", name="Play the message").click()

    player = row.locator("audio")
    expect(row.get_by_role("slider", name="Place in the message")).to_be_visible()
    eventually(lambda: player.evaluate("audio => audio.currentTime") > 0.2, "the message plays")
    assert desk.problems == []
