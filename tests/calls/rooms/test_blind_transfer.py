"""Blind transfers: the caller is fetched to somebody else, and comes back when nobody takes the call."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from agents.models import Agent
from calls.live.dispatch import dispatch
from calls.live.queues import has_place
from calls.models import Call, CallOffer, Conversation, Participant, Room, Transfer
from calls.payloads import call_json
from calls.rooms import keeping
from calls.selectors import call_get
from telephony.errors import TelephonyError
from tests import factories
from tests.calls.rooms.rooms import LEG, ROOT, Conference, talk, talked
from tests.twilio import CALLER, incoming, leg_status, outgoing, root_status, sid

pytestmark = pytest.mark.django_db


@pytest.fixture
def talking(twilio, line, ada):
    talk(twilio, ada)


@pytest.fixture
def grace(team):
    return factories.make_agent("grace", team=team, reachable=True)


def give(api, to, mode="blind", call=ROOT):
    return api.post(f"/api/v1/calls/{call}/transfer/", {"to": to, "mode": mode}, format="json", secure=True)


def come(twilio, rest, fields=None):
    """Twilio fetches the caller, as it was asked."""
    _name, leg, url, _more = next(one for one in reversed(rest.asked) if one[0] == "fetch")
    path = url.removeprefix("https://desk.example.com")
    fields = fields or incoming(CallSid=leg, CallStatus="in-progress")
    return ElementTree.fromstring(twilio.webhook(path, fields).content)


def rings(document):
    return [one.text for one in document.iter("Identity")]


def shown(call=ROOT):
    return call_json(call_get(call))


def answer(twilio, document, agent, leg, *statuses):
    url = document.find("Dial/Client").attrib["statusCallback"].removeprefix("https://desk.example.com")
    for number, status in enumerate(statuses or ("initiated", "ringing", "in-progress")):
        twilio.webhook(url, leg_status(agent.pk, status, number, leg=leg))


def test_a_caller_is_given_to_a_colleague(twilio, talking, ada, grace, api, rest):
    answered = give(api, {"agent": grace.pk})

    assert answered.status_code == 202
    assert [one[:2] for one in rest.asked] == [("fetch", ROOT)]
    transfer = answered.json()["transfer"]
    assert (transfer["state"], transfer["from"]["id"], transfer["to"]["agent"]["id"]) == ("calling", ada.pk, grace.pk)
    document = come(twilio, rest)
    assert rings(document) == [grace.identity]
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    answer(twilio, document, grace, 7)
    call = shown()
    assert (call["transfer"]["state"], call["agent"]["id"], call["status"]) == ("handed-over", grace.pk, "in-progress")
    had = [(one["agent"]["id"], one["until"] is None) for one in call["agents"]]
    assert had == [(ada.pk, False), (grace.pk, True)], "who had it, in order"


def test_the_conversation_is_one_row_with_the_colleagues_end(twilio, talking, ada, grace, api, rest):
    give(api, {"agent": grace.pk})
    document = come(twilio, rest)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    answer(twilio, document, grace, 7)
    answer(twilio, document, grace, 7, "completed")
    action = document.find("Dial").attrib["action"].removeprefix("https://desk.example.com")
    twilio.webhook(action, incoming(CallStatus="in-progress", DialCallStatus="completed", DialBridged="true"))
    twilio.webhook("/twilio/voice/status/", root_status("completed"))

    (row,) = Call.objects.filter(parent=None)
    assert (row.agent_id, row.result) == (grace.pk, "answered")
    assert {leg.agent_id for leg in row.legs.all()} == {ada.pk, grace.pk}
    assert Conversation.objects.get().state == "ended"


def test_a_caller_who_hangs_up_before_the_colleague_answers_stays_with_whoever_talked(
    twilio, talking, ada, grace, api, rest
):
    give(api, {"agent": grace.pk})
    document = come(twilio, rest)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    answer(twilio, document, grace, 7, "initiated", "ringing", "canceled")
    twilio.webhook("/twilio/voice/status/", root_status("completed"))

    (row,) = Call.objects.filter(parent=None)
    assert (row.agent_id, row.result) == (ada.pk, "answered")


def test_of_a_colleague_whose_answer_was_not_told_the_end_says_that_the_call_was_theirs(
    twilio, talking, ada, grace, api, rest
):
    give(api, {"agent": grace.pk})
    document = come(twilio, rest)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    answer(twilio, document, grace, 7, "initiated", "ringing")
    twilio.webhook("/twilio/voice/status/", root_status("completed"))
    assert shown()["transfer"]["state"] == "failed"

    url = document.find("Dial/Client").attrib["statusCallback"].removeprefix("https://desk.example.com")
    twilio.webhook(url, leg_status(grace.pk, "completed", 3, leg=7, CallDuration="9"))

    call = shown()
    assert (call["transfer"]["state"], call["transfer"]["problem"]) == ("handed-over", "")
    assert (call["agent"]["id"], call["result"]) == (grace.pk, "answered")
    assert CallOffer.objects.get(agent=grace).state == "answered"


def test_of_a_number_whose_answer_was_not_told_the_end_says_that_it_had_the_call(twilio, talking, ada, api, rest):
    give(api, {"number": "+442079460100"})
    come(twilio, rest)
    fields = {"leg": 9, "To": "+442079460100", "From": incoming()["To"]}
    twilio.webhook("/twilio/voice/status/", leg_status(0, "ringing", 1, **fields))
    twilio.webhook("/twilio/voice/status/", root_status("completed"))
    assert shown()["transfer"]["state"] == "failed"

    twilio.webhook("/twilio/voice/status/", leg_status(0, "completed", 3, **fields, CallDuration="9"))

    assert (shown()["transfer"]["state"], shown()["transfer"]["problem"]) == ("handed-over", "")


def test_a_call_that_nobody_takes_comes_back_to_whoever_gave_it(twilio, talking, ada, grace, api, rest):
    give(api, {"agent": grace.pk})
    document = come(twilio, rest)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    answer(twilio, document, grace, 7, "initiated", "ringing", "no-answer")

    action = document.find("Dial").attrib["action"].removeprefix("https://desk.example.com")
    fields = incoming(CallStatus="in-progress", DialCallStatus="no-answer", DialBridged="false")
    back = ElementTree.fromstring(twilio.webhook(action, fields).content)

    assert rings(back) == [ada.identity]
    answer(twilio, back, ada, 8)
    call = shown()
    assert (call["transfer"]["state"], call["agent"]["id"]) == ("recalled", ada.pk)
    assert call["transfer"]["problem"]


def test_a_call_that_still_rings_is_taken_back_by_whoever_gave_it(twilio, talking, ada, grace, api, rest):
    give(api, {"agent": grace.pk})
    document = come(twilio, rest)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    answer(twilio, document, grace, 7, "initiated", "ringing")

    asked = [api.post(f"/api/v1/calls/{ROOT}/cancel-transfer/", {}, format="json", secure=True) for _ in range(2)]
    back = come(twilio, rest)

    assert [one.status_code for one in asked] == [202, 202], "asked twice, done once"
    assert rest.names() == ["fetch", "fetch"]
    assert rings(back) == [ada.identity]
    assert set(CallOffer.objects.filter(state="ringing").values_list("agent", flat=True)) == {ada.pk}
    answer(twilio, document, grace, 7, "initiated", "ringing", "canceled")
    answer(twilio, back, ada, 8)
    call = shown()
    assert (call["transfer"]["state"], call["agent"]["id"]) == ("cancelled", ada.pk)


def test_what_twilio_refuses_to_take_back_rings_on(twilio, talking, ada, grace, api, rest):
    give(api, {"agent": grace.pk})
    document = come(twilio, rest)
    answer(twilio, document, grace, 7, "initiated", "ringing")
    rest.fails["fetch"] = TelephonyError("Twilio did not accept this.", permanent=True)

    refused = api.post(f"/api/v1/calls/{ROOT}/cancel-transfer/", {}, format="json", secure=True)

    assert refused.status_code >= 400
    assert "Twilio did not accept this." in refused.json()["detail"]
    answer(twilio, document, grace, 7)
    assert shown()["agent"]["id"] == grace.pk


def test_a_call_that_nobody_takes_waits_in_front_while_its_agent_has_another(twilio, talking, ada, grace, api, rest):
    give(api, {"agent": grace.pk})
    document = come(twilio, rest)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    factories.make_call(9, agent=ada, caller=ada.identity and f"client:{ada.identity}", status="in-progress")
    answer(twilio, document, grace, 7, "initiated", "ringing", "no-answer")

    action = document.find("Dial").attrib["action"].removeprefix("https://desk.example.com")
    fields = incoming(CallStatus="in-progress", DialCallStatus="no-answer", DialBridged="false")
    back = ElementTree.fromstring(twilio.webhook(action, fields).content)

    assert back.find("Enqueue") is not None
    assert Conversation.objects.get().state == "waiting"


def test_a_team_gets_the_caller_at_the_front_of_its_queue(twilio, talking, ada, api, rest):
    sales = factories.make_team("Sales")
    seller = factories.make_agent("sally", team=sales, reachable=True)

    assert give(api, {"team": sales.pk}).status_code == 202

    assert rings(come(twilio, rest)) == [seller.identity]
    assert Conversation.objects.get().team_id == sales.pk


def test_who_gives_a_caller_to_the_own_team_is_left_alone_until_nobody_else_has_come(
    twilio, talking, ada, team, api, rest
):
    assert give(api, {"team": team.pk}).status_code == 202
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))

    assert rings(come(twilio, rest)) == []
    assert dispatch() == []

    waiting = Conversation.objects.get()
    waiting.terms["given_until"] = 0
    waiting.save()
    assert [one.sid for one in dispatch()] == [ROOT]
    assert CallOffer.objects.get(call=ROOT, state="ringing").agent == ada


def test_a_number_is_called_for_the_caller(twilio, talking, ada, api, rest):
    assert give(api, {"number": "+44 20 7946 0100"}).status_code == 202

    document = come(twilio, rest)
    assert document.find("Dial/Number").text == "+442079460100"
    twilio.webhook(
        "/twilio/voice/status/",
        leg_status(0, "in-progress", 2, leg=9, To="+442079460100", From=incoming()["To"]),
    )
    assert shown()["transfer"]["state"] == "handed-over"


def test_an_extension_is_keyed_for_the_caller(twilio, talking, ada, api, rest):
    assert give(api, {"number": "+44 20 7946 0100 ext. 12"}).status_code == 202

    number = come(twilio, rest).find("Dial/Number")

    assert (number.text, number.attrib["sendDigits"]) == ("+442079460100", "wwww12")


def test_a_call_is_said_to_be_given_to_whoever_took_it(twilio, talking, ada, grace, team, api, rest):
    leo = factories.make_agent("leo", team=team, reachable=True)
    assert give(api, {"agent": grace.pk}).status_code == 202
    document = come(twilio, rest)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    answer(twilio, document, grace, 7, "initiated", "ringing", "no-answer")
    Agent.objects.filter(pk=ada.pk).update(availability="away")
    action = document.find("Dial").attrib["action"].removeprefix("https://desk.example.com")
    fields = incoming(CallStatus="in-progress", DialCallStatus="no-answer", DialBridged="false")
    back = ElementTree.fromstring(twilio.webhook(action, fields).content)
    assert rings(back) == [leo.identity]

    answer(twilio, back, leo, 8)

    transfer = shown()["transfer"]
    assert (transfer["state"], transfer["to"]["agent"]["id"], transfer["to"]["name"]) == ("handed-over", leo.pk, "")
    assert [one["agent"]["id"] for one in shown()["agents"]] == [ada.pk, leo.pk]


@pytest.mark.parametrize("leg_told", [True, False])
def test_when_a_number_to_which_the_caller_was_given_hangs_up_the_call_ends(
    twilio, talking, ada, grace, api, rest, leg_told
):
    """Twilio let the giver's leg go: that no desk said it hangs up is of a talk that is past."""
    CallOffer.objects.update(announces_end=True, leg_sid=LEG if leg_told else "")
    give(api, {"number": "+442079460100"})
    document = come(twilio, rest)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    fields = {"leg": 9, "To": "+442079460100", "From": incoming()["To"]}
    for number, status in enumerate(("ringing", "in-progress", "completed"), start=1):
        twilio.webhook("/twilio/voice/status/", leg_status(0, status, number, **fields))

    action = document.find("Dial").attrib["action"].removeprefix("https://desk.example.com")
    ended = twilio.webhook(action, talked(sid("CA", 9)))

    assert b"<Hangup" in ended.content
    assert Conversation.objects.get().state not in ("waiting", "offered")


