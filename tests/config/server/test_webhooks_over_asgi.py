"""A webhook as the server hands it over: an ordinary form goes a light way, and nobody can tell by the answer."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from twilio.twiml.messaging_response import MessagingResponse

from config.server.handler import OneHopHandler
from telephony.webhooks import inbox, pacing
from telephony.webhooks.guard import MAX_BODY, Route
from telephony.webhooks.http_auth import make_nonce
from tests.telephony.webhooks.test_http_auth import PASSWORD, USER, basic, digest
from tests.twilio import incoming, sign

INCOMING, STATUS = "/twilio/voice/incoming/", "/twilio/voice/status/"
FORM = "application/x-www-form-urlencoded"
TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response><Say>Zoë?</Say></Response>'


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What came as far as the database, which is left out."""
    seen: list[Any] = []

    def work(batch: Any) -> list[str | None]:
        seen.extend((received.kind.name, dict(received.form.lists()), received.idempotency_token) for received in batch)
        return [TWIML if received.kind.name == "incoming" else None for received in batch]

    monkeypatch.setattr(inbox.batcher, "_work", work)
    return seen


def exchange(messages: list[dict[str, Any]], **scope: Any) -> list[dict[str, Any]]:
    """What a server is told to send."""
    sent: list[dict[str, Any]] = []
    waiting = list(messages)

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(OneHopHandler()(scope, receive, send))
    return sent


def scope(path: str, headers: dict[str, str], method: str = "POST", query: str = "") -> dict[str, Any]:
    return {
        "type": "http", "http_version": "1.1", "method": method, "scheme": "https", "path": path, "root_path": "",
        "query_string": query.encode(), "client": ("203.0.113.7", 4711), "server": ("desk.example.com", 443),
        "headers": [(name.lower().encode(), value.encode("latin1")) for name, value in headers.items()],
    }  # fmt: skip


def whole(body: bytes) -> list[dict[str, Any]]:
    return [{"type": "http.request", "body": body, "more_body": False}]


def in_parts(body: bytes) -> list[dict[str, Any]]:
    """As a slow line brings it. A body that comes in parts goes Django's own way."""
    parts = [body[: len(body) // 2], body[len(body) // 2 :]]
    return [{"type": "http.request", "body": part, "more_body": part is parts[0]} for part in parts]


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str, str]]:
    lines = [(record.name, record.levelname, record.getMessage()) for record in caplog.records]
    caplog.clear()
    return lines


def both(taken: list[Any], caplog: pytest.LogCaptureFixture, body: bytes, *args: Any, **more: Any) -> list[Any]:
    """Answer, log lines and what was taken, on the light way and on Django's."""
    caplog.set_level(logging.INFO, "telephony")
    found = []
    for messages in (whole(body), in_parts(body)):
        found.append((exchange(messages, **scope(*args, **more)), told(caplog), list(taken)))
        taken.clear()
    return found


# What could be a signature, and is none.
SHAPED = "0" * 27 + "="
HEADERS = {"Content-Type": FORM, "I-Twilio-Idempotency-Token": "0123"}
FIELDS = incoming(CallerName="Zoë & Søn=+", Repeated=["b", "a", "b"], Empty="")


