from __future__ import annotations

import time

import pytest

from simulator.voice.tokens import TokenError, verify
from tests.simulator.voice.rig import ACCOUNT_SID, APPLICATION_SID, Credentials, make_token

NOW = time.time()


def refusal(token, now=None):
    with pytest.raises(TokenError) as refused:
        verify(token, Credentials(), now or time.time())
    return refused.value.code


def test_a_good_token_says_who_and_what():
    claims = verify(make_token("ada", ttl=600), Credentials(), time.time())
    assert claims.identity == "ada"
    assert claims.incoming is True
    assert claims.application_sid == APPLICATION_SID
    assert 595 <= claims.seconds_left(time.time()) <= 600


def test_the_library_makes_tokens_that_are_good():
    from twilio.jwt.access_token import AccessToken
    from twilio.jwt.access_token.grants import VoiceGrant

    credentials = Credentials()
    token = AccessToken(ACCOUNT_SID, credentials.api_key_sid, credentials.api_key_secret, identity="ada")
    token.add_grant(
        VoiceGrant(
            outgoing_application_sid=APPLICATION_SID, outgoing_application_params={"x": "1"}, incoming_allow=True
        )
    )
    claims = verify(token.to_jwt(), credentials, time.time() + 1)
    assert (claims.identity, claims.incoming, claims.application_sid) == ("ada", True, APPLICATION_SID)
    assert claims.outgoing_params == {"x": "1"}


@pytest.mark.parametrize(
    ("grants", "incoming", "application_sid"),
    [
        ({"identity": "ada"}, False, None),
        ({"identity": "ada", "voice": {"incoming": {"allow": 1}}}, False, None),
        ({"identity": "ada", "voice": {"incoming": None, "outgoing": "AP"}}, False, None),
        ({"identity": "ada", "voice": {"outgoing": {"application_sid": "AP1"}}}, False, "AP1"),
    ],
)
def test_nothing_is_allowed_that_is_not_granted(grants, incoming, application_sid):
    claims = verify(make_token(grants=grants), Credentials(), time.time())
    assert (claims.incoming, claims.application_sid) == (incoming, application_sid)


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (None, 31204),
        ("", 31204),
        ("a.b.c", 31204),
        (make_token(header={"cty": "twilio-sat;v=1"}), 31204),
        (make_token(header={"cty": None}), 31204),
        (make_token(grants={"identity": 7}), 31204),
        (make_token(exp="soon"), 31204),
        (make_token(exp=None), 31204),
        (make_token(exp=True), 31204),
        (make_token(exp=float("nan")), 31204),
        (make_token(exp=float("inf")), 31204),
        (make_token(nbf="now"), 31204),
        (make_token("ada byron"), 31105),
        (make_token("ada\n"), 31105),
        (make_token("<ada>"), 31105),
        (make_token("a" * 257), 31105),
        (make_token(header={"twr": "ie1"}), 31202),
        (make_token(header={"twr": 7}), 31202),
        (make_token(sub=None), 31204),
        (make_token(nbf=NOW + 1800), 31204),
        (make_token(iss="SK" + "9" * 32), 31201),
        (make_token(secret="z" * 32), 31202),
        (make_token(sub="AC" + "9" * 32), 31203),
        (make_token(ttl=-1), 31205),
        (make_token(ttl=24 * 3600 + 1), 31207),
    ],
)
def test_a_bad_token_is_refused_with_the_sdks_code(token, code):
    assert refusal(token) == code


def test_a_token_without_an_identity_calls_out_and_is_never_called():
    voice = {"incoming": {"allow": True}, "outgoing": {"application_sid": APPLICATION_SID}}
    claims = verify(make_token(grants={"voice": voice}), Credentials(), time.time())
    assert (claims.identity, claims.incoming, claims.application_sid) == ("", False, APPLICATION_SID)


@pytest.mark.parametrize("identity", ["agent_7", "ada", "a" * 256, "zoë"])
def test_a_name_of_any_other_kind_is_good(identity):
    assert verify(make_token(identity), Credentials(), time.time()).identity == identity


def test_a_token_for_the_simulators_own_region_is_good():
    assert verify(make_token(header={"twr": "us1"}), Credentials(), time.time()).identity == "ada"


def test_a_token_begins_at_its_second():
    token = make_token(nbf=int(NOW) + 60)
    assert refusal(token, int(NOW) + 59.9) == 31204
    assert verify(token, Credentials(), int(NOW) + 60).identity == "ada"


def test_a_changed_payload_breaks_the_signature():
    header, payload, signature = make_token("ada").split(".")
    _, other, _ = make_token("grace").split(".")
    assert payload != other
    assert refusal(f"{header}.{other}.{signature}") == 31202


def test_an_unsigned_token_is_refused():
    import jwt

    token = jwt.encode({"iss": Credentials.api_key_sid}, None, algorithm="none", headers={"cty": "twilio-fpa;v=1"})
    assert refusal(token) == 31204


def test_without_a_secret_no_token_is_good():
    with pytest.raises(TokenError):
        verify(make_token(), Credentials(api_key_secret=""), time.time())


def test_a_token_expires_at_its_second():
    token = make_token(ttl=10)
    expires = verify(token, Credentials(), time.time()).expires
    assert not verify(token, Credentials(), expires - 0.5).expired(expires - 0.5)
    assert refusal(token, expires) == 31205
