"""Breaking things on purpose, from the page."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.simulator.page.bench import Bench, eventually, fault, web_request

Open = Callable[..., Page]


def in_force(bench: Bench, *rules: dict[str, object], seed: int = 7) -> None:
    bench.snapshot["faults"] = {"seed": seed, "rules": list(rules)}


def newest(bench: Bench) -> dict[str, object]:
    """What the page last asked to be put in force."""
    return eventually(lambda: [body for m, p, body in bench.asked if (m, p) == ("POST", "/sim/faults")], "no rules")[-1]


def test_a_preset_joins_what_is_on_and_counts_are_shown_as_they_grow(open_bench: Open, bench: Bench) -> None:
    in_force(bench, fault("rest-error", status=503, fired=4), fault("network-cut", seconds=10, active=False))
    page = open_bench()
    panel = page.get_by_role("region", name="Break things on purpose")

    panel.get_by_role("button", name="Status callbacks get lost").click()

    kept, added = (
        {"kind": "rest-error", "rate": 1, "status": 503},
        {"kind": "webhook-drop", "match": {"path": "/status/"}},
    )
    bench.wait_for("POST", "/sim/faults")
    assert newest(bench) == {"seed": 7, "rules": [kept, added]}  # what is over does not begin again
    rules = [fault("rest-error", status=503), fault("webhook-drop", match={"path": "/status/"})]
    bench.say(type="faults", seed=7, rules=rules)
    expect(panel.get_by_role("listitem")).to_have_count(2)
    bench.say(type="faults", seed=7, rules=[rules[0], {**rules[1], "fired": 3}])
    expect(panel.get_by_role("listitem").nth(1)).to_contain_text(
        "Webhooks get lost every time, only /status/ struck 3 times"
    )


def test_a_fault_is_made_with_the_keyboard_and_impossible_numbers_are_refused(open_bench: Open, bench: Bench) -> None:
    page = open_bench()
    page.get_by_label("What goes wrong").select_option("rest-rate-limit")
    often = page.get_by_label("How often, in percent")

    often.fill("250")
    often.press("Enter")
    expect(page.get_by_text("How often: a number from 0 to 100.")).to_be_visible()
    expect(often).to_be_focused()
    expect(often).to_have_attribute("aria-invalid", "true")
    assert not [asked for asked in bench.asked if asked[1] == "/sim/faults"]
    often.fill("12.5")
    page.get_by_label("Come back after how many seconds").fill("4")
    page.get_by_label("How many times at most").fill("9")
    page.get_by_label("Seed").fill("42")
    often.press("Enter")

    bench.wait_for("POST", "/sim/faults")
    rule = {"kind": "rest-rate-limit", "rate": 0.125, "seconds": 4, "count": 9}
    eventually(lambda: newest(bench) == {"seed": 42, "rules": [rule]}, str(newest(bench)))


def test_what_the_simulator_refuses_is_shown(open_bench: Open, bench: Bench) -> None:
    bench.answers["/sim/faults"] = (400, {"error": "Rule 1 (webhook-drop): something is wrong."})
    page = open_bench()

    page.get_by_role("button", name="Add this fault").click()

    expect(page.get_by_text("Rule 1 (webhook-drop): something is wrong.")).to_be_visible()


def test_the_notice_stays_as_long_as_a_fault_is_on_and_removing_keeps_the_focus(open_bench: Open, bench: Bench) -> None:
    drop, slow = fault("webhook-drop"), fault("rest-slow", seconds=5)
    in_force(bench, drop, slow)
    page = open_bench(viewport={"width": 360, "height": 740})
    notice = page.get_by_role("region", name="Faults on purpose")

    expect(notice.get_by_role("status")).to_have_text("Faults are on: Webhooks get lost · Twilio’s API is slow")
    assert "Faults are on" in page.title()
    page.get_by_role("button", name="Remove: Webhooks get lost").click()
    bench.wait_for("POST", "/sim/faults")
    assert newest(bench)["rules"] == [{"kind": "rest-slow", "rate": 1, "seconds": 5}]
    bench.say(type="faults", seed=7, rules=[slow])
    expect(page.get_by_role("button", name="Remove: Twilio’s API is slow")).to_be_focused()
    expect(notice).to_be_in_viewport()
    notice.get_by_role("button", name="Stop them").click()
    bench.wait_for("DELETE", "/sim/faults")
    bench.say(type="faults", seed=0, rules=[])

    expect(notice.get_by_role("status")).to_be_empty()
    expect(page.get_by_role("heading", name="Break things on purpose")).to_be_focused()
    eventually(lambda: page.title() == "Test bench", "the title stays")


def test_a_request_says_what_was_done_to_it(open_bench: Open, bench: Bench) -> None:
    bench.snapshot["requests"] = [
        web_request(fault="webhook-lost-answer", status=None, error="11200: No answer in time")
    ]
    page = open_bench()

    page.get_by_role("button", name="ANSWER LOST").click()

    expect(page.get_by_text("A fault on purpose: The desk’s answers get lost.")).to_be_visible()
