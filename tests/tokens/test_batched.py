"""Voice tokens made for many devices at once: the same as one by one, and none where there is something to say."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from knox.models import get_digest_token

from agents.models import Agent
from tests import factories
from tokens import batched
from tokens.models import Device, IssuedToken

pytestmark = pytest.mark.django_db
URL = "/api/v1/tokens/voice/"


def signed_in(agent: Agent, **values: Any) -> tuple[Device, str]:
    digest, token = get_digest_token()
    fields = {"digest": digest, "token_key": token[:15], "name": "Phone", "platform": "ios"} | values
    return Device.objects.create(user=agent, **fields), token


def ask(token: str, body: Any = None, *, content: str | None = None, **headers: str) -> HttpResponse | None:
    text = content if content is not None else json.dumps({} if body is None else body)
    headers = {"Authorization": f"Token {token}"} | headers
    request = RequestFactory().post(URL, text, content_type="application/json", headers=headers)
    asked = batched._read(request)
    # The coroutine only waits for the batch, whose thread would not see the test's rows.
    token = batched._take([asked])[0] if asked else None
    return batched._response(token) if token else None


def test_a_good_device_gets_what_the_api_gives(client, ada, settings):
    device, token = signed_in(ada)

    answer = ask(token, {"platform": "ios", "ttl": 120})
    headers = {"Authorization": f"Token {token}"}
    body = {"platform": "ios", "ttl": 120}
    ordinary = client.post(URL, body, content_type="application/json", headers=headers, secure=True)

    assert answer is not None
    mine, theirs = json.loads(answer.content), ordinary.json()
    assert answer["Cache-Control"] == ordinary["Cache-Control"] == "no-store"
    assert mine.keys() == theirs.keys()
    times = ("token", "expires_at")
    assert {name: mine[name] for name in mine if name not in times} == {
        name: theirs[name] for name in theirs if name not in times
    }
    claims = jwt.decode(mine["token"], settings.TWILIO_API_KEY_SECRET, algorithms=["HS256"])
    assert (claims["sub"], claims["grants"]["identity"]) == (settings.TWILIO_ACCOUNT_SID, ada.identity)
    assert claims["exp"] - claims["nbf"] == 120
    assert [issued.device for issued in IssuedToken.objects.all()] == [device, device]


def test_many_are_one_query_for_the_devices_and_one_record(ada, grace, django_assert_num_queries):
    now = timezone.now()
    tokens = [signed_in(agent, last_used_at=now)[1] for agent in (ada, grace, ada, ada)]
    asked = [batched._Asked(token, "android", None, "192.0.2.7") for token in tokens]

    with django_assert_num_queries(2):
        found = batched._take(asked)

    assert [token.identity for token in found] == [agent.identity for agent in (ada, grace, ada, ada)]
    assert IssuedToken.objects.filter(platform="android", address="192.0.2.7").count() == 4


def test_among_good_ones_a_bad_one_gets_nothing(ada, grace):
    good, bad = signed_in(ada)[1], signed_in(grace, revoked_at=timezone.now())[1]

    found = batched._take([batched._Asked(token, "web", None, None) for token in (bad, good, "f" * 64, good[:-1])])

    assert [token and token.identity for token in found] == [None, ada.identity, None, None]


@pytest.mark.parametrize(
    "values",
    [{"revoked_at": timezone.now()}, {"expiry": timezone.now() - timedelta(seconds=1)}],
    ids=["revoked", "expired"],
)
def test_a_device_that_may_not_is_left_to_the_api(ada, values):
    assert ask(signed_in(ada, **values)[1]) is None


def test_an_agent_who_may_not_is_left_to_the_api(ada, db):
    suspended, demo = factories.make_agent("eve", is_active=False), factories.make_agent("dan", is_demo=True)

    assert ask(signed_in(suspended)[1]) is None
    assert ask(signed_in(demo)[1]) is None


@pytest.mark.parametrize(
    "content",
    [
        "{", "[]", "[" * 900, '{"ttl": 1}', '{"ttl": 1e400}', '{"platform": "fax"}', '{"kind": "capability"}',
        '{"x": "' + "y" * 1000 + '"}',
    ],
)  # fmt: skip
def test_a_request_that_needs_words_is_left_to_the_api(ada, content):
    assert ask(signed_in(ada)[1], content=content) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer x"}, {"Authorization": "Token é"}, {"Authorization": "Token a\x00b"},
        {"Accept": "text/html"},
    ],
    ids=str,
)  # fmt: skip
def test_so_are_other_headers(ada, headers):
    assert ask(signed_in(ada)[1], **headers) is None


def test_the_limit_is_the_same_as_the_apis(client, ada, settings, monkeypatch):
    from tokens.throttles import VoiceTokenThrottle

    monkeypatch.setattr(VoiceTokenThrottle, "THROTTLE_RATES", {"voice-token": "3/min"})
    _, token = signed_in(ada)
    headers = {"Authorization": f"Token {token}"}

    assert ask(token) is not None
    assert client.post(URL, {}, content_type="application/json", headers=headers, secure=True).status_code == 200
    assert ask(token) is not None
    assert ask(token) is None
    refused = client.post(URL, {}, content_type="application/json", headers=headers, secure=True)
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")


def test_without_credentials_it_is_left_to_the_api(ada, settings):
    settings.TWILIO_API_KEY_SECRET = ""

    assert ask(signed_in(ada)[1]) is None
    assert not IssuedToken.objects.exists()


def test_plain_http_is_left_to_the_redirect(ada, settings):
    settings.SECURE_SSL_REDIRECT, settings.TRUSTED_PROXIES = True, ["127.0.0.1"]
    _, token = signed_in(ada)

    assert ask(token) is None
    assert ask(token, **{"X-Forwarded-Proto": "https"}) is not None
