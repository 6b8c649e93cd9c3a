"""Warm transfers and third parties: the caller on hold, a colleague called in; handed over, taken back, or merged."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch
from xml.etree import ElementTree

import pytest
from django.db import OperationalError
from django.utils import timezone
from rest_framework.test import APIClient

from board.selectors import facts_read
from calls.control.actions import hang_up_announce
from calls.models import Call, CallEvent, CallOffer, Conversation, Participant, Room, Transfer
from calls.payloads import call_json
from calls.rooms import keeping
from calls.rooms.consulting import hang_up
from calls.selectors import call_get
from core.languages import speaking
from telephony.errors import TelephonyError, Unavailable
from tests import factories
from tests.calls.rooms.rooms import CONFERENCE, LEG, ROOT, Conference, talk
from tests.twilio import at, incoming, leg_status, root_status, sid

pytestmark = pytest.mark.django_db

COLLEAGUE = sid("CA", 51)


@pytest.fixture
def grace(team):
    return factories.make_agent("grace", team=team, reachable=True)


@pytest.fixture
def talking(twilio, line, ada):
    talk(twilio, ada)


def post(api, action, body=None):
    return api.post(f"/api/v1/calls/{ROOT}/{action}/", body or {}, format="json", secure=True)


def shown():
    return call_json(call_get(ROOT))


def status_of(twilio, agent, *statuses, leg=51):
    for number, status in enumerate(statuses):
        fields = leg_status(agent.pk if agent else 0, status, number, leg=leg, From="+12025550100")
        fields |= {"Direction": "outbound-api", "Timestamp": fields["Timestamp"]}
        fields.pop("ParentCallSid")
        twilio.webhook(f"/twilio/voice/participant-status/?call={ROOT}", fields)


def look():
    """The net's look, at a time when whatever was asked has been told."""
    Participant.objects.update(asked_at=None)
    keeping.look(ROOT)


@pytest.fixture
def consulting(twilio, talking, api, grace, rest):
    """Ada and Grace talk; the caller is on hold."""
    assert post(api, "transfer", {"to": {"agent": grace.pk}, "mode": "warm"}).status_code == 202
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    look()
    conference.tell("participant-hold", ROOT, Hold="true")
    status_of(twilio, grace, "initiated", "ringing", "in-progress")
    conference.join(COLLEAGUE)
    Participant.objects.update(asked_at=None)
    return conference


def test_the_caller_is_held_and_the_colleague_called_into_the_room(twilio, consulting, ada, grace, rest):
    call = next(one for one in rest.asked if one[0] == "call")
    assert rest.names() == ["redirect", "hold", "call"]
    assert (call[1], call[2]["to"].partition("?")[0]) == (CONFERENCE, f"client:{grace.identity}")
    assert f"call_sid={ROOT}" in call[2]["to"]
    now = shown()
    assert (now["transfer"]["state"], now["agent"]["id"]) == ("consulting", ada.pk)
    assert [(one["role"], one["state"], one["held"]) for one in now["participants"]] == [
        ("customer", "in", True),
        ("agent", "in", False),
        ("agent", "in", False),
    ]
    assert Call.objects.filter(parent=None).count() == 1, "her leg is a leg of the call"


def test_nobody_is_rung_before_the_caller_is_in_the_room_to_be_held(twilio, talking, api, grace, rest):
    assert post(api, "transfer", {"to": {"agent": grace.pk}, "mode": "warm"}).status_code == 202
    conference = Conference(twilio)
    conference.join(LEG)
    look()
    assert "call" not in rest.names()

    conference.join(ROOT)
    look()

    assert rest.names()[-2:] == ["hold", "call"]


def test_a_room_that_twilio_never_opens_ends_the_transfer_with_a_sentence(twilio, talking, api, grace, rest):
    assert post(api, "transfer", {"to": {"agent": grace.pk}, "mode": "warm"}).status_code == 202
    Room.objects.update(created_at=timezone.now() - timedelta(seconds=20))

    look()

    now = shown()
    assert (now["transfer"]["state"], now["transfer"]["problem"]) == (
        "failed",
        "Twilio did not do what was asked for. Try again.",
    )
    assert not CallOffer.objects.filter(agent=grace, state="ringing").exists()


def test_handing_over_resumes_and_the_agent_leaves(twilio, consulting, api, ada, grace, rest):
    assert post(api, "complete-transfer").status_code == 202

    assert [one[0] for one in rest.asked[-2:]] == ["hold", "remove"]
    assert (rest.asked[-2][3]["held"], rest.asked[-1][2]) == (False, LEG)
    consulting.tell("participant-unhold", ROOT)
    consulting.tell("participant-leave", LEG)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    now = shown()
    assert (now["transfer"]["state"], now["agent"]["id"], now["status"]) == ("handed-over", grace.pk, "in-progress")
    look()
    assert "hang-up" not in rest.names(), "the two talk on"