def test_what_twilio_refuses_leaves_the_two_talking(twilio, talking, ada, grace, api, rest):
    rest.fails["fetch"] = TelephonyError("Twilio did not accept this.", permanent=True)

    answered = give(api, {"agent": grace.pk})

    assert answered.status_code == 502
    call = shown()
    assert (call["agent"]["id"], call["transfer"]["state"]) == (ada.pk, "failed")
    assert not CallOffer.objects.filter(agent=grace, state="ringing").exists()
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    ended = twilio.webhook(
        "/twilio/voice/dial-action/", incoming(CallStatus="in-progress", DialCallStatus="completed", DialCallSid=LEG)
    )
    assert b"Hangup" in ended.content


def test_a_caller_who_comes_although_twilio_refused_is_led_to_somebody(twilio, talking, ada, grace, api, rest):
    rest.fails["fetch"] = TelephonyError("Silence.")
    give(api, {"agent": grace.pk})

    document = come(twilio, rest)

    assert rings(document) == [grace.identity]
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    answer(twilio, document, grace, 7)
    call = shown()
    assert (call["agent"]["id"], call["status"]) == (grace.pk, "in-progress")
    assert CallOffer.objects.filter(agent=grace).latest("pk").state == "answered"
    graces = APIClient()
    graces.force_authenticate(grace)
    assert graces.post(f"/api/v1/calls/{ROOT}/hold/", {}, format="json", secure=True).status_code == 202
    assert Call.objects.filter(parent=None).count() == 1


