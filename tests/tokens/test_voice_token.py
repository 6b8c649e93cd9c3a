"""POST /api/v1/tokens/voice/"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import jwt
import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from agents.models import Agent
from telephony.phone_reference import PhoneReference
from telephony.webhooks.forms import PHONE_FIELD
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


def carried(agent: Agent) -> dict[str, str]:
    """What comes back with each call: which telephone it was."""
    return {PHONE_FIELD: PhoneReference(agent.pk, None, 0).signed()}


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
        "voice": {
            "incoming": {"allow": True},
            "outgoing": {"application_sid": settings.TWILIO_TWIML_APP_SID, "params": carried(ada)},
        },
    }
    assert found["exp"] - found["nbf"] == 3600
    assert found["jti"].startswith(f"{settings.TWILIO_API_KEY_SID}-")
    assert set(found) == {"jti", "iss", "sub", "nbf", "exp", "grants"}
    assert set(data) == {"token", "identity", "platform", "ttl", "expires_at", "edge", "grants"}
    assert (data["identity"], data["platform"], data["ttl"]) == (f"agent_{ada.pk}", "web", 3600)
    assert data["grants"] == {"incoming": True, "outgoing": True, "second_call": False}
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


@pytest.mark.parametrize(("platform", "most"), [("web", 600), ("ios", 1200), ("android", 1800)])
def test_each_platform_has_its_own_most(client, settings, platform, most):
    settings.TOKEN_MAX_TTL_SECONDS_WEB = 600
    settings.TOKEN_MAX_TTL_SECONDS_IOS = 1200
    settings.TOKEN_MAX_TTL_SECONDS_ANDROID = 1800

    refused = ask(client, platform=platform, ttl=most + 1)

    assert refused.status_code == 400
    assert refused.json()["detail"] == f"ttl: Ask for 30 to {most} seconds."
    assert ask(client, platform=platform, ttl=most).json()["ttl"] == most
    assert ask(client, platform=platform).json()["ttl"] == most


def test_a_form_may_ask_too(client):
    response = client.post(URL, "platform=ios&ttl=120", content_type="application/x-www-form-urlencoded", secure=True)

    assert (response.json()["platform"], response.json()["ttl"]) == ("ios", 120)


@pytest.mark.parametrize("ttl", [True, "", "-30", "٣٠", "9" * 5000, [120], {"seconds": 120}])
def test_a_ttl_that_is_no_number_is_refused(client, ttl):
    assert ask(client, platform="web", ttl=ttl).status_code == 400


def test_a_time_of_another_kind_or_another_field_changes_nothing(client):
    assert ask(client, platform="web", valid_until=1, nbf=0).json()["ttl"] == 3600


@pytest.mark.parametrize(
    ("receive", "make", "voice"),
    [
        (True, False, {"incoming": {"allow": True}, "push_credential_sid": "CR" + "1" * 32}),
        (False, True, {"outgoing": {"application_sid": "AP" + "c" * 32, "params": None}}),
        (False, False, {}),
    ],
)
def test_the_grants_follow_what_the_agent_may(client, ada, settings, receive, make, voice):
    settings.TWILIO_PUSH_CREDENTIAL_SID_IOS = "CR" + "1" * 32
    ada.may_receive_calls, ada.may_make_calls = receive, make
    ada.save()

    data = ask(client, platform="ios").json()

    assert data["grants"] == {"incoming": receive, "outgoing": make, "second_call": False}
    if "outgoing" in voice:
        voice["outgoing"]["params"] = carried(ada)
    assert claims(data["token"])["grants"]["voice"] == voice


@pytest.mark.parametrize("region", ["", "ie1"])
def test_the_region_is_in_the_tokens_header_when_there_is_one(client, settings, region):
    settings.TWILIO_REGION = region
    settings.TWILIO_EDGE = "dublin"

    data = ask(client, platform="web").json()

    header = jwt.get_unverified_header(data["token"])
    assert header.get("twr", "") == region
    assert (header["typ"], header["alg"], header["cty"]) == ("JWT", "HS256", "twilio-fpa;v=1")
    assert data["edge"] == "dublin"


@pytest.mark.parametrize("platform", ["web", "ios", "android"])
def test_the_simulator_takes_the_token_as_twilio_would(client, ada, settings, platform):
    from types import SimpleNamespace

    from simulator.voice.tokens import verify

    credentials = SimpleNamespace(
        account_sid=settings.TWILIO_ACCOUNT_SID,
        api_key_sid=settings.TWILIO_API_KEY_SID,
        api_key_secret=settings.TWILIO_API_KEY_SECRET,
    )

    token = ask(client, platform=platform, ttl=600).json()["token"]

    found = verify(token, credentials, datetime.now(UTC).timestamp())
    assert (found.identity, found.incoming) == (ada.identity, True)
    assert found.application_sid == settings.TWILIO_TWIML_APP_SID
    assert 590 <= found.seconds_left(datetime.now(UTC).timestamp()) <= 600


class TestCapabilityTokens:
    def test_they_are_off(self, client):
        response = ask(client, platform="web", kind="capability")

        assert (response.status_code, response.json()["code"]) == (400, "capability_disabled")
        assert not IssuedToken.objects.exists()

    def test_switched_on_they_are_signed_with_the_auth_token_and_warned_of(self, client, ada, settings):
        settings.TWILIO_CAPABILITY_TOKENS = True

        response = ask(client, platform="web", kind="capability", ttl=600)

        found = jwt.decode(response.json()["token"], settings.TWILIO_AUTH_TOKEN, algorithms=["HS256"])
        scopes = set(found["scope"].split())
        assert found["iss"] == settings.TWILIO_ACCOUNT_SID
        assert 595 <= found["exp"] - datetime.now(UTC).timestamp() <= 601
        assert scopes == {
            f"scope:client:outgoing?appParams={quote(urlencode(carried(ada)), safe='')}"
            f"&appSid={settings.TWILIO_TWIML_APP_SID}&clientName={ada.identity}",
            f"scope:client:incoming?clientName={ada.identity}",
        }
        assert response["Deprecation"].startswith("@")
        assert response["Warning"].startswith("299 - ")
        assert response["Cache-Control"] == "no-store"
        assert IssuedToken.objects.get().kind == "capability"

    def test_they_follow_what_the_agent_may(self, client, ada, settings):
        settings.TWILIO_CAPABILITY_TOKENS = True
        ada.may_make_calls = False
        ada.save()

        token = ask(client, platform="web", kind="capability").json()["token"]

        found = jwt.decode(token, settings.TWILIO_AUTH_TOKEN, algorithms=["HS256"])
        assert found["scope"] == f"scope:client:incoming?clientName={ada.identity}"

    def test_access_tokens_come_without_a_warning(self, client):
        response = ask(client, platform="web", kind="access")

        assert "Deprecation" not in response
        assert "Warning" not in response

    def test_there_is_no_third_kind(self, client):
        assert ask(client, platform="web", kind="magic").json()["errors"][0]["field"] == "kind"


def test_an_unknown_platform_is_refused(client):
    assert ask(client, platform="fridge").status_code == 400


def test_nobody_gets_a_token_without_signing_in(ada):
    assert ask(Client(), platform="web").status_code in (401, 403)
    assert not IssuedToken.objects.exists()


def test_a_deactivated_agent_gets_403(client, ada):
    ada.is_active = False
    ada.save()

    response = ask(client, platform="web")
    assert (response.status_code, response.json()["code"]) == (403, "agent_suspended")


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

    assert answers == [200] * 60 + [429]
    assert 0 < int(ask(client, platform="web")["Retry-After"]) <= 60


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
