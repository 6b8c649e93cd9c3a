"""Who reads what of a recorded request."""

from __future__ import annotations

import json
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from calls.recorder.masking import (
    HIDDEN,
    MaskingPolicy,
    Role,
    masking_policy_for,
    params_masked,
    text_masked,
    twiml_masked,
    value_masked,
)
from tests import factories
from tests.twilio import CALLER, SUPPORT, sid

ADMIN = MaskingPolicy(Role.ADMIN, numbers=True)
SUPERVISOR = MaskingPolicy(Role.SUPERVISOR, numbers=True)
AGENT = MaskingPolicy(Role.AGENT, numbers=True)
OTHER = MaskingPolicy(Role.AGENT, numbers=False)
EVERYBODY = [ADMIN, SUPERVISOR, AGENT, OTHER]

policies = st.sampled_from(EVERYBODY)
# Marked, so that nothing that is written around a secret here ("desk.example") can be one.
MARK = "~Zq"
secrets = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789-._~", min_size=9, max_size=37).map(MARK.__add__)
odd_secrets = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters="\x7f"), min_size=9).map(
    MARK.__add__
)
# Shorter than any secret, so that none holds one by chance.
words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=11)
credential_names = st.sampled_from(
    ["CallToken", "AccountSid", "token", "StirPassportToken", "Password", "api_key", "SharedSecret", "Authorization"]
)
account_sids = st.text("0123456789abcdef", min_size=32, max_size=32).map(lambda digits: f"AC{digits}")


def dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


@given(policies, credential_names, odd_secrets, words)
def test_no_field_that_is_named_like_a_credential_keeps_its_value(policy, name, secret, harmless):
    shown = params_masked({name: secret, "CallStatus": harmless, "Nested": {"deep": [{name: [secret]}]}}, policy)

    assert secret not in dump(shown).replace("\\\\", "\\").replace('\\"', '"')
    assert shown.get(name, HIDDEN) == HIDDEN


@given(policies, st.sampled_from(["https", "http", "wss"]), secrets, secrets, words)
def test_no_url_keeps_its_user_and_password(policy, scheme, user, password, around):
    url = f"{scheme}://{user}:{quote(password, safe='')}@desk.example.com/twilio/voice/status/"
    text = f"{around} {url} {around}"

    for shown in (text_masked(text, policy), dump(value_masked({"url": [text]}, policy))):
        assert password not in shown
        assert user not in shown
        assert "desk.example.com/twilio/voice/status/" in shown


@given(policies, secrets, secrets)
def test_no_twiml_keeps_a_callbacks_user_and_password(policy, user, password):
    url = f"https://{user}:{password}@desk.example.com/twilio/voice/dial-action/?a=1&b=2"
    answer = f"<Response><Dial action={quoteattr(url)}><Sip username={quoteattr(user)}>sip:x@y</Sip></Dial></Response>"

    for shown in (twiml_masked(answer, policy), twiml_masked(f"{answer}<broken", policy)):
        assert password not in shown
        assert user not in shown
        assert "desk.example.com" in shown


@given(policies, secrets)
def test_no_twiml_parameter_that_is_named_like_a_credential_keeps_its_value(policy, secret):
    answer = f'<Response><Dial><Client><Parameter name="callToken" value="{secret}"/></Client></Dial></Response>'

    assert secret not in twiml_masked(answer, policy)


@given(policies, account_sids, words, words)
def test_no_account_is_named_anywhere(policy, account, before, after):
    text = f"{before}/Accounts/{account}/Calls{after}"

    assert account not in text_masked(text, policy)
    assert account not in dump(params_masked({"CallStatus": text, "Note": [text], text: "x"}, policy))


@given(policies, secrets, words)
def test_no_text_keeps_what_stands_after_the_name_of_a_credential(policy, secret, around):
    for text in (f"?token={secret}&x=1", f'password="{secret}"', f"{around} secret: {secret}", f"Bearer {secret}"):
        assert secret not in text_masked(text, policy)


CONFIGURED = [
    "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN_SECONDARY", "TWILIO_API_KEY_SID",
    "TWILIO_API_KEY_SECRET", "SECRET_KEY",
]  # fmt: skip


