"""Listening, whispering and joining, in any order; who takes over; and who leaves is never missed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from calls.models import Call, CallEvent, CallOffer, Conversation, Participant, Room
from calls.recorder.timeline import call_timeline
from calls.rooms import keeping
from calls.selectors import call_get
from telephony.errors import CallGone, TelephonyError, Unavailable
from telephony.rest.client import ParticipantFacts
from tests import factories
from tests.calls.rooms.rooms import CONFERENCE, LEG, ROOT
from tests.calls.rooms.supervised import PHONE, TOLD, asked, inside, look, shown, supervise, supervisor
from tests.twilio import leg_status, outgoing, root_status, sid

pytestmark = pytest.mark.django_db


# --- Another mode -----------------------------------------------------------------------------------------------------


_ASKED = {"listen": (True, None), "whisper": (False, LEG), "join": (False, "")}


@pytest.mark.parametrize("first", TOLD)
@pytest.mark.parametrize("then", TOLD)
def test_from_one_mode_to_another_in_one_request_and_shown_when_twilio_says_so(
    twilio, talking, desk, hedy, rest, first, then
):
    conference = inside(twilio, desk, hedy, first)

    assert supervise(desk, then).status_code == 202
    assert supervise(desk, then).status_code == 202

    assert asked(rest) == ([] if first == then else [_ASKED[then]])
    conference.tell("participant-modify", PHONE, **TOLD[then])
    assert [one["mode"] for one in shown()["participants"]] == ["", "", then]
    look()
    assert len(asked(rest)) == (first != then), "nothing is left to ask"


def test_what_is_told_in_two_words_is_asked_once(twilio, talking, desk, hedy, rest):
    conference = inside(twilio, desk, hedy, "listen")
    supervise(desk, "whisper")

    conference.tell("participant-unmute", PHONE, Muted="false", Coaching="false")
    keeping.look(ROOT)
    assert shown()["participants"][-1]["mode"] == "listen"
    conference.tell("participant-modify", PHONE, **TOLD["whisper"])

    assert asked(rest) == [(False, LEG)]
    assert not supervisor().was_heard


def test_what_twilio_refuses_stays_as_it_was(twilio, talking, desk, hedy, rest):
    inside(twilio, desk, hedy, "listen")
    rest.fails["supervise"] = TelephonyError("Twilio did not accept this.", permanent=True)

    for mode in ("join", "whisper", "take-over"):
        assert supervise(desk, mode).status_code == 502

    assert (supervisor().mode, supervisor().takes_over) == ("listen", False)
    assert shown()["agent"]["name"] == "Ada"


def test_what_is_asked_for_again_after_a_refusal_is_kept_as_a_use(twilio, talking, desk, hedy, rest):
    """The time line would say "join" otherwise of whoever only listens."""
    inside(twilio, desk, hedy, "listen")
    rest.fails["supervise"] = TelephonyError("Twilio did not accept this.", permanent=True)
    assert supervise(desk, "join").status_code == 502
    rest.fails.clear()

    assert [supervise(desk, "listen").status_code for _ in range(2)] == [202, 202]

    kept = CallEvent.objects.filter(name="supervise", agent=hedy).order_by("pk")
    assert list(kept.values_list("outcome", flat=True)) == ["listen", "join", "listen"]


def test_a_whisper_to_whom_twilio_does_not_find_is_listening(twilio, talking, desk, hedy, rest):
    inside(twilio, desk, hedy, "join")
    rest.fails["supervise"] = TelephonyError("The agent has left.", code=13240, permanent=True)
    assert supervise(desk, "whisper").status_code == 502
    rest.fails.clear()

    look()

    assert supervisor().mode == "listen"
    assert asked(rest)[-1] == (True, None)


def test_a_lost_word_is_made_up_for_by_twilios_own(twilio, talking, desk, hedy, rest):
    inside(twilio, desk, hedy, "listen")
    supervise(desk, "whisper")
    Participant.objects.filter(role="supervisor").update(asked_at="2020-01-01T00:00:00Z")
    rest.found = [
        ParticipantFacts(ROOT, "", "connected", False, False),
        ParticipantFacts(LEG, "", "connected", False, False),
        ParticipantFacts(PHONE, "", "connected", False, False, LEG),
    ]

    keeping.look(ROOT)

    assert (supervisor().said_mode, len(asked(rest))) == ("whisper", 1)


def test_a_supervisors_phone_that_is_gone_keeps_the_agent_from_nothing(twilio, talking, api, desk, hedy, rest):
    inside(twilio, desk, hedy, "listen")
    Participant.objects.filter(agent=hedy).update(mode="join")
    rest.fails["supervise"] = CallGone("This call is over.", permanent=True)

    assert api.post(f"/api/v1/calls/{ROOT}/hold/", {}, format="json", secure=True).status_code == 202

    assert rest.names()[-2:] == ["supervise", "hold"]
    # Who has just come may not be known there yet: Twilio's list decides.
    assert supervisor().state == "in"
    rest.found = [ParticipantFacts(leg, "", "connected", False, False) for leg in (ROOT, LEG)]
    long_ago = "2020-01-01T00:00:00Z"
    Participant.objects.update(asked_at=long_ago, joined_at=long_ago, created_at=long_ago)
    keeping.look(ROOT)
    assert supervisor().state == "left"


def test_nobody_but_supervisors_changes_or_removes_one(twilio, talking, api, desk, hedy, rest):
    inside(twilio, desk, hedy, "listen")
    url = f"/api/v1/calls/{ROOT}/participants/{PHONE}/"

    assert api.patch(url, {"muted": False}, format="json", secure=True).status_code == 404
    assert desk.patch(url, {"muted": False}, format="json", secure=True).status_code == 404
    assert api.delete(url, secure=True).status_code == 404
    assert "remove" not in rest.names()
    assert desk.delete(url, secure=True).status_code == 202
    assert rest.asked[-1][:3] == ("remove", CONFERENCE, PHONE)


# --- Who leaves -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", TOLD)
@pytest.mark.parametrize("hangs_up", [True, False])
def test_a_supervisor_who_leaves_is_missed_by_nobody(twilio, talking, desk, hedy, rest, mode, hangs_up):
    conference = inside(twilio, desk, hedy, mode)
    before = rest.names()
    Participant.objects.filter(agent=hedy).update(hung_up=hangs_up)

    conference.tell("participant-leave", PHONE)
    twilio.webhook("/twilio/voice/room-action/", outgoing(hedy.pk, "", CallSid=PHONE, CallStatus="completed"))
    look()

    assert rest.names() == before
    now = shown()
    assert [(one["role"], one["state"]) for one in now["participants"]] == [
        ("customer", "in"),
        ("agent", "in"),
        ("supervisor", "left"),
    ]
    assert (now["status"], now["agent"]["name"]) == ("in-progress", "Ada")
    events = CallEvent.objects.filter(name="supervise", agent=hedy)
    assert list(events.values_list("outcome", flat=True)) == [mode, "end"]
    titles = [entry.title for entry in call_timeline(call_get(ROOT), viewer=hedy)]
    assert "Hedy does not supervise the call any more" in titles
    assert "Hedy answered" not in titles


@pytest.mark.parametrize("mode", ["listen", "whisper"])
def test_a_caller_whose_agent_is_lost_goes_to_the_front_of_the_queue_whoever_listens(
    twilio, talking, ada, desk, hedy, rest, mode
):
    CallOffer.objects.filter(agent=ada).update(announces_end=True)
    conference = inside(twilio, desk, hedy, mode)

    conference.tell("participant-leave", LEG)
    Room.objects.update(alone_since=timezone.now() - timedelta(seconds=10))
    look()

    assert "fetch" in rest.names()
    assert Conversation.objects.get(pk=ROOT).state in ("waiting", "offered")
    assert not supervisor().wanted_in


def test_when_the_agent_hangs_up_the_call_ends_whoever_listens(twilio, talking, ada, desk, hedy, rest):
    conference = inside(twilio, desk, hedy, "listen")
    Participant.objects.filter(agent=ada).update(hung_up=True)

    conference.tell("participant-leave", LEG)
    look()

    assert ("hang-up", ROOT) in [one[:2] for one in rest.asked]


def test_whoever_has_joined_has_the_call_when_the_agent_leaves(twilio, talking, ada, desk, hedy, rest):
    conference = inside(twilio, desk, hedy, "join")
    Participant.objects.filter(agent=ada).update(hung_up=True)

    conference.tell("participant-leave", LEG)
    look()

    assert "hang-up" not in rest.names()
    assert shown()["agent"]["name"] == "Hedy"
    assert supervisor().role == "agent"


def test_the_end_of_the_call_is_the_end_of_the_supervision(twilio, talking, desk, hedy, rest):
    inside(twilio, desk, hedy, "listen")

    twilio.webhook("/twilio/voice/status/", root_status("completed"))

    assert supervisor().state == "left"
    assert CallEvent.objects.filter(name="supervise", outcome="end", agent=hedy).count() == 1


def test_when_the_coached_agent_hands_the_call_over_the_supervisor_is_heard_by_nobody(
    twilio, talking, api, ada, grace, desk, hedy, rest
):
    conference = inside(twilio, desk, hedy, "whisper")
    body = {"to": {"agent": grace.pk}, "mode": "warm"}
    assert api.post(f"/api/v1/calls/{ROOT}/transfer/", body, format="json", secure=True).status_code == 202
    colleague = sid("CA", 51)
    conference.tell("participant-hold", ROOT, Hold="true")
    fields = leg_status(grace.pk, "in-progress", 2, leg=51)
    fields.pop("ParentCallSid")
    twilio.webhook(f"/twilio/voice/participant-status/?call={ROOT}", fields)
    conference.join(colleague)
    Participant.objects.update(asked_at=None)

    api.post(f"/api/v1/calls/{ROOT}/complete-transfer/", {}, format="json", secure=True)

    assert rest.names()[-3:] == ["supervise", "hold", "remove"], "muted before the agent is let go"
    assert asked(rest) == [(True, None)], "and no others hear it in between"
    assert supervisor().mode == "listen"
    conference.tell("participant-leave", LEG)
    conference.tell("participant-mute", PHONE, Muted="true", Coaching="true")
    assert shown()["agent"]["name"] == "Grace"
    assert supervise(desk, "whisper").status_code == 202
    assert asked(rest)[-1] == (False, colleague)


def test_while_twilio_cannot_be_reached_it_is_asked_again_to_mute_whoever_whispered(twilio, talking, desk, hedy, rest):
    conference = inside(twilio, desk, hedy, "whisper")
    grace = factories.make_agent("grace2", team=hedy.teams.get())
    room = Room.objects.get()
    Participant.objects.create(room=room, label="p9", leg_sid=sid("CA", 51), role="agent", agent=grace, state="in")
    rest.fails["supervise"] = Unavailable("Twilio cannot be reached. Try again.")

    conference.tell("participant-leave", LEG)
    look()
    rest.fails.clear()
    look()

    assert asked(rest) == [(True, None), (True, None)]


# --- Taking over ------------------------------------------------------------------------------------------------------


def test_the_agent_is_let_go_once_the_supervisor_is_heard(
    twilio, talking, ada, desk, hedy, rest, django_capture_on_commit_callbacks
):
    conference = inside(twilio, desk, hedy, "listen")

    assert supervise(desk, "take-over").status_code == 202
    assert asked(rest) == [(False, "")]
    assert "remove" not in rest.names(), "the caller is never alone"
    conference.tell("participant-unmute", PHONE, **TOLD["join"])
    look()

    assert rest.asked[-1][:3] == ("remove", CONFERENCE, LEG)
    now = shown()
    assert now["agent"]["name"] == "Hedy"
    assert [(one["role"], one["mode"]) for one in now["participants"]] == [
        ("customer", ""),
        ("agent", ""),
        ("agent", ""),
    ]
    conference.tell("participant-leave", LEG)
    look()
    assert "hang-up" not in rest.names()
    assert "fetch" not in rest.names()
    assert "Hedy took over the call." in [entry.title for entry in call_timeline(call_get(ROOT), viewer=hedy)]
    assert supervise(desk, "take-over").status_code in (202, 403)


def test_who_was_not_in_the_call_takes_it_over_by_coming(twilio, talking, ada, desk, hedy, rest):
    inside(twilio, desk, hedy, "take-over")
    look()

    assert rest.asked[-1][:3] == ("remove", CONFERENCE, LEG)
    assert shown()["agent"]["name"] == "Hedy"
    assert Call.objects.filter(parent=None).count() == 1


def test_a_call_is_taken_over_by_one_at_a_time(twilio, talking, ada, desk, hedy, rest, team):
    inside(twilio, desk, hedy, "listen")
    assert supervise(desk, "take-over").status_code == 202
    other = APIClient()
    other.force_authenticate(factories.make_agent("hans", team=team, role="supervisor", reachable=True))

    refused = supervise(other, "take-over")

    assert (refused.status_code, refused.json()["detail"]) == (409, "Somebody else is taking over this call.")
    assert supervise(other, "listen").status_code == 202


def test_a_line_that_is_lost_after_taking_over_leads_the_caller_back(twilio, talking, ada, desk, hedy, rest):
    conference = inside(twilio, desk, hedy, "take-over")
    look()
    conference.tell("participant-leave", LEG)

    conference.tell("participant-leave", PHONE)
    Room.objects.update(alone_since=timezone.now() - timedelta(seconds=10))
    look()

    assert "fetch" in rest.names()
    assert "hang-up" not in rest.names()


def test_who_took_over_and_hangs_up_ends_the_call(twilio, talking, ada, desk, hedy, rest):
    conference = inside(twilio, desk, hedy, "take-over")
    look()
    conference.tell("participant-leave", LEG)
    Participant.objects.filter(agent=hedy).update(hung_up=True)

    conference.tell("participant-leave", PHONE)
    look()

    assert ("hang-up", ROOT) in [one[:2] for one in rest.asked]


@pytest.mark.parametrize("why", ["no supervisor", "other team", "suspended"])
@pytest.mark.parametrize("mode", ["listen", "whisper", "join"])
def test_who_may_supervise_it_no_more_is_sent_away_and_has_no_say(twilio, talking, desk, hedy, rest, why, mode):
    inside(twilio, desk, hedy, mode)
    if why == "no supervisor":
        hedy.role = "agent"
    elif why == "suspended":
        hedy.is_active = False
    hedy.save()
    if why == "other team":
        hedy.teams.clear()
    if why != "suspended":
        # As soon as it is so, whatever Twilio has told by then.
        assert desk.post(f"/api/v1/calls/{ROOT}/hold/", {}, format="json", secure=True).status_code == 404

    look()

    assert not supervisor().wanted_in
    assert rest.names()[-1] == "remove"
