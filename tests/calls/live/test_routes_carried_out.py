"""A caller on a line with a route."""

from __future__ import annotations

from itertools import permutations

import pytest

from calls.models import Call, CallEvent, CallOffer, Conversation
from tests import factories
from tests.calls.routes import Caller, box, change_route, goodbye, make_route, parsed, path_of, team_step
from tests.twilio import at, leg_status, rfc2822, sid

pytestmark = pytest.mark.django_db

STATUS = "/twilio/voice/offer-status/?attempt="


@pytest.fixture
def caller(twilio):
    return Caller(twilio)


def menu(**more):
    return {
        "id": "menu", "kind": "menu", "prompt": {"text": "For support press 1."}, "no_input": "box",
        "wrong_input": "bye", "keys": [{"digit": "1", "meaning": "Support", "next": "team"}], **more,
    }  # fmt: skip


def conversation() -> Conversation:
    return Conversation.objects.get(pk=sid("CA", 1))


def test_an_announcement_and_the_way_on_are_heard_in_one_answer(caller, line):
    make_route(line, {"id": "hello", "kind": "announcement", "prompt": {"text": "Welcome."}, "next": "bye"}, goodbye())

    caller.call()

    assert caller.verbs == ["Say", "Say", "Hangup"]
    assert caller.says == "Welcome. Goodbye."
    assert conversation().state == "ended"


def test_a_menu_asks_and_goes_on_by_the_key(caller, line, ada, team):
    make_route(line, menu(), team_step(team.pk), box(), goodbye())

    caller.call()
    assert caller.says == "For support press 1."
    caller.press("1")

    assert caller.rings == [ada.identity]
    assert caller.find("Dial").attrib["timeout"] == "15"


def test_the_log_of_a_team_has_what_came_to_its_box_and_its_queue_on_lines_of_others(caller, client, line, team, ada):
    others = factories.make_team("Billing")
    clerk = factories.make_agent("clerk", team=others)
    keys = [{"digit": "1", "meaning": "Billing", "next": "billing"}, {"digit": "2", "meaning": "Us", "next": "box"}]
    make_route(
        line, menu(keys=keys), team_step(others.pk, id="billing", nobody="menu"),
        box(team=team.pk), goodbye(),
    )  # fmt: skip

    def led_to() -> int | None:
        return Call.objects.get(pk=caller.sid).led_to_id

    caller.call()
    assert led_to() is None
    # Nobody is there: the caller was theirs all the same, until the way led on.
    caller.press("1")
    assert led_to() == others.pk
    Call.objects.update(status="completed")
    for agent, status in ((clerk, 200), (ada, 200)):
        client.force_login(agent)
        assert client.get(f"/api/v1/calls/{caller.sid}/", secure=True).status_code == status
    Call.objects.update(status="in-progress")

    caller.press("2")

    assert led_to() is None
    Call.objects.update(status="completed")
    client.force_login(clerk)
    assert client.get(f"/api/v1/calls/{caller.sid}/", secure=True).status_code == 404


def test_a_message_in_another_teams_box_is_that_teams(caller, line, team):
    others = factories.make_team("Billing")
    make_route(line, box(team=others.pk))

    caller.call()

    assert "Record" in caller.verbs
    assert Call.objects.get(pk=caller.sid).led_to == others


def test_whoever_presses_nothing_goes_the_way_for_that(caller, line, team, ada):
    make_route(line, menu(), team_step(team.pk), box(), goodbye())

    caller.call()
    caller.press("")

    assert "Record" in caller.verbs


def test_asked_twice_it_answers_the_same_and_offers_once(caller, line, team, ada):
    make_route(line, menu(), team_step(team.pk), box(), goodbye())
    caller.call()
    asked = caller.text
    caller.call()
    assert caller.text == asked

    action = caller.find("Gather").attrib["action"]
    caller.ask(action, Digits="1")
    rings = caller.text
    caller.ask(action, Digits="1")

    assert caller.text == rings
    assert CallOffer.objects.count() == 1


