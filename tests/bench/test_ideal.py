"""The scheduler that others are measured by."""

from __future__ import annotations

from bench.ideal import Arrival, Outcome, mean_wait, schedule

EVERYBODY = {1: frozenset({0}), 2: frozenset({0})}


def test_who_comes_first_is_first_and_gets_who_has_been_idle_longest():
    callers = [Arrival("a", 0, 10), Arrival("b", 1, 2), Arrival("c", 2, 5), Arrival("d", 2.5, 5)]

    found = schedule(callers, EVERYBODY, {1: -5, 2: -9})

    assert found == {"a": Outcome(0, 2), "b": Outcome(1, 1), "c": Outcome(3, 1), "d": Outcome(8, 1)}
    assert mean_wait(callers, found, until=100) == (0 + 0 + 1 + 5.5) / 4
    assert mean_wait(callers, found, until=5) == (0 + 0 + 1 + 2.5) / 4


def test_whoever_has_no_more_patience_goes():
    callers = [Arrival("a", 0, 10), Arrival("b", 1, 2, patience=3), Arrival("c", 2, 5)]

    found = schedule(callers, {1: frozenset({0})})

    assert found == {"a": Outcome(0, 1), "b": Outcome(None), "c": Outcome(10, 1)}
    assert mean_wait(callers, found, until=100) == (0 + 3 + 8) / 3


def test_teams_skills_and_priority_count():
    teams = {1: frozenset({0}), 2: frozenset({0, 7})}
    callers = [
        Arrival("first", 0, 50), Arrival("skilled", 1, 5, skill=7), Arrival("late", 2, 5),
        Arrival("before", 3, 5, priority=60), Arrival("elsewhere", 0, 5, team=3),
    ]  # fmt: skip

    found = schedule(callers, teams, {1: 4, 2: 4})

    assert found["before"] == Outcome(4, 1)
    assert found["first"] == Outcome(4, 2)
    assert found["late"] == Outcome(9, 1)
    assert found["skilled"] == Outcome(54, 2)
    assert "elsewhere" not in found


def test_nobody_is_given_a_caller_while_nobody_is_there_to_decide():
    callers = [Arrival("first", 0, 10), Arrival("second", 3, 10), Arrival("leaves", 3.5, 10, patience=1)]

    found = schedule(callers, EVERYBODY, closed=[(2, 6), (20, 30)])

    assert (found["first"].at, found["second"].at, found["leaves"].at) == (0, 6, None)
