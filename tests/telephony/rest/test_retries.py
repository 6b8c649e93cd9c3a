"""A failed request is repeated when Twilio certainly did nothing, and only as long as somebody can wait."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

import pytest
import requests
from django.conf import settings as django_settings
from hypothesis import given
from hypothesis import strategies as st
from twilio.http.response import Response

from telephony import errors
from telephony.rest.client import _client, call_fetch, call_hang_up
from telephony.rest.http import SimulatorHttpClient, background_retries
from telephony.rest.retries import pause_before, resource_path, sid_of_call
from telephony.rest.sessions import TwilioSession
from telephony.rest.signals import rest_request
from tests.browser.stack import free_port
from tests.twilio import sid

# The flight recorder keeps each attempt.
pytestmark = pytest.mark.django_db

CALL = sid("CA", 1)


class Twilio(ThreadingHTTPServer):
    """Answers from a list of (status, headers, body); the last one stays."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, dict[str, str], object]] = []
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def says(self, *answers: tuple[int, dict[str, str], object]) -> None:
        self.answers = list(answers)


class Handler(BaseHTTPRequestHandler):
    server: Twilio

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(self.command)
        status, headers, body = self.server.answers[0]
        if len(self.server.answers) > 1:
            self.server.answers.pop(0)
        if status == 0:
            return  # hangs up without a word
        text = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(text)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


FINE = (200, {}, {"sid": CALL, "status": "completed"})
BUSY = (429, {}, {"code": 20429, "message": "Too many requests for +12025550142", "status": 429})
BROKEN = (503, {}, {"code": 20503, "message": "Service unavailable", "status": 503})
SILENT = (0, {}, None)


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock()
    with patch("telephony.rest.http.sleep", clock.sleep), patch("telephony.rest.http.monotonic", lambda: clock.now):
        yield clock


@pytest.fixture
def server(settings) -> Iterator[Twilio]:
    server = Twilio()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    settings.TWILIO_API_BASE_URL = server.url
    _client.cache_clear()
    yield server
    server.shutdown()
    server.server_close()
    _client.cache_clear()


@pytest.fixture
def told() -> Iterator[list[dict[str, object]]]:
    """What the signal said, attempt by attempt."""
    heard: list[dict[str, object]] = []

    def listen(sender: object, signal: object, **facts: object) -> None:
        heard.append(facts)

    rest_request.connect(listen)
    yield heard
    rest_request.disconnect(listen)


@pytest.mark.parametrize("trouble", [BUSY, (429, {}, "not json")])
def test_what_twilio_was_too_busy_for_is_sent_again_even_a_post(server, clock, trouble):
    server.says(trouble, trouble, FINE)

    call_hang_up(CALL)

    assert server.asked == ["POST"] * 3
    assert len(clock.pauses) == 2
    assert clock.pauses[0] < clock.pauses[1]


@pytest.mark.parametrize("trouble", [BROKEN, SILENT])
def test_a_read_is_repeated_after_any_failure(server, clock, trouble):
    server.says(trouble, FINE)

    assert call_fetch(CALL).status == "completed"
    assert server.asked == ["GET", "GET"]


@pytest.mark.parametrize("trouble", [BROKEN, SILENT])
def test_a_write_that_may_have_been_carried_out_is_not_repeated(server, clock, trouble):
    server.says(trouble, FINE)

    with pytest.raises(errors.Unavailable):
        call_hang_up(CALL)

    assert server.asked == ["POST"]


@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_refusal_is_an_answer(server, clock, status):
    server.says((status, {}, {"code": 20404}))

    with pytest.raises(errors.TelephonyError):
        call_fetch(CALL)

    assert server.asked == ["GET"]


@pytest.mark.parametrize("ask", [call_fetch, call_hang_up])
def test_what_was_never_sent_is_sent_again(settings, clock, told, ask):
    settings.TWILIO_API_BASE_URL = f"http://127.0.0.1:{free_port()}"
    _client.cache_clear()

    with pytest.raises(errors.Unavailable):
        ask(CALL)

    assert [fact["attempt"] for fact in told] == [1, 2, 3, 4]
    _client.cache_clear()


def test_a_connection_that_is_too_slow_to_come_about_was_never_used(server, clock):
    server.says(FINE)
    send = TwilioSession.send
    failures = [requests.ConnectTimeout("slow")]

    def slow_at_first(*args: object, **options: object) -> requests.Response:
        if failures:
            raise failures.pop()
        return send(*args, **options)

    with patch.object(TwilioSession, "send", autospec=True, side_effect=slow_at_first):
        call_hang_up(CALL)

    assert server.asked == ["POST"]


def test_a_write_that_was_not_answered_in_time_is_not_repeated(server, clock, told):
    with (
        patch.object(TwilioSession, "send", autospec=True, side_effect=requests.ReadTimeout),
        pytest.raises(errors.Unavailable),
    ):
        call_hang_up(CALL)

    assert len(told) == 1


@pytest.mark.parametrize("retries", [0, 1, 2])
def test_there_are_no_more_attempts_than_were_set(server, clock, settings, retries):
    settings.TWILIO_RETRIES = retries
    server.says(BUSY)

    with pytest.raises(errors.RateLimited):
        call_hang_up(CALL)

    assert len(server.asked) == retries + 1


def test_twilios_word_on_when_to_come_again_is_kept(server, clock):
    server.says((429, {"Retry-After": "2"}, {}), FINE)

    call_hang_up(CALL)

    assert clock.pauses[0] >= 2


