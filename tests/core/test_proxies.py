"""Behind a proxy: who is believed, and who is sent to https."""

from __future__ import annotations

import pytest
from django.test import Client

HTTPS = {"X-Forwarded-Proto": "https"}


@pytest.fixture
def _behind_a_proxy(settings):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    settings.SECURE_SSL_REDIRECT = True


@pytest.mark.usefixtures("_behind_a_proxy")
class TestRedirect:
    def test_a_visitor_by_http_is_sent_to_https(self):
        response = Client().get("/accounts/login/")

        assert (response.status_code, response["Location"]) == (301, "https://testserver/accounts/login/")

    @pytest.mark.parametrize("claim", ["https", "https, http"])
    def test_the_proxys_word_for_https_is_believed(self, db, claim):
        response = Client().get("/accounts/login/", headers={"X-Forwarded-Proto": claim})

        assert response.status_code == 200
        assert "max-age=31536000" in response["Strict-Transport-Security"]

    def test_a_strangers_word_is_not(self):
        response = Client(REMOTE_ADDR="198.51.100.7").get("/accounts/login/", headers=HTTPS)

        assert response.status_code == 301

    @pytest.mark.parametrize("path", ["/healthz", "/twilio/voice/incoming/"])
    def test_twilio_and_probes_are_never_redirected(self, path):
        assert Client().post(path).status_code in (200, 403)


def test_a_forwarded_host_is_never_believed(db, settings):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]

    response = Client().get("/", headers={"X-Forwarded-Host": "evil.example"}, secure=True)

    assert "evil.example" not in response["Location"]


def test_cookies_are_secure_where_the_address_is_https(db):
    response = Client().get("/accounts/login/", secure=True)

    assert response.cookies["csrftoken"]["secure"]
