"""The inspector: everything that happened, and each request in full."""

from __future__ import annotations

import shlex
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.simulator.page.bench import Bench, ago, call, web_request

Open = Callable[..., Page]


def test_requests_states_and_warnings_arrive_in_order(open_bench: Open, bench: Bench) -> None:
    page = open_bench()
    root = call()

    bench.say(type="call", call=root)
    bench.say(type="request", request=web_request(call_sid=root["sid"]))
    bench.say(type="call", call=root | {"status": "in-progress", "answer_time": ago(), "verb": "Dial"})
    bench.say(type="warning", warning={"time": ago(), "call_sid": root["sid"], "code": 12100, "text": "Broken TwiML"})

    lines = page.get_by_role("list", name="Requests and events").get_by_role("listitem")
    expect(lines).to_contain_text(
        ["ringing", "POST /twilio/voice/incoming/", "in-progress", "<Dial>", "WARNING 12100 Broken TwiML"]
    )


def test_a_broken_request_says_so_in_words(open_bench: Open, bench: Bench) -> None:
    bench.snapshot["requests"] = [
        web_request(status=403, error="11200: refused"),
        web_request(status=None, error="11205: nobody there", response_body=None, content_type=None),
    ]
    page = open_bench()

    lines = page.get_by_role("list", name="Requests and events").get_by_role("listitem")
    expect(lines.nth(0)).to_contain_text("403BROKEN")
    expect(lines.nth(1)).to_contain_text("NO ANSWER")


def test_the_list_shows_one_call_only_when_asked_to(open_bench: Open, bench: Bench) -> None:
    one, two = call(), call(**{"from": "+12025550143"})
    leg = call(parent_call_sid=one["sid"], direction="outbound-dial", party="client", to="client:agent_1")
    bench.snapshot["calls"] = [two, leg, one]
    bench.snapshot["requests"] = [
        web_request(call_sid=one["sid"], url="http://localhost/one/"),
        web_request(call_sid=leg["sid"], url="http://localhost/leg/"),
        web_request(call_sid=two["sid"], url="http://localhost/two/"),
    ]
    page = open_bench()

    page.get_by_label("Show").select_option(one["sid"])

    requests = page.get_by_role("button", name="POST /")
    expect(requests).to_have_count(2)
    expect(requests.nth(0)).to_contain_text("/one/")
    expect(requests.nth(1)).to_contain_text("/leg/")


def test_details_show_fields_headers_and_readable_twiml(open_bench: Open, bench: Bench) -> None:
    bench.snapshot["requests"] = [web_request()]
    page = open_bench()

    page.get_by_role("button", name="POST /twilio/voice/incoming/").click()

    expect(page.get_by_role("heading", name="voice", exact=False).last).to_be_focused()
    details = page.locator("#details")
    expect(details).to_contain_text("From+12025550142")
    expect(details.locator("pre")).to_have_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<Response>\n  <Say>Welcome.</Say>\n  <Dial/>\n</Response>'
    )
    details.get_by_text("Headers").click()
    expect(details).to_contain_text("X-Twilio-Signature")
    page.keyboard.press("Escape")
    expect(details).to_be_hidden()
    expect(page.get_by_role("button", name="POST /twilio/voice/incoming/")).to_be_focused()


def test_a_body_that_is_no_xml_is_shown_as_it_came(open_bench: Open, bench: Bench) -> None:
    body = "<Response><Say>never closed</Response><script>alert(1)</script>"
    bench.snapshot["requests"] = [web_request(response_body=body)]
    page = open_bench()

    page.get_by_role("button", name="POST /twilio/voice/incoming/").click()

    expect(page.locator("#details pre")).to_have_text(body)


def test_a_webhook_can_be_sent_again(open_bench: Open, bench: Bench) -> None:
    sent = web_request()
    asked_of_us = web_request(direction="in", kind="rest", url="http://localhost:8001/2010-04-01/Calls.json")
    bench.snapshot["requests"] = [sent, asked_of_us]
    page = open_bench()

    page.get_by_role("button", name="Calls.json").click()
    expect(page.get_by_role("button", name="Send again")).to_have_count(0)
    page.get_by_role("button", name="POST /twilio/voice/incoming/").click()
    page.get_by_role("button", name="Send again").click()

    bench.wait_for("POST", f"/sim/requests/{sent['id']}/repeat")
    expect(page.get_by_text("Sent again.")).to_be_visible()


