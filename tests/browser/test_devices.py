"""The chosen microphone and loudspeaker are the ones that are used. Chromium's pretended devices stand in for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.chromium import launch

# Writes down which device was opened, and which loudspeaker every sound of the page was sent to.
_WATCH = """
(() => {
  const used = (globalThis.usedDevices = { heard: [], sinks: [] });
  const media = navigator.mediaDevices;
  const open = media.getUserMedia.bind(media);
  media.getUserMedia = async (constraints) => {
    const stream = await open(constraints);
    used.heard.push(stream.getAudioTracks()[0]?.label);
    return stream;
  };
  for (const kind of [HTMLMediaElement, AudioContext]) {
    const send = kind.prototype.setSinkId;
    if (!send) continue;
    kind.prototype.setSinkId = function (id) {
      used.sinks.push(id);
      return send.call(this, id);
    };
  }
})()
"""


@pytest.fixture
def own_browser(playwright: Any) -> Iterator[Browser]:
    """A browser whose devices are still the same after a reload."""
    browser = launch(playwright, whole=True)
    yield browser
    browser.close()


def test_the_chosen_devices_are_used_also_after_the_page_was_loaded_again(open_desk, own_browser, stack):
    desk = open_desk("ada", where=own_browser)
    desk.expect_reachable()
    desk.page.add_init_script(_WATCH)
    desk.button("account of").click()
    desk.page.get_by_role("menuitem", name="Settings").click()
    desk.page.get_by_label("Microphone", exact=True).select_option("Fake Audio Input 2")
    desk.page.get_by_label("Speaker", exact=True).select_option("Fake Audio Output 2")
    speaker = desk.page.get_by_label("Speaker", exact=True).input_value()
    desk.page.reload()
    desk.expect_reachable()
    expect(desk.reach).to_contain_text("microphone: Fake Audio Input 2")

    stack.telephone_calls("+12025550142")
    desk.take("Maya")

    expect(desk.reach).to_contain_text("microphone: Fake Audio Input 2")
    used = desk.page.evaluate("usedDevices")
    assert used["heard"][-1] == "Fake Audio Input 2"
    # What the SDK sends sound to last is the choice, not the "default" that it begins with.
    assert used["sinks"][-1] == speaker
