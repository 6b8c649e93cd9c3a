"""A number is a person, however it is written; a number that was withheld is nobody's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from calls.log.past_calls import Party, past_calls_asked, past_calls_of
from calls.models import Call
from calls.payloads import party_json
from core.sql.statements import fetch
from telephony.models import Webhook
from telephony.webhooks import inbox
from tests import factories
from tests.calls.test_webhooks_incoming import INCOMING, STATUS, verbs
from tests.twilio import CALLER, incoming, root_status, sid

pytestmark = pytest.mark.django_db

FALLBACK = "/twilio/voice/fallback/"
WRITTEN = ["sip:+12025550142@carrier.example", "12025550142", "tel:+1-202-555-0142", "+12025550142"]
TWINS = [("+525512345678", "+5215512345678"), ("+5491123456789", "+541123456789"), ("+5511981234567", "+551181234567")]


def parameters(response) -> dict[str, str]:
    return {item.attrib["name"]: item.attrib["value"] for item in verbs(response).iter("Parameter")}


def log(agent, **query: str) -> list[str]:
    client = Client()
    client.force_login(agent)
    return [call["sid"] for call in client.get("/api/v1/calls/", query, secure=True).json()["results"]]


@pytest.mark.parametrize("written", WRITTEN)
def test_a_caller_is_the_contact_however_the_number_is_written(twilio, line, ada, written):
    maya = factories.make_contact()

    response = twilio.webhook(INCOMING, incoming(From=written))

    call = Call.objects.get()
    assert (call.caller, call.contact) == (CALLER, maya)
    assert (parameters(response)["caller"], parameters(response)["name"]) == (CALLER, maya.name)
    assert party_json(call)["number"] == CALLER
    assert Webhook.objects.get().params["From"] == written


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize(
    ("path", "fields"), [(STATUS, root_status("completed")), (FALLBACK, incoming(ErrorCode="11200"))]
)
def test_also_when_the_call_is_first_told_of_by_another_webhook(twilio, line, path, fields, written):
    maya = factories.make_contact()

    twilio.webhook(path, fields | {"From": written})
    inbox.drain()

    call = Call.objects.get()
    assert (call.caller, call.contact, call.line) == (CALLER, maya, line)


def test_our_line_is_found_however_it_is_written(twilio, line, ada):
    response = twilio.webhook(INCOMING, incoming(To="sip:+12025550100@desk.sip.example"))

    assert verbs(response).find("Dial") is not None
    assert Call.objects.get().line == line


@pytest.mark.parametrize(("one", "other"), [*TWINS, *(pair[::-1] for pair in TWINS)])
def test_a_telephone_with_two_numbers_is_one_contact_with_one_history(twilio, line, ada, one, other):
    maya = factories.make_contact(number=one)
    now = timezone.now()
    for number, caller in enumerate([one, other, one, other], 2):
        factories.make_call(
            number, caller=caller, line=line, agent=ada, result="answered", start_time=now - timedelta(minutes=number)
        )

    twilio.webhook(INCOMING, incoming(From=other))

    assert Call.objects.get(sid=sid("CA", 1)).contact == maya
    past = past_calls_of(fetch(*past_calls_asked([Party(sid("CA", 1), other)])))
    assert [row[0] for row in past[sid("CA", 1)]] == [sid("CA", 2), sid("CA", 3), sid("CA", 4)]
    assert log(ada, party=other, result="answered") == log(ada, search=other, result="answered")
    assert log(ada, party=other, result="answered") == [sid("CA", number) for number in (2, 3, 4, 5)]


def test_of_two_contacts_with_twin_numbers_each_keeps_its_own(twilio, line, ada):
    landline, mobile = (factories.make_contact(number, number) for number in ("+541123456789", "+5491123456789"))

    twilio.webhook(INCOMING, incoming(From="+541123456789"))
    twilio.webhook(INCOMING, incoming(CallSid=sid("CA", 2), From="+5491123456789"))

    assert list(Call.objects.order_by("sid").values_list("contact", flat=True)) == [landline.pk, mobile.pk]


@pytest.mark.parametrize(
    "caller",
    [
        "anonymous",
        "Restricted",
        "+Anonymous",
        "sip:anonymous@anonymous.invalid",
        "sip:unavailable@unknown.invalid",
        '"Anonymous" <sip:c8oqz@privacy.example>',
        "+266696687",
        "",
    ],
)
def test_who_withholds_the_number_is_nobody(twilio, line, ada, caller):
    factories.make_call(7, caller=caller, line=line, agent=ada, result="missed")

    response = twilio.webhook(
        INCOMING, incoming(From=caller, CallerName="SECRET", FromCountry="LS", FromCity="MASERU", FromState="")
    )

    told = parameters(response)
    assert told["withheld"] == "true"
    assert not told.keys() & {"caller", "name", "place"}
    for call in Call.objects.all():
        shown = party_json(call)
        assert shown["withheld"]
        assert (shown["number"], shown["display"], shown["name"], shown["place"]) == ("", "Number withheld", "", "")
    assert past_calls_asked([Party(sid("CA", 1), caller)]) == []


def test_legs_of_a_withheld_call_do_not_show_what_was_sent_in_place_of_the_number(ada, line):
    factories.make_call(1, caller="+266696687", line=line, agent=ada, result="answered")
    factories.make_call(2, parent_id=sid("CA", 1), caller="+266696687", called=ada.identity, agent=ada)
    client = Client()
    client.force_login(ada)

    assert "266696687" not in client.get(f"/api/v1/calls/{sid('CA', 1)}/", secure=True).content.decode()


@pytest.mark.parametrize("written", ["sip:+12025550142@carrier.example", "(202) 555-0142"])
def test_the_log_is_asked_for_a_party_however_it_is_written(ada, line, written):
    factories.make_call(1, line=line, agent=ada, result="answered")

    assert log(ada, party=written) == [sid("CA", 1)]
