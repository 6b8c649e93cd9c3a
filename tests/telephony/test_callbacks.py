"""The addresses that Twilio is given are those of the settings as they are now."""

from __future__ import annotations

from django.urls import set_script_prefix

from telephony.callbacks import callback_url


def test_an_address_follows_the_settings(settings):
    settings.PUBLIC_BASE_URL = "https://one.example.com"
    one = callback_url("calls:status")
    settings.PUBLIC_BASE_URL = "https://two.example.com:8443"
    two = callback_url("calls:status")
    settings.TWILIO_WEBHOOK_USERNAME, settings.TWILIO_WEBHOOK_PASSWORD = "twilio", "a:b/c@d"
    with_credentials = callback_url("calls:status")
    settings.TWILIO_WEBHOOK_PASSWORD = ""

    assert one == "https://one.example.com/twilio/voice/status/"
    assert two == "https://two.example.com:8443/twilio/voice/status/"
    assert with_credentials == "https://twilio:a%3Ab%2Fc%40d@two.example.com:8443/twilio/voice/status/"
    assert callback_url("calls:status") == two
    assert callback_url("calls:recording") == "https://two.example.com:8443/twilio/voice/recording/"


def test_an_address_follows_the_prefix(settings):
    settings.PUBLIC_BASE_URL = "https://one.example.com"
    without = callback_url("calls:status")
    set_script_prefix("/desk/")
    try:
        assert callback_url("calls:status") == "https://one.example.com/desk/twilio/voice/status/"
    finally:
        set_script_prefix("/")

    assert callback_url("calls:status") == without
