"""Calls that an agent made and gave to a colleague: the customer's leg is a child, and the call itself is the leg of
whoever made it."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from rest_framework.test import APIClient

from calls.live import broadcasts
from calls.live.call_tree import CallTree
from calls.models import Call, CallOffer, Conversation, Participant
from calls.rooms import keeping
from calls.selectors import call_get
from tests import factories
from tests.calls.rooms.rooms import ROOT, Conference
from tests.twilio import SUPPORT, incoming, leg_status, outgoing, sid

pytestmark = pytest.mark.django_db

CUSTOMER, NUMBER = sid("CA", 2), "+442079460100"
GRACES = sid("CA", 7)


@pytest.fixture
def grace(team):
    return factories.make_agent("grace", team=team, reachable=True)


def status_of(twilio, agent, *statuses):
    for number, status in enumerate(statuses):
        fields = leg_status(agent.pk, status, number, leg=51, From="+12025550100") | {"Direction": "outbound-api"}
        fields.pop("ParentCallSid")
        twilio.webhook(f"/twilio/voice/participant-status/?call={ROOT}", fields)


@pytest.fixture
def graces(grace):
    client = APIClient()
    client.force_authenticate(grace)
    return client


def customers(**fields):
    return incoming(
        CallSid=CUSTOMER, From=SUPPORT, To=NUMBER, Direction="outbound-dial", CallStatus="in-progress", **fields
    )


@pytest.fixture
def given(twilio, line, ada, grace, api, rest):
    """Ada made the call, gave it to Grace, and Grace talks with the customer: the address that is asked at its end."""
    twilio.webhook("/twilio/voice/outgoing/", outgoing(ada.pk, NUMBER))
    for number, status in enumerate(("initiated", "ringing", "in-progress")):
        twilio.webhook("/twilio/voice/status/", leg_status(0, status, number) | {"From": SUPPORT, "To": NUMBER})
    body = {"to": {"agent": grace.pk}, "mode": "blind"}
    assert api.post(f"/api/v1/calls/{ROOT}/transfer/", body, format="json", secure=True).status_code == 202
    _name, _leg, url, _more = rest.asked[-1]
    document = ElementTree.fromstring(twilio.webhook(url.removeprefix("https://desk.example.com"), customers()).content)
    let_go = outgoing(ada.pk, NUMBER, CallStatus="in-progress", DialCallStatus="completed")
    twilio.webhook("/twilio/voice/dial-action/", let_go)
    own = outgoing(ada.pk, NUMBER, CallStatus="completed", SequenceNumber="0", CallDuration="9")
    twilio.webhook("/twilio/voice/status/", own)
    status_url = document.find("Dial/Client").attrib["statusCallback"].removeprefix("https://desk.example.com")
    for number, status in enumerate(("initiated", "ringing", "in-progress")):
        twilio.webhook(status_url, leg_status(grace.pk, status, number, leg=7, parent=2))
    rest.asked.clear()
    return document.find("Dial").attrib["action"].removeprefix("https://desk.example.com")


def post(api, action, body=None):
    return api.post(f"/api/v1/calls/{ROOT}/{action}/", body or {}, format="json", secure=True)


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("hold", {}),
        ("move", {}),
        ("transfer", {"to": {"number": "+442079460199"}, "mode": "warm"}),
        ("participants", {"to": {"number": "+442079460199"}}),
    ],
)
def test_whatever_the_colleague_presses_the_customer_follows_into_the_room(twilio, given, graces, rest, action, body):
    assert post(graces, action, body).status_code == 202

    ((_name, lifted, url, _more),) = rest.asked
    assert lifted == GRACES
    room = url.rpartition("=")[2]
    # Twilio sends Grace's leg there; the customer's is out of its `<Dial>` by that, and tells no duration.
    followed = twilio.webhook(
        given, customers(DialCallStatus="completed", DialCallSid=GRACES, DialBridged="true")
    ).content.decode()
    assert f">{room}</Conference>" in followed
    Conference(twilio).join(GRACES, CUSTOMER)
    states = Participant.objects.exclude(leg_sid="").values_list("leg_sid", "state")
    assert dict(states) == {GRACES: "in", CUSTOMER: "in"}


def talked(leg=GRACES):
    return customers(DialCallStatus="completed", DialCallSid=leg, DialBridged="true", DialCallDuration="9")


def test_a_customer_whose_colleagues_line_is_lost_goes_to_the_front_of_the_queue(twilio, given, ada, grace):
    CallOffer.objects.update(announces_end=True)
    twilio.webhook("/twilio/voice/status/", leg_status(grace.pk, "completed", 3, leg=7, parent=2))

    answered = twilio.webhook(given, talked()).content.decode()

    assert "<Hangup" not in answered
    assert "<Client" in answered or "<Enqueue" in answered
    assert Conversation.objects.get().state in ("waiting", "offered")
    assert Call.objects.filter(parent=None).count() == 1


def test_a_customer_whose_colleague_hangs_up_is_hung_up_on(twilio, given, grace):
    CallOffer.objects.update(announces_end=True)
    CallOffer.objects.filter(agent=grace).update(hung_up_at=Call.objects.get(pk=ROOT).updated_at)

    assert "<Hangup" in twilio.webhook(given, talked()).content.decode()


def test_a_customer_whom_the_colleague_holds_hears_music(twilio, given, graces, rest):
    assert post(graces, "hold").status_code == 202
    twilio.webhook(given, customers(DialCallStatus="completed", DialCallSid=GRACES, DialBridged="true"))
    conference = Conference(twilio)
    conference.join(GRACES, CUSTOMER)
    Participant.objects.update(asked_at=None)

    keeping.look(ROOT)

    assert rest.asked[-1][:3] == ("hold", rest.asked[-1][1], CUSTOMER)


def test_whoever_made_the_call_and_is_called_back_into_it_is_not_told_that_it_is_over(
    twilio, given, ada, graces, rest, told
):
    def asks() -> None:
        body = {"to": {"agent": ada.pk}}
        assert graces.post(f"/api/v1/calls/{ROOT}/participants/", body, format="json", secure=True).status_code == 202
        Conference(twilio).join(GRACES, CUSTOMER)
        Participant.objects.update(asked_at=None)
        keeping.look(ROOT)

    frames = told(ada, asks, lambda: status_of(twilio, ada, "initiated", "ringing", "in-progress"))

    assert "call.status" in frames
    assert "call.ended" not in frames


def test_whoever_gave_the_call_away_is_free_in_the_eyes_of_all(twilio, given, ada, monkeypatch):
    told: list[set[int]] = []
    monkeypatch.setattr(broadcasts, "presence_changed", told.append)
    broadcasts._send(broadcasts._make([], [CallTree(call_get(ROOT))]))

    assert any(ada.pk in agent_ids for agent_ids in told)
