"""A desk in a tab that is really hidden, with Chrome's real slowing of such a tab's timers.

Playwright keeps the pages that it drives visible and switches the slowing off. So this Chromium is started by hand, in
a window on a display that nobody sees, and spoken to over its DevTools protocol alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright
from websockets.sync.client import ClientConnection, connect

from desk.consumers import ASK_SECONDS, SILENT_SECONDS
from tests.browser.desk import PASSWORD
from tests.browser.stack import Stack, eventually
from tests.chromium import SWITCHES, executable, virtual_display

# The timers of a page that is hidden while it loads come once a minute after five minutes: here after ten seconds. For
# one that is hidden later, the time cannot be chosen.
_SLOWING = "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/10"
_SIGN_IN = """
document.querySelector("[name=username]").value = "ada";
document.querySelector("[name=password]").value = PASSWORD;
document.querySelector("form").submit();
"""
# Beside the desk: a timer of the page's, and one of a worker like the desk's own. Each notes when it rang.
_TIMERS = """
globalThis.ofPage = [Date.now()];
globalThis.ofWorker = [Date.now()];
setInterval(() => ofPage.push(Date.now()), 1000);
const address = JSON.parse(document.getElementById("ringdesk-config").textContent).urls.alarms;
const worker = new Worker(address, { type: "module" });
worker.onmessage = () => { ofWorker.push(Date.now()); worker.postMessage({ id: 1, after: 1000 }); };
worker.postMessage({ id: 1, after: 1000 });
"""


class Tab:
    """One tab, spoken to over the DevTools protocol, without a focus that is emulated."""

    def __init__(self, socket: ClientConnection, url: str) -> None:
        self._socket, self._ids = socket, count(1)
        self._session = ""
        self.pongs: list[float] = []
        """When the desk answered the server's question: seconds, of the monotonic clock."""
        self.held: list[str] = []
        """Requests that `hold` keeps back."""
        target = self.call("Target.createTarget", url=url)["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Network.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        told = self._ask(method, params)
        assert "error" not in told, told
        result: dict[str, Any] = told["result"]
        return result

    def evaluate(self, expression: str) -> Any:
        """None while the tab goes from one page to another."""
        told = self._ask("Runtime.evaluate", {"expression": expression, "returnByValue": True})
        answer = told.get("result", {})
        assert "exceptionDetails" not in answer, answer
        return answer.get("result", {}).get("value")

    def hold(self, pattern: str) -> None:
        """Keeps back what is asked for under such addresses, until `let_go`."""
        self.call("Fetch.enable", patterns=[{"urlPattern": pattern}])

    def let_go(self) -> None:
        for request in self.held:
            self.call("Fetch.continueRequest", requestId=request)
        self.call("Fetch.disable")

    @property
    def is_hidden(self) -> bool:
        return bool(self.evaluate("document.visibilityState") == "hidden")

    def _ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        number = next(self._ids)
        session = {"sessionId": self._session} if self._session else {}
        self._socket.send(json.dumps({"id": number, "method": method, "params": params, **session}))
        while True:
            told: dict[str, Any] = json.loads(self._socket.recv(timeout=20))
            if told.get("id") == number and told.get("sessionId", "") == self._session:
                return told
            self._note(told)

    def _note(self, told: dict[str, Any]) -> None:
        if told.get("method") == "Fetch.requestPaused":
            self.held.append(told["params"]["requestId"])
        # Frames of the telephone's own socket come along, and are no JSON at times.
        sent = told.get("method") == "Network.webSocketFrameSent" and told["params"]["response"]["payloadData"]
        if sent == '{"type":"pong"}':
            self.pongs.append(time.monotonic())


@pytest.fixture
def devtools(playwright: Playwright, tmp_path: Path) -> Iterator[ClientConnection]:
    profile = tmp_path / "profile"
    switches = [*SWITCHES, _SLOWING, f"--user-data-dir={profile}", "--remote-debugging-port=0"]
    switches += ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with virtual_display() as display:
        chromium = subprocess.Popen(
            [executable(playwright), *switches, "about:blank"],
            env=os.environ | {"DISPLAY": display},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            told = profile / "DevToolsActivePort"
            port, path = eventually(lambda: told.exists() and told.read_text().split(), "Chromium says where it is")
            with connect(f"ws://127.0.0.1:{port}{path}", max_size=None) as socket:
                yield socket
        finally:
            chromium.terminate()
            chromium.wait(20)


@pytest.mark.waits
def test_colleagues_see_a_hidden_desk_as_available_while_its_timers_are_slowed(devtools, open_desk, stack: Stack):
    colleague = open_desk("grace")
    colleague.expect_reachable()
    desk = Tab(devtools, stack.desk_url)
    eventually(lambda: desk.evaluate("!!document.querySelector('[name=password]')"), "the log-in is there")
    desk.hold("*/desk*.js")
    desk.evaluate(_SIGN_IN.replace("PASSWORD", json.dumps(PASSWORD)))
    eventually(lambda: desk.evaluate("!!document.getElementById('desk')") and desk.held, "the desk loads")
    Tab(devtools, "about:blank")
    eventually(lambda: desk.is_hidden, "another tab hides the desk's")
    desk.let_go()
    eventually(lambda: desk.evaluate("document.body.innerText.includes('You can be reached.')"), "it can be reached")

    desk.evaluate(_TIMERS)
    # Where a tick came every second, none came for three.
    eventually(lambda: desk.evaluate("Date.now() - ofPage.at(-1) > 3000"), "Chrome slows the page's timers")
    began = desk.evaluate("Date.now()")
    desk.pongs.clear()
    seen = len(states_seen(colleague))
    watched = 5 * ASK_SECONDS + 2
    assert watched > SILENT_SECONDS + ASK_SECONDS, "in less a desk that does not answer would not be found out"
    # Three answers, the first within one turn.
    eventually(lambda: desk.evaluate("1") and len(desk.pongs) >= 3, "the desk answers in time", seconds=watched)

    ticks = desk.evaluate(f"ofPage.filter((at) => at > {began}).length")
    assert ticks <= 1, "the page's timers were not slowed: this shows nothing"
    rang = [began, *desk.evaluate(f"ofWorker.filter((at) => at > {began})"), desk.evaluate("Date.now()")]
    assert max(after - before for before, after in pairwise(rang)) < 5000
    assert desk.is_hidden
    states = states_seen(colleague)
    assert states[-1] == "available"
    assert set(states[seen:]) <= {"available"}


def states_seen(colleague: Any) -> list[str]:
    """What this desk was told of Ada, in order."""
    # Playwright hands over what came meanwhile only while it is asked something.
    colleague.page.evaluate("1")
    states = []
    # The telephone's socket sends frames, too, and empty ones to show that it lives.
    for frame in (json.loads(text) for text in colleague.frames if text.strip()):
        told = [frame["presence"]] if frame.get("type") == "presence.changed" else frame.get("presence", [])
        states += [each["state"] for each in told if each["agent"]["name"] == "Ada Byron"]
    return states
