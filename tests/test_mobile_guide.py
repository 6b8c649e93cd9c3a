"""docs/mobile.md: every command of the guide is run, and answers as the guide says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from telephony.webhooks.forms import PHONE_FIELD
from tests.browser.desk import PASSWORD
from tests.browser.stack import ROOT, Stack

GUIDE = ROOT / "docs" / "mobile.md"
CALL = "CA" + "7" * 32
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$|^Answer: (\d{3})$", re.MULTILINE | re.DOTALL)
_END = "=== end of a block ==="


@dataclass
class Step:
    """A block of commands, and what the guide says of it."""

    commands: str
    status: str | None = None
    answer: Any = None

    def __str__(self) -> str:
        return self.commands.strip().splitlines()[0][:90]


def steps() -> list[Step]:
    found: list[Step] = []
    told: Step | None = None
    for match in _BLOCK.finditer(GUIDE.read_text()):
        language, text, status = match.groups()
        if language == "sh":
            told = Step(text)
            found.append(told)
        elif status and told:
            told.status = status
        elif language == "json" and told:
            told.answer = json.loads(text)
        elif language:
            told = None
    return found


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("guide")) as running:
        make_call(running)
        yield running


_ADA = """
from agents.models import Agent
from telephony.phone_reference import PhoneReference
ada = Agent.objects.get(username="ada")
print(ada.identity, PhoneReference(ada.pk, None, ada.sign_out_count).signed())
"""


def make_call(stack: Stack) -> None:
    """Ada called Maya: what Twilio would have told of it, signed with the account's token."""
    agent, phone = stack.shell(_ADA).split()
    fields = {
        "CallSid": CALL,
        "AccountSid": stack.settings["TWILIO_ACCOUNT_SID"],
        "ApplicationSid": stack.settings["TWILIO_TWIML_APP_SID"],
        "From": f"client:{agent}",
        PHONE_FIELD: phone,
        "To": "+12025550142",
        "CallStatus": "ringing",
        "Direction": "inbound",
    }
    post(stack, "/twilio/voice/outgoing/", fields)
    ended = {"CallStatus": "completed", "SequenceNumber": "0", "CallbackSource": "call-progress-events"}
    post(stack, "/twilio/voice/status/", fields | ended | {"Timestamp": format_datetime(datetime.now(UTC))})


def post(stack: Stack, path: str, fields: dict[str, str]) -> None:
    url = f"{stack.desk_url}{path}"
    signature = RequestValidator(stack.settings["TWILIO_AUTH_TOKEN"]).compute_signature(url, fields)
    request = urllib.request.Request(url, urlencode(fields).encode(), {"X-Twilio-Signature": signature})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status in (200, 204)


@pytest.fixture(scope="module")
def outcome(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[list[str], str]]:
    """The guide in one shell, from top to bottom: for each block the statuses of its answers, and what it printed."""
    home = tmp_path_factory.mktemp("curl")
    (home / ".curlrc").write_text('write-out = "%{stderr}status %{http_code}\\n"\nmax-time = 30\n')
    script = "set -eu\n" + "".join(f"{step.commands}\necho '{_END}'\necho '{_END}' >&2\n" for step in steps())
    script = script.replace("https://desk.example.com", stack.desk_url).replace("your password", PASSWORD)
    environment = os.environ | {"CURL_HOME": str(home), "NO_PROXY": "localhost"}
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, env=environment, timeout=180)
    assert done.returncode == 0, done.stderr
    said, printed = done.stderr.split(_END), done.stdout.split(_END)
    return [(re.findall(r"^status (\d+)$", told, re.MULTILINE), out) for told, out in zip(said, printed, strict=True)]


def test_curl_is_there():
    assert shutil.which("curl"), "The guide's commands need curl."


def test_the_guide_has_commands_for_every_endpoint_of_an_app():
    commands = "".join(step.commands for step in steps())
    for path in (
        "auth/login/",
        "tokens/voice/",
        "calls/",
        "numbers/check/",
        "ws/desk/",
        "auth/logout/",
        "auth/devices/",
    ):
        assert path in commands
    assert all(step.status for step in steps() if "curl " in step.commands)


@pytest.mark.parametrize("index", range(len(steps())), ids=[str(step) for step in steps()])
def test_a_command_answers_as_the_guide_says(outcome, index):
    step = steps()[index]
    statuses, printed = outcome[index]

    assert statuses == ([step.status] if step.status else [])
    if step.answer is not None:
        assert_like(step.answer, json.loads(printed))


def assert_like(told: Any, given: Any, where: str = "") -> None:
    """The guide's fields are there, with values of their kind; words that do not differ from one desk to the next are
    the same."""
    if told is None or given is None:
        return
    assert type(told) is type(given), where
    if isinstance(told, dict):
        assert told.keys() <= given.keys(), where
        for key in told:
            assert_like(told[key], given[key], f"{where}.{key}")
    elif isinstance(told, list) and told:
        assert given, where
        assert_like(told[0], given[0], f"{where}[0]")
    elif where.rpartition(".")[2] in _SAME:
        assert given == told, where


_SAME = {"code", "type", "title", "detail", "status", "incoming", "note", "outcome", "e164", "valid", "platform", "ttl"}
