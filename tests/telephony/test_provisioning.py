"""What would be changed at Twilio, and that exactly this is changed."""

from __future__ import annotations

import logging

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from telephony import errors
from telephony.provisioning.addresses import handler_url, is_somebody_elses, masked, number_values, place
from telephony.provisioning.plan import Change, Kind, Plan
from telephony.provisioning.services import apply, plan_all, plan_app, plan_key, plan_numbers, plan_repair
from tests.telephony.account import APP, NEW_SECRET
from tests.twilio import SUPPORT

BASE = "https://desk.example.com/twilio/voice"
OVERRIDES = "#rc=2&rp=ct,rt,5xx&ct=1000&rt=4000"
OTHERS = "https://other.example.com/voice"


def fields(step) -> list[str]:
    return [change.field for change in step.changes]


def test_an_account_in_order_needs_nothing(account):
    plan = plan_all([SUPPORT])

    assert plan.to_do == plan.blocked == ()
    assert [step.kind for step in plan.steps] == [Kind.APP, Kind.KEY, Kind.NUMBER]


def test_a_number_gets_all_its_urls_and_methods(account):
    account.number().update(voice_url="", voice_method="GET", voice_fallback_url=None, status_callback="")

    list(apply(plan_all([SUPPORT])))

    assert account.writes[0][2] == {
        "voice_url": f"{BASE}/incoming/{OVERRIDES}",
        "voice_method": "POST",
        "voice_fallback_url": f"{BASE}/fallback/{OVERRIDES}",
        "status_callback": f"{BASE}/status/{OVERRIDES}",
    }
    assert plan_all([SUPPORT]).to_do == ()


def test_only_what_differs_is_written(account):
    account.number()["voice_url"] = f"{BASE}/wrong/"

    list(apply(plan_all([SUPPORT])))

    assert [(what, list(values)) for what, _, values in account.writes] == [("number-update", ["voice_url"])]


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"voice_url": OTHERS},
        {"voice_url": "https://desk.example.com:8443/twilio/voice/incoming/"},
        {"voice_url": "https://desk.example.com.evil.example/"},
        {"voice_url": "nonsense"},
        {"trunk_sid": "TK" + "1" * 32},
        {"voice_application_sid": "AP" + "9" * 32},
    ],
)
def test_a_number_that_serves_somebody_else_is_left_alone_until_it_is_named(account, elsewhere):
    account.number().update(elsewhere)

    step = plan_numbers([SUPPORT])[0]

    assert not step.is_to_do
    assert f"--take-over {SUPPORT}" in step.way_out
    assert plan_numbers([SUPPORT], ["+12025550999"])[0].blocked
    list(apply(Plan((plan_numbers([SUPPORT], [SUPPORT])[0],))))
    assert account.number() | number_values() == account.number()


def test_a_number_fresh_from_twilio_serves_nobody_yet(account):
    account.number()["voice_url"] = "https://demo.twilio.com/welcome/voice/"

    assert plan_numbers([SUPPORT])[0].is_to_do


def test_a_number_of_another_account_is_never_touched_not_even_when_named(account):
    step = plan_numbers(["+12025550999"], ["+12025550999"])[0]

    assert not step.is_to_do
    assert "no such number" in step.blocked


def test_a_number_that_takes_no_calls_is_none_of_ours(account):
    account.number()["capabilities"] = {"voice": False, "sms": True}

    assert plan_numbers([SUPPORT])[0].blocked


def test_numbers_are_not_asked_for_when_there_are_none(account):
    assert plan_numbers([]) == []


def test_without_an_app_one_is_made_and_named_after_the_desk(account, settings):
    settings.TWILIO_TWIML_APP_SID = ""
    account.apps.clear()

    done = list(apply(Plan((plan_app(),))))

    made = next(iter(account.apps.values()))
    assert done[0].settings == {"TWILIO_TWIML_APP_SID": made["sid"]}
    assert made["friendly_name"] == "Ringdesk desk.example.com"
    assert made["voice_url"] == f"{BASE}/outgoing/{OVERRIDES}"


def test_the_app_that_was_made_before_is_adopted(account, settings):
    settings.TWILIO_TWIML_APP_SID = ""
    account.apps[APP]["friendly_name"] = "Ringdesk desk.example.com"

    assert (plan_app().sid, plan_app().is_to_do) == (APP, False)


def test_an_app_of_another_desk_is_not_adopted(account, settings):
    settings.TWILIO_TWIML_APP_SID = ""
    account.apps[APP]["friendly_name"] = "Ringdesk staging.example.com"

    assert plan_app().sid == ""


def test_an_app_that_serves_somebody_else_is_left_alone_until_it_is_named(account):
    account.apps[APP]["voice_url"] = OTHERS

    assert f"--take-over {APP}" in plan_app().way_out
    assert plan_app([APP]).is_to_do


