"""A line that is lost in an ordinary talk: the caller goes to the queue's front, and comes back to the own agent."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from agents.services import ring_acknowledged
from calls.control.actions import hang_up_announce
from calls.live import services
from calls.live.dispatch import dispatch
from calls.live.free_agents import free_agents
from calls.live.scheduling import Waiting, choose
from calls.models import CallOffer, Conversation, Participant, Room
from tests import factories
from tests.calls.rooms.rooms import LEG, ROOT, talked
from tests.twilio import leg_status, sid

pytestmark = pytest.mark.django_db


@pytest.fixture
def grace(team):
    return factories.make_agent("grace", team=team, reachable=True)


def lose_line(twilio, agent):
    """What our answer makes ring."""
    CallOffer.objects.update(announces_end=True)
    twilio.webhook("/twilio/voice/status/", leg_status(agent.pk, "completed", 3))
    document = ElementTree.fromstring(twilio.webhook("/twilio/voice/dial-action/", talked()).content)
    return [one.text for one in document.iter("Identity")]


@pytest.mark.parametrize(
    "chosen",
    [
        {"availability": "busy"},
        {"availability": "away"},
        {"wrap_up_until": timezone.now() + timedelta(hours=1)},
    ],
)
def test_who_chose_to_get_no_more_calls_gets_the_own_caller_back_and_nobody_else(
    twilio, talking, ada, grace, team, chosen
):
    type(ada).objects.filter(pk=ada.pk).update(**chosen)
    type(ada).objects.filter(pk=grace.pk).update(availability="busy")

    assert lose_line(twilio, ada) == [ada.identity]

    CallOffer.objects.filter(state="ringing").update(state="ended", reason="not-answered", ended_at=timezone.now())
    found = free_agents([team.pk], lost=[ada.pk])
    other = Waiting(sid=sid("CA", 7), team_id=team.pk, since=timezone.now())
    assert [one.is_back for one in found.free] == [True]
    assert choose([other], found.free) == []


def test_who_missed_the_caller_before_the_talk_is_asked_first_all_the_same(twilio, talking, ada, grace):
    missed = CallOffer.objects.get()
    CallOffer.objects.create(
        call_id=ROOT, agent=ada, attempt=missed.attempt - 1, state="ended", reason="not-answered",
        ended_at=timezone.now(),
    )  # fmt: skip

    assert lose_line(twilio, ada) == [ada.identity]


def test_wrap_up_comes_after_the_talk_that_came_back(twilio, talking, ada):
    until = timezone.now() + timedelta(seconds=60)
    type(ada).objects.update(wrap_up_until=until, wrap_up_since=timezone.now(), wrap_up_call=ROOT)
    assert lose_line(twilio, ada) == [ada.identity]

    for number, status in enumerate(("initiated", "ringing", "in-progress")):
        twilio.webhook("/twilio/voice/offer-status/?attempt=2", leg_status(ada.pk, status, number, leg=5))

    ada.refresh_from_db()
    assert (ada.wrap_up_until, ada.wrap_up_call) == (None, "")


def test_a_line_that_is_lost_while_its_room_is_still_to_be_opened_leads_the_caller_back(
    twilio, talking, ada, grace, api, rest
):
    assert api.post(f"/api/v1/calls/{ROOT}/hold/", {}, format="json", secure=True).status_code == 202
    assert Room.objects.get().state == "lifting"

    assert lose_line(twilio, ada) == [ada.identity]

    assert Room.objects.get().state == "over"


def test_a_lost_line_leads_back_to_whose_call_it_is_and_not_to_a_colleague_who_was_in_it(twilio, talking, ada, grace):
    room = Room.objects.create(call_id=ROOT, name="room", state="over")
    for agent in (ada, grace):
        Participant.objects.create(
            room=room, agent=agent, role="agent", label=agent.username, state="left",
            joined_at=timezone.now(), left_at=timezone.now(),
        )  # fmt: skip

    assert lose_line(twilio, ada) == [ada.identity]


def test_who_is_back_too_late_for_the_first_ring_is_rung_as_soon_as_the_desk_is_there(twilio, talking, ada, grace):
    type(ada).objects.update(availability="busy")
    desks = list(ada.desks.all())
    ada.desks.all().delete()
    assert lose_line(twilio, ada) == []
    assert dispatch() == []

    for desk in desks:
        desk.save(force_insert=True)

    assert [one.sid for one in dispatch()] == [ROOT]
    offer = CallOffer.objects.get(call=ROOT, state="ringing")
    assert offer.agent == ada
    # Rung in vain, once: the colleagues' turn.
    CallOffer.objects.filter(pk=offer.pk).update(state="ended", reason="not-answered", ended_at=timezone.now())
    Conversation.objects.update(state="waiting")
    assert dispatch() == []


@pytest.mark.parametrize(
    ("announces", "says", "lost"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_a_line_that_is_lost_in_an_ordinary_talk_is_told_from_one_that_is_hung_up(
    twilio, talking, ada, grace, announces, says, lost
):
    CallOffer.objects.update(announces_end=announces)
    if says:
        hang_up_announce(sid=ROOT, by=ada)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))

    document = ElementTree.fromstring(twilio.webhook("/twilio/voice/dial-action/", talked()).content)

    assert (document.find("Hangup") is None) == lost
    if lost:
        assert [one.text for one in document.iter("Identity")] == [ada.identity]


@pytest.mark.parametrize(("leg", "lost"), [(LEG, True), ("", False), (sid("CA", 77), False)])
def test_a_desk_announces_its_end_with_the_leg_on_which_it_has_answered(twilio, talking, ada, leg, lost):
    """A desk and an app ring together: what was said before either answered is nobody's word."""
    CallOffer.objects.update(leg_sid=LEG)
    ring_acknowledged.send(sender=None, agent_id=ada.pk, sid=ROOT, announces_end=True, leg=leg)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))

    document = ElementTree.fromstring(twilio.webhook("/twilio/voice/dial-action/", talked()).content)

    assert (document.find("Hangup") is None) == lost


@pytest.mark.parametrize("taken", [False, True])
def test_a_desks_word_that_comes_after_its_legs_end_ends_the_call_unless_a_colleague_has_it(
    twilio, talking, ada, grace, taken
):
    CallOffer.objects.update(announces_end=True)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    twilio.webhook("/twilio/voice/dial-action/", talked())
    assert Conversation.objects.get().state in ("waiting", "offered")
    if taken:
        CallOffer.objects.filter(state="ringing").update(state="answered")

    with patch.object(services, "twilio_hang_up", autospec=True) as hang_up:
        hang_up_announce(sid=ROOT, by=grace)
        hang_up.assert_not_called()
        hang_up_announce(sid=ROOT, by=ada)

    assert hang_up.call_count == (not taken)
