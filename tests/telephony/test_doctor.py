"""What the doctor says of an account at Twilio, and that nothing can keep it from answering."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from unittest.mock import patch

import pytest
import requests
from django.utils import translation
from twilio.base.api_response import ApiResponse
from twilio.base.exceptions import TwilioRestException
from twilio.rest.api.v2010.account import AccountContext, AccountInstance

from core.languages import kept, sentence
from telephony.doctor.account import check_account, check_fallback_number, check_key
from telephony.doctor.findings import Check, Finding, State, report, worst
from telephony.doctor.routes import check_app, check_numbers
from telephony.doctor.runner import run
from telephony.rest.client import get_client
from tests.telephony.account import APP, refusal
from tests.twilio import ACCOUNT_SID, SUPPORT

BASE = "https://desk.example.com/twilio/voice"


def found(check, **more) -> dict[str, Finding]:
    findings = run([Check("it", "It", check, **more)])
    return {finding.id: finding for finding in findings}


def states(findings: dict[str, Finding]) -> dict[str, str]:
    return {name: finding.state.value for name, finding in findings.items()}


def account_answers(*, date: str | None = None, **payload):
    """Twilio's answer on the account."""
    instance = AccountInstance(
        get_client().api.v2010, {"sid": ACCOUNT_SID, "status": "active", "type": "Full"} | payload
    )
    headers = {"Date": format_datetime(datetime.now(UTC)) if date is None else date}
    return patch.object(
        AccountContext, "fetch_with_http_info", autospec=True, return_value=ApiResponse(instance, 200, headers)
    )


# --- The frame -------------------------------------------------------------------------------------------------------


def test_a_check_that_hangs_is_reported_and_holds_up_no_other():
    never = threading.Event()
    checks = [
        Check("slow", "Slow", lambda check: check.ok(str(never.wait(30))), seconds=0.05),
        Check("fine", "Fine", lambda check: check.ok("It is fine.")),
    ]

    findings = run(checks)
    never.set()

    assert [(finding.id, finding.state) for finding in findings] == [("slow", State.FAILED), ("fine", State.OK)]
    assert "0.05 seconds" in findings[0].seen


def test_checks_run_side_by_side():
    both = threading.Barrier(2, timeout=10)

    findings = run([Check(name, name, lambda check: check.ok(str(both.wait() >= 0))) for name in ("a", "b")])

    assert [finding.state for finding in findings] == [State.OK, State.OK]


def test_a_check_that_breaks_is_a_finding_without_the_errors_text(caplog):
    def broken(check):
        raise RuntimeError("postgres://user:password@host")

    finding = found(broken)["it"]

    assert finding.state is State.FAILED
    assert "RuntimeError" in finding.seen
    assert "password" not in finding.seen + caplog.text


@pytest.mark.parametrize("name", ["TWILIO_AUTH_TOKEN", "TWILIO_API_KEY_SECRET", "TWILIO_ACCOUNT_SID"])
def test_a_secret_that_slipped_in_is_taken_out(settings, name):
    secret = getattr(settings, name)

    finding = found(lambda check: check.failed(f"It said {secret}.", f"Do not use {secret}."))["it"]

    assert secret not in str(finding)
    assert "•••" in finding.seen


@pytest.mark.parametrize(
    ("given", "all_in_all"),
    [([], "ok"), (["skipped"], "ok"), (["ok", "warning"], "warning"), (["warning", "failed", "ok"], "failed")],
)
def test_the_worst_finding_counts(given, all_in_all):
    findings = [Finding(str(number), "It", State(state), "") for number, state in enumerate(given)]

    assert worst(findings) == report(findings)["state"] == all_in_all


def test_what_was_found_is_said_in_the_language_of_whoever_reads_it():
    """Checks run in threads, which know no language."""
    empty = Check(
        "lines", kept("Lines"), lambda check: check.failed(kept("There is no line yet."), kept("See the log."))
    )
    broken = Check("numbers", kept("Numbers"), lambda check: check.failed(str(1 / 0), ""))
    with translation.override("de"):
        findings = run([empty, broken])
        said = [(sentence(one.title), sentence(one.seen), sentence(one.mend)) for one in findings]

    assert said == [
        ("Leitungen", "Es gibt noch keine Leitung.", "Sehen Sie im Protokoll nach."),
        ("Nummern", "Die Prüfung brach ab: ZeroDivisionError.", "Sehen Sie im Protokoll nach."),
    ]
    assert (findings[0].title, findings[1].seen) == ("Lines", "The check broke off: ZeroDivisionError.")


def test_a_secret_is_taken_out_of_every_language(settings):
    reason = kept("It broke off %(ago)s.") % {"ago": settings.TWILIO_AUTH_TOKEN}
    finding = found(lambda check: check.failed(kept("%(why)s Nothing more was changed.") % {"why": reason}, ""))["it"]

    with translation.override("de"):
        assert "•••" in sentence(finding.seen)
        assert settings.TWILIO_AUTH_TOKEN not in sentence(finding.seen) + str(finding.to_keep())


# --- The account -----------------------------------------------------------------------------------------------------


def test_an_account_in_order():
    with account_answers():
        findings = found(check_account)

    assert states(findings) == {"credentials": "ok", "account": "ok", "clock": "ok"}
    assert ACCOUNT_SID not in str(findings)


