"""The test page in Chromium, and what tests ask of it."""

from __future__ import annotations

import time

import pytest

from tests.simulator.voice.rig import DEADLINE, make_token


class Softphone:
    """One tab with the real SDK in it."""

    def __init__(self, browser, server):
        self.server = server
        self.context = browser.new_context()
        self.page = self.context.new_page()
        self.foreign = []
        self.page.on("request", self._note_request)
        self.page.goto(server.url)

    def _note_request(self, request):
        if not request.url.startswith((self.server.url, "data:", "blob:")):
            self.foreign.append(request.url)

    def start(self, identity="ada", *, token=None, options=None):
        self.page.evaluate("([t, o]) => start(t, o)", [token or make_token(identity), options or {}])
        return self

    def register(self, identity="ada", **more):
        self.start(identity, **more)
        self.do("device.register()")
        self.expect("device.registered")
        return self

    def do(self, script, argument=None):
        """Evaluates a script; a promise is not waited for."""
        return self.page.evaluate(f"(argument) => {{ {script}; }}", argument)

    def dial(self, **params):
        self.page.evaluate("(params) => dial(params)", params)

    def expect(self, name, times=1):
        """Waits for an event of the page and gives its data."""
        deadline = time.monotonic() + DEADLINE
        while True:
            events = self.page.evaluate("events")
            found = [event for event in events if event["name"] == name]
            if len(found) >= times:
                return found[times - 1]["data"]
            assert time.monotonic() < deadline, f"no {name}; there was {[event['name'] for event in events]}"
            self.page.wait_for_timeout(20)

    def events(self):
        return [event["name"] for event in self.page.evaluate("events")]

    def expect_tone(self, call, hz=440, *, rms=None):
        """Waits until the page hears a tone, with this loudness if one is named: its beginning is half silence."""
        deadline = time.monotonic() + DEADLINE
        while True:
            heard = self.page.evaluate("([call]) => hear(call, 250)", [call])
            is_loud = heard and (heard["rms"] > 0.05 if rms is None else heard["rms"] == pytest.approx(rms, rel=0.1))
            if is_loud and abs(heard["hz"] - hz) < 12:
                return
            assert time.monotonic() < deadline, f"no {hz} Hz; the page heard {heard}"

    def close(self):
        self.context.close()


def expect_microphone(server, leg):
    """Waits until the server hears the fake microphone: it beeps at about 400 Hz."""
    deadline = time.monotonic() + DEADLINE
    while True:
        heard = server.listen(leg, 1.5)
        if heard["rms"] > 500 and 380 < heard["hz"] < 420:
            return heard
        assert time.monotonic() < deadline, f"the microphone is not heard: {heard}"