@pytest.mark.parametrize("name", CONFIGURED)
@given(policy=policies, before=words, after=words)
def test_no_secret_of_this_server_is_shown_wherever_it_stands(name, policy, before, after):
    secret = getattr(settings, name)
    text = f"{before}{secret}{after}"

    assert secret not in text_masked(text, policy)
    assert secret not in dump(params_masked({"CallStatus": text, "From": [text]}, policy))
    assert secret not in twiml_masked(f"<Response><Say>{secret}</Say></Response>", policy)


def test_a_webhook_password_and_shared_keys_are_secrets_of_this_server(settings):
    settings.TWILIO_WEBHOOK_PASSWORD = "pass&word/1"
    settings.TWILIO_WEBHOOK_SHARED_KEYS = {"key1": "shared-key-secret"}

    for text in ("pass&word/1", "pass%26word%2F1", "pass&amp;word/1", "shared-key-secret"):
        assert text_masked(f"x {text} y", ADMIN) == f"x {HIDDEN} y"


@given(st.text(), policies)
def test_any_text_can_be_masked(text, policy):
    assert isinstance(text_masked(text, policy), str)
    assert isinstance(twiml_masked(text, policy), str)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5), policies)
def test_any_value_can_be_masked_and_stays_json(value, policy):
    json.dumps(params_masked({"CallStatus": value, "x": {"y": value}}, policy))


@pytest.mark.parametrize("part", ["token", "sip:x", "eyJ", "a:", "token='", "1", "://a@", "basic "])
def test_a_megabyte_is_masked_without_going_back_over_it(part):
    # Expressions that do would keep this test busy for hours.
    assert text_masked(part * (1_000_000 // len(part)), OTHER)


@given(st.integers(10**9, 10**14).map(lambda digits: f"+{digits}"))
def test_somebody_elses_numbers_keep_their_last_two_digits_only(number):
    url = f"https://desk.example.com/?To={quote(number)}"
    texts = [number, f"<Number>{number}</Number>", f"called {number}.", url]

    assert [number[1:] in text_masked(text, OTHER) for text in texts] == [False] * 4
    assert text_masked(number, OTHER) == f"…{number[-2:]}"
    assert text_masked(number, AGENT) == number


def test_sids_and_times_are_no_numbers():
    text = f"{sid('CA', 1)} at Thu, 01 Jun 2017 20:48:32 +0000, 1234 ms"

    assert text_masked(text, OTHER) == text


PARAMS = {
    "CallSid": sid("CA", 1),
    "From": CALLER,
    "CallStatus": "ringing",
    "FromCity": "WASHINGTON",
    "Digits": "4242",
    "SpeechResult": "my PIN is four two",
    "AccountSid": "AC" + "1" * 32,
    "CallToken": "eyJhbGciOi.x.y",
}


@pytest.mark.parametrize(
    ("policy", "shown"),
    [
        (OTHER, {"CallSid": sid("CA", 1), "From": "…42", "CallStatus": "ringing"}),
        (AGENT, {"CallSid": sid("CA", 1), "From": CALLER, "CallStatus": "ringing"}),
        (SUPERVISOR, PARAMS | dict.fromkeys(["Digits", "SpeechResult", "AccountSid", "CallToken"], HIDDEN)),
        (ADMIN, PARAMS | dict.fromkeys(["AccountSid", "CallToken"], HIDDEN)),
    ],
)
def test_the_role_says_which_fields_are_shown(policy, shown):
    assert params_masked(PARAMS, policy) == shown


def test_twiml_is_indented_to_be_read():
    assert twiml_masked("<Response><Say>Hello.</Say></Response>", ADMIN) == (
        "<Response>\n  <Say>Hello.</Say>\n</Response>"
    )


@pytest.mark.parametrize(
    ("values", "own", "policy"),
    [
        ({}, True, AGENT),
        ({}, False, OTHER),
        ({"role": "supervisor"}, False, SUPERVISOR),
        ({"is_superuser": True}, False, ADMIN),
    ],
)
def test_what_one_may_see_follows_from_role_and_call(db, values, own, policy):
    viewer = factories.make_agent(**values)
    call = factories.make_call(1, called=SUPPORT, agent=viewer if own else None)

    assert masking_policy_for(viewer, call) == policy


def test_an_agent_sees_no_numbers_of_rows_without_a_call(db):
    assert masking_policy_for(factories.make_agent()) == OTHER
