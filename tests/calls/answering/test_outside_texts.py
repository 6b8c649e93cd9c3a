"""Whatever texts come from outside: Twilio can read our answers, desks our frames, and nobody gets in by them."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client, TestCase
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from calls.live import broadcasts
from calls.live.presence import call_live_list
from calls.models import Call, CallOffer
from contacts.models import Contact
from telephony.models import Webhook
from telephony.webhooks import inbox
from telephony.webhooks.kinds import all_kinds
from telephony.webhooks.spool import spool_append
from tests import factories
from tests.calls.test_browser_fields import FALLBACK, INCOMING, OUTGOING, STATUS, VOICE_PATHS
from tests.twilio import CALLER, TwilioClient, incoming, leg_status, sid

pytestmark = pytest.mark.django_db

ODD = "A\x0bB"
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    [ODD, "\ufffe", "\uffff\x00", "client:agent_1", "client:agent_1 ", "\x1b[31m<&>\"'", "]]>", "\u202e\u2028", "\x85"]
)
NAMES = sorted({"CallToken"}.union(*(kind.believed.names for kind in all_kinds())) - {"CallSid"})


def readable(answer: bytes) -> None:
    """As strictly as any XML parser, and as any JSON parser for what desks are told of every call."""
    if answer:
        assert ElementTree.fromstring(answer).tag == "Response"
    for live in broadcasts.live_json([(call, "ringing") for call in Call.objects.all()]):
        frame = broadcasts.as_text(live)
        frame.encode()
        party = json.loads(frame)["call"]["party"]
        assert not any(sign < " " and sign not in "\r\n\t" for sign in party["name"] + party["number"] + party["place"])


@hypothesis_settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(VOICE_PATHS),
    fields=st.dictionaries(st.sampled_from(NAMES), texts, max_size=8),
    # No database takes NUL.
    name=texts.filter(lambda text: "\x00" not in text),
)
def test_any_text_in_any_field_makes_twiml_and_json_and_opens_nothing(line, ada, path, fields, name):
    for rows in (Call, CallOffer, Webhook, Contact):
        rows.objects.all().delete()
    factories.make_contact(name or "-", company=name)
    form = incoming() | fields
    response = TwilioClient().webhook(path, form)
    inbox.drain()

    assert response.status_code in (200, 204)
    readable(response.content)
    if path == OUTGOING and form["From"] != f"client:{ada.identity}":
        assert b"<Dial" not in response.content
    for call in Call.objects.exclude(agent=None):
        assert f"client:{ada.identity}" in (form["From"], form["To"])
        assert call.agent == ada


@pytest.mark.parametrize("field", ["CallerName", "FromCity", "From"])
def test_a_control_character_in_what_twilio_sends_does_not_keep_the_agents_from_ringing(twilio, line, ada, field):
    response = twilio.webhook(INCOMING, incoming(From="+12065550111") | {field: ODD})

    assert ElementTree.fromstring(response.content).find("Dial/Client") is not None
    assert ODD not in response.content.decode()


def test_a_name_that_was_stored_before_names_were_cleaned_does_not_either(twilio, line, ada):
    factories.make_contact(ODD)

    response = twilio.webhook(INCOMING, incoming())

    parameters = ElementTree.fromstring(response.content).iter("Parameter")
    assert {parameter.get("name"): parameter.get("value") for parameter in parameters}["name"] == "A B"


def test_a_contact_is_cleaned_where_it_comes_in(client: Client):
    client.force_login(factories.make_agent("hedy", role="supervisor"))
    body = {"name": ODD, "note": "one\r\ntwo\x0b", "numbers": [{"number": CALLER, "label": ODD}]}
    made = client.post("/api/v1/contacts/", body, content_type="application/json")
    csv = f"name,number\n{ODD},+12065550111\n".encode()
    imported = client.post("/api/v1/contacts/import/", csv, content_type="text/csv")

    assert (made.status_code, imported.status_code) == (201, 200)
    assert set(Contact.objects.values_list("name", "note")) == {("A B", "one\ntwo"), ("A B", "")}


@pytest.mark.parametrize("text", [ODD, "a\bb", "\ud800", "\x00"])
def test_a_frame_is_json_with_clean_texts(text):
    frame = broadcasts.as_text({"type": "x", "deep": [{text: (text, "line\nline")}], "back\\u0020slash": 1})

    read = json.loads(frame)
    (inner,) = read["deep"]
    assert "line\nline" in next(iter(inner.values()))
    assert "back\\u0020slash" in read
    assert not any(sign < " " and sign != "\n" for sign in frame.replace("\\n", "\n"))
    assert text not in read["deep"][0]


# --- An answer that Twilio could not use ------------------------------------------------------------------------------


def test_phones_that_were_to_ring_by_an_answer_that_twilio_could_not_use_are_free_for_the_next_caller(
    twilio, line, ada
):
    twilio.webhook(INCOMING, incoming())
    assert CallOffer.objects.get().state == "ringing"

    twilio.webhook(FALLBACK, incoming(ErrorCode="12100", ErrorUrl="https://desk.example.com/twilio/voice/incoming/"))
    inbox.drain()
    second = twilio.webhook(INCOMING, incoming(CallSid=sid("CA", 5), From="+12065550111"))

    assert CallOffer.objects.get(call=sid("CA", 1)).state == "ended"
    assert [call.sid for call, _ in call_live_list(ada)] == [sid("CA", 5)]
    assert ElementTree.fromstring(second.content).find("Dial/Client/Identity").text == ada.identity


def test_the_desk_is_told_that_it_does_not_ring(twilio, line, ada, monkeypatch):
    sent: list[Any] = []
    twilio.webhook(INCOMING, incoming())
    monkeypatch.setattr("core.realtime.outbox.send", lambda frames: sent.extend(frames))
    twilio.webhook(FALLBACK, incoming(ErrorCode="12100"))
    with TestCase.captureOnCommitCallbacks(execute=True):
        inbox.drain()

    frames = [(group, json.loads(message["text"])) for group, message in sent]
    withdrawn = [(group, frame["sid"], frame["reason"]) for group, frame in frames if frame["type"] == "call.withdrawn"]
    assert withdrawn == [(f"agent.{ada.pk}", sid("CA", 1), "not-answered")]


def test_a_call_that_was_answered_meanwhile_stays_answered(twilio, line, ada, grace):
    twilio.webhook(INCOMING, incoming())
    twilio.webhook(STATUS, leg_status(ada.pk, "in-progress", 2))
    twilio.webhook(FALLBACK, incoming(ErrorCode="11200", DialCallStatus="completed"))
    inbox.drain()

    assert dict(CallOffer.objects.values_list("agent", "state")) == {ada.pk: "answered", grace.pk: "ended"}


def test_what_was_put_aside_is_taken_up_at_once(monkeypatch):
    """Not at the next look, an hour later here."""
    monkeypatch.setattr(inbox, "_PAUSE", 3600.0)
    taken: list[str] = []

    async def watch() -> None:
        done = asyncio.Event()
        loop = asyncio.get_running_loop()

        def take() -> int:
            taken.append("looked")
            loop.call_soon_threadsafe(done.set)
            return inbox.spool_drain(lambda entry: taken.append(entry["kind"]))

        monkeypatch.setattr(inbox, "_drain_in_thread", take)
        chore = asyncio.create_task(inbox.drain_forever())
        await asyncio.sleep(0)
        await asyncio.to_thread(_put_aside)
        await asyncio.wait_for(done.wait(), 20)
        chore.cancel()

    asyncio.run(watch())
    assert taken[0] == "looked"


def _put_aside() -> None:
    spool_append({"store": "calls", "kind": "fallback"})
