"""The fuzzer finds what is wrong, and finds nothing wrong here. `python -m bench.fuzz` draws as many as one likes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bench import fields
from bench.fuzz import complaint
from bench.hostile import Hostile, hostile
from bench.nonsense import CALLERS, NUMBERS, SENSIBLE, SIDS, TIMES
from telephony.webhooks.kinds import all_kinds
from tests.packages import ROOT

POST = Hostile(1, "/twilio/voice/incoming/")
XML = "text/xml; charset=utf-8"


def test_hostile_requests_get_clear_answers():
    command = [sys.executable, "-m", "bench.fuzz", "--requests", "1500", "--seed", "20261123", "--processes", "1"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1500 requests, 0 wrong answers" in done.stdout


@pytest.mark.parametrize(
    ("status", "content_type", "body"),
    [
        (500, "text/html", b"<h1>Server Error</h1>"),
        (302, "text/html", b""),
        (404, "text/html", b"Not found"),
        (405, "text/html", b""),
        (403, "text/plain", b"The signature is missing or wrong."),
        (413, "text/plain", b"The body is too large."),
        (400, "text/plain", b""),
        (204, "text/plain", b"surprise"),
        (200, XML, b""),
        (200, XML, b"<Response><Say>cut"),
        (200, XML, b"<Answer/>"),
        (200, XML, b"<Response><Shout/></Response>"),
        (200, "text/html", b"<Response/>"),
    ],
)
def test_a_wrong_answer_is_complained_of(status, content_type, body):
    assert complaint(POST, status, content_type, body)


@pytest.mark.parametrize(
    ("request_", "status", "content_type", "body"),
    [
        (POST, 200, XML, b"<Response><Say>Hello</Say><Hangup/></Response>"),
        (POST, 204, "text/html", b""),
        (POST, 400, "text/plain", b"The body cannot be read."),
        (Hostile(1, "/", signed=False), 403, "text/plain", b"The signature is missing or wrong."),
        (Hostile(1, "/", method="post", signed=False), 403, "text/plain", b"The signature is missing or wrong."),
        (Hostile(1, "/", method="GET"), 405, "text/html", b""),
        (Hostile(1, "/", body=b"a" * 65_537), 413, "text/plain", b"The body is too large."),
        (Hostile(1, "/", content_type="multipart/form-data"), 403, "text/plain", b"The signature is missing or wrong."),
    ],
)
def test_a_right_answer_is_not(request_, status, content_type, body):
    assert complaint(request_, status, content_type, body) == ""


def test_a_bad_signature_that_is_let_in_is_complained_of():
    assert complaint(Hostile(1, "/", signed=False), 204, "", b"") == "204 to a bad signature"


def test_every_field_that_a_kind_of_webhook_believes_is_sent():
    read = {name for kind in all_kinds() for name in kind.believed.names}
    bodies = b"&".join(hostile(1, number, ["/a/"]).body for number in range(100))

    assert [name for name in sorted(read) if f"{name}=".encode() not in bodies] == []


def test_a_field_that_no_list_names_holds_what_twilio_was_seen_to_send(monkeypatch):
    monkeypatch.delitem(SENSIBLE, "CallDuration")
    fields.sensible.cache_clear()
    try:
        assert fields.sensible("CallDuration") == ["128"]
    finally:
        fields.sensible.cache_clear()


@pytest.mark.parametrize(
    ("name", "pool"), [("LineId", NUMBERS), ("Timestamp", TIMES), ("From", CALLERS), ("CallerName", SIDS)]
)
def test_a_field_is_sent_what_is_nearly_right(name, pool):
    assert pool in fields.hostile_pools(name)


def test_a_number_is_always_the_same_request():
    paths = ["/a/", "/b/"]

    assert hostile(1, 7, paths) == hostile(1, 7, paths)
    assert hostile(1, 7, paths) != hostile(2, 7, paths)