def test_handing_over_twice_is_done_once(consulting, api, rest):
    assert [post(api, "complete-transfer").status_code for _ in range(2)] == [202, 202]

    assert rest.names().count("remove") == 1


def test_a_hand_over_that_twilio_refuses_leaves_all_as_it_was(consulting, api, ada, rest):
    rest.fails["hold"] = TelephonyError("Twilio did not accept this.", permanent=True)

    assert post(api, "complete-transfer").status_code == 502

    now = shown()
    assert (now["transfer"]["state"], now["agent"]["id"]) == ("consulting", ada.pk)
    rest.fails.clear()
    look()
    assert "remove" not in rest.names()


def test_taking_back_sends_the_colleague_away(twilio, consulting, api, ada, rest):
    assert post(api, "cancel-transfer").status_code == 202

    assert {(one[0], one[2]) for one in rest.asked[-2:]} == {("hold", ROOT), ("remove", COLLEAGUE)}
    now = shown()
    assert (now["transfer"]["state"], now["agent"]["id"]) == ("cancelled", ada.pk)


def test_what_is_not_being_handed_over_cannot_be_taken_back(talking, api, rest):
    refused = post(api, "cancel-transfer")

    assert (refused.status_code, refused.json()["detail"]) == (409, "The call is not being handed over.")


def test_nobody_is_asked_aside_while_somebody_else_in_the_call_would_hear_it(consulting, team, api, rest):
    assert post(api, "merge").status_code == 202
    leo = factories.make_agent("leo", team=team, reachable=True)

    refused = post(api, "transfer", {"to": {"agent": leo.pk}, "mode": "warm"})

    assert (refused.status_code, "would hear you" in refused.json()["detail"]) == (409, True)


def test_whoever_has_given_a_call_away_writes_its_note_still(consulting, twilio, api, ada, grace, rest):
    url = f"/api/v1/calls/{ROOT}/"
    assert post(api, "complete-transfer").status_code == 202
    consulting.tell("participant-leave", LEG)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    assert call_get(ROOT).agent == grace

    etag = api.get(url, secure=True)["ETag"]
    saved = api.patch(url, {"note": "Wants a date."}, format="json", secure=True, headers={"If-Match": etag})

    assert (saved.status_code, call_get(ROOT).note) == (200, "Wants a date.")


def test_a_caller_whom_no_agent_could_take_off_hold_is_not_put_on_it(consulting, twilio, api, hedy, ada, grace, rest):
    Participant.objects.filter(role="agent").update(state="left", left_at=timezone.now(), wanted_in=False)
    inside = Participant.objects.get(role="customer")
    Participant.objects.filter(pk=inside.pk).update(held=False, wanted_held=False)
    Participant.objects.create(room=inside.room, role="third-party", label="t", leg_sid=sid("CA", 88), state="in")
    Transfer.objects.update(state="handed-over")
    supervisor = APIClient()
    supervisor.force_authenticate(hedy)

    refused = post(supervisor, "hold")

    assert (refused.status_code, "off hold" in refused.json()["detail"]) == (409, True)


def test_merging_lets_all_talk(consulting, api, ada, rest):
    assert post(api, "merge").status_code == 202

    assert (rest.asked[-1][0], rest.asked[-1][3]["held"]) == ("hold", False)
    assert (shown()["transfer"], shown()["agent"]["id"]) == (None, ada.pk)
    assert [one["state"] for one in shown()["participants"]] == ["in", "in", "in"]


