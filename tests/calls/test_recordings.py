"""Listening to a caller's message."""

from __future__ import annotations

from unittest.mock import patch

import pytest
import requests
from django.test import Client

from calls.models import Recording
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
