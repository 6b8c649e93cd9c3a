"""Every way in which twilio-python fails becomes an error of ours."""

from __future__ import annotations

import logging
from unittest.mock import patch

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest.api.v2010.account.call import CallContext

from telephony import errors
from telephony.rest.client import _client, call_hang_up, get_client
from telephony.rest.http import SimulatorHttpClient
from telephony.rest.sessions import TwilioSession
from tests.twilio import sid


def failing_with(error: Exception) -> errors.TelephonyError:
    with (
        patch.object(CallContext, "update", autospec=True, side_effect=error),
        pytest.raises(errors.TelephonyError) as caught,
    ):
        call_hang_up(sid("CA", 1))
    return caught.value


@pytest.mark.parametrize(
    ("status", "code", "kind", "permanent"),
    [
        (401, 20003, errors.NotConfigured, True),
        (404, 20404, errors.CallGone, True),
        (400, 21220, errors.CallGone, True),
        (400, 21211, errors.InvalidNumber, True),
        (400, 21217, errors.InvalidNumber, True),
        (400, 21215, errors.InvalidNumber, True),
        (429, 20429, errors.RateLimited, False),
        (429, 429, errors.RateLimited, False),
        (403, 99999, errors.NotConfigured, True),
        (404, 99999, errors.CallGone, True),
        (500, 20500, errors.Unavailable, False),
        (503, 503, errors.Unavailable, False),
        (400, 99999, errors.TelephonyError, True),
        (302, 302, errors.Unavailable, False),
        (307, 307, errors.Unavailable, False),
        (304, None, errors.Unavailable, False),
    ],
)
def test_twilios_codes(status, code, kind, permanent):
    error = failing_with(TwilioRestException(status, "/uri", "what Twilio said", code=code))

    assert type(error) is kind
    assert (error.code, error.permanent) == (code, permanent)
    assert "what Twilio said" not in str(error)


def test_the_newer_error_bodies_are_not_missed():
    newer = TwilioServiceException(type_uri="about:blank", title="Too many", status=429, code=20429)

    assert isinstance(failing_with(newer), errors.RateLimited)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, '{"code": 20003}', errors.NotConfigured),
        (429, '{"code": 20429}', errors.RateLimited),
        (503, "not json", errors.Unavailable),
    ],
)
def test_a_list_that_is_refused_is_not_missed(status, body, kind):
    with pytest.raises(errors.TelephonyError) as caught, errors.translated():
        raise TwilioException("Unable to fetch page", Response(status, body))

    assert type(caught.value) is kind


@pytest.mark.parametrize("raw", [requests.ConnectionError("secret-host"), requests.Timeout("secret-host")])
def test_the_networks_failures_come_raw_and_are_translated_too(raw, caplog):
    with caplog.at_level(logging.WARNING):
        error = failing_with(raw)

    assert isinstance(error, errors.Unavailable)
    assert not error.permanent
    assert "secret-host" not in caplog.text


def test_any_other_failure_of_the_library_is_a_matter_for_the_admin():
    assert isinstance(failing_with(TwilioException("no credentials")), errors.NotConfigured)


def test_every_request_has_a_time_limit(settings):
    _client.cache_clear()

    client = get_client()

    assert isinstance(client.http_client, TwilioHttpClient)
    assert client.http_client.timeout == settings.TWILIO_TIMEOUT_SECONDS == 10.0


def test_without_credentials_it_says_so(settings):
    settings.TWILIO_ACCOUNT_SID = ""

    with pytest.raises(errors.NotConfigured):
        get_client()


def test_the_simulator_stands_in_for_every_host(settings):
    settings.TWILIO_API_BASE_URL = "http://localhost:8001"
    settings.TWILIO_RETRIES = 0
    _client.cache_clear()
    client = get_client()
    assert isinstance(client.http_client, SimulatorHttpClient)

    with patch.object(TwilioSession, "send", autospec=True, side_effect=requests.ConnectionError) as send:
        for ask in (
            lambda: client.calls(sid("CA", 1)).fetch(),
            lambda: client.lookups.v2.phone_numbers("+12025550142").fetch(),
        ):
            with pytest.raises(requests.ConnectionError):
                ask()

    urls = [call.args[1].url for call in send.call_args_list]
    assert urls[0].startswith("http://localhost:8001/api.twilio.com/2010-04-01/Accounts/")
    assert urls[1] == "http://localhost:8001/lookups.twilio.com/v2/PhoneNumbers/+12025550142"
    _client.cache_clear()