@pytest.mark.parametrize("since", [None, timedelta(hours=1)], ids=["no route", "waited long ago"])
def test_a_caller_who_comes_although_twilio_refused_gets_the_next_agent_who_is_free(
    twilio, talking, line, ada, grace, api, rest, since
):
    if since is not None:
        # As who came by a route: has waited before, and not for this.
        past = timezone.now() - since
        waited = {"team": line.team, "waiting_since": past, "place_at": past, "terms": {"wait_seconds": 180}}
        Conversation.objects.create(call_id=ROOT, state="talking", turn=3, attempt=1, **waited)
    rest.fails["fetch"] = TelephonyError("Silence.")
    give(api, {"agent": grace.pk})
    Agent.objects.filter(pk=grace.pk).update(availability="away")

    document = come(twilio, rest)

    assert document.find("Enqueue") is not None, "nobody is free: Ada still talks, as far as is told"
    known = Conversation.objects.get()
    assert known.state == "waiting"
    assert Conversation.objects.filter(has_place(), pk=ROOT).exists(), "is seen in the queue"
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    Agent.objects.filter(pk=grace.pk).update(availability="available")
    Agent.objects.filter(pk=ada.pk).update(availability="away")
    (fetched,) = dispatch()
    assert fetched.sid == ROOT
    assert list(CallOffer.objects.filter(state="ringing").values_list("agent", flat=True)) == [grace.pk]