def test_an_agent_may_go_back_and_forth_between_the_two(consulting, api, ada, rest):
    def change(leg, held):
        url = f"/api/v1/calls/{ROOT}/participants/{leg}/"
        return api.patch(url, {"hold": held}, format="json", secure=True).status_code

    assert change(ROOT, False) == 409, "who asks about a caller is not heard by the caller"
    assert (change(COLLEAGUE, True), change(ROOT, False)) == (202, 202)
    consulting.tell("participant-hold", COLLEAGUE, Hold="true")
    consulting.tell("participant-unhold", ROOT)
    now = shown()
    assert (now["transfer"]["state"], now["agent"]["id"]) == ("consulting", ada.pk)
    assert {one["leg"]: one["held"] for one in now["participants"]}[COLLEAGUE]

    assert post(api, "complete-transfer").status_code == 202
    asked = [one[3]["held"] for one in rest.asked if one[0] == "hold" and one[2] == COLLEAGUE]
    assert asked == [True, False], "the colleague is not left with music"


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed"])
def test_a_colleague_who_does_not_come_gives_the_caller_back(twilio, talking, api, ada, grace, rest, status):
    post(api, "transfer", {"to": {"agent": grace.pk}, "mode": "warm"})
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    look()
    conference.tell("participant-hold", ROOT, Hold="true")

    status_of(twilio, grace, "initiated", "ringing", status)
    look()

    now = shown()
    assert (now["transfer"]["state"], now["agent"]["id"]) == ("failed", ada.pk)
    assert now["transfer"]["problem"]
    assert (rest.asked[-1][0], rest.asked[-1][3]["held"]) == ("hold", False)
    assert not CallOffer.objects.filter(agent=grace, state="ringing").exists()


def test_a_colleague_whom_twilio_does_not_call_gives_the_caller_back(twilio, talking, api, ada, grace, rest):
    rest.fails["call"] = TelephonyError("Too many calls at once. Try again in a moment.")
    post(api, "transfer", {"to": {"agent": grace.pk}, "mode": "warm"})
    Conference(twilio).join(LEG, ROOT)

    look()

    transfer = shown()["transfer"]
    assert (transfer["state"], transfer["problem"]) == ("failed", "Too many calls at once. Try again in a moment.")
    assert not Participant.objects.get(role="customer").wanted_held


def test_a_consultation_for_which_twilio_opens_no_room_is_over_and_can_be_begun_again(
    twilio, talking, api, ada, grace, rest
):
    rest.fails["redirect"] = TelephonyError("Twilio did not accept this.", permanent=True)
    body = {"to": {"agent": grace.pk}, "mode": "warm"}

    assert post(api, "transfer", body).status_code == 502

    transfer = shown()["transfer"]
    assert (transfer["state"], transfer["problem"]) == ("failed", "Twilio did not accept this.")
    rest.fails.clear()
    assert post(api, "transfer", body).status_code == 202
    assert rest.names() == ["redirect", "redirect"]


@pytest.mark.parametrize("error", [Unavailable("Not now."), TelephonyError("No.", permanent=True)])
def test_nobody_is_called_to_talk_about_a_caller_who_could_not_be_put_on_hold(twilio, talking, api, grace, rest, error):
    assert post(api, "transfer", {"to": {"agent": grace.pk}, "mode": "warm"}).status_code == 202
    rest.fails["hold"] = error
    Conference(twilio).join(LEG, ROOT)
    look()
    rest.fails.clear()
    look()

    assert "call" not in rest.names(), "the caller would hear what is said"
    transfer = shown()["transfer"]
    assert (transfer["state"], transfer["problem"]) == ("failed", error.key)
    assert not CallOffer.objects.filter(agent=grace, state="ringing").exists()
    assert not Participant.objects.get(role="customer").wanted_held


@pytest.mark.parametrize("third", [False, True])
def test_nobody_is_called_after_it_was_said_that_it_failed(twilio, talking, api, grace, rest, third):
    rest.fails["redirect"] = Unavailable("Twilio cannot be reached. Try again.")
    way, to = ("participants", {"number": "+442079460100"}) if third else ("transfer", {"agent": grace.pk})
    assert post(api, way, {"to": to} if third else {"to": to, "mode": "warm"}).status_code == 502
    rest.fails.clear()

    # Twilio had done it all the same.
    Conference(twilio).join(LEG, ROOT)
    look()

    assert "call" not in rest.names()
    assert not CallOffer.objects.filter(agent=grace, state="ringing").exists()
    assert (shown()["transfer"] or {"state": "failed"})["state"] == "failed"
    # Asked again, it is done.
    assert post(api, way, {"to": to} if third else {"to": to, "mode": "warm"}).status_code == 202
    assert ("call" if third else "hold") in rest.names()


def test_a_caller_who_was_taken_back_does_not_stay_on_music_after_one_request_that_failed(
    twilio, consulting, api, grace, rest
):
    rest.fails["hold"] = Unavailable("Twilio cannot be reached. Try again.")
    status_of(twilio, grace, "completed")
    consulting.tell("participant-leave", COLLEAGUE)
    look()
    assert shown()["transfer"]["state"] == "failed"
    before = rest.names().count("hold")
    rest.fails.clear()

    look()

    assert rest.names().count("hold") == before + 1
    assert rest.asked[-1][3]["held"] is False


