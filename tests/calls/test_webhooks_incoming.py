"""A caller rings one of our lines."""

from __future__ import annotations

from unittest.mock import Mock
from xml.etree import ElementTree

import pytest
from django.http import HttpResponse
from django.utils import timezone

from agents.models import DESK_LIFETIME
from calls.live import presence
from calls.models import Call, CallOffer
from calls.selectors import PartiesRead
from telephony.models import Webhook
from tests import factories
from tests.twilio import at, incoming, leg_status, root_status, sid

pytestmark = pytest.mark.django_db

INCOMING = "/twilio/voice/incoming/"
STATUS = "/twilio/voice/status/"
DIAL_ACTION = "/twilio/voice/dial-action/"


def verbs(response: HttpResponse) -> ElementTree.Element:
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/xml")
    return ElementTree.fromstring(response.content)


def identities(response: HttpResponse) -> list[str]:
    return [element.text or "" for element in verbs(response).iter("Identity")]


def test_every_available_agent_of_the_lines_team_is_rung(twilio, line, ada, grace, stranger):
    response = twilio.webhook(INCOMING, incoming())

    assert identities(response) == [ada.identity, grace.identity]
    dial = verbs(response).find("Dial")
    assert dial.attrib["answerOnBridge"] == "true"
    assert dial.attrib["timeout"] == "20"
    assert dial.attrib["action"] == "https://desk.example.com/twilio/voice/dial-action/"
    for client in dial.iter("Client"):
        assert client.attrib["statusCallback"] == "https://desk.example.com/twilio/voice/status/"
        assert client.attrib["statusCallbackEvent"] == "initiated ringing answered completed"


@pytest.mark.django_db(transaction=True)
def test_who_is_deleted_at_that_moment_costs_nobody_the_call(twilio, line, ada, client, monkeypatch):
    contact = factories.make_contact()

    def deleting(available):
        contact.delete()
        return longest_idle_first(available)

    longest_idle_first = presence.longest_idle_first
    monkeypatch.setattr(presence, "longest_idle_first", deleting)

    assert identities(twilio.webhook(INCOMING, incoming())) == [ada.identity]

    call = Call.objects.get(pk=sid("CA", 1))
    assert call.contact_id is not None, "This is not the moment that is meant."
    client.force_login(factories.make_agent("head", is_staff=True, is_superuser=True))
    (shown,) = client.get("/api/v1/calls/").json()["results"]
    assert shown["contact"] is None
    assert client.get(f"/admin/calls/call/{call.sid}/change/").status_code == 200
    assert client.get("/admin/calls/call/").status_code == 200


def test_the_browser_is_told_who_calls_and_which_call_it_is(twilio, line, ada):
    factories.make_contact("Maya <Okonkwo> & Co")

    response = twilio.webhook(INCOMING, incoming())

    parameters = {item.attrib["name"]: item.attrib["value"] for item in verbs(response).iter("Parameter")}
    assert parameters == {
        "call_sid": sid("CA", 1),
        "caller": "+12025550142",
        "called": "+12025550100",
        "line": "Support",
        "name": "Maya <Okonkwo> & Co",
        "place": "Washington, DC, United States",
    }


@pytest.mark.parametrize(
    "change",
    [{"availability": "busy"}, {"availability": "away"}, {"is_active": False}],
    ids=["busy", "away", "deactivated"],
)
def test_an_agent_who_does_not_take_calls_is_not_rung(twilio, line, ada, grace, change):
    for name, value in change.items():
        setattr(ada, name, value)
    ada.save()

    assert identities(twilio.webhook(INCOMING, incoming())) == [grace.identity]


def test_an_agent_whose_phone_cannot_ring_is_not_rung(twilio, line, ada, grace):
    ada.desks.update(registered=False)

    assert identities(twilio.webhook(INCOMING, incoming())) == [grace.identity]


def test_an_agent_whose_desk_fell_silent_is_not_rung(twilio, line, ada, grace):
    ada.desks.update(seen_at=timezone.now() - DESK_LIFETIME * 2)

    assert identities(twilio.webhook(INCOMING, incoming())) == [grace.identity]


def test_an_agent_on_a_call_is_not_rung(twilio, line, ada, grace):
    factories.make_call(7, status="in-progress", parent_id=sid("CA", 6), called=ada.identity, agent=ada)

    assert identities(twilio.webhook(INCOMING, incoming())) == [grace.identity]


def test_an_agent_who_dials_out_is_not_rung(twilio, line, ada, grace):
    factories.make_call(7, status="ringing", caller=f"client:{ada.identity}", agent=ada)

    assert identities(twilio.webhook(INCOMING, incoming())) == [grace.identity]


def test_an_agent_whose_phone_rings_already_is_not_rung_a_second_time(twilio, line, ada, grace):
    first = twilio.webhook(INCOMING, incoming())
    second = twilio.webhook(INCOMING, incoming(CallSid=sid("CA", 9), From="+12025550143"))

    assert len(identities(first)) == 2
    assert identities(second) == []
    assert verbs(second).find("Record") is not None


def test_a_request_that_twilio_repeats_is_answered_the_same(twilio, line, ada, grace):
    first = twilio.webhook(INCOMING, incoming())
    second = twilio.webhook(INCOMING, incoming())

    assert identities(second) == identities(first)
    assert CallOffer.objects.count() == 2


def test_ten_agents_at_the_most_are_rung_at_once(twilio, team, line):
    for number in range(12):
        factories.make_agent(f"agent{number}", team=team, reachable=True)

    assert len(identities(twilio.webhook(INCOMING, incoming()))) == 10


