"""No route can end in silence: what is refused, where, and what is said about it."""

from __future__ import annotations

import pytest

from core.languages import sentence
from routing.checks import document_check
from tests.routing import plans
from tests.routing.plans import box, document, menu, step, team, text


def found(*steps, known=None, route_id=None, first=None):
    """Each finding as step, field, and whether it refuses."""
    _, findings = document_check(document(*steps, first=first), known or plans.known(), route_id=route_id)
    return [(each.step, each.field, each.is_refusal) for each in findings]


def test_a_route_all_of_whose_ways_end_well_may_be_saved():
    assert document_check(plans.shop(), plans.known())[1] == []


def test_a_route_without_steps_or_without_a_beginning_is_refused():
    assert found() == [("", "", True)]
    assert found(box(), first="gone") == [("", "first", True)]


@pytest.mark.parametrize("kind", ["announcement", "agent", "number"])
def test_a_step_that_leads_nowhere_is_refused(kind):
    fields = {"prompt": text(), "agent": plans.AGENT, "number": "+12025550142"}

    assert found(step("a", kind, next="", **fields)) == [("a", "next", True)]
    assert found(step("a", kind, next="gone", **fields)) == [("a", "next", True)]
    assert found(step("a", kind, next="box", **fields), box()) == []


@pytest.mark.parametrize("field", ["open", "closed"])
def test_hours_lead_on_whether_open_or_closed(field):
    ways = {"open": "box", "closed": "box"} | {field: ""}

    assert found(step("h", "hours", hours=plans.HOURS, **ways), box()) == [("h", field, True)]


def test_hours_need_no_way_of_their_own_on_a_holiday():
    assert found(step("h", "hours", hours=plans.HOURS, open="box", closed="box", holiday=""), box()) == []


@pytest.mark.parametrize("field", ["no_input", "wrong_input"])
def test_a_menu_leads_on_without_a_key_and_after_a_wrong_one(field):
    assert found(menu(keys={"1": "box"}, **{field: ""}), box()) == [("menu", field, True)]


def test_a_key_that_leads_nowhere_is_refused_at_that_key():
    assert found(menu(keys={"1": "box", "2": ""}), box()) == [("menu", "keys.1.next", True)]


@pytest.mark.parametrize(("language", "wrong"), [("de", []), ("", [("menu", "keys.0.language", True)])])
def test_a_key_that_chooses_a_language_says_which(language, wrong):
    keys = [{"digit": "2", "meaning": "Deutsch", "next": "box", "language": language}]

    assert found({**menu(), "kind": "language", "keys": keys}, box()) == wrong


def test_a_menu_without_keys_or_with_one_twice_is_refused():
    assert found(menu(), box())[0] == ("menu", "keys.0.next", True)
    assert found({**menu(), "keys": []}, box()) == [("menu", "keys", True)]
    twice = [{"digit": "1", "meaning": "One", "next": "box"}] * 2
    assert found({**menu(), "keys": twice}, box()) == [("menu", "keys.1.digit", True)]


@pytest.mark.parametrize("field", ["waited", "nobody"])
def test_a_team_leads_on_when_nobody_took_the_call(field):
    assert found(team(**{field: ""}), box()) == [("team", field, True)]


SILENT = ["...", "–", "\u200b", "\U0001f600", "\u3164", " \u2026 !"]


@pytest.mark.parametrize("words", SILENT)
@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda said: step("a", "goodbye", prompt=said), "prompt"),
        (lambda said: step("a", "announcement", prompt=said, next="box"), "prompt"),
        (lambda said: menu("a", keys={"1": "box"}, prompt=said), "prompt"),
        (lambda said: box("a", prompt=said), "prompt"),
        (lambda said: team("a", hears=said), "hears"),
    ],
)
def test_words_that_nobody_can_hear_are_refused_wherever_they_are_said(words, make, field):
    assert ("a", field, True) in found(make(text(words)), box())


@pytest.mark.parametrize("words", ["Hi", "1", "おはよう", "สวัสดี", "नमस्ते", "مرحبا", "… 7 …"])
def test_one_letter_or_digit_of_any_script_is_heard(words):
    assert found(step("a", "goodbye", prompt=text(words))) == []


def test_words_that_nobody_can_hear_are_refused_with_what_is_wrong_and_what_to_do():
    _, (finding,) = document_check(document(step("a", "goodbye", prompt=text("..."))), plans.known())

    assert sentence(finding.text) == "The caller hears nothing here: the text has no letter and no digit."
    assert sentence(finding.todo) == "Write words with at least one letter or digit, or choose a greeting."


NO_VOICES = ["Nobody.Such", "Polly", "Polly.", "Polly.Amy-", ".Amy", "Amazon.Polly.Amy", "Fiona"]
VOICES = ["", "man", "Polly.Amy", "Polly.Joanna-Neural", "Google.en-GB-Standard-A", "Google.de-DE-Chirp3-HD-Aoede"]