def test_nobody_else_is_offered_to_a_colleague_who_is_called(twilio, talking, api, ada, grace, rest):
    post(api, "transfer", {"to": {"agent": grace.pk}, "mode": "warm"})

    twilio.webhook("/twilio/voice/incoming/", incoming(CallSid=sid("CA", 90), From="+12025550190"))

    assert [offer.call_id for offer in CallOffer.objects.filter(agent=grace, state="ringing")] == [ROOT]


def test_a_third_party_is_called_in_and_can_be_muted_and_removed(twilio, talking, api, ada, rest):
    assert post(api, "participants", {"to": {"number": "+442079460100"}}).status_code == 202
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    look()
    status_of(twilio, None, "initiated", "ringing", "in-progress")
    conference.join(COLLEAGUE)
    Participant.objects.update(asked_at=None)

    third = shown()["participants"][2]
    assert (third["role"], third["number"], third["state"]) == ("third-party", "+442079460100", "in")
    url = f"/api/v1/calls/{ROOT}/participants/{third['leg']}/"
    assert api.patch(url, {"muted": True}, format="json", secure=True).status_code == 202
    assert (rest.asked[-1][0], rest.asked[-1][2]) == ("mute", COLLEAGUE)
    Participant.objects.update(asked_at=None)
    assert api.delete(url, secure=True).status_code == 202
    assert (rest.asked[-1][0], rest.asked[-1][2]) == ("remove", COLLEAGUE)
    assert "hold" not in rest.names()


@pytest.fixture
def adding(twilio, talking, api, rest):
    """Ada adds somebody outside to the call; the room is opened."""
    assert post(api, "participants", {"to": {"number": "+442079460100"}}).status_code == 202
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    return conference


def problems(call):
    return [one["problem"] for one in call["participants"] if one["problem"]]


def noted():
    return [one.outcome for one in CallEvent.objects.filter(name="handling")]


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("busy", "The other side is busy, or declined."),
        ("no-answer", "The other side did not answer."),
        ("failed", "The other side could not be reached."),
    ],
)
def test_why_somebody_who_was_added_does_not_come_is_said(twilio, adding, ada, rest, status, why):
    look()

    status_of(twilio, None, "initiated", "ringing", status)
    look()

    now = shown()
    assert (problems(now), now["transfer"], now["agent"]["id"]) == ([why], None, ada.pk)
    assert noted() == [f"+442079460100 did not come into the call. {why}"], "once"


@pytest.mark.parametrize(
    "error",
    [
        TelephonyError("This number cannot be called.", permanent=True),
        Unavailable("Twilio cannot be reached. Try again."),
    ],
)
def test_why_twilio_does_not_call_somebody_who_was_added_is_said(adding, ada, rest, error):
    rest.fails["call"] = error

    look()
    rest.fails.clear()
    look()

    assert problems(shown()) == [error.key]
    assert noted() == [f"+442079460100 did not come into the call. {error.key}"]


def test_why_a_colleague_who_was_added_does_not_come_is_said_in_each_language(twilio, talking, api, ada, grace, rest):
    post(api, "participants", {"to": {"agent": grace.pk}})
    Conference(twilio).join(LEG, ROOT)
    look()
    status_of(twilio, grace, "initiated", "ringing", "busy")
    look()

    with speaking("de"):
        (said,) = problems(shown())
    assert said == "Die andere Seite ist besetzt oder hat abgelehnt."
    assert noted() == ["Grace did not come into the call. The other side is busy, or declined."]


def test_nobody_who_was_taken_out_again_is_said_not_to_have_come(twilio, adding, api, rest):
    look()
    status_of(twilio, None, "initiated", "ringing")
    assert api.delete(f"/api/v1/calls/{ROOT}/participants/{COLLEAGUE}/", secure=True).status_code == 202
    status_of(twilio, None, "initiated", "ringing", "canceled")
    look()

    assert (problems(shown()), noted()) == ([], [])


def test_of_a_warm_transfer_it_is_said_once(twilio, talking, api, grace, rest):
    post(api, "transfer", {"to": {"agent": grace.pk}, "mode": "warm"})
    Conference(twilio).join(LEG, ROOT)
    look()
    status_of(twilio, grace, "initiated", "ringing", "busy")
    look()

    now = shown()
    assert (problems(now), now["transfer"]["problem"]) == ([], "The other side is busy, or declined.")


# --- When a party goes ------------------------------------------------------------------------------------------------


def test_the_callers_end_ends_the_consultation(twilio, consulting, rest):
    consulting.tell("participant-leave", ROOT)
    twilio.webhook("/twilio/voice/status/", root_status("completed"))

    assert (shown()["status"], shown()["transfer"]["state"]) == ("completed", "failed")


