"""A call that an agent takes along to another tab, browser or app: the new leg comes first, the old one goes then."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from agents.models import Agent
from agents.services import ring_acknowledged
from calls.models import Call, CallEvent, CallOffer, Conversation, Participant, Room, Transfer
from calls.payloads import call_json
from calls.rooms import keeping
from calls.selectors import call_get
from telephony.errors import TelephonyError, Unavailable
from telephony.webhooks.forms import PHONE_FIELD
from tests import factories
from tests.calls.rooms.rooms import LEG, ROOT, Conference, talk
from tests.twilio import leg_status, outgoing, root_status, sid

pytestmark = pytest.mark.django_db
HERE, THERE = sid("CA", 31), sid("CA", 32)


@pytest.fixture
def talking(twilio, line, ada):
    talk(twilio, ada)
    return call_get(ROOT)


def post(api, action="move", body=None):
    return api.post(f"/api/v1/calls/{ROOT}/{action}/", body or {}, format="json", secure=True)


def dials(twilio, agent, leg=HERE, **changes):
    """What the phone at the other place is answered."""
    fields = outgoing(agent.pk, "", CallSid=leg, **({"Move": ROOT} | changes))
    return ElementTree.fromstring(twilio.webhook("/twilio/voice/outgoing/", fields).content)


def is_let_in(answer):
    return answer.find("Dial/Conference") is not None


def over(twilio, agent, leg, status="completed"):
    """The TwiML app's callback, or that of the leg which rang."""
    if leg == LEG:
        twilio.webhook("/twilio/voice/status/", leg_status(agent.pk, status, 3))
    else:
        twilio.webhook("/twilio/voice/status/", outgoing(agent.pk, "", CallSid=leg, CallStatus=status))


def moved(twilio, api, agent, rest):
    """The new leg is in the room, and the old one was taken out."""
    assert post(api).status_code == 202
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    assert is_let_in(dials(twilio, agent))
    conference.join(HERE)
    keeping.look(ROOT)
    conference.tell("participant-leave", LEG)
    over(twilio, agent, LEG)
    return conference


def answers(agent, leg):
    """A desk says that its phone has answered, and that it will say when it hangs up."""
    ring_acknowledged.send(sender=None, agent_id=agent.pk, sid=ROOT, announces_end=True, leg=leg)


def asked(rest):
    return [one[:2] for one in rest.asked]


def shown():
    return [(one["role"], one["leg"], one["state"]) for one in call_json(call_get(ROOT))["participants"]]


def test_it_is_noted_first_and_the_two_are_lifted_into_a_room_where_nobody_is_called(twilio, talking, api, rest):
    answer = post(api)

    assert answer.status_code == 202
    assert rest.names() == ["redirect"]
    Conference(twilio).join(LEG, ROOT)
    keeping.look(ROOT)
    assert rest.names() == ["redirect"], "whoever goes on elsewhere calls us"
    assert shown() == [("customer", ROOT, "in"), ("agent", LEG, "in")], "nobody is shown who is not there"


def test_the_old_leg_is_taken_out_only_when_the_new_one_is_in_the_room(twilio, talking, api, ada, rest):
    post(api)
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    answer = dials(twilio, ada)

    room = answer.find("Dial/Conference")
    assert room.text == Room.objects.get().name
    assert room.attrib["endConferenceOnExit"] == "false"
    keeping.look(ROOT)
    assert rest.names() == ["redirect"], "the old one talks on meanwhile"
    conference.join(HERE)
    keeping.look(ROOT)
    assert [one[0] for one in rest.asked] == ["redirect", "remove"]
    assert rest.asked[-1][2] == LEG
    assert shown() == [("customer", ROOT, "in"), ("agent", HERE, "in")]


def test_a_new_leg_that_comes_before_the_two_waits_for_the_customer(twilio, talking, api, ada, rest):
    post(api)
    assert is_let_in(dials(twilio, ada))
    conference = Conference(twilio)

    conference.join(HERE)
    keeping.look(ROOT)
    assert rest.names() == ["redirect"]
    conference.join(ROOT)
    keeping.look(ROOT)
    assert rest.names()[1:] == ["hang-up"], "the old leg is on its way in"
    assert rest.asked[-1][1] == LEG


