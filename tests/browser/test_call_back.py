"""A caller who hangs up and keeps the place is called back: real SDK in Chromium, real simulator, sound both ways."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.desk import DeskPage
from tests.browser.stack import Stack, eventually
from tests.browser.test_calls import HUM, expect_sound_both_ways, ringing_at

MAYA = "+12025550142"
_SET_UP = """
from routing.models import Line, Route, RouteVersion
line = Line.objects.get(number="+12025550100")
steps = [
    {"id": "team", "kind": "team", "team": line.team_id, "ring_seconds": 20, "wait_seconds": 600, "call_back": True,
     "call_back_after": 0, "waited": "box", "nobody": "box"},
    {"id": "box", "kind": "voicemail"},
]
route = Route.objects.create(name="Call-backs")
route.current = RouteVersion.objects.create(route=route, number=1, steps={"first": "team", "steps": steps})
route.save()
line.route = route
line.save()
"""
_STATE = """
import json
from calls.models import Call, Conversation
one = Conversation.objects.get(pk="SID")
rows = Call.objects.filter(parent=None)
print(json.dumps({"state": one.state, "sid": one.call_back_sid, "rows": list(rows.values_list("pk", flat=True))}))
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One of its own: the line has a route here."""
    with Stack(tmp_path_factory.mktemp("stack")) as running:
        running.shell(_SET_UP)
        yield running


def state_of(stack: Stack, sid: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stack.shell(_STATE.replace("SID", sid, 1)))
    return found


def test_from_the_key_press_to_the_talk(open_desk, stack):
    stack.bench("PUT", f"/sim/telephones/{MAYA}", {"behaviour": "manual", "voice": f"tone:{HUM}"})
    desk: DeskPage = open_desk("ada")
    desk.expect_reachable()
    first = stack.telephone_calls("+12025550143", voice=f"tone:{HUM}")
    desk.expect_ringing("Tom Aldous")
    desk.answer()
    desk.expect_on_call("Tom Aldous")
    maya = stack.telephone_calls(MAYA, voice=f"tone:{HUM}")
    expect(desk.page.get_by_role("tab", name="Waiting 1")).to_be_visible()

    # She presses 1 in the queue, hears that it is noted, and is hung up on.
    def asked() -> bool:
        if stack.call(maya)["status"] == "in-progress":
            stack.bench("POST", f"/sim/calls/{maya}/digits", {"digits": "1"})
        return state_of(stack, maya)["state"] == "call-back"

    eventually(asked, "the call-back is noted")
    eventually(lambda: stack.call(maya)["status"] == "completed", "she has hung up")
    desk.page.get_by_role("tab", name="Waiting 1").click()
    expect(desk.page.get_by_text("is to be called back")).to_be_visible()

    desk.hang_up()
    eventually(lambda: stack.call(first)["status"] == "completed", "the first call is over")
    expect(desk.call_area.get_by_role("heading", name="Maya Okonkwo")).to_be_visible(timeout=20_000)
    expect(desk.call_area).to_contain_text("Hung up, keeps the place")
    desk.button("Call", exact=True).click()
    eventually(lambda: state_of(stack, maya)["sid"] != "", "the desk's phone calls")
    ring = eventually(lambda: ringing_at(stack, MAYA), "her telephone rings")
    stack.bench("POST", f"/sim/calls/{ring['sid']}/answer")
    desk.expect_on_call("Maya Okonkwo")
    expect_sound_both_ways(desk, stack, ring["sid"])

    eventually(lambda: state_of(stack, maya)["state"] == "ended", "nobody is to be called back any more")
    found = state_of(stack, maya)
    assert maya not in found["rows"], "the two are one row of the log"
    assert found["sid"] in found["rows"]
    desk.hang_up()
    desk.expect_idle()
    assert desk.problems == []