@pytest.mark.parametrize(("voice", "is_one"), [*((one, False) for one in NO_VOICES), *((one, True) for one in VOICES)])
def test_a_voice_is_one_that_twilio_may_have(voice, is_one):
    assert found(step("a", "goodbye", prompt=text() | {"voice": voice})) == ([] if is_one else [("a", "prompt", True)])


def test_a_route_that_is_kept_is_carried_out_whatever_its_voice_is():
    assert plans.plan(step("a", "goodbye", prompt=text() | {"voice": "Nobody.Such"})).steps


def test_a_team_without_members_and_without_a_way_on_is_told_by_its_name():
    _, (finding,) = document_check(document(team(team=plans.EMPTY_TEAM, nobody=""), box()), plans.known())

    assert sentence(finding.text) == "Nobody in Nobody's can take calls, and the step names no next one."
    assert sentence(finding.todo) == "Choose a next step for “nobody there”, for instance 2 Sales box."


def test_without_any_box_one_is_to_be_added():
    _, (finding,) = document_check(document(step("a", "announcement", prompt=text(), next="")), plans.known())

    assert sentence(finding.todo).startswith("Add a voicemail box or a goodbye")


@pytest.mark.parametrize(
    ("made", "field"),
    [
        (step("a", "hours", hours=None, open="box", closed="box"), "hours"),
        (step("a", "hours", hours=99, open="box", closed="box"), "hours"),
        (step("a", "hours", hours=plans.NO_HOURS, open="box", closed="box"), "hours"),
        (team("a", team=99), "team"),
        (step("a", "agent", agent=99, next="box"), "agent"),
        (step("a", "number", number=plans.FORBIDDEN, next="box"), "number"),
        (step("a", "number", number="", next="box"), "number"),
        (step("a", "voicemail", team=None), "team"),
        (step("a", "route", route=99), "route"),
        (step("a", "goodbye", prompt=text("")), "prompt"),
        (step("a", "goodbye", prompt={"greeting": 99}), "prompt"),
        (step("a", "announcement", prompt=text(" "), next="box"), "prompt"),
        (box("a", prompt={"greeting": 99}), "prompt"),
    ],
)
def test_what_a_step_refers_to_must_be_there(made, field):
    assert ("a", field, True) in found(made, box())


@pytest.mark.parametrize(("skill", "told"), [("", False), ("German", False), ("Klingon", True)])
def test_a_skill_that_nobody_in_the_team_has_is_a_warning(skill, told):
    assert found(team(skill=skill), box()) == ([("team", "skill", False)] if told else [])


def test_a_circle_in_which_nobody_is_asked_is_refused_once():
    circle = found(
        step("a", "announcement", prompt=text(), next="b"), step("b", "announcement", prompt=text(), next="a")
    )

    assert circle == [("a", "next", True)]


def test_a_team_whose_waiting_callers_come_to_it_again_is_a_circle():
    assert found(team(waited="team"), box()) == [("team", "waited", True)]


def test_a_menu_that_is_said_again_by_itself_is_a_circle_but_not_by_a_key():
    assert found(menu(keys={"1": "box"}, no_input="menu"), box()) == [("menu", "no_input", True)]
    assert found(menu(keys={"1": "box", "9": "menu"}), box()) == []


def test_a_circle_across_routes_is_refused():
    there = plans.plan(step("x", "route", route=3))

    assert found(step("a", "route", route=7), known=plans.known(v7=there), route_id=3) == [("a", "route", True)]


def test_another_route_that_ends_well_is_a_good_end():
    there = plans.plan(box())

    assert found(step("a", "route", route=7), known=plans.known(v7=there), route_id=3) == []


def test_a_step_that_nobody_reaches_is_a_warning_whatever_it_holds():
    assert found(box(), team("lost", team=99, nobody="")) == [("lost", "", False)]


def test_a_refusal_names_the_way_to_its_step():
    _, (finding,) = document_check(document(menu(keys={"2": "team"}), team(nobody=""), box()), plans.known())

    assert [(step_id, sentence(arrow.label)) for step_id, arrow in finding.way] == [("menu", "2 Key 2")]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"call_back_after": 180, "wait_seconds": 180}, "call_back_after"),
        ({"call_back_hours": 99}, "call_back_hours"),
        ({"call_back_hours": plans.NO_HOURS}, "call_back_hours"),
    ],
)
def test_a_call_back_that_nobody_would_ever_be_offered_is_refused(more, field):
    assert found(team(call_back=True, **more), box()) == [("team", field, True)]
    assert found(team(call_back=False, **more), box()) == []


def test_a_queue_with_a_limit_says_where_callers_go_who_find_it_full():
    assert found(team(most_waiting=3), box()) == [("team", "full", True)]
    assert found(team(most_waiting=3, full="box"), box()) == []