def test_an_agent_is_told_at_once_when_twilio_wants_more_time_than_he_has(server, clock):
    server.says((429, {"Retry-After": "5"}, {}), FINE)

    with pytest.raises(errors.RateLimited):
        call_hang_up(CALL)

    assert clock.pauses == []


def test_a_task_can_wait_for_it(server, clock):
    server.says((429, {"Retry-After": "5"}, {}), FINE)

    with background_retries():
        call_hang_up(CALL)

    assert clock.pauses[0] >= 5


def test_no_task_waits_for_ever(server, clock, settings):
    settings.TWILIO_RETRIES = 50
    server.says(BUSY)

    with background_retries(), pytest.raises(errors.RateLimited):
        call_hang_up(CALL)

    assert sum(clock.pauses) <= 8


def test_an_agent_waits_no_longer_than_four_seconds_for_all_attempts_together(server, clock):
    limits: list[float] = []

    def slow(*args: object, timeout: float, **options: object) -> None:
        limits.append(timeout)
        clock.now += timeout
        raise requests.ConnectTimeout("slow")

    with patch.object(TwilioSession, "send", autospec=True, side_effect=slow), pytest.raises(errors.Unavailable):
        call_hang_up(CALL)

    assert clock.now - 100.0 <= 4
    assert limits == [4.0]


def test_every_attempt_is_announced(server, clock, told):
    server.says(BUSY, FINE)

    call_hang_up(CALL)

    assert [fact.pop("milliseconds") for fact in told] == [0.0, 0.0]
    same = {"method": "POST", "path": f"Calls/{CALL}.json", "call_sid": CALL, "purpose": ""}
    assert told == [
        {**same, "status": 429, "code": 20429, "attempt": 1},
        {**same, "status": 200, "code": None, "attempt": 2},
    ]


def test_who_listens_cannot_break_a_request(server, clock):
    def clumsy(**facts: object) -> None:
        raise RuntimeError("the disk is full")

    server.says(FINE)
    rest_request.connect(clumsy)
    try:
        assert call_fetch(CALL).status == "completed"
    finally:
        rest_request.disconnect(clumsy)


def test_a_failed_attempt_is_logged_without_numbers_or_secrets(server, clock, caplog):
    server.says(BUSY, BROKEN)

    with caplog.at_level(logging.WARNING), pytest.raises(errors.Unavailable):
        call_fetch(CALL)

    first = caplog.messages[0]
    assert first.startswith(f"twilio request failed: method=GET path=Calls/{CALL}.json status=429 code=20429 attempt=1")
    assert "attempt=4" in caplog.messages[-1]
    for secret in (django_settings.TWILIO_ACCOUNT_SID, django_settings.TWILIO_AUTH_TOKEN, "+12025550142"):
        assert secret not in caplog.text


def test_a_date_says_when_to_come_again_as_well_as_seconds_do():
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=False)

    assert 55 < pause_before(1, Response(429, "", {"Retry-After": later})) < 62


@given(st.text(max_size=40))
def test_no_retry_after_can_break_a_request(text):
    assert pause_before(1, Response(429, "", {"Retry-After": text})) >= 0


@given(st.integers(1, 12))
def test_pauses_grow_and_are_never_quite_the_same(attempt):
    assert pause_before(attempt, None) < pause_before(attempt + 1, None)
    assert len({pause_before(attempt, None) for _ in range(5)}) > 1


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://api.twilio.com/2010-04-01/Accounts/AC{a}/Calls/CA{b}.json", "Calls/CA{b}.json"),
        ("http://localhost:1/api.twilio.com/2010-04-01/Accounts/AC{a}/Calls.json?To=%2B12025550142", "Calls.json"),
        ("https://api.twilio.com/2010-04-01/Accounts/AC{a}.json", "Account.json"),
        ("https://lookups.twilio.com/v2/PhoneNumbers/+12025550142", "lookups/v2/PhoneNumbers/…"),
        ("https://lookups.twilio.com/v2/PhoneNumbers/%2B12025550142?Fields=x", "lookups/v2/PhoneNumbers/…"),
        ("http://localhost:1/lookups.twilio.com/v2/PhoneNumbers/2025550142", "lookups/v2/PhoneNumbers/…"),
        ("https://x.twilio.com/v1/Accounts/AC{a}/Things", "x/v1/Accounts/AC…/Things"),
    ],
)
def test_a_path_in_the_log_names_the_resource_and_nothing_else(url, path):
    names = {"a": "a" * 32, "b": "1" * 32}

    assert resource_path(url.format(**names)) == path.format(**names)


@pytest.mark.parametrize(
    ("path", "call"),
    [
        (f"Calls/{CALL}.json", CALL),
        (f"Calls/{CALL}/Recordings.json", CALL),
        ("Calls.json", ""),
        (f"Recordings/{sid('RE', 1)}.json", ""),
        (f"Calls/{CALL}0.json", ""),
    ],
)
def test_the_call_is_named_by_its_path(path, call):
    assert sid_of_call(path) == call


def test_the_simulators_client_repeats_as_the_real_one_does(server, clock):
    server.says(BUSY, FINE)
    client = SimulatorHttpClient(server.url, timeout=5)

    answer = client.request("POST", "https://lookups.twilio.com/v2/x")

    assert (answer.status_code, len(server.asked)) == (200, 2)
