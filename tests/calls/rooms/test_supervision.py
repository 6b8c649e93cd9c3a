"""Supervisors listen, whisper, join and take over: noted first, let in by what Twilio says of them, heard by whom they
want, and never missed when they leave."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from calls.live.free_agents import free_agents
from calls.models import Call, CallEvent, CallOffer, Conversation, Participant, Room
from calls.payloads import call_json
from calls.recorder.timeline import call_timeline
from calls.rooms import keeping
from calls.selectors import call_get
from telephony.errors import CallGone, TelephonyError, Unavailable
from tests import factories
from tests.calls.rooms.rooms import CONFERENCE, LEG, ROOT, Conference, talk
from tests.twilio import incoming, leg_status, outgoing, root_status, sid

pytestmark = pytest.mark.django_db

PHONE = sid("CA", 70)


@pytest.fixture
def hedy(team):
    return factories.make_agent("hedy", team=team, role="supervisor", reachable=True)


@pytest.fixture
def desk(hedy):
    client = APIClient()
    client.force_authenticate(hedy)
    return client


@pytest.fixture
def talking(twilio, line, ada):
    talk(twilio, ada)


def supervise(client, mode, root=ROOT):
    return client.post(f"/api/v1/calls/{root}/supervise/", {"mode": mode}, format="json", secure=True)


def phone_calls(twilio, agent, *, root=ROOT, leg=PHONE, **more):
    fields = outgoing(agent.pk, "", CallSid=leg, supervise=root) | more
    return ElementTree.fromstring(twilio.webhook("/twilio/voice/outgoing/", fields).content)


def supervisor():
    return Participant.objects.filter(room=ROOT, agent__username="hedy").latest("pk")


def look():
    """The net's look, at a time when whatever was asked has been told."""
    Participant.objects.update(asked_at=None)
    keeping.look(ROOT)


def shown(viewer=None):
    return call_json(call_get(ROOT), viewer)


def asked(rest):
    return [(one[-1]["muted"], one[-1]["coached"]) for one in rest.asked if one[0] == "supervise"]


def inside(twilio, desk, hedy, mode):
    """Hedy has come into the room in that mode."""
    assert supervise(desk, mode).status_code == 202
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    phone_calls(twilio, hedy)
    muted, coaching = str(mode == "listen").lower(), str(mode == "whisper").lower()
    conference.tell("participant-join", PHONE, Muted=muted, Coaching=coaching)
    return conference


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


# --- Another mode -----------------------------------------------------------------------------------------------------

_TOLD = {
    "listen": {"Muted": "true", "Coaching": "false"},
    "whisper": {"Muted": "false", "Coaching": "true"},
    "join": {"Muted": "false", "Coaching": "false"},
}
_ASKED = {"listen": (True, None), "whisper": (False, LEG), "join": (False, "")}


@pytest.mark.parametrize("first", _TOLD)
@pytest.mark.parametrize("then", _TOLD)
def test_from_one_mode_to_another_in_one_request_and_shown_when_twilio_says_so(
    twilio, talking, desk, hedy, rest, first, then
):
    conference = inside(twilio, desk, hedy, first)

    assert supervise(desk, then).status_code == 202
    assert supervise(desk, then).status_code == 202

    assert asked(rest) == ([] if first == then else [_ASKED[then]])
    conference.tell("participant-modify", PHONE, **_TOLD[then])
    assert [one["mode"] for one in shown()["participants"]] == ["", "", then]
    look()
    assert len(asked(rest)) == (first != then), "nothing is left to ask"


def test_what_is_told_in_two_words_is_asked_once(twilio, talking, desk, hedy, rest):
    conference = inside(twilio, desk, hedy, "listen")
    supervise(desk, "whisper")

    conference.tell("participant-unmute", PHONE, Muted="false", Coaching="false")
    keeping.look(ROOT)
    assert shown()["participants"][-1]["mode"] == "listen"
    conference.tell("participant-modify", PHONE, **_TOLD["whisper"])

    assert asked(rest) == [(False, LEG)]
    assert not supervisor().was_heard


def test_what_twilio_refuses_stays_as_it_was(twilio, talking, desk, hedy, rest):
    inside(twilio, desk, hedy, "listen")
    rest.fails["supervise"] = TelephonyError("Twilio did not accept this.", permanent=True)

    for mode in ("join", "whisper", "take-over"):
        assert supervise(desk, mode).status_code == 502

    assert (supervisor().mode, supervisor().takes_over) == ("listen", False)
    assert shown()["agent"]["name"] == "Ada"