def test_an_agent_who_leaves_while_a_colleague_is_there_leaves_the_two_talking(twilio, consulting, ada, grace, rest):
    consulting.tell("participant-leave", LEG)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))

    look()

    assert (shown()["agent"]["id"], shown()["status"]) == (grace.pk, "in-progress")
    assert (rest.asked[-1][0], rest.asked[-1][3]["held"]) == ("hold", False)
    assert "hang-up" not in rest.names()


@pytest.mark.parametrize(("says", "asked"), [(False, "fetch"), (True, "hang-up")])
def test_a_colleague_whose_line_is_lost_in_the_moment_of_the_hand_over_leaves_the_caller_to_the_team(
    twilio, consulting, api, ada, grace, rest, says, asked
):
    CallOffer.objects.update(announces_end=True)
    assert post(api, "complete-transfer").status_code == 202
    consulting.tell("participant-unhold", ROOT)
    if says:
        hang_up_announce(sid=ROOT, by=grace)

    # Before Ada's leaving is told, which was asked for first.
    status_of(twilio, grace, "completed")
    consulting.tell("participant-leave", COLLEAGUE)
    assert shown()["agent"]["id"] == grace.pk, "Ada has given it away, and is not given it back"
    consulting.tell("participant-leave", LEG)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    Room.objects.filter(alone_since__isnull=False).update(alone_since="2020-01-01T00:00:00Z")
    look()

    assert {one[:2] for one in rest.asked} & {("fetch", ROOT), ("hang-up", ROOT)} == {(asked, ROOT)}


@pytest.fixture
def held(twilio, talking, api, rest):
    assert post(api, "hold").status_code == 202
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    look()
    conference.tell("participant-hold", ROOT, Hold="true")
    return conference


def test_a_line_that_is_lost_while_the_caller_is_on_hold_leads_the_caller_to_the_front(twilio, held, ada, grace, rest):
    held.tell("participant-leave", LEG)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    Room.objects.update(alone_since="2020-01-01T00:00:00Z")

    look()

    fetch = next(one for one in rest.asked if one[0] == "fetch")
    assert fetch[1] == ROOT
    path = fetch[2].removeprefix("https://desk.example.com")
    document = ElementTree.fromstring(twilio.webhook(path, incoming(CallStatus="in-progress")).content)
    assert "lost the connection" in "".join(document.find("Say").itertext())
    assert document.find("Dial/Client") is not None or document.find("Enqueue") is not None
    assert "hang-up" not in rest.names()


def test_an_agent_who_said_so_has_hung_up(twilio, held, ada, rest):
    hang_up_announce(sid=ROOT, by=ada)
    held.tell("participant-leave", LEG)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))

    look()

    assert (rest.asked[-1][0], rest.asked[-1][1]) == ("hang-up", ROOT)
    assert not Conversation.objects.exists()


def test_an_agent_whose_word_comes_after_the_legs_end_has_hung_up_too(twilio, held, ada, rest):
    """As on a slow server: the desk waits for our answer for a second alone. Nobody was led anywhere by then."""
    held.tell("participant-leave", LEG)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    hang_up_announce(sid=ROOT, by=ada)
    Room.objects.update(alone_since="2020-01-01T00:00:00Z")

    look()

    assert (rest.asked[-1][0], rest.asked[-1][1]) == ("hang-up", ROOT)
    assert "fetch" not in rest.names()


@pytest.fixture
def asking(twilio, talking, api, rest):
    """Ada talks with somebody outside; the caller is on hold."""
    assert post(api, "transfer", {"to": {"number": "+442079460100"}, "mode": "warm"}).status_code == 202
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    look()
    conference.tell("participant-hold", ROOT, Hold="true")
    status_of(twilio, None, "initiated", "ringing", "in-progress")
    conference.join(COLLEAGUE)
    Participant.objects.update(asked_at=None)
    return conference


def goes_back(api, conference):
    """The agent talks with the caller again, and whoever was asked waits."""
    for leg, held in ((COLLEAGUE, True), (ROOT, False)):
        url = f"/api/v1/calls/{ROOT}/participants/{leg}/"
        assert api.patch(url, {"hold": held}, format="json", secure=True).status_code == 202
        conference.tell("participant-hold" if held else "participant-unhold", leg, Hold=str(held).lower())


def goes(twilio, conference, agent):
    """The agent's leg ends; then the time is over in which it might have been told that somebody is there."""
    conference.tell("participant-leave", LEG)
    twilio.webhook("/twilio/voice/status/", leg_status(agent.pk, "completed", 3))
    Room.objects.filter(alone_since__isnull=False).update(alone_since="2020-01-01T00:00:00Z")
    look()


