"""Texts on the bench: threads, writing, what a telephone does when it is texted, and our senders' queues."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import count
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.simulator.page.bench import Bench, ago, call, web_request

Open = Callable[..., Page]
Json = dict[str, Any]

MAYA = "+12025550142"
SUPPORT = "+12025550100"
_serial = count(1)


def message(**changes: Any) -> Json:
    """A text of ours to Maya, delivered."""
    status = changes.get("status", "delivered")
    return {
        "sid": f"SM{next(_serial):032x}",
        "direction": "outbound-api",
        "from": SUPPORT,
        "to": MAYA,
        "body": "Your parcel is here.",
        "status": status,
        "error_code": None,
        "segments": 1,
        "media": [],
        "author": None,
        "date_created": ago(5),
        "history": [{"status": "queued", "time": ago(5)}, {"status": status, "time": ago(4)}],
        **changes,
    }


def from_maya(**changes: Any) -> Json:
    return message(**{"direction": "inbound", "from": MAYA, "to": SUPPORT, "status": "received", **changes})


def sender(**changes: Any) -> Json:
    return {
        "sender": SUPPORT,
        "kind": "long-code",
        "rate": 1.0,
        "queued": 0,
        "waiting": 0,
        "capacity": 36_000,
        "overflow": 21611,
        "sent": 0,
        **changes,
    }


def telephone(page: Page, name: str = "Maya") -> Locator:
    return page.get_by_role("article", name=name, exact=True)


def texts_of(page: Page, name: str = "Maya") -> Locator:
    """A telephone with its texts in front."""
    card = telephone(page, name)
    card.get_by_role("button", name="Texts").click()
    return card


def test_a_thread_shows_both_sides_in_order_and_what_became_of_each(open_bench: Open, bench: Bench) -> None:
    bench.snapshot["messages"] = [
        from_maya(body="<b>Where</b> is it?", date_created=ago(60)),
        message(body="On its way", segments=2, date_created=ago(50)),
        message(body="Are you in?", status="undelivered", error_code=30003, date_created=ago(40)),
        message(body="Bye", author="twilio", date_created=ago(30)),
        from_maya(body="", media=[{"sid": "ME1", "content_type": "image/png", "bytes": 2400}], date_created=ago(20)),
    ]
    page = open_bench()

    bubbles = texts_of(page).locator(".bubble")
    expect(bubbles).to_contain_text(["<b>Where</b> is it?", "On its way", "Are you in?", "Bye", "[photo 2 kB]"])
    expect(bubbles.nth(1)).to_contain_text(re.compile(r"Support, \d\d:\d\d:\d\d, 2 segments$"))
    expect(bubbles.nth(2)).to_contain_text("undelivered 30003")
    expect(bubbles.nth(2)).to_have_css("border-style", "dashed")
    expect(bubbles.nth(3)).to_contain_text("Twilio’s own answer")
    expect(bubbles.nth(4)).to_contain_text("MMS")


def test_a_text_that_arrives_is_new_until_somebody_looks(open_bench: Open, bench: Bench) -> None:
    page = open_bench()
    expect(telephone(page).get_by_text("idle")).to_be_visible()

    under_way = message(status="queued", history=[{"status": "queued", "time": ago()}])
    bench.say(type="message", message=under_way)
    bench.say(type="message", message=under_way | {"status": "delivered"})

    expect(telephone(page).get_by_text("1 new")).to_be_visible()
    texts_of(page)
    expect(telephone(page).get_by_text("1 new")).to_be_hidden()
    expect(telephone(page).get_by_role("log")).to_contain_text("Your parcel is here.")
    telephone(page).get_by_role("button", name="Calls").click()
    expect(telephone(page).get_by_role("button", name="Ring it")).to_be_visible()
    expect(telephone(page).get_by_text("idle")).to_be_visible()


def test_a_telephone_texts_words_a_photo_and_the_words_of_opting_out(open_bench: Open, bench: Bench) -> None:
    page = open_bench()
    maya = texts_of(page)

    maya.get_by_label("Text to").select_option("+12025550101")
    maya.get_by_label("What to text").fill("Hello, Sales")
    maya.get_by_label("What to text").press("Enter")
    assert bench.wait_for("POST", "/sim/messages") == {"from": MAYA, "to": "+12025550101", "body": "Hello, Sales"}
    expect(maya.get_by_label("What to text")).to_have_value("")

    for word in ("STOP", "START", "HELP"):
        maya.get_by_role("button", name=word, exact=True).click()
        bench.wait_for("POST", "/sim/messages", body=word)
    maya.get_by_label("What to text").fill("Look")
    maya.get_by_role("button", name="photo").click()
    assert bench.wait_for("POST", "/sim/messages", body="Look")["media"] == "photo"


def test_words_that_could_not_be_sent_stay_with_the_reason(open_bench: Open, bench: Bench) -> None:
    bench.answers["/sim/messages"] = (400, {"error": "body: too long"})
    page = open_bench()
    maya = texts_of(page)

    maya.get_by_label("What to text").fill("Hello")
    maya.get_by_role("button", name="Text it").click()

    expect(maya.get_by_text("body: too long")).to_be_visible()
    expect(maya.get_by_label("What to text")).to_have_value("Hello")


def test_what_a_telephone_does_with_texts_is_chosen_and_told(open_bench: Open, bench: Bench) -> None:
    page = open_bench()
    maya = texts_of(page)

    maya.get_by_text("When we text this phone").first.click()
    maya.get_by_label("switched off").check()

    asked = bench.wait_for(
        "PUT", f"/sim/telephones/{MAYA}", texts={"result": "undelivered", "code": 30003, "delay": 20}
    )
    assert (asked["line_type"], asked["behaviour"]) == ("mobile", "manual")
    expect(maya.get_by_text("after 20 s: undelivered, 30003")).to_be_visible()
    expect(maya.locator(".tag")).to_have_text("switched off")
    maya.get_by_label("It texts back by itself").fill("I am driving")
    maya.get_by_label("It texts back by itself").press("Tab")
    bench.wait_for("PUT", f"/sim/telephones/{MAYA}", reply="I am driving")


def test_a_rule_that_a_program_has_set_is_left_alone(open_bench: Open, bench: Bench) -> None:
    rule = {"result": "failed", "code": 30034, "delay": None}
    bench.snapshot["telephones"] = [
        {
            "number": MAYA,
            "behaviour": "manual",
            "delay": 1,
            "voice": "silence",
            "texts": rule,
            "line_type": "mobile",
            "reply": "",
        }
    ]
    page = open_bench()

    expect(telephone(page).locator(".tag")).to_have_text("own rule")
    telephone(page).get_by_label("busy").check()
    assert bench.wait_for("PUT", f"/sim/telephones/{MAYA}", behaviour="busy")["texts"] == rule


def test_who_has_texted_stop_is_marked_and_a_refused_text_is_seen(open_bench: Open, bench: Bench) -> None:
    page = open_bench()

    bench.say(type="opt_outs", opt_outs=[{"sender": SUPPORT, "telephone": MAYA}])
    bench.say(
        type="request",
        request=web_request(
            direction="in",
            kind="rest",
            url="http://localhost:8001/api.twilio.com/2010-04-01/Accounts/AC1/Messages.json",
            params={"To": MAYA, "From": SUPPORT, "Body": "Sale"},
            status=400,
            response_body=json.dumps({"code": 21610}),
        ),
    )

    expect(telephone(page).locator(".tag")).to_have_text("stopped")
    expect(texts_of(page).locator(".bubble")).to_contain_text("Refused at once: error 21610")


def test_a_call_comes_to_the_front(open_bench: Open, bench: Bench) -> None:
    page = open_bench()
    maya = texts_of(page)

    bench.say(type="call", call=call(direction="outbound-api", to=MAYA, **{"from": SUPPORT}))

    expect(maya.get_by_role("button", name="Answer")).to_be_visible()
    maya.get_by_role("button", name="Texts").click()
    expect(maya.get_by_role("log")).to_be_visible()


def test_a_number_that_texts_us_gets_a_telephone_and_one_that_withholds_it_cannot_text(
    open_bench: Open, bench: Bench
) -> None:
    page = open_bench()

    bench.say(type="message", message=from_maya(**{"from": "+33155512345"}))
    bench.say(type="message", message=message(to="+33155500000"))

    expect(telephone(page, "+33155512345")).to_be_visible()
    expect(telephone(page, "+33155500000")).to_have_count(0)
    expect(telephone(page, "Withheld").get_by_role("button", name="Texts")).to_have_count(0)


def test_a_senders_queue_is_shown_filled_and_emptied(open_bench: Open, bench: Bench) -> None:
    bench.snapshot["senders"] = [sender()]
    page = open_bench()
    card = page.get_by_role("article", name="Sender Support")

    expect(card).to_contain_text("queue [..........] 0")
    card.get_by_role("button", name="Fill the queue").click()
    assert bench.wait_for("PUT", f"/sim/senders/{SUPPORT}") == {"queued": 36_000}
    bench.say(type="sender", sender=sender(queued=18_000, waiting=3, sent=12))
    expect(card).to_contain_text("queue [#####.....] 18,000")
    expect(card).to_contain_text("3 texts wait · sent 12")
    card.get_by_role("button", name="Empty it").click()
    bench.wait_for("PUT", f"/sim/senders/{SUPPORT}", queued=0)
    card.get_by_label("When full: take it, then 30001").check()
    bench.wait_for("PUT", f"/sim/senders/{SUPPORT}", overflow=30001)


def test_a_fault_of_texts_is_one_press_away(open_bench: Open, bench: Bench) -> None:
    page = open_bench()

    page.get_by_role("button", name="Take it, then time out").click()

    assert bench.wait_for("POST", "/sim/faults") == {
        "rules": [{"kind": "rest-timeout", "seconds": 30, "match": {"path": "/Messages.json", "method": "POST"}}]
    }


def test_the_inspector_shows_texts_alone_and_gives_their_webhooks_as_tests(open_bench: Open, bench: Bench) -> None:
    incoming = from_maya()
    bench.snapshot["calls"] = [call()]
    bench.snapshot["messages"] = [incoming]
    bench.snapshot["requests"] = [
        web_request(),
        web_request(
            url="http://localhost:8000/twilio/messaging/incoming/",
            kind="text",
            message_sid=incoming["sid"],
            params={"From": MAYA, "Body": 'Say "hi"\n'},
        ),
    ]
    page = open_bench(permissions=["clipboard-read", "clipboard-write"])

    page.get_by_label("Show").select_option("texts")
    lines = page.get_by_role("list", name="Requests and events").get_by_role("listitem")
    expect(lines.filter(has_text="POST")).to_have_count(1)
    expect(lines.filter(has_text=f"text of {MAYA}: received")).to_have_count(1)
    expect(lines.filter(has_text="ringing")).to_have_count(0)

    page.get_by_role("button", name="POST /twilio/messaging/incoming/").click()
    page.get_by_role("button", name="Copy as pytest").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    found: list[Any] = []

    class Twilio:
        def webhook(self, path: str, fields: Json) -> Any:
            found.extend([path, fields])
            return type("Answer", (), {"status_code": 200})

    names: Json = {}
    exec(copied, names)  # noqa: S102  our own page wrote it
    names["test_twilio_messaging_incoming_is_answered"](Twilio())
    assert found == ["/twilio/messaging/incoming/", {"From": MAYA, "Body": 'Say "hi"\n'}]
