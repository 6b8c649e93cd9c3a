"""The doctor and the provisioning command against the running desk and simulator."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.browser.stack import ROOT, Stack, eventually

SUPPORT = "+12025550100"


class Desk(Stack):
    """A stack whose account at Twilio can be looked at and broken."""

    def run(self, *arguments: str, **changes: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment | changes,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return done.returncode, done.stdout + done.stderr

    def rest(self, method: str, path: str, **fields: str) -> dict[str, Any]:
        account, token = self.settings["TWILIO_ACCOUNT_SID"], self.settings["TWILIO_AUTH_TOKEN"]
        url = f"{self.bench_url}/2010-04-01/Accounts/{account}{path}"
        answer = requests.request(method, url, data=fields, auth=(account, token), timeout=10)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def number(self) -> dict[str, Any]:
        listed = self.rest("GET", "/IncomingPhoneNumbers.json")["incoming_phone_numbers"]
        return next(number for number in listed if number["phone_number"] == SUPPORT)

    def break_number(self, **fields: str) -> None:
        self.rest("POST", f"/IncomingPhoneNumbers/{self.number()['sid']}.json", **fields)

    def findings(self, *arguments: str, **changes: str) -> tuple[int, dict[str, dict[str, Any]]]:
        code, said = self.run("twilio_doctor", "--json", *arguments, **changes)
        return code, {finding["id"]: finding for finding in json.loads(said)["findings"]}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    more = {"TWILIO_FALLBACK_NUMBER": "+12025550199", "LOG_LEVEL": "ERROR"}
    with Desk(folder, **more, TWILIO_WEBHOOK_USERNAME="twilio", TWILIO_WEBHOOK_PASSWORD="hunter2hunter2") as desk:
        code, said = desk.run("twilio_provision", "--yes")
        assert code == 0, said
        yield desk


@pytest.fixture
def in_order(desk: Desk) -> Iterator[Desk]:
    """The desk as it was set up; what a test breaks is made good again."""
    good = desk.number()
    yield desk
    desk.break_number(VoiceUrl=good["voice_url"], StatusCallbackMethod=good["status_callback_method"])


def test_a_desk_in_order_has_nothing_wrong_with_it(in_order):
    code, findings = in_order.findings()

    bad = [finding for finding in findings.values() if finding["state"] not in ("ok", "skipped")]
    assert bad == []
    assert code == 0
    assert findings["worker"]["state"] == findings["public-address"]["state"] == findings["clock"]["state"] == "ok"
    assert in_order.run("twilio_provision")[1].endswith("Nothing to do.\n")


def test_a_broken_url_is_found_mended_and_carries_calls_again(in_order):
    in_order.break_number(VoiceUrl=f"{in_order.desk_url}/nowhere/", StatusCallbackMethod="GET")

    code, findings = in_order.findings()
    assert code == 2
    drift = {field: was for field, was, _ in findings[f"number.{SUPPORT}"]["drift"]}
    assert drift == {"voice_url": f"{in_order.desk_url}/nowhere/", "status_callback_method": "GET"}

    assert in_order.run("twilio_doctor", "--fix")[0] == 2  # nobody there to say yes
    assert in_order.number()["voice_url"].endswith("/nowhere/")
    assert in_order.run("twilio_doctor", "--fix", "--yes")[0] == 0
    assert in_order.findings()[0] == 0
    assert "#rc=2" in in_order.number()["voice_url"]

    call = in_order.telephone_calls("+12025550142")
    asked = eventually(lambda: [sent for sent in in_order.requests(call) if sent["status"] == 200], "the desk answers")
    assert "/twilio/voice/incoming/" in asked[0]["url"]


@pytest.mark.once
def test_a_warning_has_an_exit_code_of_its_own(in_order):
    code, findings = in_order.findings(TWILIO_FALLBACK_NUMBER="")

    assert (code, findings["fallback-number"]["state"]) == (1, "warning")


@pytest.mark.once
def test_a_number_that_serves_somebody_else_is_not_mended(in_order):
    in_order.break_number(VoiceUrl="https://other.example.com/voice")

    code, findings = in_order.findings("--fix", "--yes")

    assert (code, findings[f"number.{SUPPORT}"]["state"]) == (2, "failed")
    assert in_order.number()["voice_url"] == "https://other.example.com/voice"
    assert in_order.run("twilio_provision", "--yes")[0] == 1
    assert in_order.number()["voice_url"] == "https://other.example.com/voice"


@pytest.mark.once
def test_wrong_credentials_are_one_failure_and_not_many(in_order):
    code, findings = in_order.findings(TWILIO_AUTH_TOKEN="wrong-but-there")

    assert (code, findings["credentials"]["state"]) == (2, "failed")
    assert {findings[name]["state"] for name in ("key", "app", "numbers")} == {"skipped"}


@pytest.mark.once
def test_a_desk_without_app_and_key_gets_both_and_they_work(in_order):
    code, said = in_order.run(
        "twilio_provision", "--yes", TWILIO_TWIML_APP_SID="", TWILIO_API_KEY_SID="", TWILIO_API_KEY_SECRET=""
    )
    settings = dict(line.split("=", 1) for line in said.splitlines() if line.startswith("TWILIO_"))

    assert code == 0, said
    assert set(settings) == {"TWILIO_TWIML_APP_SID", "TWILIO_API_KEY_SID", "TWILIO_API_KEY_SECRET"}
    assert in_order.findings(**settings)[0] == 0
    again = in_order.run("twilio_provision", **settings)
    assert again[1].endswith("Nothing to do.\n")


@pytest.mark.once
def test_no_secret_is_said(in_order):
    in_order.break_number(VoiceUrl=f"{in_order.desk_url}/nowhere/")

    said = "".join(
        in_order.run(*arguments)[1]
        for arguments in (("twilio_doctor",), ("twilio_provision", "--dry-run"), ("twilio_doctor", "--fix", "--yes"))
    )

    assert "•••@localhost" in said
    for name in ("ACCOUNT_SID", "AUTH_TOKEN", "API_KEY_SECRET", "WEBHOOK_PASSWORD"):
        assert in_order.settings[f"TWILIO_{name}"] not in said


def test_a_desk_that_is_not_running_is_found_out(in_order):
    in_order.stop("web")
    try:
        code, findings = in_order.findings()
    finally:
        in_order.start_web()

    assert (code, findings["public-address"]["state"], findings["guard"]["state"]) == (2, "failed", "failed")
