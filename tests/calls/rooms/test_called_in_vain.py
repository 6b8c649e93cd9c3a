"""Whoever Twilio calls into a room although its answer was lost: is called once, and hears nobody unseen."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest

from calls.models import Participant, Transfer
from calls.payloads import call_json
from calls.rooms import calling_in, keeping
from calls.selectors import call_get
from telephony.errors import CallGone, NotReached, TelephonyError, Unavailable
from telephony.rest.client import ParticipantFacts
from tests import factories
from tests.calls.rooms.rooms import LEG, ROOT, Conference
from tests.twilio import leg_status, sid

pytestmark = pytest.mark.django_db

COLLEAGUE = sid("CA", 51)
SILENCE = Unavailable("Twilio cannot be reached. Try again.")


@pytest.fixture
def grace(team):
    return factories.make_agent("grace", team=team, reachable=True)


def post(api, action, body=None):
    return api.post(f"/api/v1/calls/{ROOT}/{action}/", body or {}, format="json", secure=True)


def consult(api, grace):
    assert post(api, "transfer", {"to": {"agent": grace.pk}, "mode": "warm"}).status_code == 202


def passes(seconds):
    """So much time passes."""
    past = timedelta(seconds=seconds)
    for one in Participant.objects.all():
        one.created_at -= past
        one.asked_at = one.asked_at and one.asked_at - past
        one.joined_at = one.joined_at and one.joined_at - past
        one.save()


def facts(label, *, status="connected", leg=COLLEAGUE):
    return ParticipantFacts(leg, label, status, False, False)


def there():
    """Who is in the room by Twilio's word, beside the colleague."""
    return [facts("", leg=LEG), facts("", leg=ROOT)]


@pytest.fixture
def lost(twilio, talking, api, grace, rest):
    """Ada asked for Grace, and what Twilio answered was lost: her row."""
    rest.fails["call"] = SILENCE
    consult(api, grace)
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    keeping.look(ROOT)
    rest.fails.clear()
    conference.grace = Participant.objects.get(agent=grace)
    assert Transfer.objects.get().state == "failed"
    rest.asked.clear()
    return conference


def asked(rest, *names):
    return [one[:3] for one in rest.asked if one[0] in names]


def comes(conference, leg=COLLEAGUE):
    conference.tell("participant-join", leg, ParticipantLabel=conference.grace.label)


def test_who_answers_all_the_same_is_let_out_at_once_and_seen_until_then(lost, rest, ada, grace):
    comes(lost)

    keeping.look(ROOT)

    assert [one[0::2] for one in asked(rest, "remove")] == [("remove", COLLEAGUE)]
    row = next(one for one in call_json(call_get(ROOT))["participants"] if one["leg"] == COLLEAGUE)
    assert row["state"] == "in"
    lost.tell("participant-leave", COLLEAGUE)
    assert Participant.objects.get(agent=grace).state == "left"
    assert call_get(ROOT).agent_id == ada.pk


def test_whose_phone_rings_all_the_same_is_hung_up_on(lost, rest):
    passes(5)
    rest.found = [*there(), facts(lost.grace.label, status="ringing")]

    keeping.look(ROOT)

    assert ("hang-up", COLLEAGUE) in [one[:2] for one in rest.asked]
    assert "call" not in rest.names()


def test_whom_twilio_never_called_is_forgotten_and_can_be_asked_again(lost, rest, api, grace):
    passes(5)
    rest.found = there()
    keeping.look(ROOT)
    assert Participant.objects.get(agent=grace).state == "calling", "Twilio's word comes after a while"
    passes(11)
    keeping.look(ROOT)

    assert Participant.objects.get(agent=grace).state == "left"
    assert "call" not in rest.names()
    consult(api, grace)
    assert Participant.objects.filter(agent=grace).count() == 2


def test_a_colleague_of_whom_nothing_is_known_can_be_asked_again_at_once(lost, rest, api, grace):
    consult(api, grace)

    assert Participant.objects.filter(agent=grace, wanted_in=True).count() == 1


@pytest.mark.parametrize("waits", [False, True])
def test_who_was_forgotten_and_comes_is_let_out(lost, rest, grace, waits):
    passes(30)
    rest.found = there()
    keeping.look(ROOT)
    assert Participant.objects.get(agent=grace).state == "left"
    rest.found = []

    comes(lost)
    if waits:
        rest.fails["remove"] = TelephonyError("Twilio did not accept this.", permanent=True)
        keeping.look(ROOT)
        rest.fails.clear()
        passes(5)
    keeping.look(ROOT)

    assert len(asked(rest, "remove")) == (2 if waits else 1)
    assert not Participant.objects.get(agent=grace).wanted_in