@pytest.mark.parametrize("back", [False, True], ids=["the caller waits", "the other side waits"])
def test_a_line_that_is_lost_while_somebody_outside_is_asked_leads_the_caller_back(
    twilio, asking, api, ada, rest, back
):
    CallOffer.objects.update(announces_end=True)
    if back:
        goes_back(api, asking)

    goes(twilio, asking, ada)

    assert "fetch" in rest.names()
    assert ("remove", CONFERENCE, COLLEAGUE) in [one[:3] for one in rest.asked], "nobody is left in silence"
    assert (shown()["transfer"]["state"], shown()["transfer"]["problem"]) == (
        "failed",
        "The connection to the agent was lost.",
    )
    assert "hang-up" not in rest.names()


def test_an_agent_who_hangs_up_while_somebody_outside_is_asked_ends_the_call(twilio, asking, ada, rest):
    hang_up_announce(sid=ROOT, by=ada)

    goes(twilio, asking, ada)

    assert ("hang-up", ROOT) in [one[:2] for one in rest.asked]
    assert "fetch" not in rest.names()


@pytest.mark.parametrize(("says", "asked"), [(False, "fetch"), (True, "hang-up")])
@pytest.mark.parametrize("to", ["number", "agent"])
def test_an_agent_who_goes_while_whoever_was_called_in_still_rings_leaves_the_caller_alone(
    twilio, talking, api, ada, grace, rest, says, asked, to
):
    CallOffer.objects.update(announces_end=True)
    target = {"number": "+442079460100"} if to == "number" else {"agent": grace.pk}
    assert post(api, "participants", {"to": target}).status_code == 202
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    look()
    status_of(twilio, grace if to == "agent" else None, "initiated", "ringing")
    if says:
        hang_up_announce(sid=ROOT, by=ada)

    goes(twilio, conference, ada)

    assert (asked, ROOT) in [one[:2] for one in rest.asked]
    assert {"fetch", "hang-up"} - {asked} not in [{one[0]} for one in rest.asked if one[1] == ROOT]
    look()
    if not says:
        assert ("hang-up", COLLEAGUE) in [one[:2] for one in rest.asked], "it rings no more"


def test_a_colleague_who_declines_after_the_agents_line_was_lost_has_hung_up_on_nobody(
    twilio, talking, api, ada, grace, rest
):
    CallOffer.objects.update(announces_end=True)
    post(api, "participants", {"to": {"agent": grace.pk}})
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    look()
    status_of(twilio, grace, "initiated", "ringing")
    conference.tell("participant-leave", LEG)
    status_of(twilio, grace, "initiated", "ringing", "busy")

    goes(twilio, conference, ada)

    assert "fetch" in rest.names()
    assert ("hang-up", ROOT) not in [one[:2] for one in rest.asked]


def test_somebody_outside_who_is_heard_by_the_caller_talks_on_without_the_agent(twilio, asking, api, ada, rest):
    post(api, "merge")
    asking.tell("participant-unhold", ROOT)

    goes(twilio, asking, ada)

    assert Room.objects.get().alone_since is None
    assert not {"fetch", "hang-up"} & set(rest.names())


def test_hanging_up_by_rest_leaves_the_caller_with_somebody_outside_too(twilio, asking, api, rest):
    post(api, "merge")
    asking.tell("participant-unhold", ROOT)
    Participant.objects.update(asked_at=None)

    assert post(api, "hang-up").status_code == 202

    assert [one[:3] for one in rest.asked if one[0] in ("remove", "hang-up")] == [("remove", CONFERENCE, LEG)]


@pytest.fixture
def graces(grace):
    client = APIClient()
    client.force_authenticate(grace)
    return client


@pytest.mark.parametrize("merged", [False, True], ids=["asked", "merged"])
def test_a_colleague_who_was_called_in_leaves_by_rest_and_ends_nothing(
    twilio, consulting, api, graces, ada, grace, rest, merged
):
    if merged:
        post(api, "merge")
        consulting.tell("participant-unhold", ROOT)
        Participant.objects.update(asked_at=None)

    assert post(graces, "hang-up").status_code == 202

    assert ("remove", CONFERENCE, COLLEAGUE) in [one[:3] for one in rest.asked]
    assert not {("hang-up", ROOT), ("remove", LEG)} & {(one[0], one[-2]) for one in rest.asked}
    consulting.tell("participant-leave", COLLEAGUE)
    status_of(twilio, grace, "completed")
    look()
    now = shown()
    assert (now["agent"]["id"], now["status"]) == (ada.pk, "in-progress")
    assert not Participant.objects.get(role="customer").wanted_held


