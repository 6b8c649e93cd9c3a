"""HTTP authentication of webhooks, in concert with their signature."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import pytest
from django.core.cache import cache

from telephony.models import Webhook
from telephony.webhooks import http_auth
from tests.twilio import TwilioClient, incoming

pytestmark = pytest.mark.django_db

PATH = "/twilio/voice/incoming/"
USER, PASSWORD = "twilio", "Correct1Horse"


@pytest.fixture(autouse=True)
def _credentials(settings):
    settings.TWILIO_WEBHOOK_USERNAME, settings.TWILIO_WEBHOOK_PASSWORD = USER, PASSWORD
    cache.clear()


def ask(twilio: TwilioClient, authorization: str | None = None, **more: Any):
    headers = {} if authorization is None else {"Authorization": authorization}
    return twilio.webhook(PATH, incoming(), headers=headers, **more)


def nonce_of(response) -> str:
    return re.search(r'nonce="([^"]+)"', response["WWW-Authenticate"])[1]


def digest(nonce: str, *, algorithm: str = "MD5", **changes: str) -> str:
    """The header that a client makes of a challenge (RFC 7616)."""
    said = {
        "username": USER, "password": PASSWORD, "realm": "Ringdesk", "uri": PATH, "nc": "00000001", "cnonce": "abc",
        "qop": "auth", "method": "POST",
    } | changes  # fmt: skip
    hasher = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[algorithm]

    def h(text: str) -> str:
        return hasher(text.encode()).hexdigest()

    secret = h(f"{said['username']}:{said['realm']}:{said['password']}")
    asked = h(f"{said['method']}:{said['uri']}")
    response = h(":".join([secret, nonce, said["nc"], said["cnonce"], said["qop"], asked]))
    return (
        f'Digest username="{said["username"]}", realm="{said["realm"]}", nonce="{nonce}", uri="{said["uri"]}", '
        f'algorithm={algorithm}, qop={said["qop"]}, nc={said["nc"]}, cnonce="{said["cnonce"]}", response="{response}"'
    )


def basic(user: str = USER, password: str = PASSWORD) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_the_first_request_is_challenged_and_changes_nothing(twilio):
    response = ask(twilio)

    assert response.status_code == 401
    assert re.fullmatch(
        r'Digest realm="Ringdesk", qop="auth", algorithm=MD5, nonce="[0-9a-f.]+", opaque="[0-9a-f]+"',
        response["WWW-Authenticate"],
    )
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_the_answer_to_the_challenge_comes_in(twilio, algorithm):
    nonce = nonce_of(ask(twilio))

    assert ask(twilio, digest(nonce, algorithm=algorithm)).status_code == 200
    assert Webhook.objects.count() == 1


def test_one_nonce_serves_the_requests_of_a_call_each_once(twilio):
    nonce = nonce_of(ask(twilio))

    assert [ask(twilio, digest(nonce, nc=f"{n:08x}")).status_code for n in (1, 2, 3)] == [200, 200, 200]
    again = ask(twilio, digest(nonce, nc="00000002"))
    assert again.status_code == 401
    assert "stale=true" in again["WWW-Authenticate"]


def test_a_nonce_that_is_too_old_is_replaced(twilio, monkeypatch):
    old = http_auth.make_nonce(now=1_000_000)

    response = ask(twilio, digest(old))

    assert response.status_code == 401
    assert "stale=true" in response["WWW-Authenticate"]
    assert ask(twilio, digest(nonce_of(response))).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "wrong"},
        {"username": "somebody"},
        {"realm": "elsewhere"},
        {"uri": "/twilio/voice/status/"},
        {"method": "GET"},
        {"qop": "auth-int"},
        {"nc": "1"},
        {"nc": "zzzzzzzz"},
    ],
    ids=str,
)
def test_wrong_credentials_stay_outside(twilio, changes):
    response = ask(twilio, digest(nonce_of(ask(twilio)), **changes))

    assert response.status_code == 401
    assert "stale" not in response["WWW-Authenticate"]
    assert not Webhook.objects.exists()


def test_a_nonce_that_is_not_ours_stays_outside(twilio):
    assert ask(twilio, digest("65000000.0011223344556677." + "0" * 32)).status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        "Digest",
        "Digest ",
        "Digest nonsense",
        'Digest username="twilio"',
        'Digest username="twilio", username="twilio"',
        'Digest username="unfinished',
        "Digest =,=,=",
        "Digest " + "x" * 10_000,
        "Bearer token",
        "Basic",
        "Basic ****",
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
        "é",
    ],
)
def test_a_malformed_header_is_challenged_again(twilio, header):
    assert ask(twilio, header).status_code == 401
    assert not Webhook.objects.exists()


def test_basic_credentials_are_taken_as_well(twilio):
    assert ask(twilio, basic()).status_code == 200
    assert ask(twilio, basic(password="wrong")).status_code == 401
    assert ask(twilio, basic(user="somebody")).status_code == 401


def test_credentials_do_not_stand_in_for_the_signature(twilio):
    assert ask(twilio, basic(), signature="wrong").status_code == 403
    assert ask(twilio, digest(nonce_of(ask(twilio))), signature="").status_code == 403


def test_the_urls_we_give_to_twilio_carry_the_credentials_that_it_will_need(twilio, line, ada):
    response = ask(twilio, basic())

    assert f"https://{USER}:{PASSWORD}@desk.example.com/twilio/voice/status/" in response.content.decode()


def test_without_a_cache_the_signature_still_does_its_part(twilio, monkeypatch):
    nonce = nonce_of(ask(twilio))
    monkeypatch.setattr(http_auth.cache, "add", lambda *_: 1 / 0)

    assert ask(twilio, digest(nonce)).status_code == 200


def test_nothing_is_asked_when_no_credentials_are_set(twilio, settings):
    settings.TWILIO_WEBHOOK_PASSWORD = ""

    assert ask(twilio).status_code == 200


def test_a_refusal_is_logged_without_the_password(twilio, caplog):
    with caplog.at_level("INFO"):
        ask(twilio, basic(password="Wrong2Horse"))

    assert "wrong user or password" in caplog.text
    assert PASSWORD not in caplog.text
    assert "Wrong2Horse" not in caplog.text