def test_copy_as_curl_quotes_everything(open_bench: Open, bench: Bench) -> None:
    bench.snapshot["requests"] = [web_request(params={"CallerName": "O'Neil $(reboot) & co"})]
    page = open_bench(permissions=["clipboard-read", "clipboard-write"])

    page.get_by_role("button", name="POST /twilio/voice/incoming/").click()
    page.get_by_role("button", name="Copy as curl").click()
    expect(page.get_by_text("Copied.")).to_be_visible()

    words = shlex.split(page.evaluate("navigator.clipboard.readText()"))
    assert "CallerName=O'Neil $(reboot) & co" in words
    assert "X-Twilio-Signature: c2ln" in words
    assert "http://localhost:8000/twilio/voice/incoming/" in words


def test_an_answer_that_comes_later_updates_its_line(open_bench: Open, bench: Bench) -> None:
    pending = web_request(status=None, duration_ms=None, response_body=None)
    page = open_bench()
    line = page.get_by_role("button", name="POST /twilio/voice/incoming/")

    bench.say(type="request", request=pending)
    line.click()
    bench.say(type="request", request=pending | {"status": 200, "duration_ms": 12, "response_body": "<Response/>"})

    expect(line).to_have_count(1)
    expect(line).to_contain_text("20012 ms")
    expect(page.locator("#details pre")).to_have_text("<Response/>")


def test_the_list_follows_the_newest_until_somebody_reads_older_ones(open_bench: Open, bench: Bench) -> None:
    bench.snapshot["requests"] = [web_request(url=f"http://localhost/{n}/") for n in range(60)]
    page = open_bench()
    last = page.get_by_role("button", name="POST /59/")
    expect(last).to_be_in_viewport()

    page.get_by_role("list", name="Requests and events").evaluate("list => { list.scrollTop = 0 }")
    newest = page.get_by_role("button", name="Jump to newest")
    expect(newest).to_be_visible()
    bench.say(type="request", request=web_request(url="http://localhost/sixty/"))
    expect(page.get_by_role("button", name="POST /0/")).to_be_in_viewport()
    newest.click()

    expect(page.get_by_role("button", name="POST /sixty/")).to_be_in_viewport()
    expect(newest).to_be_hidden()


def test_arrows_walk_the_list(open_bench: Open, bench: Bench) -> None:
    bench.snapshot["requests"] = [web_request(url=f"http://localhost/{n}/") for n in range(3)]
    page = open_bench()

    page.get_by_role("button", name="POST /2/").focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("button", name="POST /1/")).to_be_focused()
    page.keyboard.press("Home")
    expect(page.get_by_role("button", name="POST /0/")).to_be_focused()


def test_clear_empties_the_list_for_good(open_bench: Open, bench: Bench) -> None:
    bench.snapshot["requests"] = [web_request(time=ago(5))]
    page = open_bench()

    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("Nothing yet.")).to_be_visible()
    bench.hang_up_sockets()
    bench.say_when_back(type="request", request=web_request(url="http://localhost/new/"))

    expect(page.get_by_role("button", name="POST /")).to_have_count(1)
    expect(page.get_by_role("button", name="POST /new/")).to_be_visible()


def test_reset_asks_first(open_bench: Open, bench: Bench) -> None:
    bench.snapshot["calls"] = [call()]
    page = open_bench()

    page.get_by_role("button", name="Reset everything").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Keep everything")).to_be_focused()
    page.keyboard.press("Escape")
    assert not [path for _, path, _ in bench.asked if path == "/sim/reset"]
    page.get_by_role("button", name="Reset everything").click()
    page.get_by_role("dialog").get_by_role("button", name="Reset everything").click()
    bench.wait_for("POST", "/sim/reset")
    bench.snapshot["calls"] = []
    bench.say(type="reset")

    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Give up")).to_have_count(0)


def test_after_a_reconnection_the_order_is_still_that_of_time(open_bench: Open, bench: Bench) -> None:
    earlier, later = ago(9), ago(5)
    bench.snapshot["requests"] = [web_request(time=later, url="http://localhost/late/")]
    page = open_bench()
    expect(page.get_by_role("button", name="POST /late/")).to_be_visible()

    bench.snapshot["calls"] = [call(start_time=earlier)]
    bench.hang_up_sockets()

    lines = page.get_by_role("list", name="Requests and events").get_by_role("listitem")
    expect(lines).to_contain_text(["ringing", "POST /late/"])