@pytest.mark.parametrize(("path", "status"), [(INCOMING, 200), (STATUS, 204)])
@pytest.mark.parametrize("kind", [FORM, f"{FORM}; charset=UTF-8", FORM.upper(), f'{FORM}; charset="utf-8"'])
def test_a_signed_form_is_taken_on_both_ways_alike(taken, caplog, path, status, kind):
    headers = HEADERS | {"Content-Type": kind, "X-Twilio-Signature": sign(path, FIELDS)}

    light, djangos = both(taken, caplog, urlencode(FIELDS, doseq=True).encode(), path, headers)

    # Of a type in capitals Django reads nothing, and then the signature is another.
    assert light == djangos
    if kind != FORM.upper():
        assert light[0][0]["status"] == status
        assert light[2][0][1]["Repeated"] == ["b", "a", "b"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"X-Twilio-Signature": ""}, 403),
        ({"X-Twilio-Signature": "wrong"}, 403),
        ({"X-Twilio-Signature": SHAPED}, 403),
        ({"X-Twilio-Signature": "é"}, 403),
        ({"X_Twilio_Signature": sign(INCOMING, FIELDS)}, 403),
        ({"X-Twilio-Signature": sign(STATUS, FIELDS)}, 403),
        ({"X-Twilio-Signature": sign(INCOMING, FIELDS, token="f" * 32)}, 403),
        ({"X-Twilio-Signature": sign(INCOMING, FIELDS), "X-Twilio-Webhooks-Signature-Settings": "key=x"}, 403),
    ],
)
def test_a_form_that_is_not_rightly_signed_is_refused_on_both_ways_alike(taken, caplog, headers, status):
    light, djangos = both(taken, caplog, urlencode(FIELDS, doseq=True).encode(), INCOMING, HEADERS | headers)

    assert light == djangos
    assert light[0][0]["status"] == status
    assert light[2] == []
    assert len(light[1]) == 1


@pytest.mark.parametrize("query", ["next=1", "a=%20é"])
def test_the_query_is_signed_too_on_both_ways(taken, caplog, query):
    headers = HEADERS | {"X-Twilio-Signature": sign(f"{INCOMING}?{query}", FIELDS)}
    body = urlencode(FIELDS, doseq=True).encode()

    light, djangos = both(taken, caplog, body, INCOMING, headers, query=query)
    others = both(taken, caplog, body, INCOMING, headers, query="next=2")

    assert light == djangos
    assert [answer[0][0]["status"] for answer in others] == [403, 403]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "OPTIONS"])
def test_another_method_is_refused_on_both_ways(taken, caplog, method):
    light, djangos = both(taken, caplog, b"a=b", INCOMING, HEADERS, method=method)

    assert light == djangos
    assert light[0][0]["status"] == 405


@pytest.mark.parametrize(
    ("path", "status"), [("/twilio/", 404), ("/twilio/voice/nothing/", 404), ("/twilio/voice/status", 301)]
)
def test_where_no_webhook_is_there_is_none_on_either_way(taken, caplog, path, status):
    headers = HEADERS | {"X-Twilio-Signature": sign(path, FIELDS), "Host": "desk.example.com"}

    light, djangos = both(taken, caplog, urlencode(FIELDS, doseq=True).encode(), path, headers)

    assert light == djangos
    assert light[0][0]["status"] == status
    assert light[2] == []


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"&".join([b"a=b"] * 1001), FORM, 400),
        (b"a=" + b"%" * 60_000, FORM, 400),
        (b"a=" + b"\xc3\xa9" * 30_000, FORM, 400),
        (b"a=b", f"{FORM}; charset=utf-7", 400),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x", 403),
        (b"a=b", "x" * 201, 403),
        (b"a=" + b"b" * MAX_BODY, FORM, 413),
        (b"a=" + b"b" * MAX_BODY * 20, FORM, 413),
    ],
    ids=["too many fields", "percent", "not quoted", "charset", "files", "long type", "too large", "far too large"],
)
def test_a_body_that_cannot_be_read_is_refused_on_both_ways(taken, caplog, body, kind, status):
    headers = HEADERS | {"Content-Type": kind, "X-Twilio-Signature": SHAPED}

    light, djangos = both(taken, caplog, body, INCOMING, headers)

    assert light == djangos
    assert light[0][0]["status"] == status
    assert light[2] == []


@pytest.mark.parametrize(
    ("authorization", "status"), [(None, 401), ("Basic ?", 401), (basic(password="wrong"), 401), (basic(), 200)]
)
def test_credentials_are_asked_for_on_both_ways(taken, caplog, settings, monkeypatch, authorization, status):
    settings.TWILIO_WEBHOOK_USERNAME, settings.TWILIO_WEBHOOK_PASSWORD = USER, PASSWORD
    monkeypatch.setattr("telephony.webhooks.http_auth.make_nonce", lambda: "once")
    headers = HEADERS | {"X-Twilio-Signature": sign(INCOMING, FIELDS)}
    headers |= {"Authorization": authorization} if authorization else {}

    light, djangos = both(taken, caplog, urlencode(FIELDS, doseq=True).encode(), INCOMING, headers)

    assert light == djangos
    assert light[0][0]["status"] == status
    assert len(light[2]) == (status == 200)