def test_a_whisper_to_whom_twilio_does_not_find_is_listening(twilio, talking, desk, hedy, rest):
    inside(twilio, desk, hedy, "join")
    rest.fails["supervise"] = TelephonyError("The agent has left.", code=13240, permanent=True)
    assert supervise(desk, "whisper").status_code == 502
    rest.fails.clear()

    look()

    assert supervisor().mode == "listen"
    assert asked(rest)[-1] == (True, None)


def test_a_lost_word_is_made_up_for_by_twilios_own(twilio, talking, desk, hedy, rest):
    from telephony.rest.client import ParticipantFacts

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


@pytest.mark.parametrize("mode", _TOLD)
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
    conference.tell("participant-unmute", PHONE, **_TOLD["join"])
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


# --- What agents see of it --------------------------------------------------------------------------------------------


@pytest.fixture
def secret(team):
    team.supervision_is_shown = False
    team.save()


def roles(viewer=None):
    return [one["role"] for one in shown(viewer)["participants"]]


def test_agents_see_by_default_who_listens(twilio, talking, ada, desk, hedy, rest):
    inside(twilio, desk, hedy, "listen")

    found = shown(ada)["participants"][-1]
    assert (found["role"], found["agent"]["name"], found["mode"]) == ("supervisor", "Hedy", "listen")
    assert "Hedy listens to the call" in [entry.title for entry in call_timeline(call_get(ROOT), viewer=ada)]


@pytest.mark.parametrize("mode", ["listen", "whisper"])
def test_where_a_team_has_it_so_agents_see_nothing_of_it_and_supervisors_do(
    twilio, secret, talking, ada, api, desk, hedy, rest, mode
):
    conference = inside(twilio, desk, hedy, mode)

    def seen(client):
        answers = [
            client.get(f"/api/v1/calls/{ROOT}/{part}", secure=True) for part in ("", "participants/", "timeline/")
        ]
        return " ".join(answer.content.decode() for answer in answers)

    for _ in range(2):
        assert "supervisor" not in roles(ada)
        assert "supervisor" not in roles()
        for sign in ("Hedy", PHONE, "supervis", supervisor().label):
            assert sign not in seen(api)
        assert "supervisor" in roles(hedy)
        assert "Hedy" in seen(desk)
        conference.tell("participant-leave", PHONE)


@pytest.mark.parametrize("mode", ["join", "take-over"])
def test_who_is_heard_is_shown_whatever_the_team_says(twilio, secret, talking, ada, desk, hedy, rest, mode):
    conference = inside(twilio, desk, hedy, "listen")
    supervise(desk, mode)
    conference.tell("participant-unmute", PHONE, **_TOLD["join"])

    assert "Hedy" in str(shown(ada)["participants"])
    titles = [entry.title for entry in call_timeline(call_get(ROOT), viewer=ada)]
    assert "Hedy listens to the call" not in titles
    assert any(title in titles for title in ("Hedy joined the call", "Hedy takes over the call"))


# --- Help -------------------------------------------------------------------------------------------------------------


def want_help(client, wanted):
    return client.post(f"/api/v1/calls/{ROOT}/help/", {"wanted": wanted}, format="json", secure=True)


def test_an_agent_asks_for_help_once_and_takes_it_back(talking, api, ada):
    first = want_help(api, True)
    assert (first.status_code, first.json()["help_since"] is not None) == (202, True)
    assert want_help(api, True).json()["help_since"] == first.json()["help_since"]
    assert want_help(api, False).json()["help_since"] is None

    events = CallEvent.objects.filter(name="help", agent=ada)
    assert list(events.values_list("outcome", flat=True)) == ["wanted", "taken-back"]


def test_only_the_agent_of_the_call_asks_for_help(talking, desk, api, rest):
    assert want_help(desk, True).status_code == 403
    assert want_help(api, "perhaps").status_code == 400
    assert shown()["help_since"] is None


@pytest.mark.parametrize(("mode", "came"), [("listen", False), ("whisper", True), ("join", True), ("take-over", True)])
def test_help_has_come_with_a_supervisor_who_is_heard(twilio, talking, api, desk, hedy, rest, mode, came):
    want_help(api, True)

    inside(twilio, desk, hedy, mode)

    assert (shown()["help_since"] is None) == came


def test_help_is_not_wanted_any_more_when_the_call_is_over_or_given_away(twilio, talking, api, grace, rest):
    want_help(api, True)
    body = {"to": {"agent": grace.pk}, "mode": "blind"}
    assert api.post(f"/api/v1/calls/{ROOT}/transfer/", body, format="json", secure=True).status_code == 202
    assert shown()["help_since"] is None


def test_the_end_of_the_call_ends_the_wish(twilio, talking, api):
    want_help(api, True)

    twilio.webhook("/twilio/voice/status/", root_status("completed"))

    assert shown()["help_since"] is None
