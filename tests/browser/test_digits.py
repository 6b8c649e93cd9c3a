"""Digits pressed on the desk reach a <Gather>."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import expect
from twilio.rest import Client
from twilio.twiml.voice_response import Gather, VoiceResponse

from telephony.rest.http import SimulatorHttpClient
from tests.browser.stack import eventually


class Menu(ThreadingHTTPServer):
    """Somebody else's telephone menu: asks for digits, and remembers them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), MenuHandler)
        self.pressed: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class MenuHandler(BaseHTTPRequestHandler):
    server: Menu

    def do_POST(self) -> None:
        fields = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        response = VoiceResponse()
        if "Digits" in fields:
            self.server.pressed.append(fields["Digits"][0])
            response.pause(length=60)
        else:
            gather = Gather(num_digits=4, timeout=20, finish_on_key="", action=self.server.url)
            gather.say("Enter your four digits.")
            response.append(gather)
        body = str(response).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


@pytest.fixture
def menu() -> Iterator[Menu]:
    server = Menu()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_digits_reach_a_gather(open_desk, stack, menu):
    values = stack.settings
    client = Client(
        values["TWILIO_ACCOUNT_SID"],
        values["TWILIO_AUTH_TOKEN"],
        http_client=SimulatorHttpClient(stack.bench_url, timeout=10),
    )
    client.applications(values["TWILIO_TWIML_APP_SID"]).update(voice_url=menu.url)
    desk = open_desk("ada")
    desk.expect_reachable()

    desk.dial("202 555 0143")
    desk.expect_on_call("Tom Aldous")
    desk.button("Keypad").click()
    tones = desk.call_area.get_by_role("group", name="Tones")
    for key in "12#*":
        tones.get_by_role("button", name={"#": "Hash", "*": "Star"}.get(key, key), exact=True).click()

    eventually(lambda: menu.pressed, "the menu hears the digits")
    assert menu.pressed == ["12#*"]
    expect(desk.call_area).to_contain_text("12#*")
