"""An agent calls somebody from the browser."""

from __future__ import annotations

import pytest

from calls.models import Call
from tests import factories
from tests.calls.test_webhooks_incoming import verbs
from tests.twilio import outgoing, sid

pytestmark = pytest.mark.django_db

OUTGOING = "/twilio/voice/outgoing/"
DIAL_ACTION = "/twilio/voice/dial-action/"


def test_the_number_is_dialled_from_the_agents_line(twilio, line, ada):
    contact = factories.make_contact()

    response = twilio.webhook(OUTGOING, outgoing(ada.pk, "(202) 555-0142"))

    dial = verbs(response).find("Dial")
    assert dial.attrib["callerId"] == "+12025550100"
    assert dial.attrib["answerOnBridge"] == "true"
    assert dial.find("Number").text == "+12025550142"
    assert dial.find("Number").attrib["statusCallbackEvent"] == "initiated ringing answered completed"
    call = Call.objects.get()
    assert (call.agent, call.line, call.contact, call.called) == (ada, line, contact, "+12025550142")


def test_the_agent_is_the_one_whom_twilio_names_not_one_named_in_a_field(twilio, line, ada, stranger):
    twilio.webhook(
        OUTGOING,
        outgoing(ada.pk, "+12025550142", agent=stranger.pk, identity=stranger.identity, agent_id=stranger.pk),
    )

    assert Call.objects.get().agent == ada


def test_the_agent_chooses_among_the_own_lines(twilio, team, line, ada):
    second = factories.make_line(team=team, number="+12025550109", name="Second")

    response = twilio.webhook(OUTGOING, outgoing(ada.pk, "+12025550142", LineId=second.pk))

    assert verbs(response).find("Dial").attrib["callerId"] == "+12025550109"


def test_another_teams_line_cannot_be_used(twilio, line, ada, stranger):
    theirs = factories.make_line(team=stranger.teams.get(), number="+12025550101", name="Sales")

    response = twilio.webhook(OUTGOING, outgoing(ada.pk, "+12025550142", LineId=theirs.pk))

    assert verbs(response).find("Dial").attrib["callerId"] == "+12025550100"


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        ("", "Enter a telephone number."),
        ("12", "This number is too short."),
        ("+1202555014233", "This number is too long."),
        ("+999 123456", "No country has this code."),
        ("CALL ME", "This is not a telephone number."),
        ("client:bob", "This is not a telephone number."),
        ("sip:maya@example.com", "This is not a telephone number."),
        ("911", "Emergency numbers cannot be called from Ringdesk. Use another telephone."),
        ("112", "Emergency numbers cannot be called from Ringdesk. Use another telephone."),
        ("*31#2025550142", "Star and hash codes cannot be called."),
        ("+19005551234", "Premium-rate numbers cannot be called."),
        ("+12025550100", "This is the number you are calling from."),
        ("5550142", "This number is not complete. Add the area code."),
    ],
)
def test_a_bad_number_gets_a_spoken_sentence(twilio, line, ada, to, sentence):
    response = twilio.webhook(OUTGOING, outgoing(ada.pk, to))

    assert [verb.tag for verb in verbs(response)] == ["Say", "Hangup"]
    assert verbs(response).find("Say").text == sentence
    assert Call.objects.get().problem == sentence


def test_a_country_that_is_not_allowed_gets_a_spoken_sentence(twilio, line, ada, settings):
    settings.ALLOWED_REGIONS = ["US", "CA"]

    response = twilio.webhook(OUTGOING, outgoing(ada.pk, "+442079460018"))

    assert "does not allow calls to this country" in verbs(response).find("Say").text


def test_a_deactivated_agent_cannot_call_with_a_token_that_still_lives(twilio, line, ada):
    ada.is_active = False
    ada.save()

    response = twilio.webhook(OUTGOING, outgoing(ada.pk, "+12025550142"))

    assert verbs(response).find("Dial") is None


def test_an_agent_without_a_line_calls_from_the_companys_number(twilio, db, settings):
    loner = factories.make_agent("loner")
    settings.TWILIO_CALLER_ID = "+12025550188"

    response = twilio.webhook(OUTGOING, outgoing(loner.pk, "+12025550142"))

    assert verbs(response).find("Dial").attrib["callerId"] == "+12025550188"


@pytest.mark.parametrize(("status", "sentence"), [("busy", "The line is busy."), ("no-answer", "Nobody answered.")])
def test_a_call_that_fails_is_explained_to_the_agent(twilio, line, ada, status, sentence):
    twilio.webhook(OUTGOING, outgoing(ada.pk, "+12025550142"))

    response = twilio.webhook(
        DIAL_ACTION, outgoing(ada.pk, "+12025550142", CallStatus="in-progress", DialCallStatus=status)
    )

    assert verbs(response).find("Say").text == sentence
    assert Call.objects.get(sid=sid("CA", 1)).problem == sentence


def test_a_call_that_somebody_took_is_reached(twilio, line, ada):
    twilio.webhook(OUTGOING, outgoing(ada.pk, "+12025550142"))
    leg = outgoing(ada.pk, "+12025550142", CallSid=sid("CA", 2), ParentCallSid=sid("CA", 1), From="+12025550100")
    for sequence, status in enumerate(["initiated", "ringing", "in-progress", "completed"]):
        fields = leg | {"CallStatus": status, "SequenceNumber": sequence, "Direction": "outbound-dial"}
        twilio.webhook("/twilio/voice/status/", fields)
    twilio.webhook("/twilio/voice/status/", outgoing(ada.pk, "+12025550142", CallStatus="completed", CallDuration="7"))

    call = Call.objects.get(sid=sid("CA", 1))
    assert (call.result, call.agent, call.duration) == ("reached", ada, 7)
