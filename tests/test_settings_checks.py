"""What is wrong with the environment is said at start-up, with a hint."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from agents.checks import check_logins, check_web_push_key
from config.checks import check_allowed_hosts, check_debug, check_environment, check_secret_key, check_trusted_proxies
from telephony import checks
from tests.packages import ROOT


def ids(*, check=checks.check_twilio) -> set[str]:
    return {message.id for message in check()}


def test_a_complete_configuration_has_nothing_to_say():
    assert ids() == set()
    assert ids(check=checks.check_addresses) == set()
    assert ids(check=check_environment) == set()


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
        ("TWILIO_FALLBACK_NUMBER", "reception", "E022"),
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


# --- What a server that others reach must not be ---

SECRET = "vC2Hq8yJ0dTn5sXw1LkRz7BfMgP4aUeKi9oYh3NxEtQjW6mDrFbSlG"
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.base", "PUBLIC_BASE_URL": "https://desk.example.com",
    "DEBUG": "False", "SECRET_KEY": SECRET, "ALLOWED_HOSTS": "", "TRUSTED_PROXIES": "", "SIMULATOR": "False",
    "TWILIO_ACCOUNT_SID": "AC" + "a" * 32, "TWILIO_AUTH_TOKEN": "auth", "TWILIO_API_KEY_SID": "SK" + "b" * 32,
    "TWILIO_API_KEY_SECRET": "secret", "TWILIO_TWIML_APP_SID": "AP" + "c" * 32, "TWILIO_API_BASE_URL": "",
    "TWILIO_VOICE_SIGNALLING_URL": "", "DATABASE_URL": "sqlite://:memory:", "REDIS_URL": "",
}  # fmt: skip
START = """
import asyncio, sys
from config.asgi import application
messages = [{"type": "lifespan.startup"}]
async def receive():
    return messages.pop() if messages else await asyncio.Event().wait()
async def send(message):
    print(message.get("message", message["type"]))
    sys.stdout.flush()
    import os
    os._exit(message["type"] != "lifespan.startup.complete")
