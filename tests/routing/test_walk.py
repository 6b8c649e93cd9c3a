"""What a caller meets: step by step, from facts, and never silence."""

from __future__ import annotations

import json
import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.languages import Sentence, sentence
from routing.checks import plan_check
from routing.doings import LAST, Ask, DialNumber, End, Event, EventKind, OfferCallBack, RingTeam, Say, TakeMessage, Wait
from routing.spam import SpamAction, SpamVerdict
from routing.steps import KINDS, plan_of, plan_read
from routing.walk import MOST_STEPS, Position, go_on, start
from tests.routing import plans
from tests.routing.plans import box, document, facts, menu, plan, step, team, text


def kinds(doings):
    return [type(each).__name__ for each in doings]


def pressed(digits):
    return Event(EventKind.PRESSED, digits)


WAITED, NOBODY, FULL = Event(EventKind.WAITED), Event(EventKind.NOBODY), Event(EventKind.FULL)
NO_INPUT, NOT_TAKEN = Event(EventKind.NO_INPUT), Event(EventKind.NOT_TAKEN)


def test_a_caller_in_opening_hours_hears_the_greeting_and_the_menu_and_reaches_the_team():
    known = facts(plan_of(plans.shop()))

    position, doings = start(known)
    assert kinds(doings) == ["Passed", "Say", "Ask"]
    assert sentence(doings[0].said) == "Step 1, Shop hours: open"
    assert sentence(doings[0].reason) == "Shop hours: the span 08:00–18:00 of 23 Nov 2026, UTC."

    position, doings = go_on(position, pressed("2"), known)
    assert kinds(doings) == ["Passed", "RingTeam", "Wait"]
    assert position.step == "other"

    position, doings = go_on(position, WAITED, known)
    assert kinds(doings) == ["TakeMessage"]


def test_out_of_hours_the_way_is_another():
    _, doings = start(facts(plan_of(plans.shop()), at=plans.CLOSED_AT))

    assert kinds(doings) == ["Passed", "TakeMessage"]
    assert sentence(doings[0].reason) == "Shop hours: outside the spans of 23 Nov 2026, UTC."


def test_a_wrong_key_is_asked_again_as_often_as_the_step_says():
    known = facts(plan(menu(tries=2, wrong_input="bye", keys={"1": "box"}), box(), _goodbye()))
    position, _ = start(known)

    for _count in range(2):
        position, doings = go_on(position, pressed("7"), known)
        assert kinds(doings) == ["Ask"]
    position, doings = go_on(position, pressed("7"), known)

    assert position.step == "bye"
    assert kinds(doings) == ["Say", "End"]


def test_no_key_goes_its_own_way():
    known = facts(plan(menu(keys={"1": "bye"}), box(), _goodbye()))
    position, _ = start(known)

    assert go_on(position, NO_INPUT, known)[0].step == "box"


def test_spoken_words_count_only_where_they_are_switched_on():
    said = Event(EventKind.SPOKE, "key 1 please")
    deaf, hearing = (facts(plan(menu(keys={"1": "box"}, speech=on), box())) for on in (False, True))

    assert kinds(go_on(start(deaf)[0], said, deaf)[1]) == ["Ask"]
    assert go_on(start(hearing)[0], said, hearing)[0].step == "box"


def test_the_language_a_caller_chose_is_spoken_from_there_on():
    keys = [{"digit": "2", "meaning": "Deutsch", "language": "de", "next": "box"}]
    route = plan({**menu("choice"), "kind": "language", "keys": keys}, box())
    known = facts(route)
    position, (asked,) = start(known)
    assert isinstance(asked, Ask)
    assert asked.language == "en"

    position, doings = go_on(position, pressed("2"), known)

    assert isinstance(doings[-1], TakeMessage)
    assert doings[-1].language == position.language == "de"


