"""Callers who were handed over, or led back after a lost line, wait for so long and no longer, and go on then."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from calls.live import mending
from calls.models import CallOffer, Conversation
from tests import factories
from tests.calls.rooms.rooms import ROOT, talked
from tests.calls.routes import Caller, box, goodbye, make_route, path_of, team_step
from tests.twilio import incoming, leg_status

pytestmark = pytest.mark.django_db


@pytest.fixture
def grace(team):
    return factories.make_agent("grace", team=team, reachable=True)


@pytest.fixture
def sales():
    """A team in which nobody is free: its only member is on a call, which counts as at work."""
    team = factories.make_team("Sales")
    sally = factories.make_agent("sally", team=team, reachable=True)
    factories.make_call(9, agent=sally, caller=f"client:{sally.identity}", status="in-progress")
    return team


def on_route(twilio, agent):
    caller = Caller(twilio)
    caller.call()
    for number, status in enumerate(("ringing", "in-progress")):
        fields = leg_status(agent.pk, status, number)
        twilio.webhook(path_of(caller.find("Dial/Client").attrib["statusCallback"]), fields)
    return caller


def give(api, to):
    answered = api.post(f"/api/v1/calls/{ROOT}/transfer/", {"to": to, "mode": "blind"}, format="json", secure=True)
    assert answered.status_code == 202


def come(twilio, rest):
    _name, _leg, url, _more = next(one for one in reversed(rest.asked) if one[0] == "fetch")
    return ElementTree.fromstring(twilio.webhook(path_of(url), incoming(CallStatus="in-progress")).content)


def waits(seconds):
    """So many seconds pass."""
    since = timezone.now() - timedelta(seconds=seconds)
    Conversation.objects.update(waiting_since=since, fetched_at=since)


def sent_on(twilio):
    """Where the net sends the caller, by the address at which Twilio then asks; None for who waits on."""
    fetches = mending.Mender().look()
    if not fetches:
        return None
    (fetch,) = fetches
    url = f"/twilio/voice/offer/?turn={fetch.turn}"
    return twilio.webhook(url, incoming(CallStatus="in-progress")).content.decode()


def test_a_caller_given_to_a_team_that_talks_goes_on_by_the_arrow_of_the_step_where_the_caller_was(
    twilio, line, team, ada, sales, api, rest
):
    make_route(line, team_step(team.pk, wait_seconds=60, waited="bye"), goodbye("Call again."), box())
    on_route(twilio, ada)
    give(api, {"team": sales.pk})
    twilio.webhook("/twilio/voice/offer-status/?attempt=1", leg_status(ada.pk, "completed", 3))
    assert come(twilio, rest).find("Enqueue") is not None

    waits(55)
    assert sent_on(twilio) is None
    waits(61)

    assert "Call again." in sent_on(twilio)


def test_on_a_line_without_a_route_such_a_caller_is_asked_for_a_message(twilio, talking, ada, sales, api, rest):
    give(api, {"team": sales.pk})
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    assert come(twilio, rest).find("Enqueue") is not None

    waits(175)
    assert sent_on(twilio) is None
    waits(181)

    assert "<Record" in sent_on(twilio)
    assert Conversation.objects.get().state == "message"


def test_a_caller_led_back_after_a_lost_line_does_not_wait_for_ever(twilio, talking, ada, grace):
    CallOffer.objects.update(announces_end=True)
    factories.make_call(9, agent=grace, caller=f"client:{grace.identity}", status="in-progress")
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    # The desk does not come back.
    ada.desks.all().delete()
    led_back = twilio.webhook("/twilio/voice/dial-action/", talked()).content.decode()
    assert "<Enqueue" in led_back

    waits(195)
    assert sent_on(twilio) is None, "who had the caller is asked first, for a while"
    waits(205)

    assert "<Record" in sent_on(twilio)


def test_a_short_wait_leaves_the_time_to_come_back_to_whoever_gave_the_call(twilio, line, team, ada, grace, api, rest):
    make_route(line, team_step(team.pk, wait_seconds=5), box())
    ada.availability, grace.availability = "available", "away"
    grace.save()
    on_route(twilio, ada)
    grace.availability = "available"
    grace.save()
    give(api, {"agent": grace.pk})
    document = come(twilio, rest)
    twilio.webhook("/twilio/voice/offer-status/?attempt=1", leg_status(ada.pk, "completed", 3))
    # Her phone rings for 20 seconds, and for Twilio's five more.
    waits(25)

    fields = incoming(CallStatus="in-progress", DialCallStatus="no-answer", DialBridged="false")
    back = twilio.webhook(path_of(document.find("Dial").attrib["action"]), fields).content.decode()

    assert ada.identity in back


def test_a_caller_given_away_twice_waits_no_longer_by_that(twilio, line, team, ada, grace, api, rest):
    make_route(line, team_step(team.pk, wait_seconds=60), box())
    grace.availability = "away"
    grace.save()
    on_route(twilio, ada)
    grace.availability = "available"
    grace.save()
    give(api, {"agent": grace.pk})
    document = come(twilio, rest)
    twilio.webhook("/twilio/voice/offer-status/?attempt=1", leg_status(ada.pk, "completed", 3))
    for number, status in enumerate(("ringing", "in-progress")):
        fields = leg_status(grace.pk, status, number, leg=7)
        twilio.webhook(path_of(document.find("Dial/Client").attrib["statusCallback"]), fields)
    graces = APIClient()
    graces.force_authenticate(grace)

    give(graces, {"agent": ada.pk})

    terms = Conversation.objects.get().terms
    assert terms["wait_seconds"] == 60 + 20 + 20