asyncio.run(application({"type": "lifespan"}, receive, send))
"""


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=os.environ | PRODUCTION | environment, capture_output=True,
        text=True, check=False,
    )  # fmt: skip


def test_a_good_configuration_passes_as_it_runs():
    done = run("manage.py", "check")

    assert (done.returncode, "no issues" in done.stdout + done.stderr) == (0, True), done.stderr


def test_what_opens_a_server_to_everybody_is_an_error_as_it_runs():
    done = run("manage.py", "check", DEBUG="True", SECRET_KEY="hunter2", TRUSTED_PROXIES="0.0.0.0/0", ALLOWED_HOSTS="*")

    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    for said, mend in [
        ("DEBUG is True", "Set DEBUG=False."),
        ("SECRET_KEY is too easy to guess.", "50 random characters"),
        ("TRUSTED_PROXIES holds '0.0.0.0/0'", "your own proxies only"),
        ("ALLOWED_HOSTS holds '*'", "the names of this server only"),
    ]:
        assert said in done.stderr
        assert mend in done.stderr


def test_what_is_out_of_range_is_named_and_makes_no_traceback():
    values = {
        "TIME_ZONE": "Mars/Olympus", "LOG_LEVEL": "LOUD", "REDIS_URL": "localhost:6379", "WEB_THREADS": "0",
        "WEBHOOK_SECONDS": "nan", "HSTS_SECONDS": "-1", "PUBLIC_BASE_URL": "https://[",
        "TWILIO_API_BASE_URL": "https://desk.example.com:99999", "LOGINS_PER_MINUTE": "0",
    }  # fmt: skip

    done = run("manage.py", "check", **values)

    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert [name for name in values if f"{name} cannot be read." not in done.stderr] == []


@pytest.mark.parametrize(
    ("values", "code", "said"),
    [
        ({}, 0, "lifespan.startup.complete"),
        ({"DEBUG": "False", "SECRET_KEY": "", "TRUSTED_PROXIES": "::/0", "ALLOWED_HOSTS": "*"}, 1, "config.E00"),
    ],
)
def test_a_server_does_not_start_with_it(tmp_path, values, code, said):
    done = run("-c", START, **values, SPOOL_DIR=str(tmp_path))

    assert (done.returncode, said in done.stdout) == (code, True), done.stderr
    if code:
        assert all(f"config.E00{number}" in done.stdout for number in (2, 3, 4))


@pytest.mark.parametrize(
    ("address", "debug", "found"),
    [
        ("https://desk.example.com", True, {"config.E001"}),
        ("https://localhost", True, {"config.E001"}),
        ("http://192.168.1.5:8000", True, {"config.E001"}),
        ("http://localhost:8000", True, set()),
        ("https://desk.example.com", False, set()),
    ],
)
def test_debugging_stays_on_the_laptop(settings, address, debug, found):
    settings.PUBLIC_BASE_URL, settings.DEBUG = address, debug

    assert ids(check=check_debug) == found


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("", {"config.E002"}),
        ("x" * 60, {"config.E002"}),
        (f"django-insecure-{SECRET}", {"config.E002"}),
        (SECRET[:49], {"config.E002"}),
        (SECRET[:50], set()),
    ],
)
def test_a_secret_that_can_be_guessed_is_found(settings, key, found):
    settings.SECRET_KEY = key

    assert ids(check=check_secret_key) == found
    assert not key or key not in str(check_secret_key())


@pytest.mark.parametrize(
    ("proxy", "is_found"),
    [
        ("0.0.0.0/0", True), ("::/0", True), ("0.0.0.0/1", True), ("2000::/3", True), ("*", True), ("proxy", True),
        ("10.0.0.300", True), ("http://10.0.0.1", True), ("10.0.0.1:80", True),
        ("10.0.0.0/8", False), ("172.18.0.5", False), ("fc00::/7", False), ("2400:cb00::/32", False), ("::1", False),
    ],
)  # fmt: skip
def test_a_proxy_that_is_everybody_or_nobody_is_found(settings, proxy, is_found):
    settings.TRUSTED_PROXIES = ["127.0.0.1", proxy]

    assert ids(check=check_trusted_proxies) == ({"config.E003"} if is_found else set())


@pytest.mark.parametrize(
    ("hosts", "found"),
    [
        (["*"], {"config.E004"}),
        (["desk.example.com", "*"], {"config.E004"}),
        (["desk.example.com", ".com"], {"config.E004"}),
        (["https://desk.example.com"], {"config.E004", "config.E005"}),
        (["desk.example.com:443"], {"config.E004", "config.E005"}),
        (["other.example.com"], {"config.E005"}),
        ([], {"config.E005"}),
        ([".example.com"], set()),
        (["desk.example.com", "10.0.0.5", "[::1]"], set()),
    ],
)
def test_names_that_are_everybodys_or_nobodys_are_found(settings, hosts, found):
    settings.ALLOWED_HOSTS = hosts

    assert ids(check=check_allowed_hosts) == found


@pytest.mark.parametrize("address", ["https://user@desk.example.com", "https://desk.example.com#top"])
def test_an_address_with_more_than_a_host_is_malformed(settings, address):
    settings.PUBLIC_BASE_URL = address

    assert ids(check=checks.check_addresses) == {"telephony.E010"}


def test_the_laptops_own_settings_are_fine(settings):
    settings.PUBLIC_BASE_URL, settings.DEBUG = "http://localhost:8000", True
    settings.SECRET_KEY, settings.ALLOWED_HOSTS = "insecure-for-development-only", ["*"]

    for check in (check_debug, check_environment, check_secret_key, check_allowed_hosts):
        assert ids(check=check) == set()


def test_a_key_to_wake_browsers_with_that_is_none_is_found(settings):
    assert check_web_push_key() == []

    settings.WEB_PUSH_PRIVATE_KEY = "secret"
    (found,) = check_web_push_key()

    assert found.id == "agents.W001"
    assert "secret" not in f"{found.msg} {found.hint}"
