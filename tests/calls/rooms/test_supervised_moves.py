"""Where supervision meets a call that goes on at another place, and phones that come into a room where nobody is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from calls.models import Call, CallEvent, CallOffer, Conversation, Participant, Room
from calls.rooms import driving, keeping
from telephony.errors import TelephonyError, Unavailable
from tests.calls.rooms.rooms import LEG, ROOT, Conference
from tests.calls.rooms.supervised import PHONE, asked, inside, look, phone_calls, supervise, supervisor
from tests.calls.rooms.test_move import HERE, answers, dials, is_let_in, over, post
from tests.twilio import incoming, leg_status, outgoing, root_status, sid

pytestmark = pytest.mark.django_db

REFUSED = TelephonyError("Twilio did not accept this.", permanent=True)
ANOTHER = sid("CF", 2)


def hung_up(rest):
    return [one[1] for one in rest.asked if one[0] == "hang-up"]


def minutes_pass():
    past = timezone.now() - timedelta(seconds=60)
    Room.objects.update(created_at=past)
    Participant.objects.update(created_at=past)
    Room.objects.filter(alone_since__isnull=False).update(alone_since=past)


@pytest.fixture(params=["who goes on elsewhere", "supervisor"])
def comes(request, twilio, talking, api, ada, desk, hedy, rest):
    """Asks to come by the own phone, and is let in: by which leg."""

    def let_in():
        if request.param == "supervisor":
            assert supervise(desk, "listen").status_code == 202
            assert is_let_in(phone_calls(twilio, hedy))
            return PHONE
        assert post(api).status_code == 202
        assert is_let_in(dials(twilio, ada))
        return HERE

    return let_in


# --- Nobody is there --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "joined"),
    [(REFUSED, False), (REFUSED, True), (Unavailable("Twilio cannot be reached. Try again."), True)],
    ids=["refused", "refused, and is there", "unknown, and is there"],
)
def test_who_was_let_into_a_room_that_is_not_opened_is_hung_up_on(
    twilio, talking, api, ada, hedy, rest, comes, monkeypatch, error, joined
):
    came = []

    def refused(*_args, **_more):
        came.append(comes())
        if joined:
            Conference(twilio).tell("participant-join", came[0], Muted="true")
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(driving, "call_redirect", refused)
        assert post(api, "hold").status_code == 502
    if error is not REFUSED:
        minutes_pass()
        rest.found = []
    look()
    look()

    assert came[0] in hung_up(rest)
    assert (Room.objects.get().state, Call.objects.get(pk=ROOT).status) == ("over", "in-progress")
    over(twilio, ada if came[0] == HERE else hedy, came[0])
    assert post(api, "hold").status_code == 202
    assert [one[1] for one in rest.asked if one[0] == "redirect"] == [LEG]


def test_who_was_let_in_as_the_two_have_parted_is_hung_up_on(twilio, talking, ada, rest, comes):
    came = comes()
    ended = incoming(DialCallStatus="completed", DialCallSid=LEG, DialCallDuration="5")
    twilio.webhook("/twilio/voice/dial-action/", ended)
    twilio.webhook("/twilio/voice/status/", leg_status(ada.pk, "completed", 3))
    twilio.webhook("/twilio/voice/status/", root_status("completed"))
    look()

    assert came in hung_up(rest)


@pytest.mark.parametrize("is_told_first", [False, True])
@pytest.mark.parametrize("last", ["participant-leave", "conference-end"])
def test_a_supervisor_who_comes_when_the_customer_is_gone_is_hung_up_on(
    twilio, talking, desk, hedy, rest, last, is_told_first
):
    supervise(desk, "listen")
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    phone_calls(twilio, hedy)

    told = [
        conference.event("participant-join", PHONE, Muted="true", ConferenceSid=ANOTHER),
        conference.event(last, ROOT if last == "participant-leave" else ""),
    ]
    for fields in told if is_told_first else reversed(told):
        conference.send(fields)
    look()

    assert PHONE in hung_up(rest)


def test_a_colleague_who_answers_as_the_customer_hangs_up_is_not_left_alone(twilio, talking, api, grace, rest):
    post(api, "transfer", {"to": {"agent": grace.pk}, "mode": "warm"})
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    keeping.look(ROOT)
    leg = Participant.objects.get(agent=grace).leg_sid

    conference.tell("conference-end")
    conference.tell("participant-join", leg, ConferenceSid=ANOTHER)
    look()

    assert leg in hung_up(rest)


def test_a_supervisor_who_is_there_first_has_not_opened_the_room(twilio, talking, api, desk, hedy, rest):
    supervise(desk, "listen")
    phone_calls(twilio, hedy)
    Conference(twilio).tell("participant-join", PHONE, Muted="true")

    assert Room.objects.get().state == "lifting"


def test_a_phone_that_came_first_and_left_does_not_close_the_room_to_the_two(twilio, talking, api, ada, rest):
    post(api)
    dials(twilio, ada)
    conference = Conference(twilio)
    conference.join(HERE)
    conference.tell("participant-leave", HERE)
    end = conference.event("conference-end")
    conference.send(end)
    over(twilio, ada, HERE)

    room = twilio.webhook(f"/twilio/voice/room/?room={Room.objects.get().name}", incoming(CallSid=LEG))
    assert "<Conference" in room.content.decode()
    for leg in (LEG, ROOT):
        conference.tell("participant-join", leg, ConferenceSid=ANOTHER)
    conference.send(end)

    assert (Room.objects.get().state, Room.objects.get().conference_sid) == ("open", ANOTHER)


# --- An agent who goes on at another place ----------------------------------------------------------------------------


def test_who_joined_has_the_call_when_its_agents_line_is_lost_on_the_way_to_another_place(
    twilio, talking, api, ada, desk, hedy, rest
):
    CallOffer.objects.update(announces_end=True)
    conference = inside(twilio, desk, hedy, "join")
    post(api)
    conference.tell("participant-leave", LEG)
    over(twilio, ada, LEG)
    Room.objects.filter(alone_since__isnull=False).update(alone_since=timezone.now() - timedelta(seconds=10))
    look()

    assert "fetch" not in rest.names()
    assert Call.objects.get(pk=ROOT).agent_id == hedy.pk


def test_who_listens_stays_while_the_agent_is_awaited_at_another_place(twilio, talking, api, ada, desk, hedy, rest):
    CallOffer.objects.update(announces_end=True)
    conference = inside(twilio, desk, hedy, "listen")
    post(api)
    conference.tell("participant-leave", LEG)
    over(twilio, ada, LEG)
    look()

    assert (supervisor().state, supervisor().wanted_in) == ("in", True)


def test_a_line_lost_at_another_place_of_who_took_the_call_over_leads_the_caller_back(
    twilio, talking, ada, desk, hedy, rest
):
    conference = inside(twilio, desk, hedy, "take-over")
    look()
    conference.tell("participant-leave", LEG)
    over(twilio, ada, LEG)
    assert post(desk).status_code == 202
    assert is_let_in(dials(twilio, hedy))
    conference.join(HERE)
    answers(hedy, HERE)
    look()
    for leg in (PHONE, HERE):
        conference.tell("participant-leave", leg)
        over(twilio, hedy, leg)
    Room.objects.filter(alone_since__isnull=False).update(alone_since=timezone.now() - timedelta(seconds=10))
    look()

    assert ROOT not in hung_up(rest)
    assert "fetch" in rest.names()
    # Who took the call over is rung again as one of the team: the legs before are no answer to that.
    CallOffer.objects.create(call_id=ROOT, agent=hedy, attempt=Call.objects.get(pk=ROOT).round)
    Conversation.objects.update(state="offered")
    conference.tell("participant-leave", ROOT)
    assert CallOffer.objects.get(agent=hedy).state == "ringing"
    assert Conversation.objects.get().state == "offered"


def test_who_whispers_to_an_agent_whispers_to_them_at_the_other_place(twilio, talking, api, ada, desk, hedy, rest):
    conference = inside(twilio, desk, hedy, "whisper")
    post(api)
    dials(twilio, ada)
    conference.join(HERE)
    keeping.look(ROOT)

    assert asked(rest) == [(False, HERE)]
    assert (supervisor().mode, supervisor().said_mode) == ("whisper", "listen"), "until Twilio tells of it"
    assert rest.names()[-2:] == ["supervise", "remove"], "first that, then the old leg goes"
    conference.tell("participant-modify", PHONE, Coaching="true")
    conference.tell("participant-leave", LEG)
    over(twilio, ada, LEG)
    look()
    assert (supervisor().said_mode, asked(rest)) == ("whisper", [(False, HERE)])
    assert not CallEvent.objects.filter(outcome__contains="has left").exists()


def test_a_phone_that_comes_to_whisper_after_the_agent_has_moved_finds_them(
    twilio, talking, api, ada, desk, hedy, rest
):
    post(api)
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    supervise(desk, "whisper")
    dials(twilio, ada)
    conference.join(HERE)
    keeping.look(ROOT)
    conference.tell("participant-leave", LEG)
    over(twilio, ada, LEG)

    room = phone_calls(twilio, hedy).find("Dial/Conference")

    assert room.attrib["coach"] == HERE, "of a leg that is gone Twilio says 13240, and ends the call"


def test_who_asks_again_when_the_old_leg_is_gone_is_awaited_on(twilio, talking, api, ada, rest):
    CallOffer.objects.update(announces_end=True)
    post(api)
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    conference.tell("participant-leave", LEG)
    over(twilio, ada, LEG)

    assert post(api).status_code == 202
    assert is_let_in(dials(twilio, ada))


def test_a_phone_that_is_refused_as_nobody_asked_for_it_is_no_call_of_the_log(twilio, talking, api, grace, rest):
    post(api)
    assert not is_let_in(dials(twilio, grace))

    told = outgoing(grace.pk, "", CallSid=HERE, CallStatus="no-answer", Move=ROOT)
    twilio.webhook("/twilio/voice/status/", told)

    assert list(Call.objects.filter(parent=None).values_list("sid", flat=True)) == [ROOT]


def test_an_agent_whom_twilio_did_not_take_out_after_a_take_over_is_taken_out_later(
    twilio, talking, ada, desk, hedy, rest
):
    inside(twilio, desk, hedy, "take-over")
    rest.fails["remove"] = Unavailable("Twilio cannot be reached. Try again.")
    look()
    rest.fails.clear()
    look()

    assert [one[2] for one in rest.asked if one[0] == "remove"] == [LEG, LEG]
