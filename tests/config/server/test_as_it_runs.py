"""The server as it runs: settings from an environment, the real ASGI application, no test's settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.packages import ROOT
from tests.test_settings_checks import PRODUCTION

PROXY, STRANGER = "10.0.0.5", "198.51.100.7"
PROGRAM = """
import asyncio, json, sys
from config.asgi import application

async def ask(method, path, client, headers):
    sent, messages = [], [{"type": "http.request", "body": b"", "more_body": False}]
    async def receive():
        return messages.pop()
    async def send(message):
        sent.append(message)
    headers = {"host": "desk.example.com", **headers}
    await application({
        "type": "http", "http_version": "1.1", "method": method, "scheme": "http", "path": path, "root_path": "",
        "raw_path": path.encode(), "query_string": b"", "client": (client, 4711), "server": ("127.0.0.1", 8000),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }, receive, send)
    return sent[0]["status"], {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}

async def main():
    for line in json.load(sys.stdin):
        print(json.dumps(await ask(*line)))

asyncio.run(main())
"""


def answers(asked: list[tuple[str, str, str, dict[str, str]]], **environment: str) -> list[tuple[int, dict[str, str]]]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=os.environ | PRODUCTION | environment, capture_output=True,
        input=json.dumps(asked), text=True, check=True,
    )  # fmt: skip
    return [(status, headers) for status, headers in map(json.loads, done.stdout.splitlines())]


ASKED: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "http": ("GET", "/accounts/login/", PROXY, {"X-Forwarded-Proto": "http"}),
    "bare": ("GET", "/accounts/login/", STRANGER, {}),
    "claimed": ("GET", "/accounts/login/", STRANGER, {"X-Forwarded-Proto": "https"}),
    "https": ("GET", "/api/v1/calls/", PROXY, {"X-Forwarded-Proto": "https"}),
    "token": ("POST", "/api/v1/tokens/voice/", PROXY, {"Content-Type": "application/json", "Authorization": "Token x"}),
    "twilio": ("POST", "/twilio/voice/incoming/", PROXY, {"X-Forwarded-Proto": "http"}),
    "twilio's mistake": ("POST", "/twilio/nowhere/", PROXY, {}),
    "alive": ("GET", "/healthz", "172.17.0.1", {"Host": "172.17.0.2:8000"}),
    "ready": ("GET", "/readyz", "127.0.0.1", {"Host": "localhost:8000"}),
    "no host": ("GET", "/healthz", "127.0.0.1", {"Host": ""}),
    "evil": ("GET", "/api/v1/calls/", PROXY, {"Host": "evil.example", "X-Forwarded-Proto": "https"}),
}


@pytest.fixture(scope="module")
def behind_a_proxy() -> dict[str, tuple[int, dict[str, str]]]:
    return dict(zip(ASKED, answers(list(ASKED.values()), TRUSTED_PROXIES=PROXY), strict=True))


@pytest.mark.parametrize("name", ["http", "bare", "claimed"])
def test_visitors_by_http_are_sent_to_https(behind_a_proxy, name):
    status, headers = behind_a_proxy[name]

    assert (status, headers["location"]) == (301, "https://desk.example.com/accounts/login/")


def test_a_device_that_asks_by_http_gets_no_token(behind_a_proxy):
    assert behind_a_proxy["token"][0] == 301


def test_visitors_by_https_stay_and_are_told_to_come_so_again(behind_a_proxy):
    status, headers = behind_a_proxy["https"]

    assert status == 403
    assert headers["strict-transport-security"] == "max-age=31536000"


def test_twilio_is_never_redirected(behind_a_proxy):
    assert behind_a_proxy["twilio"][0] == 403
    assert "location" not in behind_a_proxy["twilio's mistake"][1]


@pytest.mark.parametrize("name", ["alive", "ready", "no host"])
def test_a_probe_is_answered_whatever_host_it_names(behind_a_proxy, name):
    status, headers = behind_a_proxy[name]

    assert (status, headers["cache-control"]) == (200, "no-store")


def test_nobody_else_is_answered_under_another_name(behind_a_proxy):
    assert behind_a_proxy["evil"][0] == 400


def test_without_a_proxy_named_nobody_is_sent_round_in_circles():
    asked: list[Any] = [("GET", "/api/v1/calls/", STRANGER, {})]

    assert [status for status, _ in answers(asked)] == [403]


@pytest.mark.django_db
def test_answers_with_personal_data_are_kept_by_nobody(behind_a_proxy, ada, client):
    client.force_login(ada)

    for path in ("/", "/api/v1/calls/", "/api/v1/contacts/", "/api/v1/auth/devices/", "/api/v1/numbers/check/"):
        said = client.get(path, {"number": "+12025550142"}, secure=True)["Cache-Control"]
        assert {"private", "no-store"} <= {word.strip() for word in said.split(",")}, path
    assert "no-store" in behind_a_proxy["https"][1]["cache-control"]