def test_whoever_presses_twice_gives_it_once(twilio, talking, ada, grace, api, rest):
    assert [give(api, {"agent": grace.pk}).status_code for _ in range(2)] == [202, 202]

    assert rest.names() == ["fetch"]
    assert Transfer.objects.count() == 1


@pytest.mark.parametrize("other", ["sales", "+14155550143"])
def test_another_number_is_not_the_same_transfer_though_it_ends_alike(twilio, talking, ada, api, rest, other):
    assert give(api, {"number": "+12025550143"}).status_code == 202
    assert give(api, {"number": "(202) 555-0143"}).status_code == 202

    assert give(api, {"number": other}).status_code == 409
    assert rest.names() == ["fetch"]


@pytest.mark.parametrize("before", ["hold", "participants"])
def test_nobody_is_fetched_out_of_a_talk_whose_legs_are_on_their_way_into_the_room(
    twilio, talking, ada, grace, team, api, rest, before
):
    """One of them would come to it, and be alone there."""
    hedy = factories.make_agent("hedy", team=team, reachable=True)
    body = {"to": {"agent": hedy.pk}} if before == "participants" else {}
    assert api.post(f"/api/v1/calls/{ROOT}/{before}/", body, format="json", secure=True).status_code == 202

    answered = give(api, {"agent": grace.pk})

    assert (answered.status_code, answered.json()["detail"]) == (
        409, "This call is just being put on hold or shared. Try again in a moment.",
    )  # fmt: skip
    assert "fetch" not in rest.names()
    Conference(twilio).join(LEG, ROOT)
    assert give(api, {"agent": grace.pk}).status_code == 202


