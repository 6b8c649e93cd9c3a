"""Listening to a caller's message."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
import requests
from django.test import Client
from django.utils import timezone

from calls.models import Recording, RecordingPlay
from tests import factories
from tests.twilio import sid

pytestmark = pytest.mark.django_db


def url(call: int = 1, recording: int = 1) -> str:
    return f"/api/v1/calls/{sid('CA', call)}/recordings/{sid('RE', recording)}/"


@pytest.fixture
def message(line) -> Recording:
    call = factories.make_call(1, line=line, result="voicemail")
    return Recording.objects.create(
        sid=sid("RE", 1), call=call, duration=9, status="completed", url="https://evil.example/x"
    )


def signed_in(agent) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def answer(status: int = 200, body: bytes = b"ID3 sound") -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response._content, response._content_consumed = body, True
    response.headers["Content-Type"] = "audio/mpeg"
    response.headers["Content-Length"] = str(len(body))
    return response


def test_it_is_fetched_from_twilio_and_from_nowhere_else(ada, message, settings):
    with patch.object(requests, "get", autospec=True, return_value=answer()) as get:
        response = signed_in(ada).get(url(), secure=True)

    assert response.status_code == 200
    assert b"".join(response.streaming_content) == b"ID3 sound"
    assert response["Content-Type"] == "audio/mpeg"
    assert get.call_args.args == (
        f"https://api.twilio.com/2010-04-01/Accounts/{settings.TWILIO_ACCOUNT_SID}/Recordings/{sid('RE', 1)}.mp3",
    )
    assert get.call_args.kwargs["timeout"] == 10.0


def test_the_log_says_where_it_is(ada, message):
    call = signed_in(ada).get(f"/api/v1/calls/{sid('CA', 1)}/", secure=True).json()

    assert call["recordings"] == [{"sid": sid("RE", 1), "duration": 9, "url": url()}]


def test_only_those_who_may_see_the_call_hear_it(ada, stranger, message):
    with patch.object(requests, "get", autospec=True) as get:
        assert signed_in(stranger).get(url(), secure=True).status_code == 404
        assert Client().get(url(), secure=True).status_code == 403
        assert signed_in(ada).get(url(recording=2), secure=True).status_code == 404

    assert not get.called


@pytest.mark.parametrize(
    ("outcome", "status"),
    [(answer(404), 409), (answer(401), 502), (answer(500), 502), (requests.Timeout("secret-host"), 502)],
    ids=["deleted", "refused", "broken", "away"],
)
def test_a_failure_is_a_sentence(ada, message, outcome, status):
    effect = {"side_effect": outcome} if isinstance(outcome, Exception) else {"return_value": outcome}
    with patch.object(requests, "get", autospec=True, **effect):
        response = signed_in(ada).get(url(), secure=True)

    assert response.status_code == status
    assert response.json()["detail"].endswith(".")
    assert "secret-host" not in response.content.decode()


SOUND = bytes(range(256)) * 1000


def heard(ada, upstream: requests.Response, **headers: str):
    """The answer to a player's request, and what was asked of Twilio for it."""
    with patch.object(requests, "get", autospec=True, return_value=upstream) as get:
        response = signed_in(ada).get(url(), secure=True, headers=headers)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response, body, get


def part(first: int, last: int) -> requests.Response:
    """As an upstream answers that honours `Range`."""
    response = answer(206, SOUND[first : last + 1])
    response.headers["Content-Range"] = f"bytes {first}-{last}/{len(SOUND)}"
    return response


@pytest.mark.parametrize("honours", [True, False], ids=["upstream-206", "upstream-200"])
@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-1", 0, 1),
        ("bytes=0-", 0, 255_999),
        ("bytes=70000-140000", 70_000, 140_000),
        ("bytes=-3", 255_997, 255_999),
        ("bytes=-999999", 0, 255_999),
        ("bytes=255999-300000", 255_999, 255_999),
    ],
)
def test_a_part_is_given_to_players_that_ask_for_one(ada, message, honours, asked, first, last):
    response, body, get = heard(ada, part(first, last) if honours else answer(body=SOUND), range=asked)

    assert response.status_code == 206
    assert body == SOUND[first : last + 1]
    assert response["Content-Range"] == f"bytes {first}-{last}/256000"
    assert response["Content-Length"] == str(last + 1 - first)
    assert response["Accept-Ranges"] == "bytes"
    assert get.call_args.kwargs["headers"]["Range"] == asked