def test_who_was_called_in_ends_nothing_before_coming_and_after_leaving(twilio, talking, api, graces, ada, grace, rest):
    post(api, "transfer", {"to": {"agent": grace.pk}, "mode": "warm"})
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    look()
    assert post(graces, "hang-up").status_code in (403, 404)
    conference.join(COLLEAGUE)
    conference.tell("participant-leave", COLLEAGUE)

    assert post(graces, "hang-up").status_code in (403, 404)
    assert hang_up(ROOT, by=grace), "pressed as she left"
    assert not {("hang-up", ROOT), ("remove", LEG)} & {(one[0], one[-2]) for one in rest.asked}


@pytest.mark.parametrize("is_on_hold", [False, True])
@pytest.mark.parametrize("is_there", [False, True])
def test_an_agent_cannot_leave_the_caller_in_silence_by_the_own_hold(twilio, talking, api, rest, is_there, is_on_hold):
    post(api, "hold")
    if is_there:
        Conference(twilio).join(LEG, ROOT)
    if not is_on_hold:
        post(api, "resume")
    answer = api.patch(f"/api/v1/calls/{ROOT}/participants/{LEG}/", {"hold": True}, format="json", secure=True)

    # Whoever hears music waits for somebody all the same.
    assert answer.status_code == (202 if is_on_hold else 409)
    assert Participant.objects.get(leg_sid=LEG).wanted_held == is_on_hold


def test_handing_over_what_was_merged_is_refused(consulting, api, rest):
    assert post(api, "merge").status_code == 202
    assert post(api, "merge").status_code == 202

    assert post(api, "complete-transfer").status_code == 409


def test_a_colleague_who_is_taken_in_twice_is_rung_once(twilio, talking, api, grace, rest):
    assert [post(api, "participants", {"to": {"agent": grace.pk}}).status_code for _ in range(2)] == [202, 202]

    assert Participant.objects.filter(agent=grace).count() == 1


def test_of_a_call_that_is_on_its_way_to_somebody_else_nothing_more_can_be_asked(twilio, talking, api, grace, rest):
    post(api, "hold")
    Conference(twilio).join(LEG, ROOT)
    post(api, "resume")
    assert post(api, "transfer", {"to": {"agent": grace.pk}, "mode": "blind"}).status_code == 202
    of_customer = f"/api/v1/calls/{ROOT}/participants/{ROOT}/"

    answers = [
        post(api, "participants", {"to": {"number": "+12025550161"}}),
        post(api, "hold"),
        post(api, "resume"),
        api.patch(of_customer, {"hold": True}, format="json", secure=True),
    ]

    assert {answer.status_code for answer in answers} == {409}
    assert {answer.json()["detail"] for answer in answers} == {"This call is being handed over already."}


@pytest.mark.parametrize(
    ("fields", "verb"),
    [
        ({"CallSid": LEG, "To": "client:agent_1", "Direction": "outbound-dial"}, "Hangup"),
        ({"CallSid": COLLEAGUE, "To": "client:agent_2", "Direction": "outbound-api"}, "Hangup"),
        ({"CallSid": LEG, "To": "+12025550161", "Direction": "outbound-dial"}, "Hangup"),
        ({}, "Record"),
    ],
)
def test_only_a_caller_is_asked_for_a_message_when_all_fails_after_a_room(twilio, talking, fields, verb):
    with patch("calls.room_webhooks.leaving.left_room", side_effect=OperationalError):
        answer = twilio.webhook("/twilio/voice/room-action/", incoming(CallStatus="in-progress") | fields)

    assert ElementTree.fromstring(answer.content).find(verb) is not None


def test_a_colleague_whose_leg_ends_before_the_room_is_left_is_told_that_it_is_over(
    twilio, consulting, api, grace, told
):
    frames = told(
        grace,
        lambda: post(api, "cancel-transfer"),
        lambda: status_of(twilio, grace, "completed"),
        lambda: consulting.tell("participant-leave", COLLEAGUE),
    )

    assert frames[-1] == "call.ended"


@pytest.mark.parametrize("action", ["complete-transfer", "merge"])
def test_an_agent_who_leaves_a_caller_with_somebody_outside_is_told_that_it_is_over(
    twilio, asking, api, ada, grace, rest, told, action
):
    assert told(ada, lambda: post(api, action))[-1] == "call.status", "until the leg is gone"
    hang_up_announce(sid=ROOT, by=ada)

    frames = told(ada, lambda: asking.tell("participant-leave", LEG), lambda: asking.tell("participant-unhold", ROOT))
    frames += told(ada, lambda: twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3)))

    assert "call.ended" in frames
    assert "call.status" not in frames, "the call is nowhere else where it could be gone on with"
    assert ada.pk not in facts_read(None).talks, "nor is it on the board"
    assert call_get(ROOT).status == "in-progress"