def test_the_answer_to_a_challenge_is_good_once(taken, settings):
    settings.TWILIO_WEBHOOK_USERNAME, settings.TWILIO_WEBHOOK_PASSWORD = USER, PASSWORD
    headers = HEADERS | {"X-Twilio-Signature": sign(INCOMING, FIELDS)}
    headers["Authorization"] = digest(make_nonce(), uri=INCOMING)
    body = urlencode(FIELDS, doseq=True).encode()

    found = [exchange(messages, **scope(INCOMING, headers)) for messages in (whole(body), whole(body), in_parts(body))]

    assert [sent[0]["status"] for sent in found] == [200, 401, 401]
    assert len(taken) == 1


@pytest.mark.parametrize("before", [0, 1])
def test_who_hangs_up_before_the_end_of_a_body_gets_no_answer(taken, before):
    messages = [*in_parts(b"a=b")[:before], {"type": "http.disconnect"}]

    assert exchange(messages, **scope(INCOMING, HEADERS | {"X-Twilio-Signature": SHAPED})) == []
    assert taken == []


def test_a_failure_is_answered_in_the_views_place_and_logged(taken, caplog, monkeypatch):
    def fail(batch: Any) -> list[Exception]:
        return [ZeroDivisionError("of the test")] * len(batch)

    monkeypatch.setattr(inbox.batcher, "_work", fail)
    headers = HEADERS | {"X-Twilio-Signature": sign(INCOMING, FIELDS)}

    sent = exchange(whole(urlencode(FIELDS, doseq=True).encode()), **scope(INCOMING, headers))

    assert sent[0]["status"] == 200
    assert b"<Response>" in sent[1]["body"]
    assert "webhook failed: path=/twilio/voice/incoming/ call=CA" in caplog.text


def test_work_that_takes_too_long_is_answered_in_time(caplog, monkeypatch, settings):
    settings.WEBHOOK_SECONDS = 0.01
    given_up: list[asyncio.Future[Any]] = []

    def never(received: Any) -> asyncio.Future[Any]:
        given_up.append(asyncio.get_running_loop().create_future())
        return given_up[0]

    monkeypatch.setattr(inbox.batcher, "submit", never)
    headers = HEADERS | {"X-Twilio-Signature": sign(INCOMING, FIELDS)}

    sent = exchange(whole(urlencode(FIELDS, doseq=True).encode()), **scope(INCOMING, headers))

    assert sent[0]["status"] == 200
    assert b"<Response>" in sent[1]["body"]
    assert "TookTooLong" in caplog.text
    # So that the batch leaves it out.
    assert given_up[0].done()


def _messaging() -> MessagingResponse:
    response = MessagingResponse()
    response.message("Grüße & <Küsse>")
    return response


def answered(answer: Any) -> tuple[HttpResponse, Any]:
    """What a view's answer becomes for Django, and for the event loop."""
    route = Route(view=lambda request: answer, on_failure=lambda request, error: None, enqueue=None)
    path = "/twilio/x/"
    request = RequestFactory().post(path, "", content_type=FORM, headers={"X-Twilio-Signature": sign(path, {})})

    async def inline(work: Any, *args: Any) -> Any:
        return work(*args)

    return route.respond(request), asyncio.run(route.respond_in_time(request, inline))


@pytest.mark.parametrize("answer", [None, _messaging(), TWIML, ""], ids=["nothing", "TwiML", "text", "empty"])
def test_an_answer_goes_out_as_django_would_send_it(answer):
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    response, messages = answered(answer)
    asyncio.run(OneHopHandler().send_response(response, send))

    assert list(messages) == sent


@pytest.mark.parametrize("answer", [HttpResponse("Not now.", status=503), HttpResponseRedirect("/elsewhere/")])
def test_a_response_of_the_views_own_goes_out_as_it_is(answer):
    assert answered(answer) == (answer, answer)