def test_whoever_is_fetched_asks_at_the_fallback_when_our_answer_is_lost(twilio, talking, ada, grace, api, rest):
    """There, the caller is led back to whom the call was given; an address that a call is sent to has no fallback but
    its own."""
    give(api, {"agent": grace.pk})
    _name, leg, url, more = next(one for one in rest.asked if one[0] == "fetch")
    failed = incoming(CallSid=leg, CallStatus="in-progress", ErrorCode="11205", ErrorUrl=url)

    led = twilio.webhook(more["fallback_url"].removeprefix("https://desk.example.com"), failed)

    back = (ElementTree.fromstring(led.content).findtext("Redirect") or "").removeprefix("https://desk.example.com")
    document = ElementTree.fromstring(twilio.webhook(back, incoming(CallSid=leg, CallStatus="in-progress")).content)
    assert rings(document) == [grace.identity]


def test_somebody_who_is_on_a_call_cannot_be_chosen_and_it_is_said_why(twilio, talking, ada, grace, api, rest):
    factories.make_call(9, agent=grace, caller=f"client:{grace.identity}", status="in-progress")

    answered = give(api, {"agent": grace.pk})

    assert (answered.status_code, answered.json()["detail"]) == (409, "Is on a call.")
    targets = api.get(f"/api/v1/calls/{ROOT}/transfer-targets/?q=gra", secure=True).json()
    assert [(one["may"], one["why"]) for one in targets["agents"]] == [(False, "Is on a call.")]


def test_numbers_that_may_not_be_called_are_refused_in_words(twilio, talking, ada, api, rest):
    answered = give(api, {"number": "911"})

    assert answered.status_code == 409
    assert rest.asked == []


