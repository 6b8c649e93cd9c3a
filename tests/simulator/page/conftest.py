from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.chromium import launch
from tests.simulator.page.bench import Bench


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/simulator/page/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


# Playwright keeps an event loop in this thread, which Django's tests cannot bear: it ends with this folder.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def stand_in() -> Iterator[Bench]:
    with Bench().running() as bench:
        yield bench


@pytest.fixture
def bench(stand_in: Bench) -> Bench:
    stand_in.start_over()
    return stand_in


@pytest.fixture
def open_url(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens an address in a browser of its own; fails when the page breaks or the content policy is broken."""
    contexts: list[BrowserContext] = []
    trouble: list[str] = []

    def open_(url: str, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1366, "height": 860}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("console", lambda message: trouble.append(message.text) if "Policy" in message.text else None)
        page.goto(url)
        page.get_by_text("Connected", exact=True).wait_for()
        return page

    yield open_
    for context in contexts:
        context.close()
    assert trouble == []


@pytest.fixture
def open_bench(open_url: Callable[..., Page], bench: Bench) -> Callable[..., Page]:
    """Opens the page; call it after the snapshot is what it should be."""
    return lambda **options: open_url(bench.url, **options)