def test_a_key_that_works_is_kept(account):
    assert not plan_key().is_to_do


@pytest.mark.parametrize("trouble", ["not set", "not there", "no secret", "wrong secret"])
def test_a_key_that_does_not_work_is_replaced_and_its_secret_given_back_once(account, settings, caplog, trouble):
    if trouble == "not set":
        settings.TWILIO_API_KEY_SID = ""
    elif trouble == "not there":
        account.keys.clear()
    elif trouble == "no secret":
        settings.TWILIO_API_KEY_SECRET = ""
    else:
        account.key_is_accepted = False

    with caplog.at_level(logging.DEBUG):
        done = list(apply(Plan((plan_key(),))))

    assert done[0].settings["TWILIO_API_KEY_SECRET"] == NEW_SECRET
    assert done[0].settings["TWILIO_API_KEY_SID"] in account.keys
    assert NEW_SECRET not in caplog.text + repr(done)


def test_repairing_makes_nothing_new_and_takes_nothing_over(account, settings):
    settings.TWILIO_TWIML_APP_SID = ""
    account.apps.clear()
    account.number()["voice_url"] = OTHERS

    plan = plan_repair([SUPPORT])

    assert plan.to_do == ()
    assert [step.title for step in plan.blocked] == [f"Number {SUPPORT}"]


def test_what_was_done_before_a_failure_is_told(account, settings):
    settings.TWILIO_API_KEY_SID = ""
    account.number()["voice_url"] = f"{BASE}/wrong/"
    plan = plan_all([SUPPORT])
    account.numbers.clear()

    steps = apply(plan)

    assert next(steps).step.kind is Kind.KEY
    with pytest.raises(errors.TelephonyError, match="does not have it any more"):
        next(steps)


def test_the_fingerprint_is_of_what_will_be_done(account):
    account.number()["voice_url"] = f"{BASE}/wrong/"
    shown = plan_repair([SUPPORT]).fingerprint

    assert plan_repair([SUPPORT]).fingerprint == shown
    account.number()["voice_url"] = f"{BASE}/other/"
    assert plan_repair([SUPPORT]).fingerprint != shown


def test_twilio_out_of_reach_is_one_of_our_errors(account):
    account.failure = requests.ConnectionError()

    with pytest.raises(errors.Unavailable):
        plan_all([SUPPORT])


def test_credentials_are_put_into_the_urls_and_never_shown(account, settings):
    settings.TWILIO_WEBHOOK_USERNAME, settings.TWILIO_WEBHOOK_PASSWORD = "twilio", "hunter2"

    step = plan_numbers([SUPPORT])[0]

    assert step.values["voice_url"] == f"https://twilio:hunter2@desk.example.com/twilio/voice/incoming/{OVERRIDES}"
    shown = [(change.before, change.after) for change in step.changes]
    assert shown[0] == (
        f"{BASE}/incoming/{OVERRIDES}",
        f"https://•••@desk.example.com/twilio/voice/incoming/{OVERRIDES}",
    )
    assert "hunter2" not in str(shown)


def test_urls_that_differ_in_their_credentials_alone_do_not_look_the_same():
    change = Change("voice_url", "https://a:old@h/v", "https://a:new@h/v")

    assert (change.before, change.after) == ("https://•••@h/v (other credentials)", "https://•••@h/v")


def test_the_connection_overrides_may_be_others_or_none(settings):
    settings.TWILIO_CONNECTION_OVERRIDES = ""

    assert handler_url("calls:status") == f"{BASE}/status/"


def test_all_attempts_together_fit_into_the_time_that_twilio_gives_a_request():
    # Twilio Docs, "Webhooks: Connection Overrides": 15 seconds for a call's request, whatever the overrides say.
    said = dict(part.split("=") for part in OVERRIDES.lstrip("#").split("&"))

    assert handler_url("calls:status").endswith(OVERRIDES)
    assert (1 + int(said["rc"])) * (int(said["ct"]) + int(said["rt"])) <= 15_000


@given(st.text(max_size=60))
def test_no_url_at_twilio_can_break_a_plan(text):
    assert isinstance(is_somebody_elses(text), bool)
    assert isinstance(masked(text), str)
    assert isinstance(place(text), str)


@given(
    user=st.from_regex(r"[A-Za-z0-9]{4,12}", fullmatch=True), secret=st.from_regex(r"[A-Z0-9]{6,20}", fullmatch=True)
)
def test_a_shown_url_has_neither_credentials_nor_query(user, secret):
    assert secret not in masked(f"https://{user}:{secret}@other.example.com/voice?key={secret}#rc=2")
