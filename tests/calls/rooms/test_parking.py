"""A customer who is parked while the agent talks on a second call: whose phone rings softly; and nobody is lost."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch
from xml.etree import ElementTree

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from agents.models import Agent
from calls.live.presence import call_live_list, presence_of
from calls.models import Call, CallOffer, Conversation, Participant, Room
from calls.payloads import call_json
from calls.rooms import driving, keeping
from calls.selectors import call_get
from telephony.errors import TelephonyError, Unavailable
from tests import factories
from tests.calls.rooms.rooms import LEG, ROOT, Conference
from tests.calls.routes import Caller, box, make_route, team_step
from tests.twilio import incoming, leg_status, outgoing, root_status, sid

pytestmark = pytest.mark.django_db
HERE, SECOND, SECOND_LEG = sid("CA", 31), sid("CA", 11), sid("CA", 12)


@pytest.fixture(autouse=True)
def ada_may(ada):
    ada.may_take_second_call = True
    ada.save()


@pytest.fixture
def grace(team):
    return factories.make_agent("grace", team=team, reachable=True)


def post(api, action="park", body=None, call=ROOT):
    return api.post(f"/api/v1/calls/{call}/{action}/", body or {}, format="json", secure=True)


def client_of(agent):
    client = APIClient()
    client.force_authenticate(agent)
    return client


def shown():
    return call_json(call_get(ROOT))


def parked(twilio, api):
    """The caller hears music, and the agent's phone has gone to another call."""
    assert post(api).status_code == 202
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    keeping.look(ROOT)
    conference.tell("participant-hold", ROOT, Hold="true")
    return conference


def gone(twilio, conference, ada):
    conference.tell("participant-leave", LEG)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    keeping.look(ROOT)


def second_talk(twilio, ada, *statuses):
    """Ada talks with somebody else."""
    for number, status in enumerate(statuses or ("in-progress",)):
        fields = leg_status(ada.pk, status, number + 2, leg=12, parent=11)
        twilio.webhook("/twilio/voice/status/", fields)


def long_after(seconds=40):
    Room.objects.update(alone_since=timezone.now() - timedelta(seconds=seconds))


# --- Parked, and taken up again ---------------------------------------------------------------------------------------


def test_it_is_told_as_soon_as_the_caller_hears_music_and_not_before(twilio, talking, api, ada, rest):
    answer = post(api)

    assert (answer.status_code, answer.json()["parked_since"]) == (202, None)
    assert rest.names() == ["redirect"]
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    keeping.look(ROOT)
    assert rest.names() == ["redirect", "hold"]
    assert shown()["parked_since"] is None, "until then the agent's phone must stay"
    conference.tell("participant-hold", ROOT, Hold="true")
    assert shown()["parked_since"] is not None


def test_the_agents_leg_may_go_and_the_call_stays_the_agents(twilio, talking, api, ada, team, rest):
    team.wrap_up_seconds = 600
    team.save()
    Call.objects.get(pk=ROOT).offers.update(announces_end=True)

    gone(twilio, parked(twilio, api), ada)
    second_talk(twilio, ada)
    long_after()
    keeping.look(ROOT)

    assert (shown()["status"], shown()["agent"]["id"]) == ("in-progress", ada.pk)
    assert shown()["parked_since"] is not None
    assert not Conversation.objects.filter(state__in=["waiting", "offered"]).exists()
    assert Agent.objects.get(pk=ada.pk).wrap_up_until is None
    assert [(call.sid, mine) for call, mine in call_live_list(ada)][-1:] == [(ROOT, "active")]
    assert presence_of({ada.pk})[0]["state"] == "on-call"
    assert rest.names() == ["redirect", "hold"], "nothing else is asked of Twilio"


def test_an_agent_with_a_parked_caller_and_no_leg_is_offered_nobody(twilio, talking, api, ada, line, team, rest):
    gone(twilio, parked(twilio, api), ada)
    make_route(line, team_step(team.pk), box())

    Caller(twilio, CallSid=sid("CA", 21)).call()

    assert not CallOffer.objects.filter(call=sid("CA", 21)).exists()
    assert presence_of({ada.pk})[0]["state"] == "on-call"