def test_the_call_goes_on_without_wrap_up_recall_or_lost_line(twilio, talking, api, ada, team, rest):
    team.wrap_up_seconds = 600
    team.save()
    conference = moved(twilio, api, ada, rest)

    call = call_get(ROOT)
    assert (call.status, call.agent_id, call.result) == ("in-progress", ada.pk, "")
    assert Agent.objects.get(pk=ada.pk).wrap_up_until is None
    assert not Conversation.objects.filter(state="waiting").exists()
    assert Room.objects.get().alone_since is None
    leg = Call.objects.get(pk=HERE)
    assert (leg.parent_id, leg.agent_id, leg.status) == (ROOT, ada.pk, "in-progress")
    assert Call.objects.filter(parent=None).count() == 1

    conference.tell("participant-leave", ROOT)
    twilio.webhook("/twilio/voice/status/", root_status("completed"))
    over(twilio, ada, HERE)
    assert call_get(ROOT).result == "answered"
    assert Agent.objects.get(pk=ada.pk).wrap_up_until is not None, "now it is over"


def test_the_agent_is_on_a_call_all_the_time(twilio, talking, api, ada, rest):
    from calls.live.presence import call_live_list

    moved(twilio, api, ada, rest)

    assert [(call.sid, mine) for call, mine in call_live_list(ada)] == [(ROOT, "active")]


def test_it_can_be_taken_back_the_same_way(twilio, talking, api, ada, rest):
    conference = moved(twilio, api, ada, rest)

    assert post(api).status_code == 202
    assert is_let_in(dials(twilio, ada, THERE))
    conference.join(THERE)
    keeping.look(ROOT)

    assert (rest.asked[-1][0], rest.asked[-1][2]) == ("remove", HERE)
    assert rest.names().count("redirect") == 1, "they are in a room already"


def test_of_two_places_that_ask_at_once_one_has_the_call(twilio, talking, api, ada, rest):
    assert [post(api).status_code, post(api).status_code] == [202, 202]
    conference = Conference(twilio)
    conference.join(LEG, ROOT)

    answers = [dials(twilio, ada, HERE), dials(twilio, ada, THERE)]

    assert [is_let_in(one) for one in answers] == [True, False]
    assert answers[1].find("Reject") is not None, "unanswered, so that no page takes it for the call"
    assert is_let_in(dials(twilio, ada, HERE)), "Twilio may ask twice"
    late = post(api)
    assert (late.status_code, late.json()["detail"]) == (409, "This call is just being continued at another place.")
    conference.join(HERE)
    over(twilio, ada, THERE, "no-answer")
    assert Call.objects.get(pk=THERE).parent_id == ROOT, "no row of its own in the log"
    assert shown() == [("customer", ROOT, "in"), ("agent", HERE, "in")]
    assert CallEvent.objects.filter(name="move").count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"Move": sid("CA", 77)},
        {"Move": HERE},
        {"Move": "x" * 5000},
        {"Move": [ROOT, sid("CA", 77)]},
        {PHONE_FIELD: "x"},
    ],
)
def test_nobody_comes_in_with_anything_else(twilio, talking, api, ada, rest, changes):
    post(api)
    Conference(twilio).join(LEG, ROOT)

    assert not is_let_in(dials(twilio, ada, THERE, **changes))
    assert is_let_in(dials(twilio, ada))


def test_nobody_else_comes_in(twilio, talking, api, grace, rest):
    post(api)

    assert not is_let_in(dials(twilio, grace))


def test_nobody_comes_in_without_having_asked_before(twilio, talking, ada, rest):
    assert not is_let_in(dials(twilio, ada))
    assert call_get(ROOT).status == "in-progress"


def test_only_who_is_in_the_call_can_take_it_along(twilio, talking, line, rest):
    admin = factories.make_agent("admin", is_superuser=True)
    client = APIClient()
    client.force_authenticate(admin)

    answer = post(client)

    assert (answer.status_code, answer.json()["detail"]) == (409, "You are not in this call.")
    assert not Room.objects.exists(), "nothing was lifted for it"
    assert rest.asked == []


def test_a_colleague_whose_phone_still_rings_is_not_in_it(twilio, talking, api, ada, grace, rest):
    post(api, "transfer", {"to": {"agent": grace.pk}, "mode": "warm"})
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    keeping.look(ROOT)
    client = APIClient()
    client.force_authenticate(grace)

    assert post(client).status_code in (403, 404, 409)
    assert post(api).status_code == 202, "the one who asks her may"


