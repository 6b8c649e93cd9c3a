"""Who gets whom, drawn at random and held to what was promised."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from calls.live.scheduling import (
    ALL_AT_ONCE,
    FIXED_ORDER,
    IN_TURN,
    LONGEST_IDLE,
    PRIORITY_STEP,
    Free,
    Waiting,
    candidates,
    choose,
    in_order,
)

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


def ago(seconds: int) -> datetime:
    return NOW - timedelta(seconds=seconds)


def caller(name: str, waited: int = 60, **more) -> Waiting:
    return Waiting(sid=name, **({"team_id": 1, "since": ago(waited)} | more))


def agent(pk: int, idle: int = 60, **more) -> Free:
    return Free(agent_id=pk, **({"team_ids": frozenset({1}), "idle_since": ago(idle), "rung_at": ago(idle)} | more))


def chosen(waiting: list[Waiting], free: list[Free]) -> dict[str, tuple[int, ...]]:
    return {choice.sid: choice.agent_ids for choice in choose(waiting, free)}


_callers = st.lists(
    st.builds(
        caller,
        st.text("abcdefghij", min_size=1, max_size=3),
        st.integers(0, 600),
        team_id=st.integers(1, 2),
        priority=st.integers(-2, 5),
        skill=st.sampled_from(["", "", "german"]),
        strategy=st.sampled_from([ALL_AT_ONCE, LONGEST_IDLE, IN_TURN, FIXED_ORDER]),
        preferred=st.lists(st.integers(1, 8), max_size=1).map(tuple),
        order=st.lists(st.integers(1, 8), unique=True, max_size=4).map(tuple),
        spared=st.frozensets(st.integers(1, 8), max_size=2),
        missed=st.dictionaries(st.integers(1, 8), st.integers(1, 3), max_size=3),
    ),
    unique_by=lambda one: one.sid,
    max_size=8,
)
_agents = st.lists(
    st.builds(
        agent,
        st.integers(1, 24),
        st.integers(0, 600),
        team_ids=st.frozensets(st.integers(1, 2), min_size=1),
        skills=st.frozensets(st.just("german")),
        talks=st.booleans(),
    ),
    unique_by=lambda one: one.agent_id,
    max_size=16,
)


@given(_callers, _agents)
def test_nobody_is_given_away_twice_and_no_caller_rings_more_than_twilio_lets(waiting, free):
    found = choose(waiting, free)

    given_away = [pk for choice in found for pk in choice.agent_ids]
    assert len(given_away) == len(set(given_away))
    assert all(1 <= len(choice.agent_ids) <= 10 for choice in found)
    assert all(set(choice.agent_ids) <= set(candidates(by_sid(waiting)[choice.sid], free)) for choice in found)


@given(_callers, _agents)
def test_who_talks_rings_only_for_who_asks_for_them_first(waiting, free):
    talking = {one.agent_id for one in free if one.talks}

    for choice in choose(waiting, free):
        asked = by_sid(waiting)[choice.sid]
        for pk in talking & set(choice.agent_ids):
            assert pk in asked.preferred
            assert not asked.missed.get(pk)
            assert (choice.agent_ids, choice.is_first_asked) == ((pk,), True)


def test_who_talks_makes_no_call_back():
    back = caller("a", preferred=(1,), is_call_back=True)

    assert chosen([back], [agent(1, talks=True)]) == {}
    assert chosen([back], [agent(1)]) == {"a": (1,)}


def by_sid(waiting: list[Waiting]) -> dict[str, Waiting]:
    return {one.sid: one for one in waiting}


@given(_callers, _agents)
def test_each_rings_one_phone_before_any_rings_two(waiting, free):
    found = chosen(waiting, free)

    for left in waiting:
        if left.sid in found:
            continue
        usable = set(candidates(left, free))
        idle = usable - {pk for agents in found.values() for pk in agents}
        second = {pk for agents in found.values() if len(agents) > 1 for pk in agents}
        assert not idle, f"{left.sid} waits although {idle} do nothing"
        assert not usable & second, f"{left.sid} waits although another rings several"


@given(_callers, _agents)
def test_whoever_comes_first_is_never_passed_over_for_who_could_have_the_same_agents(waiting, free):
    found = chosen(waiting, free)

    ordered = in_order(waiting)
    for place, first in enumerate(ordered):
        if first.sid in found:
            continue
        for later in ordered[place + 1 :]:
            if later.sid in found:
                assert not set(candidates(first, free)) & set(found[later.sid])


@given(_callers, _agents)
def test_the_same_facts_give_the_same_choice_in_whatever_order_they_come(waiting, free):
    assert chosen(waiting, free) == chosen(waiting[::-1], free[::-1])


@given(st.integers(0, 20), st.integers(0, 20))
def test_waiting_outweighs_any_priority(priority, more):
    long = caller("long", waited=round((priority + 1) * PRIORITY_STEP.total_seconds()) + more)
    first = caller("first", waited=0, priority=priority)

    assert [one.sid for one in in_order([first, long])] == ["long", "first"]


def test_priority_comes_before_a_little_waiting():
    assert [one.sid for one in in_order([caller("a", 30), caller("b", 0, priority=1)])] == ["b", "a"]


def test_all_ring_at_once_for_a_lone_caller_and_ten_at_the_most():
    assert chosen([caller("a", strategy=ALL_AT_ONCE)], [agent(pk) for pk in range(1, 13)]) == {"a": tuple(range(1, 11))}


def test_two_who_ring_all_at_once_share_them():
    found = chosen(
        [caller("a", 9, strategy=ALL_AT_ONCE), caller("b", 5, strategy=ALL_AT_ONCE)],
        [agent(pk, 100 - pk) for pk in range(1, 6)],
    )

    assert found == {"a": (1, 3, 5), "b": (2, 4)}


def test_the_longest_idle_is_rung_alone():
    assert chosen([caller("a")], [agent(1, 10), agent(2, 300), agent(3, 20)]) == {"a": (2,)}


def test_in_turn_rings_whose_phone_has_been_quiet_longest_however_long_they_talked_since():
    free = [agent(1, 10, rung_at=ago(900)), agent(2, 300, rung_at=ago(300))]

    assert chosen([caller("a", strategy=IN_TURN)], free) == {"a": (1,)}


def test_a_fixed_order_is_kept_and_who_is_not_in_it_comes_last():
    free = [agent(1, 900), agent(2), agent(3)]

    assert candidates(caller("a", strategy=FIXED_ORDER, order=(3, 2)), free) == [3, 2, 1]


def test_who_missed_this_caller_comes_after_who_did_not():
    assert candidates(caller("a", missed={1: 1}), [agent(1, 900), agent(2, 5)]) == [2, 1]


def test_who_has_just_declined_is_left_alone():
    assert chosen([caller("a", spared=frozenset({1}))], [agent(1)]) == {}


def test_the_agent_of_the_last_call_is_asked_first_alone_and_once():
    free = [agent(1, 900), agent(2)]

    assert chosen([caller("a", strategy=ALL_AT_ONCE, preferred=(2,))], free) == {"a": (2,)}
    assert chosen([caller("a", strategy=ALL_AT_ONCE, preferred=(2,), missed={2: 1})], free) == {"a": (1, 2)}
    assert choose([caller("a", preferred=(2,))], free)[0].is_first_asked


def test_nobody_waits_for_an_agent_of_the_last_call_who_is_not_free():
    assert chosen([caller("a", preferred=(3,))], [agent(1)]) == {"a": (1,)}


def test_a_caller_is_moved_to_another_agent_so_that_one_who_needs_the_first_gets_somebody():
    free = [agent(1, 900, skills=frozenset({"german"})), agent(2, 5)]

    assert chosen([caller("a", 90), caller("b", 10, skill="german")], free) == {"a": (2,), "b": (1,)}


def test_a_skill_is_never_made_up_for():
    assert chosen([caller("a", skill="german")], [agent(1)]) == {}


def test_who_gets_nobody_else_gets_the_caller_to_whom_the_line_was_lost_once():
    back = agent(3, is_back=True)

    assert chosen([caller("x", 90), caller("y", preferred=(3,), lost=3)], [back]) == {"y": (3,)}
    assert chosen([caller("y", preferred=(3,))], [back]) == {}
    assert chosen([caller("y", preferred=(3,), lost=3, missed={3: 1})], [back]) == {}