@pytest.mark.parametrize("asked", ["bytes=256000-", "bytes=-0", "bytes=999999-1000000"])
@pytest.mark.parametrize("honours", [True, False], ids=["upstream-416", "upstream-200"])
def test_a_part_that_is_not_there_is_said_to_be_none(ada, message, honours, asked):
    upstream = answer(416 if honours else 200, SOUND)
    if honours:
        upstream.headers["Content-Range"] = "bytes */256000"
    response, _, _ = heard(ada, upstream, range=asked)

    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */256000"
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "range_not_satisfiable"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"range": "bytes=5-2"},
        {"range": "bytes=-"},
        {"range": "bytes=0-1,4-5"},
        {"range": "lines=0-1"},
        {"range": "bytes=" + "9" * 5000 + "-"},
        {"range": "bytes=0-1\x00"},
        {"range": "bytes=0-1", "if-range": '"other"'},
    ],
    ids=["none", "backwards", "empty", "several", "lines", "endless", "null", "if-range"],
)
def test_all_is_given_where_no_one_part_is_asked_for(ada, message, headers):
    response, body, get = heard(ada, answer(body=SOUND), **headers)

    assert (response.status_code, body) == (200, SOUND)
    assert (response["Content-Length"], response["Accept-Ranges"]) == ("256000", "bytes")
    assert "Range" not in get.call_args.kwargs["headers"]


def test_all_is_given_where_its_length_is_unknown(ada, message):
    upstream = answer(body=SOUND)
    del upstream.headers["Content-Length"]

    response, body, _ = heard(ada, upstream, range="bytes=0-1")

    assert (response.status_code, body) == (200, SOUND)


def test_only_its_headers_are_given_for_head(ada, message):
    upstream = answer(body=SOUND)
    with (
        patch.object(requests, "get", autospec=True, return_value=upstream),
        patch.object(upstream, "close", autospec=True) as close,
    ):
        response = signed_in(ada).head(url(), secure=True)

    assert (response.status_code, response["Content-Length"], response.content) == (200, "256000", b"")
    assert (response["Accept-Ranges"], response["Content-Type"]) == ("bytes", "audio/mpeg")
    assert close.called


def test_what_twilio_sends_is_read_no_further_than_the_part(ada, message):
    upstream = answer(body=SOUND)
    read: list[int] = []

    def chunks(size: int):
        for at in range(0, len(SOUND), size):
            read.append(at)
            yield SOUND[at : at + size]

    with patch.object(upstream, "iter_content", side_effect=chunks):
        _, body, _ = heard(ada, upstream, range="bytes=10-19")

    assert body == SOUND[10:20]
    assert read == [0]


def listenings() -> list[tuple[str, str]]:
    return [(play.agent.username, play.recording_id) for play in RecordingPlay.objects.select_related("agent")]


def test_who_listened_is_kept_once_for_each_listening(ada, grace, message):
    for asked in ("bytes=0-1", "bytes=0-", "bytes=5-"):
        heard(ada, answer(body=SOUND), range=asked)
    heard(grace, answer(body=SOUND))
    assert listenings() == [("ada", sid("RE", 1)), ("grace", sid("RE", 1))]

    RecordingPlay.objects.update(until=timezone.now() - timedelta(minutes=11))
    heard(ada, answer(body=SOUND))
    assert len(listenings()) == 3


def test_who_did_not_listen_is_not_kept(ada, stranger, message):
    with patch.object(requests, "get", autospec=True, return_value=answer(404)):
        signed_in(ada).get(url(), secure=True)
    with patch.object(requests, "get", autospec=True, return_value=answer()):
        signed_in(ada).head(url(), secure=True)
        signed_in(stranger).get(url(), secure=True)

    assert listenings() == []


def test_an_admin_sees_who_listened_on_the_calls_page(ada, message):
    heard(ada, answer(body=SOUND))
    root = factories.make_agent("root", is_staff=True, is_superuser=True)

    page = signed_in(root).get(f"/admin/calls/call/{sid('CA', 1)}/change/", secure=True).content.decode()

    section = page[page.index("Who listened") :]
    assert "Ada" in section
