"""Supervisors come into calls: noted first, and let in by what Twilio says of them."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from calls.live.free_agents import free_agents
from calls.models import Call, CallEvent, CallOffer, Conversation, Participant, Room
from calls.rooms import keeping
from telephony.errors import TelephonyError
from tests import factories
from tests.calls.rooms.rooms import LEG, ROOT, Conference
from tests.calls.rooms.supervised import PHONE, asked, inside, look, phone_calls, supervise, supervisor
from tests.twilio import incoming, outgoing, root_status, sid

pytestmark = pytest.mark.django_db


# --- Coming in --------------------------------------------------------------------------------------------------------


def test_the_call_is_lifted_and_the_supervisor_is_noted_and_called_by_nobody(talking, desk, hedy, rest):
    answer = supervise(desk, "listen")

    one = supervisor()
    assert (answer.status_code, rest.names()) == (202, ["redirect"])
    assert (one.role, one.mode, one.state, one.leg_sid) == ("supervisor", "listen", "calling", "")
    look()
    assert "call" not in rest.names()


@pytest.mark.parametrize(
    ("mode", "how"),
    [("listen", {"muted": "true"}), ("whisper", {"coach": LEG}), ("join", {}), ("take-over", {})],
)
def test_the_own_phone_is_let_in_and_heard_by_whom_it_is_to_be(twilio, talking, desk, hedy, rest, mode, how):
    supervise(desk, mode)
    Conference(twilio).join(LEG, ROOT)

    room = phone_calls(twilio, hedy).find("Dial/Conference")

    assert room.text == Room.objects.get().name
    assert {name: room.attrib[name] for name in ("muted", "coach") if name in room.attrib} == how
    assert (room.attrib["startConferenceOnEnter"], room.attrib["endConferenceOnExit"]) == ("false", "false")
    assert room.attrib["participantLabel"] == supervisor().label


def test_who_is_to_whisper_is_heard_by_nobody_until_the_agent_is_in_the_room(twilio, talking, desk, hedy, rest):
    supervise(desk, "whisper")
    room = phone_calls(twilio, hedy).find("Dial/Conference")
    assert (room.attrib["muted"], "coach" in room.attrib) == ("true", False)

    conference = Conference(twilio)
    conference.tell("participant-join", PHONE, Muted="true")
    conference.join(ROOT)
    look()
    assert asked(rest) == []
    conference.join(LEG)
    look()

    assert asked(rest) == [(False, LEG)]


def test_the_phone_that_asks_twice_is_answered_twice(twilio, talking, desk, hedy, rest):
    supervise(desk, "listen")

    first, second = phone_calls(twilio, hedy), phone_calls(twilio, hedy)

    assert ElementTree.tostring(first) == ElementTree.tostring(second)
    assert Call.objects.filter(parent=ROOT, agent=hedy).count() == 1


def test_the_phones_leg_is_no_row_of_the_log_and_keeps_its_agent_from_other_callers(
    twilio, talking, desk, hedy, team, rest
):
    assert hedy.pk in free_agents([team.pk]).by_id
    supervise(desk, "listen")
    assert hedy.pk not in free_agents([team.pk]).by_id, "the phone is on the way"
    phone_calls(twilio, hedy)

    assert list(Call.objects.filter(parent=None).values_list("sid", flat=True)) == [ROOT]
    assert hedy.pk not in free_agents([team.pk]).by_id
    twilio.webhook(
        "/twilio/voice/status/", outgoing(hedy.pk, "", CallSid=PHONE, CallStatus="completed", supervise=ROOT)
    )
    keeping.look(ROOT)
    assert hedy.pk in free_agents([team.pk]).by_id
    assert Call.objects.get(pk=ROOT).agent_id != hedy.pk


def test_a_phone_that_never_comes_is_not_waited_for(talking, desk, hedy, rest):
    supervise(desk, "listen")
    Participant.objects.update(created_at=timezone.now() - timedelta(seconds=30))

    keeping.look(ROOT)

    assert supervisor().state == "left"
    assert supervise(desk, "listen").status_code == 202, "and may be asked for again"


def test_what_twilio_refuses_is_said_and_nobody_is_noted(talking, desk, hedy, rest):
    rest.fails["redirect"] = TelephonyError("Twilio did not accept this.", permanent=True)

    assert supervise(desk, "listen").status_code == 502

    assert not Participant.objects.exists()
    assert [(one.name, one.outcome) for one in CallEvent.objects.filter(name="supervise")] == [
        ("supervise", "listen"),
        ("supervise", "end"),
    ]


# --- Who may ----------------------------------------------------------------------------------------------------------


def test_the_agent_of_the_call_and_colleagues_supervise_nobody(twilio, talking, api, grace, rest):
    assert supervise(api, "listen").status_code == 403
    colleague = APIClient()
    colleague.force_authenticate(grace)
    assert supervise(colleague, "listen").status_code == 404
    assert rest.asked == []


def test_nobody_supervises_the_own_call_or_one_of_another_team(twilio, talking, ada, desk, hedy, rest):
    Call.objects.filter(pk=ROOT).update(agent=hedy)
    assert supervise(desk, "listen").status_code == 403
    Call.objects.filter(pk=ROOT).update(agent=ada)
    hedy.teams.set([factories.make_team("Sales")])
    assert supervise(desk, "listen").status_code == 404
    assert rest.asked == []


def test_the_team_that_a_route_led_to_supervises_what_came_by_anothers_line(talking, desk, hedy, rest):
    sales = factories.make_team("Sales")
    hedy.teams.set([sales])
    Conversation.objects.create(call_id=ROOT, team=sales, state="talking")

    assert supervise(desk, "listen").status_code == 202


@pytest.mark.parametrize("mode", ["", "shout", None, 7, ["listen"]])
def test_what_is_no_mode_is_said_to_be_none(talking, desk, mode, rest):
    assert supervise(desk, mode).status_code == 400


def test_nobody_is_supervised_before_anybody_talks(twilio, line, ada, desk, hedy, rest):
    CallOffer.objects.all().delete()
    twilio.webhook("/twilio/voice/incoming/", incoming())
    CallOffer.objects.filter(agent=hedy).delete()

    answer = supervise(desk, "listen")

    assert (answer.status_code, answer.json()["detail"]) == (409, "Nobody talks on this call now.")


def test_who_is_in_another_call_comes_into_none(twilio, talking, line, desk, hedy, rest):
    factories.make_call(9, line=line, agent=hedy, caller=f"client:agent_{hedy.pk}", status="in-progress")

    answer = supervise(desk, "listen")

    assert (answer.status_code, answer.json()["detail"]) == (409, "You are in another call. End it first.")
    assert not Room.objects.exists()


def test_who_supervises_one_call_comes_into_no_other(twilio, talking, line, ada, desk, hedy, rest):
    supervise(desk, "listen")
    other = factories.make_call(20, line=line, agent=ada, status="in-progress", answer_time=timezone.now())
    factories.make_call(
        21, parent_id=other.sid, agent=ada, status="in-progress", direction="outbound-dial", answer_time=timezone.now()
    )

    assert supervise(desk, "listen", other.sid).status_code == 409


def test_who_may_make_no_calls_cannot_come(talking, desk, hedy, rest):
    hedy.may_make_calls = False
    hedy.save()

    assert supervise(desk, "listen").status_code == 409


def test_another_mode_before_the_phone_has_come_is_refused_and_the_same_one_is_done(talking, desk, hedy, rest):
    supervise(desk, "listen")

    assert supervise(desk, "listen").status_code == 202
    answer = supervise(desk, "join")

    assert answer.status_code == 409
    assert answer.json()["detail"] == "Your phone has not come into the call yet. Try again in a moment."
    assert rest.names() == ["redirect"]
    assert Participant.objects.filter(role="supervisor").count() == 1


def said(document):
    assert document.find("Dial") is None
    assert document.find("Hangup") is not None
    return document.findtext("Say")


def test_the_right_is_that_of_whom_twilio_names(twilio, talking, desk, hedy, ada, grace, rest):
    supervise(desk, "listen")

    for agent in (ada, grace):
        assert said(phone_calls(twilio, agent, leg=sid("CA", 80 + agent.pk)))
    other = factories.make_agent("joan", team=hedy.teams.get(), role="supervisor")
    assert said(phone_calls(twilio, other, leg=sid("CA", 90))), "who has not asked"
    hedy.role = "agent"
    hedy.save()
    assert said(phone_calls(twilio, hedy)), "no supervisor any more"
    assert supervisor().leg_sid == ""
    assert list(Call.objects.filter(parent=None).values_list("sid", flat=True)) == [ROOT]


def test_a_phone_that_was_signed_out_comes_into_no_call(twilio, talking, desk, hedy, rest):
    supervise(desk, "listen")

    assert said(phone_calls(twilio, hedy, RingdeskPhone="nonsense"))


@pytest.mark.parametrize("root", ["", "CA1", sid("CA", 77), "'; --"])
def test_a_call_that_is_not_there_is_a_sentence_and_no_number_is_dialled(twilio, line, hedy, root):
    document = phone_calls(twilio, hedy, root=root, To="+442079460100")

    assert said(document)
    assert not Call.objects.exists()


def test_a_phone_that_was_not_let_in_leaves_no_row_behind(twilio, talking, hedy, rest):
    phone_calls(twilio, hedy)
    fields = outgoing(hedy.pk, "", CallSid=PHONE, CallStatus="completed", supervise=ROOT, CallDuration="2")

    twilio.webhook("/twilio/voice/status/", fields)
    twilio.webhook("/twilio/voice/fallback/", fields)

    assert not Call.objects.filter(pk=PHONE).exists()


def test_a_call_that_is_over_is_said_to_be_in_the_supervisors_language(twilio, talking, desk, hedy, rest):
    hedy.language = "de"
    hedy.save()
    supervise(desk, "listen")
    twilio.webhook("/twilio/voice/status/", root_status("completed"))

    assert said(phone_calls(twilio, hedy)) == "Dieser Anruf ist vorbei."


def test_a_second_phone_of_the_same_supervisor_is_not_let_in(twilio, talking, desk, hedy, rest):
    inside(twilio, desk, hedy, "listen")

    assert said(phone_calls(twilio, hedy, leg=sid("CA", 71)))
