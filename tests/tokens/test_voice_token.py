"""POST /api/v1/tokens/voice/"""

from __future__ import annotations

from datetime import UTC, datetime

import jwt
import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from tests import factories
from tokens.models import IssuedToken

pytestmark = pytest.mark.django_db

URL = "/api/v1/tokens/voice/"


@pytest.fixture(autouse=True)
def _no_throttle_left_over():
    cache.clear()


@pytest.fixture
def client(ada) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def ask(client: Client, **body: object):
    return client.post(URL, body, content_type="application/json", secure=True)


def claims(token: str) -> dict:
    return jwt.decode(token, settings.TWILIO_API_KEY_SECRET, algorithms=["HS256"], options={"verify_aud": False})


def test_the_token_lets_the_agent_call_and_be_called(client, ada):
    response = ask(client, platform="web")

    data = response.json()
    found = claims(data["token"])
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert found["iss"] == settings.TWILIO_API_KEY_SID
    assert found["sub"] == settings.TWILIO_ACCOUNT_SID
    assert found["grants"] == {
        "identity": f"agent_{ada.pk}",
        "voice": {"incoming": {"allow": True}, "outgoing": {"application_sid": settings.TWILIO_TWIML_APP_SID}},
    }
    assert found["exp"] - found["nbf"] == 3600
    assert set(data) == {"token", "identity", "platform", "ttl", "expires_at", "edge", "grants"}
    assert (data["identity"], data["platform"], data["ttl"]) == (f"agent_{ada.pk}", "web", 3600)
    assert data["grants"] == {"incoming": True, "outgoing": True}
    expires_at = datetime.fromisoformat(data["expires_at"])
    assert abs((expires_at - datetime.fromtimestamp(found["exp"], UTC)).total_seconds()) <= 1


def test_the_identity_cannot_be_chosen(client, ada, grace):
    response = ask(client, platform="web", identity=grace.identity, agent=grace.pk)

    assert claims(response.json()["token"])["grants"]["identity"] == ada.identity


def test_the_platform_decides_the_push_credential(client, settings):
    settings.TWILIO_PUSH_CREDENTIAL_SID_IOS = "CR" + "1" * 32
    settings.TWILIO_PUSH_CREDENTIAL_SID_ANDROID = "CR" + "2" * 32

    found = {
        platform: claims(ask(client, platform=platform).json()["token"])["grants"]["voice"].get("push_credential_sid")
        for platform in ("web", "ios", "android")
    }

    assert found == {"web": None, "ios": "CR" + "1" * 32, "android": "CR" + "2" * 32}


def test_a_ttl_may_be_asked_for(client):
    data = ask(client, platform="web", ttl=120).json()

    found = claims(data["token"])
    assert (data["ttl"], found["exp"] - found["nbf"]) == (120, 120)


@pytest.mark.parametrize("ttl", [0, -1, 86_401, 10**12, "soon", None, 1.5])
def test_a_ttl_that_twilio_would_refuse_is_refused(client, ttl):
    assert ask(client, platform="web", ttl=ttl).status_code == 400


def test_a_configured_ttl_is_capped_at_a_day(client, settings):
    settings.TOKEN_TTL_SECONDS = 1_000_000

    assert ask(client, platform="web").json()["ttl"] == 86_400


def test_an_unknown_platform_is_refused(client):
    assert ask(client, platform="fridge").status_code == 400


def test_nobody_gets_a_token_without_signing_in(ada):
    assert ask(Client(), platform="web").status_code in (401, 403)
    assert not IssuedToken.objects.exists()


def test_a_deactivated_agent_gets_403(client, ada):
    ada.is_active = False
    ada.save()

    assert ask(client, platform="web").status_code == 403


def test_another_sites_form_gets_no_token(ada):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)

    assert ask(client, platform="web").status_code == 403


def test_each_issue_is_recorded_without_the_token(client, ada):
    token = ask(client, platform="ios").json()["token"]

    issued = IssuedToken.objects.get()
    assert (issued.agent, issued.platform, issued.identity, issued.address) == (ada, "ios", ada.identity, "127.0.0.1")
    assert (issued.expires_at - issued.issued_at).total_seconds() == 3600
    assert token not in str(IssuedToken.objects.values().get())


def test_a_proxys_word_for_the_address_counts_only_when_the_proxy_is_trusted(client, settings):
    forwarded = {"X-Forwarded-For": "198.51.100.7"}
    client.post(URL, {}, content_type="application/json", secure=True, headers=forwarded)
    settings.TRUSTED_PROXIES = ["127.0.0.0/8"]
    client.post(URL, {}, content_type="application/json", secure=True, headers=forwarded)

    assert list(IssuedToken.objects.order_by("pk").values_list("address", flat=True)) == ["127.0.0.1", "198.51.100.7"]


def test_too_many_tokens_are_refused_for_a_while(client):
    answers = [ask(client, platform="web").status_code for _ in range(61)]

    assert answers[0] == 200
    assert answers[-1] == 429


def test_get_gives_no_token(client):
    assert client.get(URL, secure=True).status_code == 405


def test_without_credentials_it_says_whom_to_ask(client, settings):
    settings.TWILIO_API_KEY_SECRET = ""

    response = ask(client, platform="web")

    assert response.status_code == 502
    assert response.json()["detail"] == "Calls are not set up yet. Ask your admin."


def test_the_demos_log_ins_open_nothing_without_the_simulator(db, settings):
    demo = factories.make_agent("demo", is_demo=True)
    client = Client()

    settings.SIMULATOR = True
    assert client.login(username="demo", password="secret-for-tests")
    assert ask(client, platform="web").status_code == 200
    settings.SIMULATOR = False
    assert ask(client, platform="web").status_code == 403
    assert not Client().login(username=demo.username, password="secret-for-tests")