def test_a_caller_on_the_way_stays_on_the_version_begun_with(caller, line, team, ada):
    route = make_route(line, menu(), team_step(team.pk), box(), goodbye())
    caller.call()
    change_route(route, goodbye("We have moved."))

    caller.press("1")

    assert caller.rings == [ada.identity]


def test_the_position_is_ours_whatever_a_request_says(caller, line, team, ada):
    make_route(line, menu(), team_step(team.pk), box(), goodbye())
    caller.call()

    caller.press("1", position='{"step": "bye"}', RouteTurn="7", step="bye")

    assert caller.rings == [ada.identity]


def test_who_does_not_answer_is_followed_by_the_next_in_the_same_call(caller, line, team, ada, grace):
    make_route(line, team_step(team.pk), box())
    caller.call()
    first = caller.rings

    caller.ring_ends("no-answer")

    assert caller.rings == [{ada.identity, grace.identity}.difference(first).pop()]
    assert list(CallOffer.objects.values_list("state", "attempt", "reason")) == [
        ("ended", 1, "not-answered"), ("ringing", 2, ""),
    ]  # fmt: skip


def test_the_end_of_an_earlier_attempt_that_is_told_twice_ends_nothing(caller, line, team, ada, grace):
    make_route(line, team_step(team.pk), box())
    caller.call()
    action = caller.find("Dial").attrib["action"]
    caller.ring_ends("no-answer")
    second = caller.text

    caller.ask(action, DialCallStatus="no-answer", DialBridged="false")

    assert caller.text == second
    assert CallOffer.objects.filter(state="ringing").count() == 1


def test_a_leg_counts_for_its_own_attempt_only(caller, twilio, line, team, ada):
    make_route(line, team_step(team.pk), box())
    caller.call()
    twilio.webhook(f"{STATUS}1", leg_status(ada.pk, "ringing", 1))
    caller.ring_ends("no-answer")
    CallOffer.objects.update(ended_at=None)
    caller.leave_queue()
    assert caller.rings == [ada.identity]

    # Of the first attempt, and late.
    twilio.webhook(f"{STATUS}1", leg_status(ada.pk, "no-answer", 2))

    assert list(CallOffer.objects.order_by("attempt").values_list("state", flat=True)) == ["ended", "ringing"]


FIRST_ENDS, SECOND_BEGINS, SECOND_RINGS = (2, "canceled", 2), (3, "initiated", 0), (3, "ringing", 1)


@pytest.mark.parametrize("order", list(permutations((FIRST_ENDS, SECOND_BEGINS, SECOND_RINGS))))
@pytest.mark.parametrize("begun", [0, 30])
def test_of_an_attempt_that_twilio_began_twice_the_leg_that_rings_counts(
    caller, client, twilio, line, team, ada, order, begun
):
    make_route(line, team_step(team.pk), box())
    caller.call()
    for status, number in (("initiated", 0), ("ringing", 1)):
        twilio.webhook(f"{STATUS}1", leg_status(ada.pk, status, number))

    for leg, status, number in order:
        # The second one in the same second as the first, or later.
        more = {"Timestamp": rfc2822(at(begun + number * 5))} if leg == 3 else {}
        twilio.webhook(f"{STATUS}1", leg_status(ada.pk, status, number, leg=leg) | more)

    offer = CallOffer.objects.get()
    assert (offer.state, offer.leg_sid) == ("ringing", sid("CA", 3))
    # Whom it rings for sees it.
    client.force_login(ada)
    assert client.get(f"/api/v1/calls/{caller.sid}/").status_code == 200


def test_a_second_leg_that_rings_when_its_phone_has_another_call_by_now_leaves_both_offers_as_they_are(
    caller, twilio, line, team, ada
):
    make_route(line, team_step(team.pk), box())
    caller.call()
    for leg, status, number in ((2, "initiated", 0), (2, "ringing", 1), FIRST_ENDS):
        twilio.webhook(f"{STATUS}1", leg_status(ada.pk, status, number, leg=leg))
    other = CallOffer.objects.create(call_id=sid("CA", 9), agent=ada)

    for leg, status, number in (SECOND_BEGINS, SECOND_RINGS):
        assert twilio.webhook(f"{STATUS}1", leg_status(ada.pk, status, number, leg=leg)).status_code == 204

    other.refresh_from_db()
    first = CallOffer.objects.get(call=caller.sid)
    assert (first.state, first.leg_sid, other.state) == ("canceled", sid("CA", 3), "ringing")
    # Whoever answers it has it all the same.
    assert twilio.webhook(f"{STATUS}1", leg_status(ada.pk, "in-progress", 2, leg=3)).status_code == 204
    assert CallOffer.objects.get(call=caller.sid).state == "answered"


