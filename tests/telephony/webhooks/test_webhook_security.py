"""Every route under /twilio/: nobody but Twilio gets in. A new webhook is covered by existing."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from calls.models import Call
from telephony.models import Webhook
from tests.twilio import incoming, sign

pytestmark = pytest.mark.django_db


# What Twilio fetches and posts nothing to: under names that are signed by us.
_FETCHED = "/twilio/greetings/"


def twilio_paths() -> list[str]:
    """Where Twilio posts."""

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> list[str]:
        found: list[str] = []
        for pattern in patterns:
            path = f"{prefix}{pattern.pattern}"
            found += walk(pattern.url_patterns, path) if isinstance(pattern, URLResolver) else [path]
        return found

    found = walk(get_resolver().url_patterns, "/")
    return [path for path in found if path.startswith("/twilio/") and not path.startswith(_FETCHED)]


PATHS = twilio_paths()


def test_the_walk_finds_the_routes_that_the_product_promises():
    assert {
        "/twilio/voice/incoming/",
        "/twilio/voice/outgoing/",
        "/twilio/voice/status/",
        "/twilio/voice/fallback/",
    } <= set(PATHS)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("debug", [False, True], ids=["production", "debug"])
def test_a_request_without_a_signature_is_refused(twilio, path, debug, settings):
    settings.DEBUG = debug

    response = twilio.post(path, incoming(), secure=True)

    assert response.status_code == 403
    assert not Call.objects.exists()
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("signature", ["", "wrong", "é", "x" * 10_000, "L/OH5YylLD5NRKLltdqwSvS0BnU="])
def test_a_wrong_signature_is_refused(twilio, path, signature):
    assert twilio.webhook(path, incoming(), signature=signature).status_code == 403
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("path", PATHS)
def test_a_body_that_was_changed_is_refused(twilio, path):
    signature = sign(path, incoming())

    assert twilio.webhook(path, incoming(From="+12025550177"), signature=signature).status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_a_field_that_was_added_is_refused(twilio, path):
    signature = sign(path, incoming())

    assert twilio.webhook(path, incoming(Extra="1"), signature=signature).status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_another_url_than_the_signed_one_is_refused(twilio, path):
    signature = sign(path, incoming())

    assert twilio.webhook(f"{path}?next=1", incoming(), signature=signature).status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_who_knows_another_token_is_refused(twilio, path):
    assert twilio.webhook(path, incoming(), token="f" * 32).status_code == 403


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head", "options"])
def test_only_post_is_taken(twilio, path, method):
    response = getattr(twilio, method)(path, secure=True)

    assert response.status_code == 405
    assert response["Allow"] == "POST"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("token", ["TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN_SECONDARY"])
def test_either_auth_token_is_taken_while_one_is_rotated(twilio, path, token):
    response = twilio.webhook(path, incoming(), token=getattr(settings, token))

    assert response.status_code in (200, 204)


@pytest.mark.parametrize("path", PATHS)
def test_no_token_at_all_means_that_nobody_gets_in(twilio, path, settings):
    signature = sign(path, incoming(), token="x")
    settings.TWILIO_AUTH_TOKEN = settings.TWILIO_AUTH_TOKEN_SECONDARY = ""

    assert twilio.webhook(path, incoming(), signature=signature).status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_the_host_header_cannot_change_what_is_verified(twilio, path):
    response = twilio.post(
        path,
        "From=%2B12025550142",
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": sign(path, {"From": "+12025550142"}), "Host": "testserver"},
        secure=True,
    )

    assert response.status_code in (200, 204)
