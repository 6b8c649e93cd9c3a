"""The page against the simulator itself, sound included. The desk is a few lines that answer with TwiML."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest
import uvicorn
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator

from simulator.app import create_app
from simulator.config import Config
from tests.simulator.page.bench import eventually, free_port

ACCOUNT = "AC" + "0" * 32
TOKEN = "t" * 32
#: It goes on talking: on a busy machine the sound is connected when the first sentence is long over.
TWIML = (
    '<Response><Say>Welcome to the desk.</Say><Gather numDigits="1" timeout="60">'
    '<Say loop="20">Press a key.</Say></Gather></Response>'
)

Open = Callable[..., Page]


@contextlib.contextmanager
def serving(app: Starlette, port: int) -> Iterator[None]:
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    eventually(lambda: server.started, "the server to start")
    yield
    server.should_exit = True
    thread.join(10)


#: Whether the signature of each request to the desk was good, by its User-Agent.
signatures: list[tuple[str, bool]] = []


async def desk(request: Request) -> Response:
    form = dict(await request.form())
    signature = request.headers.get("X-Twilio-Signature", "")
    signatures.append((request.url.path, RequestValidator(TOKEN).validate(str(request.url), form, signature)))
    return Response(TWIML, media_type="text/xml")


@pytest.fixture(scope="module")
def simulator_url() -> Iterator[str]:
    desk_port, port = free_port(), free_port()
    config = Config(account_sid=ACCOUNT, auth_token=TOKEN, public_base_url=f"http://localhost:{desk_port}", port=port)
    everything = Route("/{path:path}", desk, methods=["GET", "POST"])
    with serving(Starlette(routes=[everything]), desk_port), serving(create_app(config), port):
        yield f"http://localhost:{port}/"


@pytest.fixture(autouse=True)
def _quiet_line(simulator_url: str) -> Iterator[None]:
    yield
    httpx.post(f"{simulator_url}sim/reset").raise_for_status()


def test_a_caller_rings_listens_presses_keys_and_hangs_up(open_url: Open, simulator_url: str) -> None:
    page = open_url(simulator_url)
    maya = page.get_by_role("article", name="Maya")

    maya.get_by_role("button", name="Ring it").click()
    expect(maya.get_by_text("Your microphone is on.")).to_be_visible(timeout=10_000)
    expect(maya.get_by_role("log")).to_contain_text("Welcome to the desk.")
    expect(maya.get_by_text("sound", exact=True)).to_be_visible(timeout=10_000)
    maya.get_by_role("button", name="5", exact=True).click()
    expect(maya.get_by_text("pressed 5")).to_be_visible()
    page.get_by_role("button", name="POST /twilio/voice/incoming/").first.click()
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("Sent again.")).to_be_visible()

    hang_up = maya.get_by_role("button", name="Hang up")
    if hang_up.is_visible():  # the desk may have hung up after the key
        hang_up.click()
    expect(maya.get_by_text("Last call: ended")).to_be_visible()


def test_a_called_telephone_answers_and_hears_the_desk(open_url: Open, simulator_url: str) -> None:
    page = open_url(simulator_url)
    tom = page.get_by_role("article", name="Tom")
    order = {"To": "+12025550143", "From": "+12025550100", "Twiml": TWIML}

    httpx.post(f"{simulator_url}2010-04-01/Accounts/{ACCOUNT}/Calls.json", data=order, auth=(ACCOUNT, TOKEN))
    tom.get_by_role("button", name="Answer").click()

    expect(tom.get_by_text("Your microphone is on.")).to_be_visible(timeout=10_000)
    expect(tom.get_by_text("sound", exact=True)).to_be_visible(timeout=10_000)


def test_without_a_microphone_listening_works(open_url: Open, simulator_url: str) -> None:
    page = open_url(simulator_url)
    page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia ="
        " () => Promise.reject(new DOMException('none', 'NotFoundError')); }"
    )
    maya = page.get_by_role("article", name="Maya")

    maya.get_by_role("button", name="Ring it").click()

    expect(maya.get_by_text("No microphone was found. You can listen")).to_be_visible(timeout=10_000)
    expect(maya.get_by_text("sound", exact=True)).to_be_visible(timeout=10_000)


def test_the_microphone_can_be_turned_off_and_on_in_a_call(open_url: Open, simulator_url: str) -> None:
    page = open_url(simulator_url)
    maya = page.get_by_role("article", name="Maya")
    maya.get_by_role("button", name="Ring it").click()
    expect(maya.get_by_text("Your microphone is on.")).to_be_visible(timeout=10_000)

    maya.get_by_label("Talk through my microphone").uncheck()
    expect(maya.get_by_text("Your microphone is on.")).to_be_hidden()
    expect(maya.get_by_text("hears:")).to_be_visible(timeout=10_000)
    maya.get_by_label("Talk through my microphone").check()

    expect(maya.get_by_text("Your microphone is on.")).to_be_visible(timeout=10_000)


def test_a_page_opened_later_can_join_the_sound(open_url: Open, simulator_url: str) -> None:
    httpx.post(f"{simulator_url}sim/calls", json={"from": "+12025550142", "to": "+12025550100"}).raise_for_status()
    page = open_url(simulator_url)
    maya = page.get_by_role("article", name="Maya")

    maya.get_by_role("button", name="Connect sound").click()

    expect(maya.get_by_text("Your microphone is on.")).to_be_visible(timeout=10_000)


def test_a_call_that_arrives_twice_says_so_and_stopping_ends_it(open_url: Open, simulator_url: str) -> None:
    page = open_url(simulator_url)
    panel = page.get_by_role("region", name="Break things on purpose")

    panel.get_by_role("button", name="Calls arrive twice").click()
    expect(panel.get_by_text("struck 0 times")).to_be_visible()
    httpx.post(f"{simulator_url}sim/calls", json={"from": "+12025550142", "to": "+12025550100"}).raise_for_status()

    expect(panel.get_by_text("struck 1 time")).to_be_visible()
    expect(page.get_by_role("button", name="DOUBLED")).to_have_count(2)
    page.get_by_role("button", name="Stop them").click()
    expect(panel.get_by_text("Nothing is broken.")).to_be_visible()
    assert httpx.get(f"{simulator_url}sim/faults").json() == {"seed": 0, "rules": []}


def test_a_telephone_texts_us_stops_and_sees_what_is_refused(open_url: Open, simulator_url: str) -> None:
    page = open_url(simulator_url)
    maya = page.get_by_role("article", name="Maya")
    maya.get_by_role("button", name="Texts").click()

    maya.get_by_label("What to text").fill("Hello")
    maya.get_by_role("button", name="Text it").click()
    expect(maya.locator(".bubble.own")).to_contain_text("Hello")
    expect(page.get_by_role("button", name="POST /twilio/messaging/incoming/")).to_be_visible()
    maya.get_by_role("button", name="STOP").click()
    expect(maya.locator(".tag")).to_have_text("stopped")
    expect(maya.get_by_text("You have successfully been unsubscribed.")).to_be_visible()
    expect(maya.locator(".bubble.lost")).to_have_count(0)

    form = {"To": "+12025550142", "From": "+12025550100", "Body": "Sale"}
    url = f"{simulator_url}2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert httpx.post(url, data=form, auth=(ACCOUNT, TOKEN)).json()["code"] == 21610
    expect(maya.get_by_text("Refused at once: error 21610")).to_be_visible()
    assert ("/twilio/messaging/incoming/", True) in signatures


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_copied_curl_command_is_accepted_by_the_desk(open_url: Open, simulator_url: str) -> None:
    page = open_url(simulator_url, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("article", name="Ines").get_by_role("button", name="Ring it").click()
    page.get_by_role("button", name="POST /twilio/voice/incoming/").click()
    page.get_by_role("button", name="Copy as curl").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    command = page.evaluate("navigator.clipboard.readText()")
    signatures.clear()

    answer = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=20, check=True).stdout

    assert "<Say>Welcome to the desk.</Say>" in answer
    assert ("/twilio/voice/incoming/", True) in signatures