@pytest.mark.parametrize(("payload", "state"), [({"status": "suspended"}, "failed"), ({"type": "Trial"}, "warning")])
def test_an_account_that_cannot_do_everything(payload, state):
    with account_answers(**payload):
        assert states(found(check_account))["account"] == state


@pytest.mark.parametrize(("status", "code"), [(401, 20003), (404, 20404)])
def test_credentials_that_twilio_does_not_take(status, code):
    with patch.object(AccountContext, "fetch_with_http_info", autospec=True, side_effect=refusal(status, code)):
        findings = found(check_account)

    assert states(findings) == {"credentials": "failed"}
    assert str(code) in findings["credentials"].seen


def test_credentials_that_are_missing(settings):
    settings.TWILIO_AUTH_TOKEN = ""

    assert states(found(check_account)) == {"credentials": "failed"}


@pytest.mark.parametrize("error", [requests.ConnectionError(), TwilioRestException(503, "/uri")])
def test_twilio_that_does_not_answer(error):
    with patch.object(AccountContext, "fetch_with_http_info", autospec=True, side_effect=error):
        findings = found(check_account)

    assert states(findings) == {"it": "failed"}
    assert "cannot be reached" in findings["it"].seen


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, "ok"), (-3, "ok"), (10, "warning"), (-10, "warning"), (60, "failed"), (-60, "failed")]
)
def test_a_clock_that_is_wrong(seconds, state):
    twilios = format_datetime(datetime.now(UTC) - timedelta(seconds=seconds), usegmt=True)

    with account_answers(date=twilios):
        assert states(found(check_account))["clock"] == state


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_without_a_date_there_is_nothing_to_say_of_the_clock(date):
    with account_answers(date=date):
        assert states(found(check_account))["clock"] == "skipped"


# --- The key, the app, the numbers -----------------------------------------------------------------------------------


def test_a_key_that_works(account):
    assert states(found(check_key)) == {"it": "ok"}


def test_a_key_that_was_deleted(account):
    account.keys.clear()

    assert "no key" in found(check_key)["it"].seen


def test_a_key_whose_secret_is_wrong(account):
    account.key_is_accepted = False

    assert "does not accept" in found(check_key)["it"].seen


def test_a_key_that_was_not_set(account, settings):
    settings.TWILIO_API_KEY_SECRET = ""

    assert states(found(check_key)) == {"it": "failed"}


def test_an_app_and_a_number_in_order(account):
    assert states(found(check_app)) == {"it": "ok"}
    assert states(found(check_numbers(lambda: [SUPPORT]))) == {f"number.{SUPPORT}": "ok"}


def test_drift_is_shown_field_by_field(account):
    account.number().update(voice_url=f"{BASE}/wrong/", status_callback_method="GET")

    finding = found(check_numbers(lambda: [SUPPORT]))[f"number.{SUPPORT}"]

    assert finding.state is State.FAILED
    assert [(field, was) for field, was, _ in finding.drift] == [
        ("voice_url", f"{BASE}/wrong/"),
        ("status_callback_method", "GET"),
    ]
    assert "--fix" in finding.mend


def test_calls_that_arrive_without_connection_overrides_are_a_warning_only(account):
    for name in ("voice_url", "voice_fallback_url", "status_callback"):
        account.apps[APP][name] = account.apps[APP][name].partition("#")[0]

    assert states(found(check_app)) == {"it": "warning"}


def test_a_fallback_that_is_missing_is_more_than_a_warning(account):
    account.apps[APP]["voice_fallback_url"] = ""

    assert states(found(check_app)) == {"it": "failed"}


@pytest.mark.parametrize("sid", ["", "AP" + "9" * 32])
def test_an_app_that_is_not_there(account, settings, sid):
    settings.TWILIO_TWIML_APP_SID = sid

    finding = found(check_app)["it"]

    assert finding.state is State.FAILED
    assert "twilio_provision" in finding.mend


def test_a_number_of_somebody_else(account):
    account.number()["voice_url"] = "https://user:hunter2@other.example.com/voice?key=hunter2"

    finding = found(check_numbers(lambda: [SUPPORT]))[f"number.{SUPPORT}"]

    assert (finding.state, finding.drift) == (State.FAILED, ())
    assert "other.example.com" in finding.seen
    assert f"--take-over {SUPPORT}" in finding.mend
    assert "hunter2" not in str(finding)


def test_a_line_whose_number_is_not_the_accounts(account):
    assert states(found(check_numbers(lambda: ["+12025550999"])))["number.+12025550999"] == "failed"


def test_a_caller_id_that_is_not_the_accounts(account, settings):
    settings.TWILIO_CALLER_ID = "+12025550999"

    assert states(found(check_numbers(lambda: [SUPPORT]))) == {f"number.{SUPPORT}": "ok", "caller-id": "warning"}


def test_a_desk_without_lines(account):
    assert states(found(check_numbers(list))) == {"it": "warning"}


def test_what_cannot_be_looked_at_for_want_of_credentials_points_to_them(account):
    account.failure = refusal(401, 20003)

    finding = found(check_app)["it"]

    assert finding.state is State.SKIPPED
    assert "credentials" in finding.seen


@pytest.mark.parametrize(("number", "state"), [("", "warning"), ("555", "failed"), ("+12025550199", "ok")])
def test_the_fallback_number(settings, number, state):
    settings.TWILIO_FALLBACK_NUMBER = number

    assert states(found(check_fallback_number)) == {"it": state}