def test_what_twilio_refuses_is_said_and_the_old_leg_talks_on(twilio, talking, api, ada, rest):
    rest.fails["redirect"] = TelephonyError("Twilio did not accept this.", permanent=True)

    answer = post(api)

    assert (answer.status_code, answer.json()["detail"]) == (502, "Twilio did not accept this.")
    assert not Participant.objects.exists()
    assert not is_let_in(dials(twilio, ada))
    assert call_get(ROOT).status == "in-progress"
    rest.fails.clear()
    assert post(api).status_code == 202


def test_when_nobody_knows_whether_twilio_did_it_nobody_is_awaited(twilio, talking, api, ada, rest):
    rest.fails["redirect"] = Unavailable("Twilio cannot be reached. Try again.")

    assert post(api).status_code == 502

    assert not is_let_in(dials(twilio, ada))
    Conference(twilio).join(LEG, ROOT)
    assert shown() == [("customer", ROOT, "in"), ("agent", LEG, "in")]


def test_who_never_calls_is_awaited_no_more_and_the_call_goes_on_where_it_was(twilio, talking, api, ada, rest):
    post(api)
    Conference(twilio).join(LEG, ROOT)
    _later()

    keeping.look(ROOT)

    assert not is_let_in(dials(twilio, ada))
    assert shown() == [("customer", ROOT, "in"), ("agent", LEG, "in")]
    assert "remove" not in rest.names()
    said = [one.outcome for one in CallEvent.objects.filter(name="handling")]
    assert any("goes on where it was" in one for one in said)


def test_who_calls_and_never_comes_leaves_the_call_where_it_was(twilio, talking, api, ada, rest):
    post(api)
    Conference(twilio).join(LEG, ROOT)
    dials(twilio, ada)

    over(twilio, ada, HERE)
    keeping.look(ROOT)

    assert shown() == [("customer", ROOT, "in"), ("agent", LEG, "in")]
    assert call_get(ROOT).status == "in-progress"
    assert "remove" not in rest.names()
    assert post(api).status_code == 202


def test_a_removal_that_twilio_refuses_is_asked_for_again(twilio, talking, api, ada, rest):
    post(api)
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    dials(twilio, ada)
    rest.fails["remove"] = TelephonyError("Twilio did not accept this.", permanent=True)
    conference.join(HERE)
    keeping.look(ROOT)
    rest.fails.clear()

    keeping.look(ROOT)

    assert [one[2] for one in rest.asked if one[0] == "remove"] == [LEG, LEG]


def test_a_line_that_is_lost_before_the_new_phone_has_called_is_a_lost_line(twilio, talking, api, ada, rest):
    Call.objects.get(pk=ROOT).offers.update(announces_end=True)
    post(api)
    conference = Conference(twilio)
    conference.join(LEG, ROOT)

    conference.tell("participant-leave", LEG)
    assert Room.objects.get().alone_since is not None
    Room.objects.update(alone_since=timezone.now() - timedelta(seconds=10))
    keeping.look(ROOT)

    assert Conversation.objects.get(pk=ROOT).state in ("waiting", "offered")


@pytest.mark.parametrize(("says_so", "lost"), [(True, True), (False, False)])
def test_only_a_place_that_says_before_it_hangs_up_can_lose_its_line(twilio, talking, api, ada, rest, says_so, lost):
    """The desk that answered says so; the app to which the call was taken does not, and hangs up by the SDK alone."""
    answers(ada, LEG)
    conference = moved(twilio, api, ada, rest)
    if says_so:
        answers(ada, HERE)

    conference.tell("participant-leave", HERE)
    over(twilio, ada, HERE)

    Room.objects.filter(alone_since__isnull=False).update(alone_since=timezone.now() - timedelta(seconds=10))
    keeping.look(ROOT)
    assert (("hang-up", ROOT) in asked(rest)) == (not lost)
    assert Conversation.objects.filter(state__in=("waiting", "offered")).exists() == lost


def test_a_place_that_says_so_does_not_say_it_of_the_phone_that_answered_before(twilio, talking, api, ada, rest):
    moved(twilio, api, ada, rest)

    answers(ada, HERE)

    assert not CallOffer.objects.filter(announces_end=True).exists()


