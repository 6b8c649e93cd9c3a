"""A caller for whom there is a spam rule, on a line with a route and on one without."""

from __future__ import annotations

import pytest

from calls.models import Call, CallEvent, CallOffer
from calls.payloads import party_json
from routing.models import SpamRule
from tests.calls.routes import Caller, make_route, team_step
from tests.twilio import sid

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller(twilio):
    return Caller(twilio)


@pytest.fixture(params=["route", "no route"])
def line_answered(request, line, team, ada):
    if request.param == "route":
        make_route(
            line, team_step(team.pk, waited="box", nobody="box"), {"id": "box", "kind": "voicemail", "team": team.pk}
        )
    return line


def rule(action: str, kind: str = "prefix", number: str = "+1202") -> None:
    SpamRule.objects.create(kind=kind, number=number, action=action)


def reasons() -> list[str]:
    return [event.outcome for event in CallEvent.objects.filter(call_sid=sid("CA", 1), kind="route")]


def test_whoever_is_to_be_refused_hears_that_the_call_is_over_and_rings_nobody(caller, line_answered):
    rule("refuse")

    caller.call()

    assert caller.rings == []
    assert CallOffer.objects.count() == 0
    assert not {"Dial", "Record", "Enqueue"} & set(caller.verbs)
    assert reasons() != []


def test_whoever_is_for_voicemail_only_is_asked_for_a_message(caller, line_answered):
    rule("voicemail")

    caller.call()

    assert caller.rings == []
    assert "Record" in caller.verbs


def test_whoever_is_marked_rings_and_is_marked_on_the_time_line(caller, line_answered, ada):
    rule("mark")

    caller.call()

    assert caller.rings == [ada.identity]
    assert any("+1202" in str(event.detail) + event.outcome for event in CallEvent.objects.all())


@pytest.mark.parametrize("action", ["refuse", "voicemail", "mark"])
def test_the_call_keeps_what_was_done_with_its_caller(caller, line_answered, action):
    rule(action)

    caller.call()

    call = Call.objects.get(pk=caller.sid)
    assert (call.spam, party_json(call)["spam"]) == (action, True)


def test_whoever_is_marked_waits_on_no_line_on_which_nobody_waits(caller, line, ada):
    """As others there, for whom no phone rings: a message is taken."""
    rule("mark")
    ada.availability = "busy"
    ada.save()

    caller.call()

    assert "Record" in caller.verbs


def test_all_others_are_answered_as_ever(caller, line_answered, ada):
    rule("refuse", number="+1303")

    caller.call()

    assert caller.rings == [ada.identity]


def test_a_rule_that_was_taken_away_is_forgotten_at_once(caller, line_answered, ada):
    rule("refuse")
    SpamRule.objects.all().delete()

    caller.call()

    assert caller.rings == [ada.identity]
