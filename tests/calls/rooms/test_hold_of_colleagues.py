"""Two colleagues talk, and one puts the other on hold: the rooms know no customer then, and no team to go to."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from calls.models import Call, Conversation, Participant, Room
from calls.payloads import call_json
from calls.rooms import keeping
from calls.selectors import call_get
from tests.calls.live.test_colleague_calls import talk
from tests.calls.rooms.rooms import LEG, ROOT, Conference
from tests.twilio import leg_status, outgoing, sid

pytestmark = pytest.mark.django_db


@pytest.fixture
def talking(twilio, ada, grace):
    talk(twilio, ada, grace)


def client_of(agent):
    client = APIClient()
    client.force_authenticate(agent)
    return client


def held_by(twilio, agent, *, of: str) -> Conference:
    """Until Twilio has said that music plays."""
    assert client_of(agent).post(f"/api/v1/calls/{ROOT}/hold/").status_code == 202
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    keeping.look(ROOT)
    conference.tell("participant-hold", of, Hold="true")
    return conference


@pytest.mark.parametrize("who", ["ada", "grace"])
def test_either_may_hold_and_the_other_one_hears_the_music(request, twilio, ada, grace, talking, rest, who):
    agent, other, leg = (ada, grace, LEG) if who == "ada" else (grace, ada, ROOT)
    held_by(twilio, agent, of=leg)

    assert [(one[2], one[3]["held"]) for one in rest.asked if one[0] == "hold"] == [(leg, True)]
    shown = call_json(call_get(ROOT), agent)["participants"]
    assert [(one["role"], one["name"], one["held"]) for one in shown] == [
        ("customer", other.name, True),
        ("agent", agent.name, False),
    ]
    theirs = call_json(call_get(ROOT), other)["participants"]
    assert [(one["role"], one["held"]) for one in theirs] == [("customer", False), ("agent", True)]
    client_of(agent).post(f"/api/v1/calls/{ROOT}/resume/")
    assert [(one[2], one[3]["held"]) for one in rest.asked if one[0] == "hold"][-1] == (leg, False)


def test_both_legs_are_let_into_the_room(twilio, ada, grace, talking, rest):
    client_of(ada).post(f"/api/v1/calls/{ROOT}/hold/")
    name = Room.objects.get().name
    assert [one[:2] for one in rest.asked] == [("redirect", LEG)]

    fields = leg_status(grace.pk, "in-progress", 2, From=f"client:{ada.identity}")
    child = ElementTree.fromstring(twilio.webhook(f"/twilio/voice/room/?room={name}", fields).content)
    asked = outgoing(ada.pk, f"client:{grace.identity}", CallStatus="in-progress", DialCallStatus="completed")
    parent = ElementTree.fromstring(twilio.webhook("/twilio/voice/dial-action/", asked).content)

    assert [one.find("Dial/Conference").text for one in (child, parent)] == [name, name]


def test_a_room_that_somebody_makes_up_is_entered_by_nobody(twilio, ada, grace, stranger, talking, rest):
    client_of(ada).post(f"/api/v1/calls/{ROOT}/hold/")
    name = Room.objects.get().name

    theirs = outgoing(stranger.pk, "+12025550142", CallSid=sid("CA", 9), RoomName=name)
    answer = ElementTree.fromstring(twilio.webhook("/twilio/voice/room/", theirs).content)
    known = ElementTree.fromstring(twilio.webhook(f"/twilio/voice/room/?room={name}", theirs).content)

    assert [verb.tag for verb in (*answer, *known)] == ["Hangup", "Hangup"]


@pytest.mark.parametrize("goes", ["ada", "grace"])
def test_who_is_left_alone_is_hung_up_on_and_led_to_no_team(twilio, ada, grace, line, talking, rest, goes):
    conference = held_by(twilio, ada, of=LEG)
    mine, their = (ROOT, LEG) if goes == "ada" else (LEG, ROOT)
    conference.tell("participant-leave", mine)
    keeping.look(ROOT)

    if goes == "ada":
        # The colleague on hold hears no good-bye: our own word ends the line.
        assert ("hang-up", their) in [one[:2] for one in rest.asked]
    else:
        assert Room.objects.get().state == "over"
        fields = outgoing(ada.pk, f"client:{grace.identity}", CallStatus="in-progress")
        left = ElementTree.fromstring(twilio.webhook("/twilio/voice/room-action/", fields).content)
        assert [verb.tag for verb in left] == ["Hangup"]
    Participant.objects.update(created_at=timezone.now() - timezone.timedelta(minutes=5))
    keeping.look(ROOT)
    assert "fetch" not in rest.names()
    assert not Conversation.objects.exists()


def test_the_row_ends_with_the_second_of_the_two_legs(twilio, ada, grace, talking, rest):
    conference = held_by(twilio, ada, of=LEG)
    conference.tell("participant-leave", ROOT)
    asked = outgoing(ada.pk, f"client:{grace.identity}", CallStatus="completed", SequenceNumber="0", CallDuration="9")
    twilio.webhook("/twilio/voice/status/", asked)
    assert Call.objects.get(pk=ROOT).result == ""
    fields = leg_status(grace.pk, "completed", 3, From=f"client:{ada.identity}", CallDuration="11")
    twilio.webhook(f"/twilio/voice/colleague-status/?call={ROOT}", fields)

    call = Call.objects.get(pk=ROOT)
    assert (call.result, call.agent, call.status) == ("reached", ada, "completed")
    assert ada.__class__.objects.filter(wrap_up_until__isnull=False).count() == 0