def test_what_goes_on_nowhere_is_not_said_to_go_on_where_it_was(twilio, talking, api, ada, rest):
    Call.objects.get(pk=ROOT).offers.update(announces_end=True)
    post(api)
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    conference.tell("participant-leave", LEG)
    over(twilio, ada, LEG)
    _later()

    keeping.look(ROOT)

    said = [one.outcome for one in CallEvent.objects.filter(name="handling")]
    assert "Nobody went on with the call at another place." in said
    assert not any("where it was" in one for one in said)


def test_a_line_that_is_lost_while_the_new_leg_comes_is_no_loss(twilio, talking, api, ada, rest):
    post(api)
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    dials(twilio, ada)

    conference.tell("participant-leave", LEG)
    over(twilio, ada, LEG)
    conference.join(HERE)
    keeping.look(ROOT)

    assert shown() == [("customer", ROOT, "in"), ("agent", HERE, "in")]
    assert call_get(ROOT).agent_id == ada.pk


def test_who_hangs_up_at_the_new_place_ends_the_call(twilio, talking, api, ada, rest):
    conference = moved(twilio, api, ada, rest)

    assert post(api, "hang-up").status_code == 202

    assert (rest.asked[-1][0], rest.asked[-1][1]) == ("hang-up", ROOT)
    conference.tell("participant-leave", ROOT)


def test_who_hangs_up_at_both_places_at_once_is_no_colleague_of_their_own(twilio, talking, api, ada, rest):
    post(api)
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    dials(twilio, ada)
    conference.join(HERE)

    post(api, "hang-up")

    assert ("hang-up", ROOT) in [one[:2] for one in rest.asked]


def test_a_customer_on_hold_stays_on_hold(twilio, talking, api, ada, rest):
    post(api, "hold")
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    keeping.look(ROOT)
    conference.tell("participant-hold", ROOT, Hold="true")

    post(api)
    dials(twilio, ada)
    conference.join(HERE)
    keeping.look(ROOT)

    assert [one[0] for one in rest.asked] == ["redirect", "hold", "remove"]
    assert Participant.objects.get(role="customer").held


def test_a_consultation_goes_on_and_can_be_handed_over_from_the_new_place(twilio, talking, api, ada, grace, rest):
    post(api, "transfer", {"to": {"agent": grace.pk}, "mode": "warm"})
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    keeping.look(ROOT)
    colleague = Participant.objects.get(agent=grace)
    conference.join(colleague.leg_sid)
    post(api)
    dials(twilio, ada)
    conference.join(HERE)

    assert post(api, "complete-transfer").status_code == 202

    gone = {one[2] for one in rest.asked if one[0] == "remove"}
    assert gone == {LEG, HERE}, "the giver leaves from both places"
    assert call_get(ROOT).agent_id == grace.pk


@pytest.fixture
def asked_moves(twilio, talking, api, grace, rest):
    """Grace, who is asked first, goes on at another place; the caller is on hold. With what her phone does next."""
    post(api, "transfer", {"to": {"agent": grace.pk}, "mode": "warm"})
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    keeping.look(ROOT)
    conference.tell("participant-hold", ROOT, Hold="true")
    first = Participant.objects.get(agent=grace).leg_sid
    fields = leg_status(grace.pk, "in-progress", 2, leg=51) | {"Direction": "outbound-api"}
    twilio.webhook(f"/twilio/voice/participant-status/?call={ROOT}", fields)
    conference.join(first)
    client = APIClient()
    client.force_authenticate(grace)
    assert post(client).status_code == 202
    Participant.objects.update(asked_at=None)
    return conference, first


@pytest.mark.parametrize("order", ["comes first", "is lost first"])
def test_a_colleague_who_is_asked_goes_on_at_another_place_and_the_caller_hears_nothing(
    twilio, asked_moves, api, grace, rest, order
):
    conference, first = asked_moves
    if order == "is lost first":
        conference.tell("participant-leave", first)
        keeping.look(ROOT)
        early = post(api, "complete-transfer")
        assert (early.status_code, early.json()["detail"]) == (409, "The other side has not answered yet.")
    assert is_let_in(dials(twilio, grace))
    conference.join(HERE)
    keeping.look(ROOT)
    if order == "comes first":
        assert (rest.asked[-1][0], rest.asked[-1][2]) == ("remove", first)
        conference.tell("participant-leave", first)
    keeping.look(ROOT)

    assert Transfer.objects.get().state == "consulting"
    assert [one[3]["held"] for one in rest.asked if one[0] == "hold"] == [True]
    assert post(api, "complete-transfer").status_code == 202
    assert call_get(ROOT).agent_id == grace.pk
    assert (rest.asked[-1][0], rest.asked[-1][2]) in (("remove", LEG), ("hold", ROOT))


