"""Calls from end to end: the real SDK in Chromium, the real simulator, sound measured at both ends."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.desk import DeskPage
from tests.browser.stack import Stack, eventually

# The simulator's telephones hum, Chromium's microphone beeps at about 400 Hz.
HUM = 650
LOUD = 300  # of 32767; silence is exactly 0


def expect_sound_both_ways(desk: DeskPage, stack: Stack, telephone: str) -> None:
    eventually(lambda: abs(desk.hears(600)["hz"] - HUM) < 25, "the agent hears the telephone's hum")
    eventually(lambda: stack.heard(telephone)["rms"] > LOUD, "the caller hears the agent's microphone")


def expect_log(desk: DeskPage, sid: str, **facts: Any) -> dict[str, Any]:
    """The call as the REST API tells it, as soon as it is over."""

    def finished() -> dict[str, Any] | None:
        call: dict[str, Any] = desk.api(f"/api/v1/calls/{sid}/")
        return call if call.get("result") and all(leg["end_time"] for leg in call["legs"]) else None

    call = eventually(finished, f"{sid} is finished in the log")
    assert {key: call[key] for key in facts} == facts
    return call


def test_a_caller_and_an_agent_hear_each_other(open_desk, stack):
    desk = open_desk("ada")
    desk.expect_reachable()

    sid = stack.telephone_calls("+12025550142", voice=f"tone:{HUM}")
    desk.expect_ringing("Maya Okonkwo")
    expect(desk.call_area).to_contain_text("(202) 555-0142")
    expect(desk.call_area).to_contain_text("Support")
    expect(desk.call_area).to_contain_text("Washington, DC, United States")
    desk.answer()
    desk.expect_on_call("Maya Okonkwo")
    expect_sound_both_ways(desk, stack, sid)
    desk.hang_up()

    desk.expect_idle()
    call = expect_log(desk, sid, result="answered", status="completed")
    assert call["agent"]["name"] == "Ada Byron"
    assert call["contact"]["name"] == "Maya Okonkwo"
    assert call["duration"] >= 1
    assert [leg["status"] for leg in call["legs"]] == ["completed"]
    assert stack.call(sid)["status"] == "completed"
    expect(desk.page.get_by_role("main")).to_contain_text("Maya Okonkwo")
    assert desk.foreign == []
    assert desk.problems == []


def test_an_agent_calls_a_telephone_and_both_hear_each_other(open_desk, stack):
    stack.bench("PUT", "/sim/telephones/+12025550143", {"behaviour": "manual", "voice": f"tone:{HUM}"})
    desk = open_desk("ada")
    desk.expect_reachable()

    desk.dial("202 555 0143")
    expect(desk.call_area).to_contain_text("Tom Aldous")
    telephone = eventually(lambda: ringing_at(stack, "+12025550143"), "the telephone rings")
    assert telephone["from"] == "+12025550100"
    stack.bench("POST", f"/sim/calls/{telephone['sid']}/answer")
    desk.expect_on_call("Tom Aldous")
    expect_sound_both_ways(desk, stack, telephone["sid"])
    stack.bench("POST", f"/sim/calls/{telephone['sid']}/hangup")

    desk.expect_idle()
    call = expect_log(desk, telephone["parent_call_sid"], result="reached", status="completed", incoming=False)
    assert call["called"] == "+12025550143"
    assert [leg["status"] for leg in call["legs"]] == ["completed"]


def ringing_at(stack: Stack, number: str) -> dict[str, Any] | None:
    """The leg that rings a telephone; the agent's own call has the same `to`."""
    calls: list[dict[str, Any]] = stack.bench("GET", "/sim/calls")["calls"]
    rings = [call for call in calls if call["party"] == "telephone" and call["status"] == "ringing"]
    found = [call for call in rings if call["to"] == number]
    return found[0] if found else None


def test_a_rejected_call_goes_to_voicemail(open_desk, stack):
    desk = open_desk("ada")
    desk.expect_reachable()

    sid = stack.telephone_calls("+12025550142", voice="silence")
    desk.expect_ringing("Maya Okonkwo")
    desk.reject()

    desk.expect_idle()
    said = eventually(lambda: [item["text"] for item in stack.call(sid)["captions"]], "the caller is spoken to")
    assert any("leave a message" in text for text in said)


def test_a_caller_who_hangs_up_while_it_rings_is_missed(open_desk, stack):
    desk = open_desk("ada")
    desk.expect_reachable()

    sid = stack.telephone_calls("+12025550142")
    desk.expect_ringing("Maya Okonkwo")
    stack.bench("POST", f"/sim/calls/{sid}/hangup")

    expect(desk.call_area).to_contain_text("hung up before anybody answered")
    call = expect_log(desk, sid, result="missed", status="no-answer")
    assert [leg["status"] for leg in call["legs"]] == ["canceled"]


def test_two_agents_ring_and_the_second_stops_when_the_first_answers(open_desk, stack):
    ada, grace = open_desk("ada"), open_desk("grace")
    ada.expect_reachable()
    grace.expect_reachable()

    sid = stack.telephone_calls("+12025550142")
    ada.expect_ringing("Maya Okonkwo")
    grace.expect_ringing("Maya Okonkwo")
    grace.answer()

    grace.expect_on_call("Maya Okonkwo")
    expect(ada.call_area).to_contain_text("Grace took the call")
    expect(ada.call_area).not_to_contain_text("Incoming call")
    grace.hang_up()
    call = expect_log(grace, sid, result="answered")
    assert call["agent"]["name"] == "Grace Hopper"
    assert sorted(leg["status"] for leg in call["legs"]) == ["canceled", "completed"]


def test_mute_silences_what_the_caller_hears(open_desk, stack):
    desk = open_desk("ada")
    desk.expect_reachable()
    sid = stack.telephone_calls("+12025550142")
    desk.take("Maya Okonkwo")
    eventually(lambda: stack.heard(sid)["rms"] > LOUD, "the caller hears the agent")

    desk.button("Mute").click()
    expect(desk.call_area).to_contain_text("You are muted")
    eventually(lambda: stack.heard(sid)["rms"] == 0, "the caller hears nothing at all")
    desk.button("Mute").click()
    eventually(lambda: stack.heard(sid)["rms"] > LOUD, "the caller hears the agent again")


def test_the_caller_hangs_up_during_the_call(open_desk, stack):
    desk = open_desk("ada")
    desk.expect_reachable()
    sid = stack.telephone_calls("+12025550142")
    desk.take("Maya Okonkwo")

    stack.bench("POST", f"/sim/calls/{sid}/hangup")

    desk.expect_idle()
    desk.expect_reachable()


def test_a_number_that_cannot_be_called_is_explained(open_desk, stack):
    stack.bench("PUT", "/sim/telephones/+12025550144", {"behaviour": "busy"})
    desk = open_desk("ada")
    desk.expect_reachable()

    desk.dial("202 555 0144")

    expect(desk.call_area).to_contain_text("The line is busy.")


def test_enter_answers_and_the_keyboard_does_all_the_rest(open_desk, stack):
    desk = open_desk("ada")
    desk.expect_reachable()

    sid = stack.telephone_calls("+12025550142")
    desk.expect_ringing("Maya Okonkwo")
    expect(desk.call_area.get_by_role("button", name="Answer")).to_be_focused()
    desk.page.keyboard.press("Enter")
    desk.expect_on_call("Maya Okonkwo")
    desk.page.keyboard.press("m")
    expect(desk.call_area).to_contain_text("You are muted")
    desk.page.keyboard.press("Shift+E")
    desk.expect_idle()
    assert expect_log(desk, sid)["result"] == "answered"