class Unread:
    """A body that must not be asked for."""

    def __init__(self) -> None:
        self.asked = 0

    async def receive(self) -> dict[str, Any]:
        self.asked += 1
        return {"type": "http.request", "body": b"a=b&" * 1000, "more_body": True}


def refused(path: str, headers: dict[str, str], **more: Any) -> tuple[int, int]:
    """The status of the answer, and how many parts of an endless body were read before it."""
    sent: list[dict[str, Any]] = []
    body = Unread()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(OneHopHandler()(scope(path, headers, **more), body.receive, send))
    return sent[0]["status"], body.asked


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"X-Twilio-Signature": "wrong"}, 403),
        ({"X-Twilio-Signature": SHAPED + "="}, 403),
        ({"X-Twilio-Signature": "0" * 43 + "="}, 403),
        ({"X-Twilio-Signature": SHAPED, "Content-Type": "multipart/form-data; boundary=x"}, 403),
        ({"X-Twilio-Signature": SHAPED, "Content-Length": str(MAX_BODY + 1)}, 413),
        ({"X-Twilio-Signature": SHAPED, "Content-Length": "9" * 400}, 413),
        ({"X-Twilio-Signature": SHAPED, "Content-Length": "many"}, 413),
    ],
)
def test_what_cannot_be_twilios_is_refused_before_its_body_is_read(taken, headers, status):
    assert refused(INCOMING, {"Content-Type": FORM} | headers) == (status, 0)
    assert taken == []


def test_a_long_address_is_refused_before_the_body_is_read(taken):
    assert refused(INCOMING, HEADERS | {"X-Twilio-Signature": SHAPED}, query="a=" + "b" * 4096) == (403, 0)


@pytest.mark.parametrize("path", [INCOMING, "/twilio/voice/nothing/", "/twilio/"])
def test_a_body_without_an_end_is_read_no_further_than_the_limit(taken, path):
    status, parts = refused(path, HEADERS | {"X-Twilio-Signature": SHAPED})

    assert status == 413
    assert (parts - 1) * 4000 <= MAX_BODY


def test_a_sha256_signature_is_looked_at_when_a_key_is_named(taken):
    headers = HEADERS | {"X-Twilio-Signature": "0" * 43 + "=", "Content-Length": "3"}
    headers["X-Twilio-Webhooks-Signature-Settings"] = "key=x,algorithm=HMAC_SHA256"

    assert exchange(whole(b"a=b"), **scope(INCOMING, headers))[0]["status"] == 403


def test_no_line_that_a_stranger_makes_is_long(taken, caplog):
    caplog.set_level(logging.INFO)
    for headers in ({}, {"X-Twilio-Signature": "x" * 60_000}, {"X-Twilio-Signature": SHAPED}):
        exchange(whole(b"a=" + b"%" * 5000), **scope(INCOMING, HEADERS | headers, query="a=" + "b" * 60_000))
        exchange(whole(b"a=" + b"%" * 5000), **scope(INCOMING, HEADERS | headers))

    assert caplog.records
    assert max(len(record.getMessage()) for record in caplog.records) < 400


def test_a_long_form_waits_no_longer_than_is_bearable(taken, caplog, monkeypatch):
    monkeypatch.setattr(pacing, "_pace", pacing.Pace())
    pacing._pace.seconds_until_turn(10_000_000, time.monotonic())
    fields = FIELDS | {"Body": "x" * 20_000}
    signed = HEADERS | {"X-Twilio-Signature": sign(INCOMING, fields)}

    long = both(taken, caplog, urlencode(fields, doseq=True).encode(), INCOMING, signed)
    short = exchange(whole(b"CallSid=CA1"), **scope(INCOMING, HEADERS | {"X-Twilio-Signature": SHAPED}))

    assert long[0] == long[1]
    messages, lines, worked_on = long[0]
    assert messages[0]["status"] == 503
    assert (b"Retry-After", b"2") in messages[0]["headers"]
    assert lines == [("telephony.webhooks.guard", "WARNING", f"webhook refused: too many long forms, path={INCOMING}")]
    assert worked_on == []
    assert short[0]["status"] == 403