def test_the_agent_comes_back_as_one_who_goes_on_at_another_place(twilio, talking, api, ada, rest):
    conference = parked(twilio, api)
    gone(twilio, conference, ada)

    assert post(api, "move").status_code == 202
    fields = outgoing(ada.pk, "", CallSid=HERE, Move=ROOT)
    answer = ElementTree.fromstring(twilio.webhook("/twilio/voice/outgoing/", fields).content)
    assert answer.find("Dial/Conference") is not None
    conference.join(HERE)
    keeping.look(ROOT)
    conference.tell("participant-unhold", ROOT, Hold="false")

    assert [one[0] for one in rest.asked] == ["redirect", "hold", "hold"]
    assert rest.asked[-1][-1]["held"] is False
    assert shown()["parked_since"] is None
    assert [(one["role"], one["leg"], one["state"]) for one in shown()["participants"]] == [
        ("customer", ROOT, "in"),
        ("agent", HERE, "in"),
    ]
    conference.tell("participant-leave", HERE)
    long_after()
    keeping.look(ROOT)
    assert Participant.objects.get(role="customer").wanted_in is False, (
        "a call like any other again: hung up at its end"
    )


def test_a_call_that_the_agent_made_is_parked_and_taken_up_again(twilio, line, ada, team, api, rest):
    team.wrap_up_seconds = 600
    team.save()
    twilio.webhook("/twilio/voice/outgoing/", outgoing(ada.pk, "+442079460100"))
    for number, status in enumerate(("initiated", "ringing", "in-progress")):
        more = {"From": line.number, "To": "+442079460100"}
        twilio.webhook("/twilio/voice/status/", leg_status(0, status, number) | more)
    assert post(api).status_code == 202
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    keeping.look(ROOT)
    assert rest.asked[-1][:1] + rest.asked[-1][2:3] == ("hold", LEG)
    conference.tell("participant-hold", LEG, Hold="true")

    conference.tell("participant-leave", ROOT)
    twilio.webhook("/twilio/voice/status/", outgoing(ada.pk, "", CallSid=ROOT, CallStatus="completed"))
    keeping.look(ROOT)

    assert (shown()["end_time"], shown()["agent"]["id"]) == (None, ada.pk)
    assert shown()["parked_since"] is not None
    assert Agent.objects.get(pk=ada.pk).wrap_up_until is None
    assert [(call.sid, mine) for call, mine in call_live_list(ada)] == [(ROOT, "active")]
    assert post(api, "move").status_code == 202
    twilio.webhook("/twilio/voice/outgoing/", outgoing(ada.pk, "", CallSid=HERE, Move=ROOT))
    conference.join(HERE)
    keeping.look(ROOT)
    assert rest.asked[-1][-1]["held"] is False
    assert shown()["parked_since"] is None


def test_asked_for_twice_is_asked_for_once(twilio, talking, api, ada, rest):
    assert [post(api).status_code, post(api).status_code] == [202, 202]
    assert rest.names() == ["redirect"]


def test_an_agent_whose_phone_did_not_go_takes_the_caller_off_hold(twilio, talking, api, ada, rest):
    conference = parked(twilio, api)

    assert post(api, "resume").status_code == 202

    assert rest.asked[-1][-1]["held"] is False
    conference.tell("participant-unhold", ROOT, Hold="false")
    assert shown()["parked_since"] is None
    assert Participant.objects.get(leg_sid=LEG).state == "in"


def test_a_hold_of_which_nothing_was_told_is_taken_back_all_the_same(twilio, talking, api, ada, rest):
    post(api)
    Conference(twilio).join(LEG, ROOT)
    keeping.look(ROOT)
    assert rest.names() == ["redirect", "hold"]

    assert post(api, "resume").status_code == 202

    assert rest.names() == ["redirect", "hold", "hold"]
    assert rest.asked[-1][-1]["held"] is False


# --- Nobody is lost ---------------------------------------------------------------------------------------------------


def test_an_agent_who_vanishes_loses_the_caller_to_the_front_of_the_queue(twilio, talking, api, ada, grace, rest):
    gone(twilio, parked(twilio, api), ada)
    keeping.look(ROOT)
    assert Room.objects.get().alone_since is not None
    assert Conversation.objects.filter(state="waiting").count() == 0, "there is time to come back"

    long_after()
    keeping.look(ROOT)

    assert rest.names()[-1] == "fetch"
    assert call_get(ROOT).agent_id is None
    assert Conversation.objects.get(pk=ROOT).state in ("waiting", "offered")
    assert call_live_list(ada) == []
    said = [one["title"] for one in api.get(f"/api/v1/calls/{ROOT}/timeline/").json().get("entries", [])]
    assert not said or any("did not come back" in title for title in said)


