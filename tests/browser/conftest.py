from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser.desk import DeskPage
from tests.browser.stack import ROOT, Stack
from tests.chromium import launch

RESULTS = ROOT / "test-results"
# What takes a moment on a quiet machine may take long on a busy one.
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


# Playwright keeps an event loop in this thread, which Django's tests cannot bear: it ends with this folder.
@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium with a microphone that beeps at about 400 Hz, and that is allowed without asking."""
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(autouse=True)
def _quiet_line(request: pytest.FixtureRequest) -> Iterator[None]:
    """No call outlives its test, and no availability a failed one: those after it would fail for that alone."""
    stack: Stack | None = request.getfixturevalue("stack") if "stack" in request.fixturenames else None
    yield
    if stack is not None:
        stack.end_all_calls()
        if request.node.stash.get(FAILED, False):
            stack.everybody_is_available()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[None]:
    outcome: Any = yield
    if outcome.get_result().failed and call.when == "call":
        item.stash[FAILED] = True


FAILED = pytest.StashKey[bool]()


@pytest.fixture
def open_desk(request: pytest.FixtureRequest, browser: Browser, stack: Stack) -> Iterator[Any]:
    """Opens the desk as somebody: `open_desk("ada")`. A failed test leaves in test-results/ a screenshot of
    each, and what the simulator was asked and asked."""
    contexts: list[BrowserContext] = []
    pages: list[tuple[str, Page]] = []

    def open_(username: str = "ada", *, where: Browser | None = None, allow: bool = True, **options: Any) -> DeskPage:
        context = (where or browser).new_context(**options)
        contexts.append(context)
        if allow:
            context.grant_permissions(["microphone"], origin=stack.desk_url)
        page = context.new_page()
        pages.append((username, page))
        desk = DeskPage(page, stack)
        desk.sign_in(username)
        return desk

    yield open_
    if request.node.stash.get(FAILED, False):
        RESULTS.mkdir(exist_ok=True)
        for index, (username, page) in enumerate(pages):
            name = "".join(ch if ch.isalnum() else "_" for ch in request.node.name)[:80]
            page.screenshot(path=RESULTS / f"{name}-{index}-{username}.png")
        for log in ("web", "simulator"):
            Path(RESULTS / f"{log}.log").write_text(stack.log(log))
        for kind in ("calls", "requests"):
            Path(RESULTS / f"{kind}.json").write_text(json.dumps(stack.bench("GET", f"/sim/{kind}"), indent=1))
    for context in contexts:
        context.close()