def test_when_the_talk_is_over_the_call_ends(caller, twilio, line, team, ada):
    make_route(line, team_step(team.pk), box())
    caller.call()
    twilio.webhook(f"{STATUS}1", leg_status(ada.pk, "in-progress", 2))

    caller.ring_ends("completed")

    assert caller.verbs == ["Hangup"]
    assert conversation().state == "ended"
    assert CallOffer.objects.get().state == "answered"
    assert Call.objects.get(pk=caller.sid).waited is not None


def test_all_ring_at_once_when_the_step_says_so(caller, line, team, ada, grace):
    make_route(line, team_step(team.pk, strategy="all-at-once"), box())

    caller.call()

    assert set(caller.rings) == {ada.identity, grace.identity}


def test_a_named_agent_is_rung_and_whoever_does_not_answer_is_left(caller, line, stranger):
    make_route(line, {"id": "boss", "kind": "agent", "agent": stranger.pk, "ring_seconds": 12, "next": "box"}, box())

    caller.call()
    assert caller.rings == [stranger.identity]
    caller.ring_ends("no-answer")

    assert "Record" in caller.verbs


def test_a_named_agent_who_is_busy_is_passed_over_at_once(caller, line, stranger):
    stranger.availability = "busy"
    stranger.save()
    make_route(line, {"id": "boss", "kind": "agent", "agent": stranger.pk, "next": "box"}, box())

    caller.call()

    assert "Record" in caller.verbs


def test_an_outside_number_is_asked_to_press_one(caller, line, twilio):
    make_route(line, {"id": "away", "kind": "number", "number": "+12025550190", "next": "box"}, box())
    caller.call()
    number = caller.find("Dial").find("Number")
    assert number.text == "+12025550190"

    at_number = Caller(twilio, CallSid=sid("CA", 2), To="+12025550190", Direction="outbound-dial")
    at_number.ask(number.attrib["url"])
    assert "Press 1" in at_number.says
    at_number.press("1")
    assert at_number.verbs == []
    at_number.ask(number.attrib["url"], Digits="5")
    assert at_number.verbs == ["Hangup"]


def test_an_outside_number_that_did_not_take_the_call_is_left(caller, line):
    make_route(line, {"id": "away", "kind": "number", "number": "+12025550190", "next": "box"}, box())
    caller.call()

    caller.ask(caller.find("Dial").attrib["action"], DialCallStatus="completed", DialBridged="false")

    assert "Record" in caller.verbs


def test_a_route_that_cannot_be_read_ends_in_voicemail(caller, line):
    route = make_route(line, goodbye())
    route.versions.update(steps={"first": "x", "steps": "nonsense"})

    caller.call()

    assert "Record" in caller.verbs


def test_the_time_line_says_each_step_with_its_reason(caller, line, client):
    make_route(line, {"id": "hello", "kind": "announcement", "prompt": {"text": "Welcome."}, "next": "bye"}, goodbye())
    caller.call()
    client.force_login(factories.make_agent("head", is_staff=True, is_superuser=True))

    entries = client.get(f"/api/v1/calls/{caller.sid}/timeline/").json()["entries"]

    steps = [(entry["title"], entry["detail"]) for entry in entries if entry["kind"] == "route"]
    assert CallEvent.objects.filter(kind="route").count() == len(steps) == 3
    assert steps[0] == ("Step 1, Announcement: is heard", "In the language of the line.")


def test_when_the_fallback_was_asked_nobody_rings_any_more(caller, twilio, line, team, ada, grace):
    from telephony.webhooks import inbox

    make_route(line, team_step(team.pk), box())
    caller.call()

    twilio.webhook("/twilio/voice/fallback/", caller.fields | {"ErrorCode": "12100"})
    inbox.drain()

    assert not CallOffer.objects.filter(state="ringing").exists()
    assert conversation().state == "lost"