@pytest.mark.parametrize("right", ["is_active", "may_make_calls"])
def test_who_cannot_come_back_keeps_nobody_waiting_though_the_second_call_goes_on(
    twilio, talking, api, ada, grace, rest, right
):
    gone(twilio, parked(twilio, api), ada)
    second_talk(twilio, ada)
    keeping.look(ROOT)
    assert Room.objects.get(pk=ROOT).alone_since is None
    Agent.objects.filter(pk=ada.pk).update(**{right: False})

    keeping.look(ROOT)
    long_after()
    keeping.look(ROOT)

    assert rest.names()[-1] == "fetch"
    assert Conversation.objects.get(pk=ROOT).state in ("waiting", "offered")


def test_who_may_make_no_calls_is_told_that_there_is_no_way_back(twilio, talking, api, ada, rest):
    gone(twilio, parked(twilio, api), ada)
    ada.may_make_calls = False
    ada.save()

    answer = post(api, "move")

    assert answer.status_code == 409
    assert "may make no calls" in answer.json()["detail"]
    assert not Participant.objects.filter(replaces__isnull=False).exists()


def test_who_has_two_callers_goes_from_one_to_the_other_though_no_new_one_may_come(twilio, talking, api, ada, rest):
    gone(twilio, parked(twilio, api), ada)
    twilio.webhook("/twilio/voice/incoming/", incoming(CallSid=SECOND))
    second_talk(twilio, ada, "initiated", "ringing", "in-progress")
    ada.may_take_second_call = False
    ada.save()

    assert post(api, call=SECOND).status_code == 202


def test_a_refused_fetch_leaves_the_caller_parked(twilio, talking, api, ada, rest):
    gone(twilio, parked(twilio, api), ada)
    rest.fails["fetch"] = TelephonyError("Twilio did not accept this.", permanent=True)
    long_after()

    keeping.look(ROOT)

    assert call_get(ROOT).agent_id == ada.pk
    assert shown()["parked_since"] is not None


def test_a_caller_who_hangs_up_while_parked_ends_that_call_alone(twilio, talking, api, ada, team, rest):
    team.wrap_up_seconds = 600
    team.save()
    conference = parked(twilio, api)
    gone(twilio, conference, ada)
    second_talk(twilio, ada)

    conference.tell("participant-leave", ROOT)
    twilio.webhook("/twilio/voice/status/", root_status("completed"))

    assert shown()["result"] == "answered"
    assert Participant.objects.filter(parked_at__isnull=False).count() == 0
    assert Agent.objects.get(pk=ada.pk).wrap_up_until is None, "who talks with somebody else does not wrap up"


def test_wrap_up_begins_when_nobody_is_parked_any_more(twilio, talking, api, ada, team, rest):
    team.wrap_up_seconds = 600
    team.save()
    conference = parked(twilio, api)
    gone(twilio, conference, ada)
    conference.tell("participant-leave", ROOT)

    twilio.webhook("/twilio/voice/status/", root_status("completed", Timestamp=_now()))

    assert Agent.objects.get(pk=ada.pk).wrap_up_until is not None


def _now():
    from tests.twilio import rfc2822

    return rfc2822(timezone.now())


def test_nobody_asks_for_help_with_a_caller_with_whom_nobody_talks(twilio, talking, api, ada, rest):
    gone(twilio, parked(twilio, api), ada)

    refused = post(api, "help", {"wanted": True})

    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        "Go back to this caller first: nobody could come into the call.",
    )


def test_a_parked_call_can_be_hung_up(twilio, talking, api, ada, rest):
    gone(twilio, parked(twilio, api), ada)

    assert post(api, "hang-up").status_code == 202

    assert rest.asked[-1][:2] == ("hang-up", ROOT)


def test_a_parked_call_can_be_handed_over_and_nowhere_else_taken_off_hold(twilio, talking, api, ada, grace, rest):
    gone(twilio, parked(twilio, api), ada)

    assert post(api, "resume").status_code == 409
    assert post(api, "transfer", {"to": {"agent": grace.pk}, "mode": "warm"}).status_code == 409
    assert post(api, "participants", {"to": {"agent": grace.pk}}).status_code == 409
    assert post(api, "transfer", {"to": {"agent": grace.pk}, "mode": "blind"}).status_code == 202

    assert rest.names()[-1] == "fetch"
    assert CallOffer.objects.filter(agent=grace, state="ringing").exists()
    assert not Participant.objects.filter(parked_at__isnull=False).exists()


