"""Hold and resume: noted first, asked of Twilio, and done when Twilio says so."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.db import OperationalError
from django.utils import timezone

from calls.models import CallEvent, Participant, Room
from calls.payloads import call_json
from calls.rooms import keeping
from calls.rooms.driving import music_again
from calls.selectors import call_get
from telephony.errors import CallGone, TelephonyError, Unavailable
from telephony.webhooks import inbox
from tests.calls.rooms.rooms import CONFERENCE, LEG, ROOT, Conference, talk
from tests.twilio import incoming, leg_status, outgoing, rfc2822, root_status

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def talking(twilio, line, ada):
    talk(twilio, ada)
    return call_get(ROOT)


def post(api, action, body=None, sid=ROOT):
    return api.post(f"/api/v1/calls/{sid}/{action}/", body or {}, format="json", secure=True)


def asked_by_parent(twilio, sid=ROOT, **more):
    fields = incoming(CallSid=sid, CallStatus="in-progress", DialCallStatus="completed", DialCallSid=LEG) | more
    return ElementTree.fromstring(twilio.webhook("/twilio/voice/dial-action/", fields).content)


def in_room(twilio, api):
    """Held, as far as our side goes, and both legs have come."""
    assert post(api, "hold").status_code == 202
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    return conference


def customer():
    return Participant.objects.get(room=ROOT, role="customer")


def test_hold_sends_the_agents_leg_into_a_room_and_the_caller_follows(twilio, talking, api, rest):
    answer = post(api, "hold")

    room = Room.objects.get()
    assert answer.status_code == 202
    assert [one[:3] for one in rest.asked] == [
        ("redirect", LEG, f"https://desk.example.com/twilio/voice/room/?room={room.name}")
    ]
    fields = leg_status(talking.agent_id, "in-progress", 2)
    child = ElementTree.fromstring(twilio.webhook(f"/twilio/voice/room/?room={room.name}", fields).content)
    parent = asked_by_parent(twilio)
    rooms = [document.find("Dial/Conference") for document in (child, parent)]
    assert [one.text for one in rooms] == [room.name, room.name]
    assert rooms[0].attrib["statusCallback"] == rooms[1].attrib["statusCallback"]
    assert [one.attrib["endConferenceOnExit"] for one in rooms] == ["false", "true"]
    assert [one.attrib["beep"] for one in rooms] == ["false", "false"]
    assert ROOT not in room.name
    assert "+" not in room.name


def test_once_both_are_there_the_caller_is_put_on_hold_and_is_only_when_twilio_says_so(twilio, talking, api, rest):
    conference = in_room(twilio, api)
    assert call_json(call_get(ROOT))["participants"][0]["held"] is False

    keeping.look(ROOT)

    name, conference_sid, leg, more = rest.asked[-1]
    assert (name, conference_sid, leg, more["held"]) == ("hold", CONFERENCE, ROOT, True)
    assert "/twilio/voice/hold-music/?language=" in more["music_url"]
    assert not customer().held
    conference.tell("participant-hold", ROOT, Hold="true")
    shown = call_json(call_get(ROOT))
    assert [(one["role"], one["state"], one["held"]) for one in shown["participants"]] == [
        ("customer", "in", True),
        ("agent", "in", False),
    ]
    assert (shown["status"], shown["agent"]["id"]) == ("in-progress", talking.agent_id)


def test_resume_ends_the_hold_and_the_time_is_counted(twilio, talking, api, rest):
    conference = in_room(twilio, api)
    keeping.look(ROOT)
    conference.tell("participant-hold", ROOT, Hold="true")
    Participant.objects.filter(role="customer").update(held_since="2020-01-01T00:00:00Z", asked_at=None)

    assert post(api, "resume").status_code == 202

    assert rest.asked[-1][3]["held"] is False
    conference.tell("participant-unhold", ROOT, Hold="false")
    assert call_json(call_get(ROOT))["held_seconds"] > 1000
    assert not customer().held


def _ago(seconds):
    return rfc2822(timezone.now().replace(microsecond=0) - timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("held", "ended", "counted"),
    [(300, 240, 60), (5000, 540, 60), (60, -5000, 60), (240, 300, 0)],
    ids=["late", "before there was a room", "yet to come", "the wrong way round"],
)
def test_the_time_on_hold_is_that_which_twilio_says_however_late_it_is_told(
    twilio, talking, api, rest, held, ended, counted
):
    conference = in_room(twilio, api)
    Room.objects.update(created_at=timezone.now() - timedelta(seconds=600))
    Participant.objects.update(joined_at=timezone.now() - timedelta(seconds=600))

    conference.tell("participant-hold", ROOT, Hold="true", Timestamp=_ago(held))
    conference.tell("participant-unhold", ROOT, Hold="false", Timestamp=_ago(ended))

    assert call_json(call_get(ROOT))["held_seconds"] == pytest.approx(counted, abs=2)


def test_who_came_did_so_when_twilio_says_and_is_on_hold_until_leaving(twilio, talking, api, rest):
    assert post(api, "hold").status_code == 202
    Room.objects.update(created_at=timezone.now() - timedelta(seconds=600))
    conference = Conference(twilio)

    conference.tell("participant-join", ROOT, Timestamp=_ago(500))
    conference.tell("participant-hold", ROOT, Hold="true", Timestamp=_ago(400))
    conference.tell("participant-leave", ROOT, Timestamp=_ago(300))

    came = Participant.objects.get(role="customer").joined_at
    assert (timezone.now() - came).total_seconds() == pytest.approx(500, abs=5)
    assert call_json(call_get(ROOT))["held_seconds"] == pytest.approx(100, abs=2)


def test_whoever_presses_twice_asks_once(twilio, talking, api, rest, monkeypatch):
    # However slow this machine is.
    monkeypatch.setattr("calls.rooms.driving.PATIENCE", timedelta(hours=1))
    assert [post(api, "hold").status_code for _ in range(3)] == [202, 202, 202]

    assert rest.names() == ["redirect"]
    assert CallEvent.objects.filter(name="hold").count() == 1


def test_what_twilio_refuses_is_said_and_both_talk_on(twilio, talking, api, rest):
    rest.fails["redirect"] = TelephonyError("Twilio did not accept this.", permanent=True)

    answer = post(api, "hold")

    assert (answer.status_code, answer.json()["detail"]) == (502, "Twilio did not accept this.")
    assert call_json(call_get(ROOT))["participants"] == []
    assert asked_by_parent(twilio, DialCallDuration="9").find("Dial") is None, "the call's end is its end"
    rest.fails.clear()
    talk_on = post(api, "hold")
    assert talk_on.status_code == 202
    assert rest.names() == ["redirect", "redirect"]


def test_a_hold_that_twilio_refuses_in_the_room_leaves_the_caller_with_the_agent(twilio, talking, api, rest):
    conference = in_room(twilio, api)
    keeping.look(ROOT)
    conference.tell("participant-hold", ROOT, Hold="true")
    Participant.objects.update(asked_at=None)
    rest.fails["hold"] = TelephonyError("Twilio did not accept this.", permanent=True)

    assert post(api, "resume").status_code == 502

    one = customer()
    assert (one.held, one.wanted_held) == (True, True)


def test_when_nobody_knows_whether_twilio_did_it_whoever_comes_finds_the_room(twilio, talking, api, rest):
    rest.fails["redirect"] = Unavailable("Twilio cannot be reached. Try again.")

    assert post(api, "hold").status_code == 502

    assert asked_by_parent(twilio).find("Dial/Conference") is not None
    Conference(twilio).join(LEG, ROOT)
    assert not customer().wanted_held


def test_a_caller_who_hangs_up_before_anybody_came_into_the_room_has_left(twilio, talking, api, rest):
    rest.fails["redirect"] = Unavailable("Twilio cannot be reached. Try again.")
    assert post(api, "hold").status_code == 502

    twilio.webhook("/twilio/voice/status/", leg_status(talking.agent_id, "completed", 3))
    twilio.webhook("/twilio/voice/status/", root_status("completed"))

    assert Room.objects.get().state == "over"
    assert Participant.objects.get(role="customer").state == "left"


def test_an_agent_who_hangs_up_in_that_moment_has_hung_up(twilio, talking, api, rest):
    post(api, "hold")

    document = asked_by_parent(twilio, DialCallDuration="7")

    assert document.find("Dial") is None
    assert Room.objects.get().state == "over"


def test_a_killed_process_is_made_up_for(twilio, talking, api, rest):
    rest.fails["redirect"] = SystemExit()
    with pytest.raises(SystemExit):
        post(api, "hold")
    rest.fails.clear()
    Room.objects.update(asked_at="2020-01-01T00:00:00Z")

    keeping.look(ROOT)

    assert rest.names() == ["redirect", "redirect"]


@pytest.mark.parametrize("seed", range(8))
def test_callbacks_in_any_order_doubled_tell_the_same(twilio, talking, api, rest, seed):
    assert post(api, "hold").status_code == 202
    conference = Conference(twilio)
    events = [
        conference.event("participant-join", LEG),
        conference.event("participant-join", ROOT),
        conference.event("participant-hold", ROOT, Hold="true"),
        conference.event("participant-unhold", ROOT, Hold="false"),
        conference.event("participant-hold", ROOT, Hold="true"),
        conference.event("participant-mute", LEG, Muted="true"),
    ]
    told = events * 2
    random.Random(seed).shuffle(told)

    for fields in told:
        conference.send(fields)

    found = {one.role: (one.state, one.held, one.muted) for one in Participant.objects.all()}
    assert found == {"customer": ("in", True, False), "agent": ("in", False, True)}


def test_lost_callbacks_are_made_up_for_by_twilios_own_word(twilio, talking, api, rest):
    from telephony.rest.client import ParticipantFacts

    post(api, "hold")
    Room.objects.update(created_at="2020-01-01T00:00:00Z", asked_at="2020-01-01T00:00:00Z")
    Participant.objects.update(created_at="2020-01-01T00:00:00Z")
    rest.found = [
        ParticipantFacts(ROOT, "", "connected", False, False),
        ParticipantFacts(LEG, "", "connected", False, False),
    ]

    keeping.look(ROOT)

    assert {one.state for one in Participant.objects.all()} == {"in"}
    assert rest.names()[-1] == "hold"


def test_the_callers_end_is_the_end_of_it_all(twilio, talking, api, rest):
    conference = in_room(twilio, api)

    conference.tell("participant-leave", ROOT)
    twilio.webhook("/twilio/voice/status/", root_status("completed"))

    assert {one.state for one in Participant.objects.all()} == {"left"}
    shown = call_json(call_get(ROOT))
    assert (shown["status"], shown["result"]) == ("completed", "answered")


def test_a_call_that_is_over_at_twilio_is_said_to_be(twilio, talking, api, rest):
    rest.fails["redirect"] = CallGone("This call is over.", permanent=True)

    assert post(api, "hold").status_code == 409


def test_a_caller_whom_rest_does_not_know_yet_has_not_left(twilio, talking, api, rest):
    """Of a conference, REST is consistent only after a while: it is asked once more, and nobody loses anybody."""
    from telephony.rest.client import ParticipantFacts

    conference = in_room(twilio, api)
    rest.fails["hold"] = CallGone("This call is over.", code=20404, permanent=True)
    keeping.look(ROOT)

    assert Room.objects.get().state == "open"
    assert {one.state for one in Participant.objects.all()} == {"in"}

    del rest.fails["hold"]
    rest.found = [ParticipantFacts(leg, "", "connected", False, False) for leg in (ROOT, LEG)]
    Participant.objects.update(asked_at=timezone.now() - timedelta(seconds=5))
    keeping.look(ROOT)
    conference.tell("participant-hold", ROOT, Hold="true")

    assert rest.names()[-3:] == ["find", "participants", "hold"]
    assert Participant.objects.get(role="customer").held


def test_a_caller_whom_twilio_lists_no_more_has_left_though_nobody_told(twilio, talking, api, rest):
    in_room(twilio, api)
    rest.fails["hold"] = CallGone("This call is over.", code=20404, permanent=True)
    keeping.look(ROOT)
    Participant.objects.update(asked_at=LONG_AGO, joined_at=LONG_AGO)

    keeping.look(ROOT)

    assert Room.objects.get().state == "over"


@pytest.mark.parametrize("way", ["failed", "fallback"])
def test_a_caller_whose_way_into_the_room_was_lost_is_led_there_and_not_hung_up(twilio, talking, api, rest, way):
    post(api, "hold")
    conference = Conference(twilio)
    conference.join(LEG)
    asked = incoming(CallStatus="in-progress", DialCallStatus="completed", DialCallSid=LEG, DialBridged="true")
    if way == "failed":
        with patch("calls.webhooks.after_dial", side_effect=OperationalError):
            document = ElementTree.fromstring(twilio.webhook("/twilio/voice/dial-action/", asked).content)
    else:
        asked |= {"ErrorCode": "11200", "ErrorUrl": "https://desk.example.com/twilio/voice/dial-action/"}
        document = ElementTree.fromstring(twilio.webhook("/twilio/voice/fallback/", asked).content)
    inbox.drain()

    assert [verb.tag for verb in document] == ["Say", "Redirect"]
    back = urlsplit(document.find("Redirect").text)
    fields = incoming(CallStatus="in-progress")
    document = ElementTree.fromstring(twilio.webhook(f"{back.path}?{back.query}", fields).content)
    assert document.find("Dial/Conference").text == Room.objects.get().name
    conference.join(ROOT)
    keeping.look(ROOT)
    assert rest.names()[-1] == "hold"


@pytest.mark.parametrize("way", ["failed", "fallback"])
def test_whoever_was_sent_into_the_room_and_lost_the_answer_comes_there_all_the_same(twilio, talking, api, rest, way):
    post(api, "hold")
    name = Room.objects.get().name
    path, fields = f"/twilio/voice/room/?room={name}", leg_status(talking.agent_id, "in-progress", 2)
    if way == "failed":
        with patch("calls.room_webhooks.entering.child_comes", side_effect=OperationalError):
            document = ElementTree.fromstring(twilio.webhook(path, fields).content)
    else:
        failed = {"ErrorCode": "11200", "ErrorUrl": f"https://desk.example.com{path}"}
        document = ElementTree.fromstring(twilio.webhook("/twilio/voice/fallback/", fields | failed).content)
    inbox.drain()

    back = urlsplit(document.find("Redirect").text)
    document = ElementTree.fromstring(twilio.webhook(f"{back.path}?{back.query}", fields).content)

    assert document.find("Dial/Conference").text == name


def test_whoever_made_the_call_follows_into_the_room_though_an_answer_was_lost(twilio, line, ada, api, rest):
    twilio.webhook("/twilio/voice/outgoing/", outgoing(ada.pk, "+442079460100"))
    for number, status in enumerate(("initiated", "ringing", "in-progress")):
        more = {"From": line.number, "To": "+442079460100"}
        twilio.webhook("/twilio/voice/status/", leg_status(0, status, number) | more)
    post(api, "hold")
    own = outgoing(ada.pk, "", CallStatus="in-progress", DialCallStatus="completed", DialCallSid=LEG)
    with patch("calls.webhooks.after_dial", side_effect=OperationalError):
        document = ElementTree.fromstring(twilio.webhook("/twilio/voice/dial-action/", own).content)
    inbox.drain()

    back = urlsplit(document.find("Redirect").text)
    own = outgoing(ada.pk, "", CallStatus="in-progress")
    document = ElementTree.fromstring(twilio.webhook(f"{back.path}?{back.query}", own).content)

    assert document.find("Dial/Conference").text == Room.objects.get().name


def test_a_caller_whose_way_into_the_room_fails_again_and_again_asks_on_until_it_is_well(twilio, talking, api, rest):
    assert post(api, "hold").status_code == 202
    conference = Conference(twilio)
    conference.join(LEG)
    fields = incoming(CallStatus="in-progress", DialCallStatus="completed", DialCallSid=LEG)
    with patch("calls.webhooks.after_dial", side_effect=OperationalError):
        document = ElementTree.fromstring(twilio.webhook("/twilio/voice/dial-action/", fields).content)

    for way in ("failed", "fallback", "failed", "fallback"):
        back = document.findtext("Redirect")
        path, fields = f"{urlsplit(back).path}?{urlsplit(back).query}", incoming(CallStatus="in-progress")
        with patch("calls.route_webhooks.led_into_room", side_effect=OperationalError):
            if way == "fallback":
                fields |= {"ErrorCode": "11200", "ErrorUrl": back}
                path = "/twilio/voice/fallback/"
            answer = twilio.webhook(path, fields)
        document = ElementTree.fromstring(answer.content)
        # What failed is taken up, which must not take the caller for lost.
        inbox.drain()

    back = urlsplit(document.find("Redirect").text)
    answer = twilio.webhook(f"{back.path}?{back.query}", incoming(CallStatus="in-progress"))
    assert ElementTree.fromstring(answer.content).find("Dial/Conference").text == Room.objects.get().name


def test_whoever_cannot_follow_for_long_is_asked_for_a_message_in_the_end(twilio, talking):
    back, asked = "/twilio/voice/lead-back/?turn=0&try=1", 0
    with patch("calls.route_webhooks.led_into_room", side_effect=OperationalError):
        while back:
            answer = twilio.webhook(back, incoming(CallStatus="in-progress"))
            document, asked = ElementTree.fromstring(answer.content), asked + 1
            back = document.findtext("Redirect")
            back = back and f"{urlsplit(back).path}?{urlsplit(back).query}"

    assert asked == 6
    assert document.find("Record") is not None


def test_whoever_has_no_room_to_go_to_any_more_is_hung_up_on_and_not_asked_for_a_message(twilio, line, ada):
    answer = twilio.webhook("/twilio/voice/lead-back/?turn=0", outgoing(ada.pk, "", CallStatus="in-progress"))

    assert [verb.tag for verb in ElementTree.fromstring(answer.content)] == ["Hangup"]


def test_nobody_is_put_on_hold_before_anybody_talks(twilio, line, ada, api, rest):
    twilio.webhook("/twilio/voice/incoming/", incoming())

    assert post(api, "hold").status_code in (403, 409)
    assert rest.asked == []


def test_of_a_call_that_an_agent_made_the_others_leg_is_sent_and_the_agent_follows(twilio, line, ada, api, rest):
    twilio.webhook("/twilio/voice/outgoing/", outgoing(ada.pk, "+442079460100"))
    for number, status in enumerate(("initiated", "ringing", "in-progress")):
        more = {"From": line.number, "To": "+442079460100"}
        twilio.webhook("/twilio/voice/status/", leg_status(0, status, number) | more)

    assert post(api, "hold").status_code == 202

    assert rest.asked[0][1] == LEG
    own = outgoing(ada.pk, "+442079460100", CallStatus="in-progress", DialCallStatus="completed", DialCallSid=LEG)
    document = ElementTree.fromstring(twilio.webhook("/twilio/voice/dial-action/", own).content)
    assert document.find("Dial/Conference").text == Room.objects.get().name
    Conference(twilio).join(LEG, ROOT)
    Participant.objects.update(asked_at=None)
    keeping.look(ROOT)
    assert (rest.asked[-1][0], rest.asked[-1][2]) == ("hold", LEG), "the customer is held, not the agent"


def test_a_caller_who_hangs_up_on_hold_was_on_hold_until_then(twilio, talking, api, rest):
    conference = in_room(twilio, api)
    keeping.look(ROOT)
    conference.tell("participant-hold", ROOT, Hold="true")
    Participant.objects.filter(role="customer").update(held_since="2020-01-01T00:00:00Z")

    twilio.webhook("/twilio/voice/status/", root_status("completed"))

    assert call_json(call_get(ROOT))["held_seconds"] > 1000
    assert Room.objects.get().state == "over"


def test_a_hold_that_goes_on_is_counted_in_the_second_room_of_a_call_too(twilio, talking, api, rest):
    """As after a hand-over: each room has a row of its own for the customer."""
    conference = in_room(twilio, api)
    Participant.objects.update(state="left", held=False, held_since=None)
    Room.objects.update(state="over")
    again = in_room(twilio, api)
    again.sequence = conference.sequence
    again.tell("participant-hold", ROOT, Hold="true")
    assert Participant.objects.filter(role="customer").count() == 2
    Participant.objects.filter(held=True).update(held_since="2020-01-01T00:00:00Z")

    assert call_json(call_get(ROOT))["held_seconds"] > 1000


def test_whoever_is_in_a_room_into_which_the_caller_never_came_is_hung_up_on(twilio, talking, api, ada, rest):
    """Twilio ends a leg with the caller's only where the caller was: Ada would hear silence for ever."""
    assert post(api, "hold").status_code == 202
    conference = Conference(twilio)
    conference.join(LEG)
    twilio.webhook("/twilio/voice/status/", root_status("completed"))
    assert Room.objects.get().state == "over"
    assert keeping.rooms_due() == [ROOT]

    Participant.objects.update(asked_at=None)
    keeping.look(ROOT)

    assert rest.asked[-1][:2] == ("hang-up", LEG)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    asked = len(rest.asked)
    keeping.look(ROOT)
    assert (keeping.rooms_due(), len(rest.asked)) == ([], asked)


