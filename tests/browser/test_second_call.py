"""A second call during a call, as it is heard: it rings softly, the first caller hears music meanwhile, and the agent
goes from one to the other and back. The real SDK in Chromium, the real simulator, a tone for each of the three."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.browser.desk import DeskPage
from tests.browser.stack import Stack, eventually
from tests.browser.tones import LOUD, expect_hears, expect_telephone_hears, singing

# Of which the music on hold has nothing to speak of.
MAYA, ADA, TOM = 650, 850, 1300
_STEP = """
from agents.models import Agent
from routing.models import Line, Route, RouteVersion
Agent.objects.filter(username="ada").update(may_take_second_call=True)
line = Line.objects.get(number="+12025550100")
line.team.agents.add(Agent.objects.get(username="ada"))
steps = [
    {"id": "boss", "kind": "agent", "agent": Agent.objects.get(username="ada").pk, "ring_seconds": 60, "next": "box"},
    {"id": "box", "kind": "voicemail"},
]
route, _ = Route.objects.get_or_create(name="Ada alone")
number = route.versions.count() + 1
route.current = RouteVersion.objects.create(route=route, number=number, steps={"first": "boss", "steps": steps})
route.save()
line.route = route
line.save()
"""
_NO_STEP = """
from agents.models import Agent
from routing.models import Line
Agent.objects.update(may_take_second_call=False)
Line.objects.filter(number="+12025550100").update(route=None)
"""


@pytest.fixture(scope="module")
def singer(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder: Path = tmp_path_factory.mktemp("tones")
    with singing(playwright, folder, ADA) as browser:
        yield browser


@pytest.fixture
def ada(open_desk: Any, singer: Browser, stack: Stack) -> Iterator[DeskPage]:
    """Ada, whom the line's route names, and who may take a second call."""
    stack.shell(_STEP)
    try:
        desk = open_desk("ada", where=singer)
        desk.expect_reachable()
        yield desk
    finally:
        stack.end_all_calls()
        stack.shell(_NO_STEP)


def talking(ada: DeskPage, stack: Stack) -> str:
    sid = stack.telephone_calls("+12025550142", voice=f"tone:{MAYA}")
    ada.take("Maya Okonkwo")
    expect_hears(ada, MAYA)
    expect_telephone_hears(stack, sid, ADA)
    return sid


def second_rings(ada: DeskPage, stack: Stack) -> str:
    sid = stack.telephone_calls("+12025550143", voice=f"tone:{TOM}")
    expect(second(ada)).to_contain_text("Tom Aldous")
    return sid


def second(ada: DeskPage) -> Any:
    return ada.page.get_by_role("region", name=re.compile("^Second call"))


def expect_music(stack: Stack, sid: str) -> None:
    def hears_music() -> bool:
        heard = stack.heard(sid, 0.6)
        return heard["rms"] > LOUD and all(abs(heard["hz"] - hz) > 25 for hz in (ADA, MAYA, TOM))

    eventually(hears_music, "the caller hears music")


def with_second(ada: DeskPage, stack: Stack) -> tuple[str, str]:
    """Ada talks with Tom, and Maya hears music."""
    maya = talking(ada, stack)
    tom = second_rings(ada, stack)
    ada.button("Hold and answer").click()
    expect_waits(ada, "Maya Okonkwo")
    expect_hears(ada, TOM, but=(MAYA,))
    return maya, tom


def waiting(ada: DeskPage) -> Any:
    return ada.page.get_by_role("region", name=re.compile("^On hold for you"))


def expect_waits(ada: DeskPage, name: str) -> None:
    """Beside the call in focus."""
    expect(waiting(ada)).to_contain_text(name)


def test_a_second_call_rings_softly_and_the_agent_goes_from_one_caller_to_the_other_and_back(ada, stack: Stack):
    maya = talking(ada, stack)
    title = ada.page.title()
    tom = second_rings(ada, stack)
    expect(ada.page.get_by_test_id("polite")).to_have_text(re.compile("^Tom Aldous.* calls, too"))
    assert "Maya Okonkwo" in title
    assert "Maya Okonkwo" in ada.page.title()
    # Until it is answered nothing changes.
    expect_hears(ada, MAYA, but=(TOM,))
    expect_telephone_hears(stack, maya, ADA)

    ada.page.keyboard.press("Control+Enter")

    expect_waits(ada, "Maya Okonkwo")
    ada.expect_on_call("Tom Aldous")
    expect_hears(ada, TOM, but=(MAYA,))
    expect_telephone_hears(stack, tom, ADA)
    expect_music(stack, maya)

    ada.button("Talk to Maya").click()

    expect_waits(ada, "Tom Aldous")
    ada.expect_on_call("Maya Okonkwo")
    expect_hears(ada, MAYA, but=(TOM,))
    expect_telephone_hears(stack, maya, ADA)
    expect_music(stack, tom)

    # The one in focus ends: back to the other, by itself.
    ada.hang_up()
    eventually(lambda: stack.call(maya)["end_time"], "Maya's line is free")
    ada.expect_on_call("Tom Aldous")
    expect_hears(ada, TOM)
    expect_telephone_hears(stack, tom, ADA)
    ada.hang_up()
    eventually(lambda: stack.call(tom)["end_time"], "Tom's line is free")
    for sid in (maya, tom):
        eventually(lambda sid=sid: ada.api(f"/api/v1/calls/{sid}/")["result"], "its end is told")
        call = ada.api(f"/api/v1/calls/{sid}/")
        assert (call["result"], call["agent"]["name"]) == ("answered", "Ada Byron")
        assert call["held_seconds"] >= 1
        told = [entry["title"] for entry in ada.api(f"/api/v1/calls/{sid}/timeline/")["entries"]]
        assert not any("lost" in title or "did not come back" in title for title in told), told
    assert ada.problems == []


def test_a_second_call_that_is_declined_goes_on_and_the_first_does_not_notice(ada, stack: Stack):
    maya = talking(ada, stack)
    second_rings(ada, stack)

    ada.page.keyboard.press("Shift+R")

    expect(second(ada)).to_have_count(0)
    expect_hears(ada, MAYA)
    expect_telephone_hears(stack, maya, ADA)
    ada.expect_on_call("Maya Okonkwo")
    assert ada.problems == []


def test_a_page_that_is_loaded_again_goes_back_to_the_parked_caller(ada, stack: Stack):
    maya, _tom = with_second(ada, stack)
    expect_music(stack, maya)

    ada.page.on("dialog", lambda dialog: dialog.accept())
    ada.page.reload()

    ada.button("Back to Maya").click()
    ada.expect_on_call("Maya Okonkwo")
    expect_hears(ada, MAYA)
    expect_telephone_hears(stack, maya, ADA)


def test_a_parked_caller_who_hangs_up_is_gone_from_the_desk_and_the_second_talks_on(ada, stack: Stack):
    maya, tom = with_second(ada, stack)
    expect_music(stack, maya)

    stack.bench("POST", f"/sim/calls/{maya}/hangup")

    expect(waiting(ada)).to_have_count(0)
    expect_hears(ada, TOM)
    expect_telephone_hears(stack, tom, ADA)


def test_an_agent_who_may_not_is_not_rung_while_talking(ada, stack: Stack):
    talking(ada, stack)
    stack.shell(_STEP.replace("may_take_second_call=True", "may_take_second_call=False"))

    sid = stack.telephone_calls("+12025550143", voice=f"tone:{TOM}")

    eventually(lambda: any("voicemail" in str(one) or "Record" in str(one) for one in stack.requests(sid)), "goes on")
    expect(second(ada)).to_have_count(0)