@pytest.mark.parametrize("step", ["redirect", "hold"])
def test_what_twilio_refuses_leaves_the_two_talking(twilio, talking, api, ada, rest, step):
    rest.fails[step] = TelephonyError("Twilio did not accept this.", permanent=True)

    answer = post(api)
    if step == "hold":
        Conference(twilio).join(LEG, ROOT)
        keeping.look(ROOT)

    assert answer.status_code == (502 if step == "redirect" else 202)
    assert not Participant.objects.filter(parked_at__isnull=False).exists()
    assert not Participant.objects.filter(wanted_held=True).exists()
    rest.fails.clear()
    assert post(api).status_code == 202


def test_an_answer_that_is_lost_parks_the_caller_all_the_same_when_twilio_told_that_music_plays(
    twilio, talking, api, ada, rest
):
    post(api)
    conference = Conference(twilio)
    conference.join(LEG, ROOT)

    def told_and_never_answered(*_args, **_more):
        conference.tell("participant-hold", ROOT, Hold="true")
        raise Unavailable("Twilio cannot be reached.")

    with patch.object(driving, "participant_hold", side_effect=told_and_never_answered):
        keeping.look(ROOT)
    gone(twilio, conference, ada)

    assert shown()["parked_since"] is not None
    assert not Conversation.objects.filter(state__in=["waiting", "offered"]).exists()


# --- Who may ----------------------------------------------------------------------------------------------------------


def test_only_agents_who_are_set_up_for_it_may(twilio, talking, api, ada, rest):
    ada.may_take_second_call = False
    ada.save()

    answer = post(api)

    assert (answer.status_code, rest.asked) == (409, [])
    assert "not set up" in answer.json()["detail"]


def test_nobody_is_left_with_music_in_a_call_of_three(twilio, talking, api, ada, grace, rest):
    post(api, "participants", {"to": {"agent": grace.pk}})
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    keeping.look(ROOT)

    assert post(api).status_code == 409


def test_another_agents_call_cannot_be_parked(twilio, talking, ada, grace, rest):
    admin = factories.make_agent("admin", is_superuser=True, may_take_second_call=True)

    assert post(client_of(admin)).status_code == 409
    assert not Room.objects.exists()


# --- Who is rung softly -----------------------------------------------------------------------------------------------


def agent_step(agent):
    return {"id": "boss", "kind": "agent", "agent": agent.pk, "ring_seconds": 12, "next": "box"}


def rung_for(call):
    return set(CallOffer.objects.filter(call=call, state="ringing").values_list("agent", flat=True))


@pytest.mark.parametrize("may", [True, False])
def test_a_step_that_names_the_agent_rings_softly_where_the_agent_may(twilio, talking, ada, line, may):
    Agent.objects.update(may_take_second_call=may)
    make_route(line, agent_step(ada), box())

    answer = Caller(twilio, CallSid=SECOND).call()

    assert rung_for(SECOND) == ({ada.pk} if may else set())
    assert (answer.find("Dial") is not None) is may


TOM = "+12025550143"


@pytest.fixture(params=["last-agent", "owner"])
def asks_first(request, line, team, ada):
    """A route that asks the agent first with whom Tom spoke last, or whose contact he is: that is Ada."""
    if request.param == "owner":
        factories.make_contact("Tom Aldous", TOM, owner=ada)
    else:
        factories.make_call(90, caller=TOM, line=line, agent=ada, status="completed", result="answered")
    make_route(line, team_step(team.pk, first=request.param, first_seconds=12), box())
    return request.param


@pytest.mark.parametrize("may", [True, False])
def test_whoever_a_step_asks_first_rings_softly_where_the_agent_may(twilio, talking, ada, asks_first, may):
    Agent.objects.update(may_take_second_call=may)

    Caller(twilio, CallSid=SECOND, From=TOM).call()

    assert rung_for(SECOND) == ({ada.pk} if may else set())


def test_a_colleague_who_is_free_comes_after_who_is_asked_first_on_a_call(twilio, talking, ada, grace, asks_first):
    caller = Caller(twilio, CallSid=SECOND, From=TOM)
    caller.call()
    assert rung_for(SECOND) == {ada.pk}

    caller.ring_ends()

    assert rung_for(SECOND) == {grace.pk}, "once, and no second time"


