"""Callers on a route to whom an answer of ours was lost: they go on from where they were."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.db import OperationalError

from calls.live import dispatch
from calls.models import Call, CallOffer, Conversation
from telephony.webhooks import inbox
from tests.calls.routes import FALLBACK, Caller, box, goodbye, make_route, path_of, team_step
from tests.twilio import leg_status, root_status, sid

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(twilio, line, team, ada):
    """Who has the only agent."""
    make_route(line, team_step(team.pk), box())
    caller = Caller(twilio, CallSid=sid("CA", 10), From="+12025550110")
    caller.call()
    assert caller.rings == [ada.identity]
    return caller


@pytest.fixture
def waiting(twilio, first):
    caller = Caller(twilio, CallSid=sid("CA", 20), From="+12025550120")
    caller.call()
    assert caller.verbs == ["Enqueue"]
    return caller


def state(caller: Caller) -> str:
    return Conversation.objects.get(pk=caller.sid).state


def fails(caller: Caller, url: str, **more) -> None:
    """Twilio could not use what was answered there, and asks the fallback."""
    caller.ask(FALLBACK, ErrorCode="11200", ErrorUrl=f"https://desk.example.com{path_of(url)}", **more)
    inbox.drain()


def follows(caller: Caller) -> None:
    caller.ask(caller.find("Redirect").text)


def is_free(caller: Caller) -> None:
    caller.twilio.webhook("/twilio/voice/status/", root_status("completed", CallSid=caller.sid, CallDuration="0"))


@pytest.mark.parametrize("was_taken_in", [True, False])
def test_whoever_waits_and_loses_an_answer_waits_again_in_the_same_place(waiting, was_taken_in):
    action = waiting.find("Enqueue").attrib["action"]
    place = Conversation.objects.get(pk=waiting.sid).place_at
    if was_taken_in:
        waiting.leave_queue("leave")

    fails(waiting, action)
    assert waiting.verbs == ["Redirect"]
    assert state(waiting) == "waiting"
    follows(waiting)

    assert waiting.verbs == ["Enqueue"]
    assert Conversation.objects.get(pk=waiting.sid).place_at == place


def test_who_was_fetched_and_lost_the_answer_rings_all_the_same(waiting, first, ada):
    is_free(first)
    (fetch,) = dispatch.dispatch()
    offer = f"/twilio/voice/offer/?turn={fetch.turn}"
    waiting.ask(offer)
    assert waiting.rings == [ada.identity]

    fails(waiting, offer)
    follows(waiting)

    assert waiting.rings == [ada.identity]
    assert CallOffer.objects.filter(call=waiting.sid, state="ringing").count() == 1


def test_who_was_rung_for_in_vain_and_lost_the_answer_to_that_waits(first, ada):
    action = first.find("Dial").attrib["action"]

    fails(first, action, DialCallStatus="no-answer", DialBridged="false")
    follows(first)

    assert first.verbs == ["Enqueue"]
    assert not CallOffer.objects.filter(state="ringing").exists()


def test_who_was_asked_something_is_asked_again(twilio, line):
    menu = {
        "id": "menu", "kind": "menu", "prompt": {"text": "Press 1."}, "no_input": "bye", "wrong_input": "bye",
        "keys": [{"digit": "1", "meaning": "More", "next": "bye"}],
    }  # fmt: skip
    make_route(line, menu, goodbye())
    caller = Caller(twilio)
    caller.call()

    fails(caller, caller.find("Gather").attrib["action"])
    follows(caller)

    assert caller.says == "Press 1."


def test_it_is_done_once_and_then_a_message_is_taken(waiting):
    fails(waiting, waiting.find("Enqueue").attrib["action"])
    back = waiting.find("Redirect").text

    fails(waiting, back)

    assert "Record" in waiting.verbs
    assert state(waiting) == "lost"


def test_whoever_has_talked_is_not_led_back(first):
    action = first.find("Dial").attrib["action"]

    fails(first, action, DialCallStatus="completed", DialBridged="true", DialCallDuration="7")

    assert first.verbs == ["Hangup"]
    assert state(first) == "lost"


def test_whoever_has_talked_is_not_led_back_though_the_address_does_not_say_so(first, ada):
    action = first.find("Dial").attrib["action"]
    for sequence, status in enumerate(("in-progress", "completed")):
        fields = leg_status(ada.pk, status, sequence, leg=99) | {"ParentCallSid": first.sid}
        first.twilio.webhook("/twilio/voice/offer-status/?attempt=1", fields)

    fails(first, action)
    follows(first)

    assert first.verbs == ["Hangup"]
    assert state(first) == "ended"


def test_whoever_lost_the_music_hears_it_again_and_keeps_waiting(waiting):
    fails(waiting, waiting.find("Enqueue").attrib["waitUrl"])

    assert "Record" not in waiting.verbs
    assert waiting.find("Gather").find("Play") is not None
    assert state(waiting) == "waiting"


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "https://[", "https://desk.example.com/twilio/voice/queue-action/x", "/twilio/voice/incoming/"],
)
def test_any_other_address_is_led_nowhere(waiting, url):
    waiting.ask(FALLBACK, ErrorCode="11200", ErrorUrl=url)

    assert "Record" in waiting.verbs


def test_while_the_database_is_away_who_waits_hears_music_and_asks_again(waiting):
    action = waiting.find("Enqueue").attrib["action"]
    with patch("calls.route_webhooks.Asked", side_effect=OperationalError):
        waiting.ask(action, QueueResult="leave")
        assert waiting.verbs == ["Say", "Play", "Redirect"]
    inbox.drain()
    assert state(waiting) == "waiting"

    follows(waiting)

    assert waiting.verbs == ["Enqueue"]
    assert not Call.objects.get(pk=waiting.sid).is_terminal


def test_when_it_is_away_for_longer_a_message_is_taken(waiting):
    action = waiting.find("Enqueue").attrib["action"]
    with patch("calls.route_webhooks.Asked", side_effect=OperationalError):
        waiting.ask(action, QueueResult="leave")
        follows(waiting)

    assert "Record" in waiting.verbs
    inbox.drain()
    assert state(waiting) == "lost"
