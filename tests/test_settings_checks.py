"""What is wrong with the environment is said at start-up, with a hint."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from agents.checks import check_logins
from telephony import checks
from tests.test_architecture import ROOT


def ids(*, check=checks.check_twilio) -> set[str]:
    return {message.id for message in check()}


def test_a_complete_configuration_has_nothing_to_say():
    assert ids() == set()
    assert ids(check=checks.check_addresses) == set()
    assert ids(check=checks.check_environment) == set()


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("TWILIO_ACCOUNT_SID", "", "E001"),
        ("TWILIO_ACCOUNT_SID", "AC123", "E001"),
        ("TWILIO_ACCOUNT_SID", "SK" + "a" * 32, "E001"),
        ("TWILIO_API_KEY_SID", "AC" + "a" * 32, "E002"),
        ("TWILIO_TWIML_APP_SID", "AP" + "x" * 32, "E003"),
        ("TWILIO_AUTH_TOKEN", "", "E004"),
        ("TWILIO_API_KEY_SECRET", "", "E005"),
        ("TWILIO_CALLER_ID", "202 555 0100", "E006"),
        ("TWILIO_WEBHOOK_USERNAME", "twilio", "E008"),
        ("TWILIO_WEBHOOK_PASSWORD", "p:ss", "E008"),
        ("TOKEN_TTL_SECONDS", 0, "E007"),
        ("TOKEN_TTL_SECONDS", 86_401, "E007"),
        ("TOKEN_MAX_TTL_SECONDS_WEB", 29, "E018"),
        ("TOKEN_MAX_TTL_SECONDS_IOS", 86_401, "E018"),
    ],
)
def test_credentials_that_cannot_work_are_found(settings, name, value, number):
    setattr(settings, name, value)

    assert ids() == {f"telephony.{number}"}
    assert all(message.hint for message in checks.check_twilio())


@pytest.mark.parametrize(
    "name",
    [
        "LOGIN_FAILURE_LIMIT",
        "LOGIN_FAILURE_LIMIT_PER_USERNAME",
        "LOGIN_FAILURE_LIMIT_PER_ADDRESS",
        "LOGIN_LOCKOUT_SECONDS",
        "DEVICE_LOGIN_DAYS",
    ],
)
def test_a_number_that_would_lock_everybody_out_is_found(settings, name):
    assert check_logins() == []

    setattr(settings, name, 0)

    assert [message.id for message in check_logins()] == ["agents.E001"]
    assert name in check_logins()[0].msg


@pytest.mark.parametrize(
    ("values", "number"),
    [
        ({"PUBLIC_BASE_URL": "desk.example.com"}, "E010"),
        ({"PUBLIC_BASE_URL": "https://desk.example.com/path"}, "E010"),
        ({"PUBLIC_BASE_URL": "http://desk.example.com"}, "E011"),
        ({"SIMULATOR": True}, "E012"),
        ({"SIMULATOR": True, "DEBUG": True}, "E012"),
        ({"SIMULATOR": True, "PUBLIC_BASE_URL": "http://localhost:8000"}, "E012"),
        ({"TWILIO_API_BASE_URL": "http://localhost:8001"}, "E013"),
        ({"TWILIO_VOICE_SIGNALLING_URL": "ws://localhost:8001/signal"}, "E013"),
        ({"PUBLIC_BASE_URL": "http://localhost:8000"}, "W014"),
    ],
)
def test_addresses_that_cannot_work_are_found(settings, values, number):
    for name, value in values.items():
        setattr(settings, name, value)

    assert f"telephony.{number}" in ids(check=checks.check_addresses)


def test_the_simulator_is_welcome_on_a_laptop(settings):
    settings.SIMULATOR = settings.DEBUG = True
    settings.PUBLIC_BASE_URL = "http://localhost:8000"
    settings.TWILIO_API_BASE_URL = "http://localhost:8001"

    assert ids(check=checks.check_addresses) == set()


@pytest.mark.parametrize(
    ("name", "value"),
    [("TOKEN_TTL_SECONDS", "an hour"), ("DEBUG", "maybe"), ("SIMULATOR", "perhaps"), ("DATABASE_URL", "nonsense")],
)
def test_a_value_that_cannot_be_read_is_named_and_not_shown(name, value):
    environment = os.environ | {"SECRET_KEY": "x", name: value, "DJANGO_SETTINGS_MODULE": "config.settings.base"}

    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode != 0
    assert f"{name} cannot be read." in done.stderr
    assert "Traceback" not in done.stderr
    assert value not in done.stderr.replace(name, "")


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("TWILIO_RETRIES", 0, set()),
        ("TWILIO_RETRIES", -1, {"telephony.E020"}),
        ("TWILIO_RETRIES", 11, {"telephony.E020"}),
        ("TWILIO_CONNECTION_OVERRIDES", "", set()),
        ("TWILIO_CONNECTION_OVERRIDES", "#rc=0&rp=all&tt=9000&sni=n&e=dublin,ashburn", set()),
        ("TWILIO_CONNECTION_OVERRIDES", "rc=9", {"telephony.E021"}),
        ("TWILIO_CONNECTION_OVERRIDES", "rc=2&ep=dublin", {"telephony.E021"}),
    ],
)
def test_how_requests_are_repeated_is_checked(settings, name, value, found):
    setattr(settings, name, value)

    assert ids(check=checks.check_requests) == found