@pytest.mark.parametrize(("event", "reached"), [(WAITED, "box"), (NOBODY, "bye"), (FULL, "full")])
def test_a_team_has_a_way_on_for_each_thing_that_may_come_of_it(event, reached):
    known = facts(plan(team(nobody="bye", full="full"), box(), _goodbye(), box("full")))

    assert go_on(start(known)[0], event, known)[0].step == reached


def test_a_full_queue_without_a_way_of_its_own_goes_as_after_waiting():
    known = facts(plan(team(nobody="bye"), box(), _goodbye()))

    assert go_on(start(known)[0], FULL, known)[0].step == "box"


def test_a_team_in_which_nobody_can_take_calls_is_not_rung():
    _, doings = start(facts(plan(team(team=plans.EMPTY_TEAM), box())))

    assert kinds(doings) == ["Passed", "TakeMessage"]


def test_what_rings_has_what_the_step_says():
    _, (rings, waits) = start(facts(plan(team(strategy="in-turn", first="owner", skill="de"), box())))

    assert isinstance(rings, RingTeam)
    assert (rings.team, rings.strategy, rings.first, rings.skill) == (plans.TEAM, "in-turn", "owner", "de")
    assert isinstance(waits, Wait)
    assert waits.seconds == 180


def test_a_number_that_may_not_be_dialled_any_more_is_passed_over():
    allowed, refused = (step("n", "number", number=number, next="box") for number in ("+12025550142", plans.FORBIDDEN))

    known = facts(plan(allowed, box()))
    position, (dials,) = start(known)
    assert isinstance(dials, DialNumber)
    assert dials.press_one
    assert go_on(position, NOT_TAKEN, known)[0].step == "box"
    assert kinds(start(facts(plan(refused, box())))[1]) == ["Passed", "TakeMessage"]


def test_another_route_goes_on_in_its_own_version():
    known = facts(plan(step("r", "route", route=7)), others={"v7": plan(menu(keys={"1": "box"}), box())})

    position, doings = start(known)
    assert (position.version, position.step, kinds(doings)) == (7, "menu", ["Passed", "Ask"])
    assert go_on(position, pressed("1"), known)[0].step == "box"


def test_a_caller_on_the_way_stays_on_the_version_the_call_began_with():
    old = plan(menu(keys={"1": "box"}), box())
    before = facts(old, version=1)
    position, _ = start(before)
    after = facts(plan(_goodbye()), version=2, others={"v1": old})

    assert go_on(position, pressed("1"), after)[0].step == "box"


@pytest.mark.parametrize(
    ("action", "expected"),
    [(SpamAction.REFUSE, ["End"]), (SpamAction.VOICEMAIL, ["TakeMessage"]), (SpamAction.MARK, ["Passed", "Ask"])],
)
def test_what_a_spam_rule_says_is_done_before_the_route(action, expected):
    verdict = SpamVerdict(action, Sentence("A spam rule is for it."))
    _, doings = start(facts(plan(menu(keys={"1": "box"}), box()), spam=verdict))

    assert kinds(doings) == expected
    assert sentence(doings[0].reason) == "A spam rule is for it."


@pytest.mark.parametrize("broken", ["version", "step", "position"])
def test_what_cannot_be_read_ends_in_voicemail_with_a_line_in_the_log(broken, caplog):
    known = facts(plan(menu(keys={"1": "box"}), box()))
    position, _ = start(known)
    if broken == "version":
        known = facts(None)
    lost = {"version": position, "step": Position(1, "gone"), "position": None}[broken]

    with caplog.at_level(logging.ERROR, "routing.walk"):
        _, (taken,) = go_on(lost, pressed("1"), known)

    assert isinstance(taken, TakeMessage)
    assert taken.team == plans.TEAM
    assert "route left for voicemail" in caplog.text


def test_a_line_without_a_route_ends_in_voicemail_for_who_was_led_away_from_a_talk_and_that_is_no_error(caplog):
    with caplog.at_level(logging.ERROR, "routing.walk"):
        _, (taken,) = go_on(None, Event(EventKind.WAITED), facts(None, version=0))

    assert isinstance(taken, TakeMessage)
    assert caplog.text == ""


