"""The telephones: what each shows and what its buttons ask of the simulator."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.simulator.page.bench import Bench, ago, call

Open = Callable[..., Page]


def telephone(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=name, exact=True)


def test_a_telephone_rings_the_chosen_number_with_its_own_voice(open_bench: Open, bench: Bench) -> None:
    page = open_bench()

    telephone(page, "Maya").get_by_label("Call one of our numbers").select_option("+12025550101")
    telephone(page, "Maya").get_by_role("button", name="Ring it").click()

    assert bench.wait_for("POST", "/sim/calls") == {
        "from": "+12025550142",
        "to": "+12025550101",
        "voice": "speech:Hello, this is Maya. Can you hear me?",
        "caller_name": "MAYA",
    }


def test_a_withheld_number_calls_without_number_and_name(open_bench: Open, bench: Bench) -> None:
    page = open_bench()

    expect(telephone(page, "Withheld").get_by_text("When we call this phone")).to_have_count(0)
    telephone(page, "Withheld").get_by_role("button", name="Ring it").click()

    asked = bench.wait_for("POST", "/sim/calls")
    assert asked["from"] == "anonymous"
    assert "caller_name" not in asked


def test_without_numbers_nothing_can_be_rung(open_bench: Open, bench: Bench) -> None:
    bench.snapshot["numbers"] = []
    page = open_bench()

    expect(telephone(page, "Maya").get_by_role("button", name="Ring it")).to_be_disabled()
    expect(telephone(page, "Maya").get_by_text("The desk has no numbers yet.")).to_be_visible()


def test_waiting_shows_who_is_rung_and_can_be_given_up(open_bench: Open, bench: Bench) -> None:
    root = call()
    leg = call(parent_call_sid=root["sid"], direction="outbound-dial", party="client", to="client:agent_7")
    page = open_bench()

    bench.say(type="call", call=root)
    bench.say(type="call", call=leg)

    expect(telephone(page, "Maya").get_by_text(re.compile(r"0:\d\d\. Rings: client:agent_7"))).to_be_visible()
    telephone(page, "Maya").get_by_role("button", name="Give up").click()
    bench.wait_for("POST", f"/sim/calls/{root['sid']}/hangup")


def test_a_call_in_progress_has_keys_captions_and_a_way_out(open_bench: Open, bench: Bench) -> None:
    root = call(status="in-progress", answer_time=ago(42), captions=[{"time": ago(40), "text": "Welcome."}])
    bench.snapshot["calls"] = [root]
    page = open_bench()
    maya = telephone(page, "Maya")

    bench.say(type="caption", sid=root["sid"], text="Press one.", time=ago())
    expect(maya.get_by_role("log").locator("p")).to_have_text(["“Welcome.”", "“Press one.”"])
    expect(maya.get_by_text(re.compile(r"connected 0:4\d"))).to_be_visible()
    maya.get_by_role("button", name="1", exact=True).click()
    assert bench.wait_for("POST", f"/sim/calls/{root['sid']}/digits") == {"digits": "1"}
    page.keyboard.press("#")
    expect(maya.get_by_role("button", name="hash")).to_be_focused()
    maya.get_by_role("button", name="Hang up").click()
    bench.wait_for("POST", f"/sim/calls/{root['sid']}/hangup")

    bench.say(type="call", call=root | {"status": "completed", "end_time": ago(), "duration": 42})
    expect(maya.get_by_text("Last call: ended after 0:42.")).to_be_visible()
    expect(maya.get_by_role("button", name="Ring it")).to_be_visible()


def test_a_call_from_the_desk_rings_at_its_telephone(open_bench: Open, bench: Bench) -> None:
    page = open_bench()
    called = call(direction="outbound-api", to="+12025550143", **{"from": "+12025550101"})

    bench.say(type="call", call=called)

    tom = telephone(page, "Tom")
    expect(tom.get_by_text("rings here")).to_be_visible()
    expect(tom.get_by_text("Sales (+1 202 555 0101) is calling")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="Tom is being called")).to_have_count(1)
    expect(page).to_have_title(re.compile("telephone rings"))
    tom.get_by_role("button", name="Answer").click()
    bench.wait_for("POST", f"/sim/calls/{called['sid']}/answer")


def test_a_call_can_be_declined(open_bench: Open, bench: Bench) -> None:
    called = call(direction="outbound-dial", to="+12025550143")
    bench.snapshot["calls"] = [called]
    page = open_bench()

    telephone(page, "Tom").get_by_role("button", name="Decline").click()

    bench.wait_for("POST", f"/sim/calls/{called['sid']}/reject")


def test_a_number_without_telephone_gets_one_when_it_is_called(open_bench: Open, bench: Bench) -> None:
    page = open_bench()

    bench.say(type="call", call=call(direction="outbound-api", to="+33155512345"))

    expect(telephone(page, "+33155512345").get_by_role("button", name="Answer")).to_be_visible()


def test_after_answering_the_focus_is_on_no_button(open_bench: Open, bench: Bench) -> None:
    called = call(direction="outbound-api", to="+12025550143")
    bench.snapshot["calls"] = [called]
    page = open_bench()

    telephone(page, "Tom").get_by_role("button", name="Answer").press("Enter")
    bench.wait_for("POST", f"/sim/calls/{called['sid']}/answer")
    bench.say(type="call", call=called | {"status": "in-progress", "answer_time": ago()})

    expect(page.get_by_role("heading", name="Tom")).to_be_focused()


def test_what_happens_when_we_call_is_told_to_the_simulator(open_bench: Open, bench: Bench) -> None:
    page = open_bench()

    telephone(page, "Maya").get_by_label("busy").check()

    bench.wait_for("PUT", "/sim/telephones/+12025550142", behaviour="busy")
    expect(telephone(page, "Maya").get_by_label("busy")).to_be_checked()


def test_the_simulators_settings_win_over_the_pages(open_bench: Open, bench: Bench) -> None:
    bench.snapshot["telephones"] = [
        {"number": "+12025550142", "behaviour": "no-answer", "delay": 3, "voice": "tone:440"}
    ]
    page = open_bench()

    expect(telephone(page, "Maya").get_by_label("no answer")).to_be_checked()
    telephone(page, "Maya").get_by_text("More").click()
    expect(telephone(page, "Maya").get_by_label("Without a microphone it says")).to_have_value("tone")


def test_own_words_become_the_telephones_voice(open_bench: Open, bench: Bench) -> None:
    page = open_bench()
    maya = telephone(page, "Maya")

    maya.get_by_text("More").click()
    maya.get_by_label("Without a microphone it says").select_option("own")
    maya.get_by_label("Its own words").fill("Is anybody there?")
    maya.get_by_label("Its own words").press("Tab")

    bench.wait_for("PUT", "/sim/telephones/+12025550142", voice="speech:Is anybody there?")


def test_a_telephone_can_be_added_is_kept_and_can_be_removed(open_bench: Open, bench: Bench) -> None:
    page = open_bench()

    page.get_by_role("button", name="Add a telephone").click()
    page.get_by_label("Number, with +").fill("12")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("alert").filter(has_text="not a number")).to_be_visible()
    page.get_by_label("Number, with +").fill("+1 (202) 555-0177")
    page.get_by_label("Whose telephone").fill("Zoë")
    page.get_by_role("button", name="Add it").click()

    expect(page.get_by_role("heading", name="Zoë")).to_be_focused()
    bench.wait_for("PUT", "/sim/telephones/+12025550177")
    page.reload()
    telephone(page, "Zoë").get_by_text("More").click()
    telephone(page, "Zoë").get_by_role("button", name="Remove").click()
    expect(telephone(page, "Zoë")).to_have_count(0)
    page.reload()
    expect(telephone(page, "Maya")).to_be_visible()
    expect(telephone(page, "Zoë")).to_have_count(0)


def test_a_refused_call_says_why(open_bench: Open, bench: Bench) -> None:
    bench.answers["/sim/calls"] = (404, {"error": "to: none of our numbers"})
    page = open_bench()

    telephone(page, "Maya").get_by_role("button", name="Ring it").click()

    expect(telephone(page, "Maya").get_by_role("alert")).to_have_text("to: none of our numbers")


def test_hostile_words_stay_words(open_bench: Open, bench: Bench) -> None:
    evil = "<img src=x onerror=alert(1)>"
    root = call(status="in-progress", answer_time=ago(), verb=evil, captions=[{"time": ago(), "text": evil}])
    bench.snapshot["calls"] = [root, call(**{"from": evil})]
    bench.snapshot["numbers"] = [
        {"sid": "PN1", "phone_number": "+12025550100", "friendly_name": evil, "voice_url": "javascript:alert(1)"}
    ]
    page = open_bench()

    expect(telephone(page, "Maya").get_by_role("log")).to_contain_text(evil)
    expect(telephone(page, evil)).to_be_visible()
    assert page.locator("img, [href^=javascript]").count() == 0


def test_after_a_reset_every_telephone_lets_its_owner_answer(open_bench: Open, bench: Bench) -> None:
    page = open_bench()
    telephone(page, "Maya").get_by_label("busy").check()

    bench.say(type="reset")

    expect(telephone(page, "Maya").get_by_label("let me answer")).to_be_checked()


def test_a_call_that_ends_before_its_sound_leaves_no_trace(open_bench: Open, bench: Bench) -> None:
    root = call()
    bench.answers["/sim/calls"] = (201, root)
    bench.answers[f"/sim/calls/{root['sid']}/audio"] = (409, {"error": "The call is over"})
    page = open_bench()
    maya = telephone(page, "Maya")

    bench.say(type="call", call=root | {"status": "failed", "end_time": ago()})
    maya.get_by_role("button", name="Ring it").click()
    bench.wait_for("POST", f"/sim/calls/{root['sid']}/audio")
    bench.say(type="call", call=call(status="in-progress", answer_time=ago()))

    expect(maya.get_by_role("button", name="Connect sound")).to_be_visible()
    expect(maya.get_by_text("The call is over")).to_be_hidden()


def test_a_waiting_telephone_shows_its_place_and_what_it_hears(open_bench: Open, bench: Bench) -> None:
    first, root = call(), call(status="in-progress", answer_time=ago(42), document="/twilio/voice/wait/", hears="music")
    waiting = [{"call_sid": first["sid"], "since": ago(50)}, {"call_sid": root["sid"], "since": ago(40)}]
    queue = {"sid": "QU1", "name": "support", "max_size": 1000, "waiting": waiting}
    bench.snapshot["calls"] = [root]
    bench.snapshot["queues"] = [queue]
    page = open_bench()
    maya = telephone(page, "Maya")

    expect(maya.get_by_text(re.compile(r"Waits in support, place 2 of 2, for 0:4\d"))).to_be_visible()
    expect(maya.get_by_text("Hears music. Runs /twilio/voice/wait/.")).to_be_visible()
    bench.say(type="queue", queue=queue | {"waiting": waiting[1:]})
    expect(maya.get_by_text("Waits in support, place 1 of 1")).to_be_visible()
    bench.say(type="caption", sid=root["sid"], text="You are next.", time=ago())
    expect(maya.get_by_text("Last: “You are next.”")).to_be_visible()
    bench.say(type="queue", queue=queue | {"waiting": []})
    expect(maya.get_by_text("Waits in support")).to_be_hidden()


def test_a_telephone_in_a_call_says_words(open_bench: Open, bench: Bench) -> None:
    root = call(status="in-progress", answer_time=ago(2))
    bench.snapshot["calls"] = [root]
    page = open_bench()
    maya = telephone(page, "Maya")

    maya.get_by_label("Words to say").fill(" sales, please ")
    maya.get_by_role("button", name="Say it").click()

    assert bench.wait_for("POST", f"/sim/calls/{root['sid']}/say") == {"words": "sales, please"}
    expect(maya.get_by_label("Words to say")).to_have_value("")
    bench.say(type="call", call=root | {"said": [{"time": ago(), "text": "sales, please", "confidence": 0.9}]})
    expect(maya.get_by_text("said “sales, please”")).to_be_visible()


def test_what_a_telephone_does_when_it_is_asked_is_told_to_the_simulator(open_bench: Open, bench: Bench) -> None:
    number = "+12025550142"
    bench.snapshot["telephones"] = [
        {
            "number": number,
            "behaviour": "manual",
            "delay": 1,
            "voice": "silence",
            "press": [{"digits": "7", "after": 3}],
        }
    ]
    page = open_bench()
    maya = telephone(page, "Maya")
    maya.get_by_text("More").click()
    expect(maya.get_by_label("Presses")).to_have_value("7")

    maya.get_by_label("Or answers in words").fill("sales")
    maya.get_by_label("Or answers in words").press("Tab")
    bench.wait_for("PUT", f"/sim/telephones/{number}", say={"words": "sales", "after": 3})
    maya.get_by_label("Presses").fill("")
    maya.get_by_label("Presses").press("Tab")
    bench.wait_for("PUT", f"/sim/telephones/{number}", press=None, say={"words": "sales", "after": 3})
    maya.get_by_label("voicemail", exact=True).check()
    maya.get_by_label("Greeting of its voicemail").fill("Leave a message")
    maya.get_by_label("Greeting of its voicemail").press("Tab")
    bench.wait_for("PUT", f"/sim/telephones/{number}", behaviour="voicemail", greeting="Leave a message")
