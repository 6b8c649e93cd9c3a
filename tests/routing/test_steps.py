"""What anybody may send as a route: read without a crash, written as it was."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.steps import KINDS, Menu, Unreadable, plan_of, plan_read
from tests.routing import plans
from tests.routing.plans import box, document, menu, step

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda each: st.lists(each, max_size=4) | st.dictionaries(st.text(max_size=8), each, max_size=5),
    max_leaves=20,
)


def field_names() -> list[str]:
    return sorted({"id", "kind", *(name for kind in KINDS.values() for name in kind.__dataclass_fields__)})


@st.composite
def hostile_documents(draw):
    fields = st.dictionaries(st.sampled_from(field_names()), anything, max_size=8)
    rows = [
        draw(fields)
        | draw(st.fixed_dictionaries({"id": st.sampled_from("abc"), "kind": st.sampled_from(sorted(KINDS))}))
        for _ in range(draw(st.integers(0, 4)))
    ]
    return {"first": draw(anything), "steps": [*rows, *draw(st.lists(anything, max_size=2))]}


@given(anything | hostile_documents())
def test_whatever_is_sent_is_read_and_can_be_written(sent):
    plan, problems = plan_read(sent)

    again, wrong = plan_read(json.loads(json.dumps(plan.as_json())))
    assert problems or (again == plan and wrong == [])


def test_every_kind_is_written_as_it_was_read():
    sent = plans.shop()

    plan = plan_of(sent)

    assert plan_of(json.loads(json.dumps(plan.as_json()))) == plan
    assert set(KINDS) == {
        "hours", "announcement", "menu", "language", "team", "agent", "number", "voicemail", "route", "goodbye",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("made", "field"),
    [
        (step("a", "team", ring_seconds=4), "ring_seconds"),
        (step("a", "team", ring_seconds="20"), "ring_seconds"),
        (step("a", "team", wait_seconds=True), "wait_seconds"),
        (step("a", "team", strategy="whoever"), "strategy"),
        (step("a", "goodbye", prompt={"text": "x" * 1001}), "prompt"),
        (step("a", "goodbye", prompt={"text": "x", "language": "xx"}), "prompt"),
        (step("a", "goodbye", prompt={"text": "x", "voice": "<Say>"}), "prompt"),
        (step("a", "goodbye", name="x" * 61), "name"),
        (menu("a", keys={"12": "box"}), "keys.0.digit"),
    ],
)
def test_what_is_wrong_is_told_with_its_field(made, field):
    problems = plan_read(document(made))[1]

    assert [(step_id, name) for step_id, name, _ in problems] == [("a", field)]


@pytest.mark.parametrize("rows", [[{"kind": "team"}], [step("a b", "team")], [step("a", "x")], [box(), box()], [None]])
def test_what_is_no_step_is_refused(rows):
    with pytest.raises(Unreadable):
        plan_of({"first": "a", "steps": rows})


def test_a_route_has_a_bounded_number_of_steps():
    assert plan_read(document(*(box(f"b{number}") for number in range(60))))[1] == []
    assert plan_read(document(*(box(f"b{number}") for number in range(61))))[1] != []


@pytest.mark.parametrize(
    ("words", "digit"),
    [("I want to ORDER something", "1"), ("delivery please", "2"), ("a late delivery", "3"), ("hm", None), ("", None)],
)
def test_a_spoken_word_is_understood_by_the_longest_that_was_said(words, digit):
    made = [
        {"digit": "1", "meaning": "Orders", "words": ["order"], "next": "box"},
        {"digit": "2", "meaning": "Delivery", "next": "box"},
        {"digit": "3", "meaning": "Late", "words": ["late delivery"], "next": "box"},
    ]
    (asked,) = (
        each for each in plan_of(document({**menu(), "keys": made}, box())).steps.values() if isinstance(each, Menu)
    )

    key = asked.key_meant(words)

    assert (key.digit if key else None) == digit
