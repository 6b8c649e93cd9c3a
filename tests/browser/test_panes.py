"""The page itself never scrolls: only its panes do."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stack import ROOT

ROWS = 300
SIZES = [(360, 740), (768, 1024), (1024, 768), (1366, 768), (1440, 900), (1366, 500)]
LAST_CALLER = "The oldest caller"
# The page's own position, and how much longer than the window it is.
_PAGE = """() => {
  window.scrollTo(0, 1e6);
  return [window.scrollX, window.scrollY, document.documentElement.scrollHeight - innerHeight];
}"""


def long_log() -> str:
    """What the REST API answers when there are more calls than fit on a screen."""
    call = json.loads((ROOT / "tests/payloads/desk/call.ended.json").read_text())["call"]
    now = datetime.now(UTC)
    rows = [
        call | {"sid": f"CA{at:032}", "start_time": (now - timedelta(minutes=at)).isoformat()} for at in range(ROWS)
    ]
    rows[-1]["party"] = call["party"] | {"name": LAST_CALLER}
    return json.dumps({"next": None, "results": rows})


@pytest.fixture
def desk(open_desk: Any) -> Any:
    """Ada's desk with a log of many screens."""
    desk = open_desk("ada")
    body = long_log()
    desk.page.route("**/api/v1/calls/?*", lambda route: route.fulfill(body=body, content_type="application/json"))
    desk.page.reload()
    desk.expect_reachable()
    return desk


def wheel_over(page: Page, selector: str) -> None:
    box = page.locator(selector).bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, 100_000)


def test_neither_a_wheel_nor_a_key_nor_focus_moves_the_page(desk):
    page = desk.page
    last = page.locator(f'[data-row="CA{ROWS - 1:032}"]')
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        narrow = page.get_by_role("navigation", name="Views", exact=True)
        if narrow.is_visible():
            wheel_over(page, ".bar")
            assert page.evaluate(_PAGE) == [0, 0, 0], width
            narrow.get_by_role("button", name="Log").click()
        else:
            wheel_over(page, ".bar")
        page.locator(".work-main").evaluate("pane => pane.scrollTo(0, 0)")
        wheel_over(page, ".work-main")
        expect(last).to_be_in_viewport()
        # Past its end.
        wheel_over(page, ".work-main")
        page.keyboard.press("End")
        last.get_by_role("button").first.focus()
        assert page.evaluate(_PAGE) == [0, 0, 0], width
        expect(page.get_by_role("banner")).to_be_in_viewport(ratio=1)
        if not narrow.is_visible():
            expect(desk.call_area.get_by_role("button", name="Call", exact=True)).to_be_in_viewport(ratio=1)