def test_the_explainer_says_that_who_is_asked_first_rings_softly(twilio, talking, ada, line, asks_first):
    admin = client_of(factories.make_agent("root", is_superuser=True))
    body = {"line": line.number, "from": TOM}

    told = admin.post("/api/v1/routes/explain/", body, format="json", secure=True).json()

    assert [one["agent"]["id"] for one in told["rings"]] == [ada.pk]
    assert told["rings"][0]["reason"].endswith("is on a call: the phone rings softly.")


def test_a_teams_queue_never_rings_an_agent_who_talks(twilio, talking, ada, line, team):
    make_route(line, team_step(team.pk), box())

    Caller(twilio, CallSid=SECOND).call()

    assert rung_for(SECOND) == set()


def test_there_is_one_second_call_and_no_third(twilio, talking, ada, line):
    make_route(line, agent_step(ada), box())
    Caller(twilio, CallSid=SECOND).call()

    Caller(twilio, CallSid=sid("CA", 21)).call()

    assert rung_for(sid("CA", 21)) == set()


def test_an_agent_with_a_parked_caller_gets_no_third_call(twilio, talking, api, ada, line, rest):
    gone(twilio, parked(twilio, api), ada)
    second_talk(twilio, ada)
    make_route(line, agent_step(ada), box())

    Caller(twilio, CallSid=sid("CA", 21)).call()

    assert rung_for(sid("CA", 21)) == set()


def test_who_asks_a_colleague_is_not_rung_meanwhile(twilio, talking, api, ada, grace, line, rest):
    post(api, "transfer", {"to": {"agent": grace.pk}, "mode": "warm"})
    make_route(line, agent_step(ada), box())

    Caller(twilio, CallSid=SECOND).call()

    assert rung_for(SECOND) == set(), "the colleague would be left with music"


@pytest.fixture
def busy_grace(twilio, talking, ada, grace):
    """Grace, who may take a second call, talks, too."""
    grace.may_take_second_call = True
    grace.save()
    twilio.webhook("/twilio/voice/incoming/", incoming(CallSid=SECOND))
    for number, status in enumerate(("initiated", "ringing", "in-progress")):
        twilio.webhook("/twilio/voice/status/", leg_status(grace.pk, status, number, leg=12, parent=11))
    return grace


@pytest.mark.parametrize("mode", ["warm", "blind"])
def test_a_colleague_who_talks_can_be_chosen_by_name(twilio, busy_grace, api, ada, rest, mode):
    found = api.get(f"/api/v1/calls/{ROOT}/transfer-targets/?q=gra").json()["agents"]
    assert [(one["may"], one["why"]) for one in found] == [(True, "Is on a call: the phone rings softly.")]

    answer = post(api, "transfer", {"to": {"agent": busy_grace.pk}, "mode": mode})

    assert answer.status_code == 202
    assert rung_for(ROOT) == {busy_grace.pk}


def test_a_colleague_who_may_not_cannot_be_chosen(twilio, busy_grace, api, ada, rest):
    Agent.objects.update(may_take_second_call=False)

    found = api.get(f"/api/v1/calls/{ROOT}/transfer-targets/?q=gra").json()["agents"]

    assert [(one["may"], one["why"]) for one in found] == [(False, "Is on a call.")]
    assert post(api, "transfer", {"to": {"agent": busy_grace.pk}, "mode": "warm"}).status_code == 409


def test_a_second_call_that_is_not_taken_is_no_missed_call(twilio, busy_grace, api, ada, team, rest):
    team.away_when_missed = True
    team.save()
    for _ in range(2):
        post(api, "transfer", {"to": {"agent": busy_grace.pk}, "mode": "warm"})
        Conference(twilio).join(LEG, ROOT)
        keeping.look(ROOT)
        leg = Participant.objects.filter(agent=busy_grace).latest("pk").leg_sid
        fields = leg_status(busy_grace.pk, "no-answer", 1, leg=int(leg[2:], 16))
        fields.pop("ParentCallSid")
        twilio.webhook(f"/twilio/voice/participant-status/?call={ROOT}", fields)

    assert Agent.objects.get(pk=busy_grace.pk).availability == "available"
    assert Agent.objects.get(pk=busy_grace.pk).missed_in_a_row == 0