def test_a_route_that_was_never_checked_and_goes_in_a_circle_ends_in_voicemail():
    circle = plan(
        step("a", "announcement", prompt=text(), next="b"), step("b", "announcement", prompt=text(), next="a")
    )

    _, doings = start(facts(circle))

    assert isinstance(doings[-1], TakeMessage)


def test_whoever_presses_keys_for_ever_reaches_voicemail():
    known = facts(plan(menu(keys={"1": "menu"}), box()))
    position, doings = start(known)

    presses = 0
    while isinstance(doings[-1], Ask):
        position, doings = go_on(position, pressed("1"), known)
        presses += 1

    assert isinstance(doings[-1], TakeMessage)
    assert presses == MOST_STEPS


def test_a_position_is_kept_as_json():
    position, _ = start(facts(plan(menu(keys={"1": "box"}), box())))

    assert Position.of_json(json.loads(json.dumps(position.as_json()))) == position


@pytest.mark.parametrize("change", [{"version": "1"}, {"steps": True}, {"tries": -1}, {"step": None}, {"more": 1}])
def test_what_is_no_position_is_none(change):
    assert Position.of_json({**Position(1).as_json(), **change}) is None
    assert Position.of_json(["1"]) is None


def _goodbye():
    return step("bye", "goodbye", prompt=text("Goodbye."))


# --- Any route that may be saved, and any way through it ---

_IDS = ["a", "b", "c", "d", "e"]
_targets = st.sampled_from([*_IDS, ""])
_events = st.builds(Event, st.sampled_from(list(EventKind)), st.sampled_from(["", "1", "2", "9", "key 1"]))


@st.composite
def routes(draw):
    rows = []
    for step_id in _IDS:
        kind = draw(st.sampled_from(sorted(set(KINDS) - {"route"})))
        ways = ["open", "closed", "holiday", "next", "no_input", "wrong_input", "waited", "nobody", "full"]
        fields = {name: draw(_targets) for name in ways}
        keys = [
            {"digit": digit, "meaning": f"Key {digit}", "next": draw(_targets)}
            for digit in draw(st.sets(st.sampled_from("12")))
        ]
        rows.append(
            step(step_id, kind, prompt=text(), keys=keys, team=draw(st.sampled_from([plans.TEAM, plans.EMPTY_TEAM])),
                 hours=plans.HOURS, agent=plans.AGENT, number="+12025550142", speech=draw(st.booleans()), **fields)
        )  # fmt: skip
    return plan_read(document(*rows))[0]


@settings(max_examples=400, deadline=None)
@given(routes(), st.lists(_events, max_size=12), st.sampled_from([plans.OPEN_AT, plans.CLOSED_AT]))
def test_whatever_a_caller_does_something_follows(route, events, at):
    """Of any route, checked or not: each stretch ends in something that is waited for, or is an end. And one that may
    be saved is never left for voicemail."""
    known = facts(route, at=at)
    may_be_saved = not any(each.is_refusal for each in plan_check(route, known.known))

    position, doings = start(known)
    for event in [None, *events]:
        if event is not None:
            position, doings = go_on(position, event, known)
        assert isinstance(doings[-1], LAST)
        assert not any(isinstance(each, LAST) for each in doings[:-1])
        if may_be_saved:
            assert doings[-1].step != ""
        if isinstance(doings[-1], TakeMessage | End):
            break
    assert Say not in {type(each) for each in doings[-1:]}


def test_a_call_back_is_offered_before_the_wait_and_says_when():
    _position, doings = start(facts(plan(team(call_back=True, call_back_after=45, call_back_hours=plans.HOURS), box())))

    assert [type(each) for each in doings] == [RingTeam, OfferCallBack, Wait]
    assert sentence(doings[1].said).endswith("is offered to be called back after 45 s")
    assert "within Shop hours" in sentence(doings[1].reason)