def test_who_comes_into_a_room_that_is_over_is_kept_as_having_come(twilio, talking, api, rest):
    assert post(api, "hold").status_code == 202
    conference = Conference(twilio)
    twilio.webhook("/twilio/voice/status/", root_status("completed"))

    conference.join(LEG)

    ada = Participant.objects.get(leg_sid=LEG)
    assert (ada.joined_at is not None, ada.wanted_in) == (True, False)
    assert keeping.rooms_due() == [ROOT], "and is hung up on"


def test_of_a_room_in_which_nothing_is_asked_for_it_is_asked_who_is_there(twilio, talking, api, rest):
    in_room(twilio, api).tell("participant-hold", ROOT, Hold="true")
    keeping.look(ROOT)
    assert "participants" not in rest.names()
    ago = timezone.now() - timedelta(seconds=11)
    Room.objects.update(created_at=ago, asked_at=ago)
    revision = call_get(ROOT).revision

    for _ in range(2):
        keeping.look(ROOT)

    assert rest.names().count("participants") == 1, "every ten seconds"
    assert call_get(ROOT).revision == revision, "and no desk is told that all is as it was"


def test_music_is_played_anew_to_who_was_on_hold_when_no_server_ran(twilio, talking, api, rest):
    in_room(twilio, api).tell("participant-hold", ROOT, Hold="true")
    rest.asked.clear()

    music_again(ROOT, held_before=LONG_AGO)
    assert rest.names() == []
    music_again(ROOT, held_before=timezone.now() + timedelta(minutes=1))

    ((name, _conference, leg, more),) = rest.asked
    assert (name, leg, more["held"], "&again=" in more["music_url"]) == ("hold", ROOT, True, True)
