"""The whole simulator: the real SDK in Chromium, the real call engine, and a telephone at the other end."""

from __future__ import annotations

import asyncio
import threading

import pytest
from playwright.sync_api import sync_playwright
from starlette.routing import Route

from tests import chromium
from tests.simulator.harness import APP, CALLER, SUPPORT, bench, serving_app, twiml
from tests.simulator.voice.browser import Softphone
from tests.simulator.voice.rig import (
    ACCOUNT_SID,
    API_KEY_SECRET,
    API_KEY_SID,
    DEADLINE,
    _page,
    _sdk,
    _sound,
    wait_until,
)

pytestmark = pytest.mark.browser

INCOMING = "/twilio/voice/incoming/"
OUTGOING = "/twilio/voice/outgoing/"
RING_ADA = twiml(
    '<Dial answerOnBridge="true" action="/action"><Client statusCallback="/leg" '
    'statusCallbackEvent="initiated ringing answered completed"><Identity>ada</Identity>'
    '<Parameter name="contact" value="Zoë &amp; Söhne"/></Client></Dial>'
)


class Everything:
    """A simulator and a product in an event loop of their own, beside the browser's."""

    def __init__(self) -> None:
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    async def _serve(self) -> None:
        self.loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        settings = {"account_sid": ACCOUNT_SID, "api_key_sid": API_KEY_SID, "api_key_secret": API_KEY_SECRET}
        async with bench(voice=None, speed=1.0, twiml_app_sid=APP, **settings) as self.bench:
            pages = [Route("/phone", _page), Route("/sdk.js", _sdk), Route("/sound.wav", _sound)]
            self.bench.app.router.routes[:0] = pages
            async with serving_app(self.bench) as url:
                self.url = f"{url}/phone"
                self._ready.set()
                await self._stop.wait()

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(DEADLINE)
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(DEADLINE)
        assert not self._thread.is_alive()

    def run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(DEADLINE)

    def post(self, path: str, **body) -> dict:
        return self.run(self.bench.http.post(path, json=body)).json()

    def get(self, path: str) -> dict:
        return self.run(self.bench.http.get(path)).json()

    def status_of(self, sid: str) -> str:
        return self.get(f"/sim/calls/{sid}")["status"]


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture
def everything():
    with Everything() as everything:
        yield everything


@pytest.fixture
def ada(browser, everything):
    softphone = Softphone(browser, everything)
    yield softphone
    softphone.close()


def quiet(everything) -> None:
    wait_until(lambda: everything.get("/sim/health")["legs"] == 0, "a call did not end")
    wait_until(lambda: everything.get("/sim/health")["voice"]["peers"] == 0, "a connection was not closed")


def ringing(everything) -> dict | None:
    calls = everything.get("/sim/calls")["calls"]
    return next((call for call in calls if call["parent_call_sid"] and call["status"] == "ringing"), None)


def test_a_telephone_calls_and_a_browser_answers(everything, ada):
    product = everything.bench.product
    product.answers[INCOMING] = RING_ADA
    ada.register()

    sid = everything.post("/sim/calls", **{"from": CALLER, "to": SUPPORT, "voice": "tone:660"})["sid"]
    shown = ada.expect("device.incoming")
    assert everything.status_of(sid) == "ringing"
    ada.do("calls.incoming.accept()")
    ada.expect_tone("incoming", 660)

    assert shown["From"] == CALLER
    assert shown["custom"] == [["contact", "Zoë & Söhne"]]
    assert everything.status_of(sid) == "in-progress"
    wait_until(lambda: 380 < everything.get(f"/sim/calls/{sid}/heard?seconds=1.5")["hz"] < 420, "no microphone")
    everything.post(f"/sim/calls/{sid}/hangup")
    ada.expect("incoming.disconnect")
    quiet(everything)
    wait_until(lambda: len(product.statuses("/leg")) == 4, lambda: f"only {product.statuses('/leg')}")
    assert product.statuses("/leg") == ["initiated", "ringing", "in-progress", "completed"]


def test_a_browser_declines(everything, ada):
    product = everything.bench.product
    product.answers[INCOMING] = RING_ADA
    product.answers["/action"] = twiml("<Reject reason='busy'/>")
    ada.register()

    sid = everything.post("/sim/calls", **{"from": CALLER, "to": SUPPORT})["sid"]
    ada.expect("device.incoming")
    ada.do("calls.incoming.reject()")

    wait_until(lambda: everything.status_of(sid) == "busy", "the call is not over")
    assert product.at("/action")[0].params["DialCallStatus"] == "busy"
    quiet(everything)


def test_a_caller_gives_up_while_the_browser_rings(everything, ada):
    everything.bench.product.answers[INCOMING] = RING_ADA
    ada.register()

    sid = everything.post("/sim/calls", **{"from": CALLER, "to": SUPPORT})["sid"]
    ada.expect("device.incoming")
    everything.post(f"/sim/calls/{sid}/hangup")

    ada.expect("incoming.cancel")
    assert everything.status_of(sid) == "no-answer"
    quiet(everything)


def test_a_browser_calls_a_telephone_and_presses_keys(everything, ada):
    product = everything.bench.product
    product.answers[OUTGOING] = twiml(
        f'<Dial answerOnBridge="true" callerId="{SUPPORT}"><Number>{CALLER}</Number></Dial>'
    )
    everything.run(everything.bench.http.put(f"/sim/telephones/{CALLER}", json={"voice": "tone:550"}))
    ada.start()

    ada.dial(To=CALLER)
    ada.expect("outgoing.ringing")
    child = wait_until(lambda: ringing(everything), "it does not ring")
    assert "outgoing.accept" not in ada.events()
    everything.post(f"/sim/calls/{child['sid']}/answer")
    ada.expect("outgoing.accept")
    ada.expect_tone("outgoing", 550)
    ada.do("calls.outgoing.sendDigits('5')")

    wait_until(lambda: everything.get(f"/sim/calls/{child['sid']}")["captions"], "the key is not shown")
    ada.do("calls.outgoing.disconnect()")
    wait_until(lambda: everything.status_of(child["sid"]) == "completed", "the telephone is not hung up")
    first = product.at(OUTGOING)[0].params
    assert (first["From"], first["To"]) == ("client:ada", CALLER)
    quiet(everything)
