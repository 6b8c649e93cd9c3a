"""Our signature check against Twilio's own library, and where it goes further."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from twilio.request_validator import HMAC_SHA256, RequestValidator

from telephony.webhooks.signatures import form_text, is_valid, request_is_signed

BASE = "https://desk.example.com"
TOKEN = "12345"


def test_twilios_own_example():
    form = QueryDict(
        "CallSid=CA1234567890ABCDE&Caller=%2B14158675310&Digits=1234&From=%2B14158675310&To=%2B18005551212"
    )
    signature = "L/OH5YylLD5NRKLltdqwSvS0BnU="

    assert is_valid(TOKEN, "sha1", "https://example.com/myapp.php?foo=1&bar=2", form_text(form), signature)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
forms = st.dictionaries(texts, st.lists(texts, min_size=1, max_size=3), max_size=6)
urls = st.builds(
    "{}://{}{}{}{}".format,
    st.sampled_from(["https", "http"]),
    st.sampled_from(["desk.example.com", "a.b", "localhost"]),
    st.sampled_from(["", ":443", ":80", ":8443", ":8000"]),
    st.sampled_from(["/", "/twilio/voice/status/", "/a%20b/", "/é"]),
    st.sampled_from(["", "?", "?a=1", "?b=2&a=1", "?q=%2F&x=:9", "?url=https://x:1/y"]),
)


@hypothesis_settings(max_examples=300, deadline=None)
@given(url=urls, fields=forms, other_url=urls, keep=st.booleans(), spoil=st.integers(0, 3))
def test_the_verdict_is_the_librarys(url, fields, other_url, keep, spoil):
    form = QueryDict(mutable=True)
    for name, values in fields.items():
        form.setlist(name, values)
    validator = RequestValidator(TOKEN)
    signature = validator.compute_signature(url if keep else other_url, form)
    if spoil == 1:
        signature = signature[:-2] + "A="
    elif spoil == 2:
        signature = signature[:-1]

    assert is_valid(TOKEN, "sha1", url, form_text(form), signature) == validator.validate(url, form, signature)


@pytest.fixture
def post(settings):
    settings.TWILIO_AUTH_TOKEN, settings.TWILIO_AUTH_TOKEN_SECONDARY = TOKEN, ""
    settings.TWILIO_WEBHOOK_SHARED_KEYS = {"WS1": "shared-secret"}

    def check(path: str, body: bytes, content_type: str, **headers: str) -> bool:
        request = RequestFactory().post(path, body, content_type=content_type, headers=headers)
        return request_is_signed(request, BASE + path)

    return check


FORM = "application/x-www-form-urlencoded"


def test_a_json_body_is_covered_by_its_hash_in_the_url(post):
    body = json.dumps({"events": ["é"]}).encode()
    path = f"/twilio/voice/status/?bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = RequestValidator(TOKEN).compute_signature(BASE + path, {})

    assert post(path, body, "application/json", **{"X-Twilio-Signature": signature})
    assert not post(path, body + b" ", "application/json", **{"X-Twilio-Signature": signature})


@pytest.mark.parametrize("query", ["", "?bodySHA256=", "?bodySHA256=zz", "?bodySHA256=%C3%A9"])
def test_a_json_body_without_its_hash_is_refused(post, query):
    path = f"/twilio/voice/status/{query}"
    signature = RequestValidator(TOKEN).compute_signature(BASE + path, {})

    assert not post(path, b"{}", "application/json", **{"X-Twilio-Signature": signature})


class TestSharedKeys:
    PATH = "/twilio/voice/status/"

    def signed(self, secret: str = "shared-secret") -> str:
        form = QueryDict("CallSid=CA1")
        return RequestValidator(secret).compute_signature(BASE + self.PATH, form, HMAC_SHA256)

    @pytest.mark.parametrize(
        ("header", "secret", "valid"),
        [
            ("key=WS1,algorithm=HMAC_SHA256", "shared-secret", True),
            (" key = WS1 , algorithm = hmac_sha256 ", "shared-secret", True),
            ("key=WS1,algorithm=HMAC_SHA256", "another", False),
            ("key=WS2,algorithm=HMAC_SHA256", "shared-secret", False),
            ("key=WS1,algorithm=NONE", "shared-secret", False),
            ("key=WS1", "shared-secret", False),
            ("nonsense", "shared-secret", False),
            ("", "shared-secret", False),
        ],
    )
    def test_a_shared_key_signs_with_its_own_algorithm(self, post, header, secret, valid):
        headers = {"X-Twilio-Signature": self.signed(secret), "X-Twilio-Webhooks-Signature-Settings": header}

        assert post(self.PATH, b"CallSid=CA1", FORM, **headers) is valid

    def test_a_shared_key_does_not_open_the_door_for_the_auth_token(self, post):
        signature = RequestValidator(TOKEN).compute_signature(BASE + self.PATH, QueryDict("CallSid=CA1"), HMAC_SHA256)
        header = {"X-Twilio-Webhooks-Signature-Settings": "key=WS1,algorithm=HMAC_SHA256"}

        assert not post(self.PATH, b"CallSid=CA1", FORM, **{"X-Twilio-Signature": signature}, **header)
