from __future__ import annotations

import pytest
from playwright.sync_api import sync_playwright

from tests import chromium
from tests.simulator.voice.browser import Softphone
from tests.simulator.voice.rig import SDK, Server


@pytest.fixture
def server():
    with Server() as server:
        yield server
    assert set(server.left_over.values()) == {0}, f"left over: {server.left_over}"


@pytest.fixture(scope="module")
def browser():
    """One for each file of tests. While it is there no other event loop can run in its thread."""
    assert SDK.exists(), f"{SDK} is missing: run `npm ci` in frontend/"
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture
def open_softphone(browser, server):
    """Opens tabs, and closes them before the server stops."""
    opened = []

    def open_one():
        opened.append(Softphone(browser, server))
        return opened[-1]

    yield open_one
    for softphone in opened:
        softphone.close()


@pytest.fixture
def softphone(open_softphone):
    return open_softphone()