@pytest.mark.parametrize("leaves_first", [False, True])
def test_a_colleague_who_was_in_it_until_the_caller_hung_up_is_told_that_it_is_over(
    twilio, consulting, api, ada, grace, rest, told, leaves_first
):
    """A desk that is not told goes on with a call that is none."""
    post(api, "merge")
    end = [
        lambda: consulting.tell("participant-leave", ROOT),
        lambda: twilio.webhook("/twilio/voice/status/", root_status("completed")),
        lambda: consulting.tell("participant-leave", COLLEAGUE),
        lambda: status_of(twilio, grace, "completed"),
    ]
    if leaves_first:
        end = [*end[2:], *end[:2]]

    assert told(grace, *end)[-1] == "call.ended"


def test_a_colleague_who_left_long_before_the_end_is_not_told_of_it(twilio, consulting, api, ada, grace, rest, told):
    post(api, "cancel-transfer")
    status_of(twilio, grace, "completed")
    consulting.tell("participant-leave", COLLEAGUE)
    Participant.objects.filter(agent=grace).update(left_at=at(0))

    frames = told(grace, lambda: twilio.webhook("/twilio/voice/status/", root_status("completed")))

    assert "call.ended" not in frames


def test_an_agent_who_is_awaited_at_another_place_is_not_told_that_it_is_over(
    twilio, asking, api, ada, grace, rest, told
):
    assert post(api, "move").status_code == 202

    frames = told(ada, lambda: asking.tell("participant-leave", LEG))

    assert (frames, set(facts_read(None).talks)) == (["call.status"], {ada.pk})


def test_a_colleague_who_waited_while_the_agent_went_back_to_the_caller_hears_them_again(
    twilio, consulting, api, ada, grace, rest
):
    goes_back(api, consulting)

    goes(twilio, consulting, ada)

    assert shown()["agent"]["id"] == grace.pk
    assert (rest.asked[-1][0], rest.asked[-1][2], rest.asked[-1][3]["held"]) == ("hold", COLLEAGUE, False)


def test_hanging_up_by_rest_leaves_a_colleague_with_the_caller(consulting, api, rest):
    post(api, "merge")
    Participant.objects.update(asked_at=None)

    assert post(api, "hang-up").status_code == 202

    assert (rest.asked[-1][0], rest.asked[-1][2]) == ("remove", LEG)


def test_hanging_up_by_rest_as_the_last_one_ends_the_call(held, api, rest):
    assert post(api, "hang-up").status_code == 202

    assert (rest.asked[-1][0], rest.asked[-1][1]) == ("hang-up", ROOT)


def test_one_open_transfer_is_all_there_is(consulting, api, grace, rest):
    answer = post(api, "transfer", {"to": {"number": "+442079460100"}, "mode": "blind"})

    assert answer.status_code == 409
    assert Transfer.objects.count() == 1


def test_a_phone_that_rings_for_a_call_that_is_over_is_hung_up(twilio, talking, api, grace, rest):
    post(api, "transfer", {"to": {"agent": grace.pk}, "mode": "warm"})
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    look()
    status_of(twilio, grace, "initiated", "ringing")
    conference.tell("participant-leave", ROOT)
    twilio.webhook("/twilio/voice/status/", root_status("completed"))

    assert keeping.rooms_due() == [ROOT]
    look()

    assert (rest.asked[-1][0], rest.asked[-1][1]) == ("hang-up", COLLEAGUE)
    status_of(twilio, grace, "canceled")
    look()
    assert keeping.rooms_due() == []


def test_a_number_that_is_rung_for_a_call_that_is_over_is_hung_up(twilio, talking, api, ada, rest):
    assert post(api, "participants", {"to": {"number": "+442079460100"}}).status_code == 202
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    look()
    status_of(twilio, None, "initiated", "ringing")
    conference.tell("participant-leave", ROOT)
    twilio.webhook("/twilio/voice/status/", root_status("completed"))

    assert keeping.rooms_due() == [ROOT]
    look()

    assert (rest.asked[-1][0], rest.asked[-1][1]) == ("hang-up", COLLEAGUE)
    status_of(twilio, None, "canceled")
    look()
    assert keeping.rooms_due() == []