def test_a_call_that_an_agent_made_goes_on_without_its_own_leg(twilio, line, ada, grace, api, rest):
    customer = sid("CA", 2)
    twilio.webhook("/twilio/voice/outgoing/", outgoing(ada.pk, "+442079460100"))
    for number, status in enumerate(("initiated", "ringing", "in-progress")):
        more = {"From": line.number, "To": "+442079460100"}
        twilio.webhook("/twilio/voice/status/", leg_status(0, status, number) | more)

    assert give(api, {"agent": grace.pk}).status_code == 202

    assert rest.asked[-1][1] == customer, "the customer's leg is fetched"
    fields = incoming(
        CallSid=customer, From=line.number, To="+442079460100", Direction="outbound-dial", CallStatus="in-progress"
    )
    document = come(twilio, rest, fields)
    assert rings(document) == [grace.identity]
    let_go = outgoing(ada.pk, "+442079460100", CallStatus="in-progress", DialCallStatus="completed")
    assert b"Hangup" in twilio.webhook("/twilio/voice/dial-action/", let_go).content
    own = outgoing(ada.pk, "+442079460100", CallStatus="completed", SequenceNumber="0", CallDuration="9")
    twilio.webhook("/twilio/voice/status/", own)
    url = document.find("Dial/Client").attrib["statusCallback"].removeprefix("https://desk.example.com")
    for number, status in enumerate(("initiated", "ringing", "in-progress")):
        twilio.webhook(url, leg_status(grace.pk, status, number, leg=7, parent=2))
    call = shown()
    assert (call["status"], call["agent"]["id"], call["transfer"]["state"]) == (
        "in-progress",
        grace.pk,
        "handed-over",
    )
    assert {leg["parent_call_sid"] for leg in call["legs"]} == {ROOT}
    twilio.webhook(
        "/twilio/voice/status/",
        leg_status(0, "completed", 3) | {"From": line.number, "To": "+442079460100", "CallDuration": "60"},
    )
    assert (shown()["status"], shown()["result"]) == ("completed", "reached")


def test_an_agents_end_in_the_room_does_not_end_a_caller_who_is_on_the_way(
    twilio, talking, ada, grace, api, rest, monkeypatch
):
    assert api.post(f"/api/v1/calls/{ROOT}/hold/", {}, format="json", secure=True).status_code == 202
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    assert give(api, {"agent": grace.pk}).status_code == 202

    # The conference ends with the caller's leaving it, which is told after this.
    conference.tell("participant-leave", LEG)
    Participant.objects.update(asked_at=None)
    keeping.look(ROOT)

    assert rest.names() == ["redirect", "fetch"]
    assert rings(come(twilio, rest)) == [grace.identity]


@pytest.fixture
def out_of_the_room(twilio, talking, ada, grace, api, rest):
    """The caller was in a room with Ada, and is fetched to Grace's phone; that the room ended by that is not told."""
    assert api.post(f"/api/v1/calls/{ROOT}/hold/", {}, format="json", secure=True).status_code == 202
    Conference(twilio).join(LEG, ROOT)
    assert give(api, {"agent": grace.pk}).status_code == 202
    document = come(twilio, rest)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    assert Room.objects.get().state == "open"
    return document


def test_a_caller_whom_the_colleague_does_not_take_is_not_put_back_into_a_room_that_is_over(
    twilio, out_of_the_room, ada, grace
):
    answer(twilio, out_of_the_room, grace, 7, "initiated", "ringing", "no-answer")
    action = out_of_the_room.find("Dial").attrib["action"].removeprefix("https://desk.example.com")
    fields = incoming(CallStatus="in-progress", DialCallStatus="no-answer", DialBridged="false")

    back = ElementTree.fromstring(twilio.webhook(action, fields).content)

    assert back.find("Dial/Conference") is None
    assert rings(back) == [ada.identity]


def test_a_caller_on_whom_the_colleague_hangs_up_is_not_put_back_into_a_room_that_is_over(
    twilio, out_of_the_room, grace
):
    answer(twilio, out_of_the_room, grace, 7)
    answer(twilio, out_of_the_room, grace, 7, "completed")
    action = out_of_the_room.find("Dial").attrib["action"].removeprefix("https://desk.example.com")

    ended = twilio.webhook(action, talked(sid("CA", 7))).content.decode()

    assert ("<Hangup" in ended, "<Conference" in ended) == (True, False)


@pytest.mark.parametrize("mode", ["blind", "warm"])
@pytest.mark.parametrize("number", [CALLER, "(202) 555-0142"])
def test_nobody_is_given_to_their_own_number(talking, api, rest, mode, number):
    assert CALLER == "+12025550142"

    answered = give(api, {"number": number}, mode=mode)

    assert (answered.status_code, answered.json()["detail"]) == (409, "This number is in the call already.")
    assert rest.asked == []
    assert shown()["transfer"] is None
