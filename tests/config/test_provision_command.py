"""`twilio_provision` shows, asks, does; `twilio_doctor` finds, shows, mends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import StringIO
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from twilio.rest.api.v2010.account.usage.trigger import TriggerList

from agents import web_push
from config.management.commands import twilio_doctor
from routing.models import Line
from telephony.doctor.findings import Check, Finding, State
from telephony.doctor.routes import check_numbers
from telephony.doctor.runner import run
from tests.telephony.account import APP, NEW_SECRET, Account, account_at_twilio, refusal
from tests.test_secrecy import holds
from tests.twilio import SUPPORT

pytestmark = pytest.mark.django_db
WRONG = "https://desk.example.com/wrong/"
OTHERS = "https://other.example.com/voice"
OTHER = "+12025550101"


@pytest.fixture
def account(line: Line) -> Iterator[Account]:
    """One line, whose number the account has; no usage triggers."""
    with account_at_twilio() as account, patch.object(TriggerList, "list", autospec=True, return_value=[]):
        yield account


def command(name: str, *arguments: str, answer: str | None = None) -> tuple[int, str]:
    """The exit code and what was said. `answer` is what a person types; without one, nobody is there."""
    out = StringIO()
    typed = {"side_effect": EOFError} if answer is None else {"return_value": answer}
    code = 0
    with patch("builtins.input", **typed):
        try:
            call_command(name, *arguments, stdout=out)
        except SystemExit as end:
            code = int(end.code or 0)
        except CommandError as error:
            code = error.returncode
            out.write(str(error))
    return code, out.getvalue()


def provision(*arguments: str, answer: str | None = None) -> tuple[int, str]:
    return command("twilio_provision", *arguments, answer=answer)


def test_nothing_to_do_is_said(account):
    code, said = provision()

    assert code == 0
    assert "Nothing to do." in said
    assert account.writes == []


def test_old_and_new_are_shown_before_anybody_is_asked(account):
    account.number()["voice_url"] = WRONG

    code, said = provision("--dry-run")

    assert code == 0
    assert f"- {WRONG}" in said
    assert "+ https://desk.example.com/twilio/voice/incoming/#rc=2" in said
    assert account.writes == []


@pytest.mark.parametrize("answer", [None, "", "n", "maybe"])
def test_without_a_clear_yes_nothing_is_changed(account, answer):
    account.number()["voice_url"] = WRONG

    code, said = provision(answer=answer)

    assert code == 1
    assert "Nothing was changed." in said
    assert account.writes == []


def test_a_key_to_wake_browsers_with_is_shown_once_there_is_none_and_never_replaced(account, settings):
    settings.WEB_PUSH_PRIVATE_KEY = ""
    assert "WEB_PUSH_PRIVATE_KEY" not in provision("--dry-run")[1]
    made = re.search(r"WEB_PUSH_PRIVATE_KEY=(\S+)", provision()[1])
    settings.WEB_PUSH_PRIVATE_KEY = made[1]

    assert web_push.public_key()
    assert "WEB_PUSH_PRIVATE_KEY" not in provision()[1]


@pytest.mark.parametrize("arguments", [(), ("--yes",)])
def test_it_is_done_once_and_then_there_is_nothing_to_do(account, arguments):
    account.number()["voice_url"] = WRONG

    assert provision(*arguments, answer="yes")[0] == 0
    assert provision()[1].endswith("Nothing to do.\n")
    assert len(account.writes) == 1


def test_the_numbers_are_those_of_the_lines(account):
    account.number()["voice_url"] = WRONG
    account.add_number(OTHER, voice_url=WRONG)

    provision("--yes")

    assert account.number(OTHER)["voice_url"] == WRONG
    assert account.number()["voice_url"] != WRONG


def test_numbers_can_be_chosen_as_people_write_them(account):
    account.number()["voice_url"] = WRONG
    account.add_number(OTHER, voice_url=WRONG)

    provision("--yes", "--number", "(202) 555-0101")

    assert account.number()["voice_url"] == WRONG
    assert account.number(OTHER)["voice_url"] != WRONG


def test_a_number_that_is_none_is_refused(account):
    code, said = provision("--number", "hello")

    assert (code, said) == (1, "hello: This is not a telephone number.")


def test_a_number_of_somebody_else_is_left_alone_and_the_exit_code_says_so(account):
    account.number()["voice_url"] = OTHERS

    code, said = provision("--yes")

    assert code == 1
    assert "left alone" in said
    assert account.writes == []


def test_a_number_is_taken_over_by_name(account):
    account.number()["voice_url"] = OTHERS

    code, _ = provision("--yes", "--take-over", SUPPORT)

    assert code == 0
    assert account.number()["voice_url"].startswith("https://desk.example.com/")


def test_taking_one_over_is_no_leave_to_take_another(account):
    Line.objects.create(number=OTHER, name="Sales", team=Line.objects.get().team)
    account.number()["voice_url"] = OTHERS
    account.add_number(OTHER, voice_url=OTHERS)

    provision("--yes", "--number", SUPPORT, "--number", OTHER, "--take-over", OTHER)

    assert account.number()["voice_url"] == OTHERS
    assert account.number(OTHER)["voice_url"] != OTHERS


def test_an_app_is_taken_over_by_its_sid(account):
    account.apps[APP]["voice_url"] = OTHERS

    assert provision("--yes")[0] == 1
    assert provision("--yes", "--take-over", APP)[0] == 0


def test_a_new_account_is_set_up_and_what_belongs_into_env_is_printed(account, settings):
    settings.TWILIO_TWIML_APP_SID = settings.TWILIO_API_KEY_SID = settings.TWILIO_API_KEY_SECRET = ""
    account.apps.clear()
    account.keys.clear()

    code, said = provision("--yes")

    assert code == 0
    assert f"TWILIO_TWIML_APP_SID={next(iter(account.apps))}" in said
    assert f"TWILIO_API_KEY_SID={next(iter(account.keys))}" in said
    assert f"TWILIO_API_KEY_SECRET={NEW_SECRET}" in said


def test_a_secret_is_printed_even_when_a_later_step_fails(account, settings):
    settings.TWILIO_API_KEY_SID = ""
    account.number()["voice_url"] = WRONG

    def gone(question: str) -> str:
        account.numbers.clear()
        return "y"

    out = StringIO()
    with patch("builtins.input", autospec=True, side_effect=gone), pytest.raises(CommandError) as failure:
        call_command("twilio_provision", stdout=out)

    assert f"TWILIO_API_KEY_SECRET={NEW_SECRET}" in out.getvalue()
    assert failure.value.returncode == 2


def test_an_app_that_is_there_but_not_set_is_named(account, settings):
    settings.TWILIO_TWIML_APP_SID = ""
    account.apps[APP]["friendly_name"] = "Ringdesk desk.example.com"

    assert f"TWILIO_TWIML_APP_SID={APP}" in provision()[1]


def test_twilio_out_of_reach_is_a_sentence_and_an_exit_code(account):
    account.failure = refusal(503, 20503)

    assert provision("--yes") == (2, "Twilio cannot be reached. Try again. (Twilio's code 20503)")


@pytest.mark.parametrize("address", ["http://desk.example.com", "desk.example.com", "https://desk.example.com/x"])
def test_no_url_is_given_to_twilio_that_it_could_not_use(account, settings, address):
    settings.PUBLIC_BASE_URL = address
    account.number()["voice_url"] = ""

    code, said = provision("--yes")

    assert (code, account.writes) == (1, [])
    assert "PUBLIC_BASE_URL" in said


def test_credentials_that_are_missing_are_said(account, settings):
    settings.TWILIO_ACCOUNT_SID = ""

    assert provision("--yes")[0] == 2


def test_what_is_shown_holds_no_secret(account, settings):
    settings.TWILIO_WEBHOOK_USERNAME, settings.TWILIO_WEBHOOK_PASSWORD = "twilio", "hunter2"

    said = provision("--yes")[1]

    assert "•••@desk.example.com" in said
    assert "hunter2" not in said
    assert holds(said) == []


# --- The doctor -----------------------------------------------------------------------------------------------------


def doctor(*arguments: str, answer: str | None = None) -> tuple[int, str]:
    """The doctor with one check, which looks at the number."""
    checks = [Check("numbers", "Numbers", check_numbers(lambda: [SUPPORT]))]
    with patch.object(twilio_doctor, "examine", autospec=True, side_effect=lambda: run(checks)):
        return command("twilio_doctor", *arguments, answer=answer)


@pytest.mark.parametrize(("state", "code"), [("skipped", 0), ("ok", 0), ("warning", 1), ("failed", 2)])
def test_the_exit_code_tells_how_bad_it_is(state, code):
    finding = Finding("it", "It", State(state), "It is so.", "Do this.")

    with patch.object(twilio_doctor, "examine", autospec=True, return_value=[finding]):
        assert command("twilio_doctor")[0] == code
        assert command("twilio_doctor", "--json")[0] == code


def test_findings_for_machines(account):
    account.number()["voice_url"] = WRONG

    code, said = doctor("--json")

    assert code == 2
    found = json.loads(said)
    assert found["state"] == "failed"
    assert found["findings"][0]["id"] == f"number.{SUPPORT}"
    assert found["findings"][0]["drift"][0][:2] == ["voice_url", WRONG]


@pytest.mark.parametrize(
    ("arguments", "answer"), [(("--fix",), "y"), (("--fix", "--yes"), None), (("--fix", "--yes", "--json"), None)]
)
def test_drift_is_mended(account, arguments, answer):
    account.number()["voice_url"] = WRONG

    code, _ = doctor(*arguments, answer=answer)

    assert code == 0
    assert [(what, list(values)) for what, _, values in account.writes] == [("number-update", ["voice_url"])]


@pytest.mark.parametrize("answer", [None, "n"])
def test_nothing_is_mended_without_a_yes(account, answer):
    account.number()["voice_url"] = WRONG

    code, said = doctor("--fix", answer=answer)

    assert (code, account.writes) == (2, [])
    assert WRONG in said


def test_a_machine_cannot_be_asked(account):
    assert doctor("--fix", "--json")[0] == 2


def test_mending_takes_nothing_over_and_makes_nothing(account, settings):
    settings.TWILIO_API_KEY_SID = settings.TWILIO_TWIML_APP_SID = ""
    account.number()["voice_url"] = OTHERS

    code, said = doctor("--fix", "--yes")

    assert (code, account.writes) == (2, [])
    assert "nothing that --fix could mend" in said


def test_after_mending_for_a_machine_its_words_are_still_json(account):
    account.number()["voice_url"] = WRONG

    _, said = doctor("--fix", "--yes", "--json")

    assert json.loads(said)["state"] == "ok"
