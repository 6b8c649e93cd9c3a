"""A voice token outlives the log-in that it was given to. What it may still do is decided when it is used."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from agents.models import Agent
from agents.services import access_end
from calls.models import Call
from telephony.phone_reference import PhoneReference
from telephony.webhooks.forms import PHONE_FIELD
from tests import factories
from tests.calls.test_webhooks_incoming import verbs
from tests.calls.test_webhooks_outgoing import OUTGOING
from tests.twilio import CALLER, TwilioClient, outgoing
from tokens.models import Device, TokenKind
from tokens.services import device_revoke, voice_token_create

pytestmark = pytest.mark.django_db

SENTENCE = "This phone was signed out. Sign in again, or load the page again."


def token_for(agent: Agent, device: Device | None = None) -> dict[str, str]:
    """What Twilio sends with each call of a token that is made now."""
    agent.refresh_from_db()
    made = voice_token_create(agent=agent, platform="ios", ttl=None, address=None, device=device)
    claims = jwt.decode(made.token, settings.TWILIO_API_KEY_SECRET, algorithms=["HS256"])
    params: dict[str, str] = claims["grants"]["voice"]["outgoing"]["params"]
    return params


def answer(twilio: TwilioClient, agent: Agent, fields: dict[str, Any]) -> str:
    """What the agent hears; "" when the number is dialled."""
    said = verbs(twilio.webhook(OUTGOING, outgoing(agent.pk, CALLER) | {PHONE_FIELD: None} | fields))
    return "" if said.find("Dial") is not None else said.find("Say").text


def revoke(device: Device) -> None:
    assert device_revoke(device=device, by=device.user, address=None)


def expire(device: Device) -> None:
    Device.objects.update(expiry=timezone.now() - timedelta(seconds=1))


def sign_out_everywhere(device: Device) -> None:
    client = Client()
    client.force_login(device.user)
    assert client.post("/api/v1/auth/logout-all/", secure=True).status_code == 204


def new_password(device: Device) -> None:
    device.user.set_password("another-secret-for-tests")
    device.user.save()


@pytest.mark.parametrize("end", [revoke, expire, sign_out_everywhere, new_password])
def test_a_device_that_was_signed_out_calls_nobody_with_the_token_it_has(twilio, line, ada, end):
    device = factories.make_device(ada)
    token = token_for(ada, device)
    assert answer(twilio, ada, token) == ""
    Call.objects.all().delete()

    end(device)

    assert answer(twilio, ada, token) == SENTENCE
    # Nor is it shown at the desks of the agent, who may be somebody else.
    assert Call.objects.get().agent is None


@pytest.mark.parametrize("end", [sign_out_everywhere, new_password])
def test_a_browsers_token_ends_with_all_log_ins(twilio, line, ada, end):
    token = token_for(ada)
    assert answer(twilio, ada, token) == ""

    end(factories.make_device(ada))

    assert answer(twilio, ada, token) == SENTENCE
    assert answer(twilio, ada, token_for(ada)) == ""


def test_other_telephones_of_the_agent_call_on(twilio, line, ada):
    lost, kept = factories.make_device(ada), factories.make_device(ada, "Another")
    tokens = [token_for(ada, kept), token_for(ada)]

    revoke(lost)

    assert [answer(twilio, ada, token) for token in tokens] == ["", ""]


@pytest.mark.parametrize(
    "forge",
    [
        lambda mine, other, agent: {},
        lambda mine, other, agent: {PHONE_FIELD: ""},
        lambda mine, other, agent: {PHONE_FIELD: "x"},
        lambda mine, other, agent: {PHONE_FIELD: f"{agent.pk}.0.0"},
        lambda mine, other, agent: {PHONE_FIELD: f"{agent.pk}.0.0:{mine.partition(':')[2]}"},
        # Twilio might send both, the token's and the client's.
        lambda mine, other, agent: {PHONE_FIELD: [mine, "x"]},
        lambda mine, other, agent: {PHONE_FIELD: ["x", mine]},
        lambda mine, other, agent: {PHONE_FIELD: [mine, other]},
        lambda mine, other, agent: {PHONE_FIELD: [other, mine]},
        # Another agent's own, good note.
        lambda mine, other, agent: {PHONE_FIELD: other},
    ],
)
def test_a_note_cannot_be_dropped_doubled_or_made(twilio, line, ada, grace, forge):
    mine = token_for(ada, factories.make_device(ada))[PHONE_FIELD]
    other = token_for(grace, factories.make_device(grace))[PHONE_FIELD]

    assert answer(twilio, ada, forge(mine, other, ada)) == SENTENCE


def test_a_device_of_somebody_else_is_no_telephone_of_the_agents(twilio, line, ada, grace):
    theirs = factories.make_device(grace)

    note = PhoneReference(ada.pk, theirs.pk, 0).signed()

    assert answer(twilio, ada, {PHONE_FIELD: note}) == SENTENCE


def test_who_may_not_call_at_all_is_told_that(twilio, line, ada):
    token = token_for(ada)
    Agent.objects.update(may_make_calls=False)

    assert answer(twilio, ada, token) == "You are not allowed to make calls. Ask your admin."


def test_a_capability_token_carries_it_too(ada, settings):
    made = voice_token_create(agent=ada, platform="web", ttl=None, address=None, kind=TokenKind.CAPABILITY)

    scope = jwt.decode(made.token, settings.TWILIO_AUTH_TOKEN, algorithms=["HS256"])["scope"]

    assert f"appParams={PHONE_FIELD}" in scope


def test_the_simulator_sends_it_as_twilio_would(ada, settings):
    from types import SimpleNamespace

    from simulator.voice.tokens import verify

    made = voice_token_create(agent=ada, platform="web", ttl=None, address=None)
    credentials: Any = SimpleNamespace(
        account_sid=settings.TWILIO_ACCOUNT_SID,
        api_key_sid=settings.TWILIO_API_KEY_SID,
        api_key_secret=settings.TWILIO_API_KEY_SECRET,
    )

    found = verify(made.token, credentials, timezone.now().timestamp())

    assert PhoneReference.of(found.outgoing_params[PHONE_FIELD]) == PhoneReference(ada.pk, None, 0)


def test_a_new_password_ends_the_sessions_of_others_and_leaves_the_count_where_it_was_saved(ada):
    ada.set_password("another-secret-for-tests")
    ada.save()

    assert ada.sign_out_count == 1
    access_end(agent_id=ada.pk, message="Only the desks.", devices=False)
    ada.refresh_from_db()
    assert ada.sign_out_count == 1


@given(st.text(max_size=80))
def test_no_text_is_taken_for_a_note(text):
    assert PhoneReference.of(text) is None
