"""WCAG 2.2 AA as far as a program can tell, in every state, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.simulator.page.bench import Bench, ago, call, fault, web_request
from tests.simulator.page.test_texts import from_maya, message, sender

AXE = Path(__file__).parents[3] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = [(360, 740), (768, 1024), (1366, 860), (1920, 1080)]

Open = Callable[..., Page]


def busy_bench(bench: Bench) -> None:
    talking = call(status="in-progress", answer_time=ago(42), digits="12", captions=[{"time": ago(), "text": "Hello."}])
    waiting = call(**{"from": "anonymous"})
    called = call(direction="outbound-api", to="+12025550143", **{"from": "+12025550101"})
    by_itself = call(direction="outbound-api", to="+33155512345", **{"from": "+12025550101"})
    bench.snapshot["calls"] = [talking, waiting, called, by_itself]
    bench.snapshot["requests"] = [web_request(), web_request(status=403), web_request(direction="in", kind="rest")]
    bench.snapshot["requests"] += [
        web_request(fault="webhook-duplicate"),
        web_request(fault="webhook-drop", status=None),
    ]
    bench.snapshot["faults"] = {
        "seed": 7,
        "rules": [
            fault("webhook-drop", rate=0.25, match={"path": "/status/", "call_sid": "CA" + "0" * 32}),
            fault("network-cut", active=False),
            fault("rest-error", status=503, count=3, fired=2),
        ],
    }
    bench.snapshot["messages"] = [
        from_maya(body="Where is it?"),
        message(),
        message(status="undelivered", error_code=30003),
    ]
    bench.snapshot["senders"] = [sender(queued=9000, waiting=2)]
    bench.snapshot["opt_outs"] = [{"sender": "+12025550100", "telephone": "+442079460711"}]
    bench.snapshot["warnings"] = [{"time": ago(), "call_sid": None, "code": 11200, "text": "HTTP retrieval failure"}]


def violations(page: Page) -> list[str]:
    # Evaluated by the browser's debugger, which the content policy does not bind.
    page.evaluate(AXE.read_text())
    wanted = "tags => axe.run({runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"
    found = page.evaluate(wanted, WCAG)["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


@pytest.mark.skipif(not AXE.exists(), reason="axe-core comes with the front end's packages: npm ci in frontend/")
@pytest.mark.parametrize(("width", "height"), [SIZES[0], SIZES[2]])
def test_axe_finds_nothing(open_bench: Open, bench: Bench, width: int, height: int) -> None:
    page = open_bench(viewport={"width": width, "height": height})
    assert violations(page) == []
    page.get_by_role("button", name="Add a telephone").click()
    assert violations(page) == []

    busy_bench(bench)
    page.reload()
    page.get_by_role("button", name="POST /").first.click()
    page.get_by_role("button", name="Texts", exact=True).first.click()
    for more in page.locator(".more:visible, #details details").all():
        more.locator("summary").click()
    assert violations(page) == []
    page.get_by_role("button", name="Reset everything").click()
    assert violations(page) == []


@pytest.mark.parametrize(("width", "height"), [*SIZES, (320, 568)])
def test_nothing_sticks_out_sideways(open_bench: Open, bench: Bench, width: int, height: int) -> None:
    busy_bench(bench)
    page = open_bench(viewport={"width": width, "height": height})

    page.get_by_role("button", name="POST /").first.click()

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_control_can_be_reached_with_tab_and_shows_it(open_bench: Open, bench: Bench) -> None:
    busy_bench(bench)
    page = open_bench()
    controls = page.get_by_role("button", name="Answer")
    expect(controls).to_have_count(2)

    reached = set()
    for _ in range(200):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            "(() => { const e = document.activeElement;"
            " const ring = e.matches('.pill input') ? e.nextElementSibling : e;"
            " const name = e === document.body ? '' : e.innerText || e.id || e.type;"
            " return [name, getComputedStyle(ring).outlineStyle]; })()"
        )
        if name:
            reached.add(name.split("\n")[0])
            assert outline != "none", name

    wanted = {"Stop them", "Calls arrive twice", "Remove", "Stop all faults", "Only for some", "Add this fault"}
    wanted |= {"Hang up", "Give up", "Answer", "Decline", "Ring it", "+ Add a telephone", "Clear", "Reset everything"}
    assert wanted <= reached


def test_reduced_motion_stands_still(open_bench: Open, bench: Bench) -> None:
    busy_bench(bench)
    page = open_bench(reduced_motion="reduce")

    expect(page.get_by_text("rings here").first).to_have_css("animation-name", "none")
