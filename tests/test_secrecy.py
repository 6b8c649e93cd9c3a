"""No page, API answer or built asset holds a secret of the Twilio account."""

from __future__ import annotations

import json
import re

import jwt
import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from tests import factories
from tests.calls.test_webhooks_incoming import INCOMING, STATUS
from tests.packages import ROOT
from tests.twilio import TwilioClient, incoming, leg_status, root_status, sid

SECRETS = [
    "TWILIO_AUTH_TOKEN",
    "TWILIO_AUTH_TOKEN_SECONDARY",
    "TWILIO_API_KEY_SECRET",
    "TWILIO_ACCOUNT_SID",
    "WEB_PUSH_PRIVATE_KEY",
]
PAGES = [
    "/",
    "/accounts/login/",
    "/api/v1/calls/",
    f"/api/v1/calls/{sid('CA', 1)}/",
    "/api/v1/contacts/",
    "/api/v1/numbers/check/?number=2025550142",
    "/api/v1/schema/",
    "/api/v1/auth/devices/",
    "/problems/",
    "/healthz",
    "/readyz",
    "/nowhere/",
]


def holds(text: str) -> list[str]:
    return [name for name in SECRETS if getattr(settings, name) in text]


@pytest.fixture
def desk(ada, line) -> Client:
    twilio = TwilioClient()
    factories.make_contact()
    twilio.webhook(INCOMING, incoming())
    twilio.webhook(STATUS, leg_status(ada.pk, "completed", 3))
    twilio.webhook(STATUS, root_status("completed"))
    client = Client()
    client.force_login(ada)
    return client


@pytest.mark.parametrize("path", PAGES)
def test_no_page_or_answer_holds_a_secret(desk, path):
    response = desk.get(path, secure=True)

    assert response.status_code in (200, 302, 404)
    assert holds(b"".join(response).decode()) == []


def test_the_token_holds_the_account_in_its_own_claim_and_nothing_else(desk):
    cache.clear()
    answer = desk.post("/api/v1/tokens/voice/", {}, content_type="application/json", secure=True).json()
    token = answer.pop("token")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims.pop("sub") == settings.TWILIO_ACCOUNT_SID

    assert holds(json.dumps([answer, claims, jwt.get_unverified_header(token)])) == []


@pytest.mark.parametrize("path", ["/twilio/voice/incoming/", "/twilio/voice/outgoing/", "/twilio/voice/status/"])
def test_what_we_tell_twilio_holds_no_secret(db, path):
    assert holds(TwilioClient().webhook(path, incoming()).content.decode()) == []


@pytest.mark.parametrize("path", ["/twilio/voice/incoming/", "/twilio/voice/status/"])
def test_a_refusal_is_logged_without_a_secret(db, caplog, path):
    TwilioClient().webhook(path, incoming(), signature="wrong")

    assert "webhook refused" in caplog.text
    assert path in caplog.text
    assert holds(caplog.text) == []


def test_the_built_front_end_holds_nothing_that_looks_like_a_credential():
    built = [
        path for path in (ROOT / "frontend" / "dist").rglob("*") if path.suffix in {".js", ".css", ".html", ".svg"}
    ]
    assert built, "build the front end first: make frontend/dist/desk.js"
    local = ROOT / ".env"
    values = (
        re.findall(r"^(?:TWILIO_\w*(?:SID|TOKEN|SECRET)|SECRET_KEY)=(\S+)$", local.read_text(), re.M)
        if local.exists()
        else []
    )
    for path in built:
        text = path.read_text(errors="replace")
        assert not re.search(r"\b(?:AC|SK|AP)[0-9a-f]{32}\b", text), path.name
        assert not [value for value in values if value in text], path.name