def test_a_line_without_a_route_has_no_conversation(caller, line, ada):
    caller.call()

    assert caller.rings == [ada.identity]
    assert not Conversation.objects.exists()


def test_a_greeting_is_heard_as_its_sound_and_without_one_is_read_out(caller, line):
    from routing.models import Greeting, GreetingSound

    greeting = Greeting.objects.create(name="Hello", text="Good day.", language="de")
    step = {"id": "bye", "kind": "goodbye", "prompt": {"greeting": greeting.pk}}
    make_route(line, step)
    caller.call()
    assert (caller.says, caller.find("Say").attrib["language"]) == ("Good day.", "de-DE")

    GreetingSound.objects.create(greeting=greeting, wav=b"RIFF", digest="d" * 64, seconds=1)
    again = Caller(caller.twilio, CallSid=sid("CA", 5))
    again.call()

    assert again.verbs == ["Play", "Hangup"]
    assert again.find("Play").text.startswith("https://desk.example.com/twilio/greetings/")


def test_words_are_understood_where_the_menu_says_so(caller, line, team, ada):
    key = {"digit": "1", "meaning": "Support", "words": ["help", "support"], "next": "team"}
    make_route(line, menu(speech=True, keys=[key]), team_step(team.pk), box(), goodbye())
    caller.call()
    gather = caller.find("Gather").attrib
    assert (gather["input"], gather["hints"], gather["language"]) == ("dtmf speech", "help, support", "en-US")

    caller.ask(gather["action"], SpeechResult="I need help please", Confidence="0.8")

    assert caller.rings == [ada.identity]


# --- What is said before phones ring ----------------------------------------------------------------------------------


def hello(**more):
    return {"id": "hello", "kind": "announcement", "prompt": {"text": "This call is recorded."}, "next": "team", **more}


def test_nobody_is_offered_a_caller_who_still_hears_what_is_said_first(twilio, line, team, ada):
    make_route(
        line, menu(keys=[{"digit": "1", "meaning": "Support", "next": "hello"}]), hello(), team_step(team.pk), box()
    )
    caller = Caller(twilio)
    caller.call()
    answer = caller.twilio.webhook(path_of(caller.find("Gather").attrib["action"]), caller.fields | {"Digits": "1"})

    document = parsed(answer)
    assert [verb.tag for verb in document] == ["Say", "Redirect"]
    assert not CallOffer.objects.exists()
    assert (conversation().state, conversation().team_id) == ("on-route", None)
    assert Call.objects.get(pk=caller.sid).waiting_since is None, "what is said is no waiting"

    # Twilio asks on when it is said, and twice if need be.
    for _time in range(2):
        caller.ask(document[-1].text)
        assert (caller.rings, caller.verbs) == ([ada.identity], ["Dial"])
    assert conversation().terms["why"], "what the caller chose is known still"
    steps = list(CallEvent.objects.filter(name="step").order_by("at").values_list("detail__step", flat=True))
    assert steps.count("hello") == 1
    assert steps.index("hello") < steps.index("team")


@pytest.mark.parametrize("kind", ["team", "agent"])
def test_of_nobody_there_what_is_said_comes_before_the_way_on(caller, line, team, kind):
    away = factories.make_agent("away", team=team, availability="away")
    step = team_step(team.pk, id="team") if kind == "team" else {
        "id": "team", "kind": "agent", "agent": away.pk, "ring_seconds": 15, "next": "box",
    }  # fmt: skip
    make_route(line, hello(), step, box())

    caller.call()

    assert caller.says.startswith("This call is recorded.")
    assert "Record" in caller.verbs


def test_an_outside_number_is_dialled_as_it_is_written_everywhere(caller, line, settings):
    settings.HOME_REGION = "US"
    number = {"id": "out", "kind": "number", "number": "(202) 555-0161", "ring_seconds": 15, "next": "box"}
    make_route(line, number, box())

    caller.call()

    assert caller.find("Dial/Number").text == "+12025550161"