def test_who_has_left_does_not_come_by_a_word_that_is_late(twilio, talking, api, grace, rest):
    consult(api, grace)
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    keeping.look(ROOT)
    joined, left = (conference.event(f"participant-{what}", COLLEAGUE) for what in ("join", "leave"))

    for fields in (left, joined):
        conference.send(fields)
    Participant.objects.update(asked_at=None)
    keeping.look(ROOT)

    assert Participant.objects.get(agent=grace).state == "left"
    assert "remove" not in rest.names()


@pytest.mark.parametrize("error", [NotReached("No."), TelephonyError("No.", permanent=True)])
def test_whom_twilio_did_not_call_for_certain_is_not_looked_for(twilio, talking, api, grace, rest, error):
    rest.fails["call"] = error
    consult(api, grace)
    Conference(twilio).join(LEG, ROOT)
    keeping.look(ROOT)

    assert Participant.objects.get(agent=grace).state == "left"


# --- Called once ------------------------------------------------------------------------------------------------------


@pytest.fixture
def killed(twilio, talking, api, grace, rest):
    """The process was killed when it had asked Twilio, before it kept the answer: Grace's row."""
    consult(api, grace)
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    with patch.object(calling_in, "_made", side_effect=SystemExit), pytest.raises(SystemExit):
        keeping.look(ROOT)
    conference.tell("participant-hold", ROOT, Hold="true")
    rest.asked.clear()
    return Participant.objects.get(agent=grace)


def test_a_request_that_is_under_way_is_not_made_again(killed, rest):
    passes(5)

    keeping.look(ROOT)

    assert "call" not in rest.names()


def test_whom_twilio_has_called_is_not_called_again(killed, rest):
    passes(11)
    rest.found = [*there(), facts(killed.label, status="ringing")]

    keeping.look(ROOT)

    assert "call" not in rest.names()
    killed.refresh_from_db()
    assert (killed.leg_sid, killed.wanted_in, killed.state) == (COLLEAGUE, True, "calling")
    assert Transfer.objects.get().state == "calling"


def test_whom_twilio_has_not_called_is_called(killed, rest):
    passes(11)
    rest.found = there()

    keeping.look(ROOT)

    assert rest.names().count("call") == 1


def test_a_label_that_is_taken_is_that_of_whom_twilio_has_called(twilio, talking, api, grace, rest):
    rest.fails["call"] = TelephonyError("Twilio did not accept this.", code=16025, permanent=True)
    consult(api, grace)
    conference = Conference(twilio)
    one = Participant.objects.get(agent=grace)
    rest.found = [facts(one.label, status="ringing")]
    conference.join(LEG, ROOT)

    keeping.look(ROOT)

    one.refresh_from_db()
    assert (one.leg_sid, one.state) == (COLLEAGUE, "calling")
    assert Transfer.objects.get().state == "calling"


def test_who_was_taken_back_while_twilio_was_asked_is_hung_up_on_until_that_is_done(
    twilio, talking, api, ada, grace, rest
):
    consult(api, grace)
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    made = calling_in._made
    rest.fails["hang-up"] = SILENCE

    def taken_back(*args):
        assert post(api, "cancel-transfer").status_code == 202
        return made(*args)

    with patch.object(calling_in, "_made", side_effect=taken_back):
        keeping.look(ROOT)
    assert asked(rest, "hang-up")[0][1] == COLLEAGUE
    passes(5)
    rest.fails["hang-up"] = CallGone("This call is over.", permanent=True)
    keeping.look(ROOT)

    assert len(asked(rest, "hang-up")) == 2
    assert Participant.objects.get(agent=grace).state == "left"


def test_an_answer_that_is_lost_after_the_colleague_has_come_changes_nothing(twilio, talking, api, ada, grace, rest):
    consult(api, grace)
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    conference.grace = Participant.objects.get(agent=grace)

    def comes_first(*args, **more):
        fields = leg_status(grace.pk, "in-progress", 2, leg=51) | {"Direction": "outbound-api"}
        fields.pop("ParentCallSid")
        twilio.webhook(f"/twilio/voice/participant-status/?call={ROOT}", fields)
        comes(conference)
        raise SILENCE

    with patch.object(calling_in, "participant_call", side_effect=comes_first):
        keeping.look(ROOT)

    one = Participant.objects.get(agent=grace)
    assert (one.state, one.wanted_in, one.leg_sid) == ("in", True, COLLEAGUE)
    assert Transfer.objects.get().state == "consulting"


def test_whoever_came_before_the_answer_was_lost_is_in_the_call_and_nothing_is_said(lost, api, rest):
    def answers_late(*_args, label, **_more):
        lost.tell("participant-join", sid("CA", 60), ParticipantLabel=label)
        raise SILENCE

    with patch.object(calling_in, "participant_call", side_effect=answers_late):
        answer = post(api, "participants", {"to": {"number": "+12065550111"}})

    assert answer.status_code == 202
    one = Participant.objects.get(number="+12065550111")
    assert (one.state, one.wanted_in, one.problem) == ("in", True, "")
