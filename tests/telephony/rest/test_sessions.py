"""What is sent of a form, beside what the library would send."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from telephony.rest.sessions import TwilioSession

FORM = {
    "To": "+12025550142",
    "Body": "Grüße & Küsse = 100% 🛋",
    "MediaUrl": ["https://desk.example.com/a", "https://desk.example.com/b"],
    "Attempt": 2,
}
HEADERS = {"User-Agent": "twilio-python", "Content-Type": "application/x-www-form-urlencoded", "Accept": "text/json"}


class _Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, dict[str, str], bytes]] = []
    status = 201

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        answer = '{"sid": "SM1", "body": "Grüße"}'.encode()
        self.send_response(type(self).status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Retry-After", "3")
        self.send_header("Location", "/elsewhere")
        self.send_header("Set-Cookie", "tracked=1")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address():
    _Server.seen, _Server.status = [], 201
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/Messages.json"
    server.shutdown()
    server.server_close()


def post(session, address):
    request = requests.Request("POST", address, headers=HEADERS, data=FORM, auth=("AC1", "secret:ü"))
    return session.send(session.prepare_request(request), allow_redirects=False, timeout=5, verify=True)


def test_a_form_is_the_same_as_the_librarys(address):
    post(requests.Session(), address)
    post(TwilioSession(connections=2), address)

    library, ours = _Server.seen
    assert ours == library


def test_an_answer_is_read_as_the_library_reads_it(address):
    _Server.status = 303
    answer = post(TwilioSession(connections=2), address)

    assert (answer.status_code, answer.headers["retry-after"], answer.json()["body"]) == (303, "3", "Grüße")
    assert len(_Server.seen) == 1


def test_nobody_elses_cookies_are_kept(address):
    session = TwilioSession(connections=2)
    post(session, address)
    post(session, address)

    assert "cookie" not in _Server.seen[1][1]


def test_a_connection_that_cannot_be_made_is_what_the_library_says(address):
    with pytest.raises(requests.ConnectionError):
        post(TwilioSession(connections=2), "http://127.0.0.1:1/Messages.json")
