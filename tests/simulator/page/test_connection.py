"""The page and its connection to the simulator, and the first visit."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.simulator.page.bench import Bench, call

Open = Callable[..., Page]


def test_a_lost_connection_is_said_and_comes_back_by_itself(open_bench: Open, bench: Bench) -> None:
    page = open_bench()
    bench.reachable = False
    bench.hang_up_sockets()
    expect(page.get_by_text("Connection lost.")).to_be_visible()
    expect(page.get_by_role("button", name="Try now")).to_be_visible()

    bench.snapshot["calls"] = [call()]
    bench.reachable = True

    expect(page.get_by_text("Connected", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Try now")).to_be_hidden()
    expect(page.get_by_role("button", name="Give up")).to_be_visible()


def test_try_now_does_not_wait(open_bench: Open, bench: Bench) -> None:
    page = open_bench()
    page.clock.install()
    bench.reachable = False
    bench.hang_up_sockets()
    expect(page.get_by_text("Connection lost.")).to_be_visible()
    bench.reachable = True

    page.get_by_role("button", name="Try now").click()

    expect(page.get_by_text("Connected", exact=True)).to_be_visible()


def test_the_first_visit_says_how_to_begin(open_bench: Open) -> None:
    page = open_bench()

    expect(page.get_by_role("link", name="the desk")).to_have_attribute("href", "http://localhost:8000")
    page.get_by_role("button", name="Got it").click()
    expect(page.get_by_text("Your first call")).to_be_hidden()
    page.reload()
    expect(page.get_by_text("Connected", exact=True)).to_be_visible()
    expect(page.get_by_text("Your first call")).to_be_hidden()


def test_nothing_comes_from_another_host(open_bench: Open, bench: Bench) -> None:
    page = open_bench()

    loaded = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")

    assert len(loaded) > 10
    assert all(url.startswith(bench.url) for url in loaded)


def test_events_of_a_newer_simulator_are_passed_over(open_bench: Open, bench: Bench) -> None:
    page = open_bench()

    bench.say(type="weather", forecast="rain")
    bench.say(type="call", call=call())

    expect(page.get_by_role("button", name="Give up")).to_be_visible()