def test_a_caller_whom_nobody_can_answer_is_asked_for_a_message(twilio, line):
    response = twilio.webhook(INCOMING, incoming())

    assert [verb.tag for verb in verbs(response)] == ["Say", "Record", "Say", "Hangup"]
    record = verbs(response).find("Record")
    assert record.attrib["action"] == "https://desk.example.com/twilio/voice/recording/"


def test_a_line_without_voicemail_apologises(twilio, line):
    line.takes_voicemail = False
    line.save()

    response = twilio.webhook(INCOMING, incoming())

    assert [verb.tag for verb in verbs(response)] == ["Say", "Hangup"]


def test_a_number_that_is_no_line_of_ours_apologises(twilio, db):
    response = twilio.webhook(INCOMING, incoming(To="+12025550199"))

    assert [verb.tag for verb in verbs(response)] == ["Say", "Hangup"]
    assert Call.objects.get().called == "+12025550199"


def test_a_call_that_nobody_answered_goes_to_voicemail(twilio, line, ada):
    twilio.webhook(INCOMING, incoming())

    response = twilio.webhook(DIAL_ACTION, incoming(CallStatus="in-progress", DialCallStatus="no-answer"))

    assert verbs(response).find("Record") is not None
    assert CallOffer.objects.get().state == CallOffer.State.ENDED


def test_a_call_that_was_answered_ends_with_its_dial(twilio, line, ada):
    twilio.webhook(INCOMING, incoming())

    response = twilio.webhook(DIAL_ACTION, incoming(CallStatus="in-progress", DialCallStatus="completed"))

    assert [verb.tag for verb in verbs(response)] == ["Hangup"]


def test_the_log_tells_an_answered_call_from_its_callbacks(twilio, line, ada, grace):
    contact = factories.make_contact()
    twilio.webhook(INCOMING, incoming())
    for sequence, status in enumerate(["initiated", "ringing", "in-progress"]):
        twilio.webhook(STATUS, leg_status(ada.pk, status, sequence))
    twilio.webhook(STATUS, leg_status(grace.pk, "canceled", 2, leg=3))
    live = Call.objects.get(sid=sid("CA", 1))
    twilio.webhook(STATUS, leg_status(ada.pk, "completed", 3, CallDuration="42", Duration="1"))
    twilio.webhook(STATUS, root_status("completed", CallDuration="45", Duration="1"))

    call = Call.objects.get(sid=sid("CA", 1))
    assert (live.status, live.agent, live.result) == ("in-progress", ada, "")
    assert (call.status, call.result, call.agent, call.line, call.contact) == (
        "completed",
        "answered",
        ada,
        line,
        contact,
    )
    assert call.duration == 45
    assert call.answer_time == at(10)
    assert sorted(call.legs.values_list("status", flat=True)) == ["canceled", "completed"]
    assert sorted(CallOffer.objects.values_list("agent__username", "state")) == [
        ("ada", "answered"),
        ("grace", "ended"),
    ]


def test_a_caller_who_hangs_up_while_it_rings_is_missed(twilio, line, ada):
    twilio.webhook(INCOMING, incoming())
    twilio.webhook(STATUS, leg_status(ada.pk, "canceled", 2))
    twilio.webhook(STATUS, root_status("no-answer"))

    call = Call.objects.get(sid=sid("CA", 1))
    assert (call.status, call.result, call.agent) == ("no-answer", "missed", None)


def test_a_message_makes_a_missed_call_a_voicemail(twilio, line):
    twilio.webhook(INCOMING, incoming())
    recording = incoming(RecordingSid=sid("RE", 1), RecordingUrl="https://api.twilio.com/r", RecordingDuration="9")
    twilio.webhook("/twilio/voice/recording/", recording | {"Digits": "hangup"})
    twilio.webhook(STATUS, root_status("completed", CallDuration="20"))
    twilio.webhook("/twilio/voice/recording-status/", recording | {"RecordingStatus": "completed"})

    call = Call.objects.get(sid=sid("CA", 1))
    assert call.result == "voicemail"
    assert call.recordings.get().duration == 9


def test_every_request_is_kept_as_it_came(twilio, line, ada):
    twilio.webhook(INCOMING, incoming(Surprise="new field"), headers={"I-Twilio-Idempotency-Token": "token-1"})

    stored = Webhook.objects.get()
    assert (stored.kind, stored.sid, stored.idempotency_token) == ("incoming", sid("CA", 1), "token-1")
    assert stored.params["Surprise"] == "new field"


def test_a_failure_of_ours_still_speaks_to_the_caller(twilio, line, ada, monkeypatch, settings):
    settings.TWILIO_FALLBACK_NUMBER = "+12025550199"
    monkeypatch.setattr("calls.live.services.calls_record_incoming", lambda work, voices: 1 / 0)

    response = twilio.webhook(INCOMING, incoming())

    assert [verb.tag for verb in verbs(response)] == ["Say", "Dial", "Say", "Hangup"]
    assert verbs(response).find("Dial/Number").text == "+12025550199"


def test_a_line_that_an_admin_switches_on_meanwhile_fails_nobody():
    # Its members are read after it was: then it is not among the lines yet.
    found = [Mock(rows=[]), Mock(rows=[(3, 7)]), Mock(rows=[])]
    parties = PartiesRead(Mock(read=Mock(side_effect=found)), called=[], callers=[])

    assert (parties.lines, parties.members) == ({}, {3: {7}})
