"""The signature of webhooks: Twilio Docs, "Security"."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from simulator.webhooks.signature import sign, signed_url

FIELDS = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675310",
    "Digits": "1234",
    "From": "+14158675310",
    "To": "+18005551212",
}


def test_it_signs_twilios_own_example():
    signature = sign("12345", "https://example.com/myapp.php?foo=1&bar=2", list(FIELDS.items()))

    assert signature == "L/OH5YylLD5NRKLltdqwSvS0BnU="


@pytest.mark.parametrize(
    ("url", "signed"),
    [
        ("http://user:pass@example.com:8000/x?y=1#rc=2", "http://example.com:8000/x?y=1"),
        ("https://user:pass@example.com:8443/x", "https://example.com/x"),
        ("https://example.com/x", "https://example.com/x"),
        ("https://[::1]:8443/x", "https://[::1]/x"),
    ],
)
def test_the_signed_url_has_no_credentials_no_fragment_and_no_port_over_https(url, signed):
    assert signed_url(url) == signed


@given(st.dictionaries(st.text(min_size=1), st.text()), st.sampled_from(["http://h:8000/a/?q=1", "https://h/a"]))
def test_twilios_validator_accepts_whatever_it_signs(fields, url):
    assert RequestValidator("token").validate(url, fields, sign("token", url, list(fields.items())))