@pytest.mark.parametrize("action", ["cancel-transfer", "merge"])
def test_what_becomes_of_a_colleague_who_is_asked_holds_for_both_places(twilio, asked_moves, api, grace, rest, action):
    conference, _first = asked_moves
    dials(twilio, grace)
    Participant.objects.filter(agent=grace).update(wanted_held=True)
    conference.tell("participant-join", HERE, Hold="true")

    assert post(api, action).status_code == 202

    here = Participant.objects.filter(agent=grace)
    if action == "merge":
        assert {one.wanted_held for one in here} == {False}
    else:
        assert {one.wanted_in for one in here} == {False}


def test_a_colleague_who_is_asked_and_comes_to_no_other_place_is_gone(twilio, asked_moves, grace, rest):
    conference, first = asked_moves
    conference.tell("participant-leave", first)
    _later()

    keeping.look(ROOT)

    assert Transfer.objects.get().state == "failed"
    assert not Participant.objects.get(role="customer").wanted_held


def test_a_call_that_the_agent_made_goes_on_without_its_first_leg(twilio, line, ada, team, api, rest):
    team.wrap_up_seconds = 600
    team.save()
    twilio.webhook("/twilio/voice/outgoing/", outgoing(ada.pk, "+442079460100"))
    for number, status in enumerate(("initiated", "ringing", "in-progress")):
        more = {"From": line.number, "To": "+442079460100"}
        twilio.webhook("/twilio/voice/status/", leg_status(0, status, number) | more)

    moved_to = Conference(twilio)
    assert post(api).status_code == 202
    moved_to.join(LEG, ROOT)
    assert is_let_in(dials(twilio, ada))
    moved_to.join(HERE)
    keeping.look(ROOT)
    assert (rest.asked[-1][0], rest.asked[-1][2]) == ("remove", ROOT)
    moved_to.tell("participant-leave", ROOT)
    over(twilio, ada, ROOT)

    call = call_get(ROOT)
    assert (call.status, call.agent_id) == ("in-progress", ada.pk)
    assert Agent.objects.get(pk=ada.pk).wrap_up_until is None
    assert post(api, "hold").status_code == 202
    keeping.look(ROOT)
    assert (rest.asked[-1][0], rest.asked[-1][2]) == ("hold", LEG)


def _later():
    past = timezone.now() - timedelta(seconds=60)
    Participant.objects.update(created_at=past)


@pytest.mark.parametrize("order", ["join first", "leave first", "end first"])
def test_who_comes_when_the_customer_is_gone_is_not_left_in_an_empty_room(twilio, talking, api, ada, rest, order):
    post(api)
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    assert is_let_in(dials(twilio, ada))
    events = [conference.event("participant-join", HERE), conference.event("participant-leave", ROOT)]
    if order == "leave first":
        events.reverse()
    if order == "end first":
        twilio.webhook("/twilio/voice/status/", root_status("completed"))
    for fields in events:
        conference.send(fields)
    Participant.objects.update(asked_at=None)

    keeping.look(ROOT)

    assert ("hang-up", HERE) in [one[:2] for one in rest.asked]
    over(twilio, ada, HERE)
    keeping.look(ROOT)
    assert {one.state for one in Participant.objects.all()} == {"left"}
    assert ROOT not in keeping.rooms_due()


def test_a_new_leg_that_ends_with_the_call_is_not_asked_about(twilio, talking, api, ada, rest):
    conference = moved(twilio, api, ada, rest)
    conference.tell("participant-leave", ROOT)
    keeping.look(ROOT)

    conference.tell("participant-leave", HERE)
    over(twilio, ada, HERE)
    keeping.look(ROOT)

    assert "hang-up" not in rest.names()
    assert {one.state for one in Participant.objects.all()} == {"left"}
