"""Rules of faults: what they may say, and that chance repeats itself."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.faults import BadRuleError, Faults, Kind, Occasion
from tests.simulator.harness import bench

SOMETHING = Occasion("/twilio/voice/status/", "completed", ("CA1",))


def faults(*rules, seed=7):
    board = Faults()
    board.replace({"seed": seed, "rules": list(rules)})
    return board


def luck(board, kind, times=200):
    return [board.draw(SOMETHING, Kind(kind)) is not None for _ in range(times)]


def test_the_same_seed_gives_the_same_luck():
    rule = {"kind": "webhook-drop", "rate": 0.3}

    first, again, other = (luck(faults(rule, seed=seed), "webhook-drop") for seed in (7, 7, 8))

    assert first == again
    assert first != other
    assert 30 < sum(first) < 90


@given(interference=st.lists(st.booleans(), min_size=50, max_size=50))
def test_what_befalls_one_rule_does_not_change_the_luck_of_another(interference):
    rules = [{"kind": "webhook-delay", "rate": 0.5}, {"kind": "webhook-drop", "rate": 0.5}]
    alone, beside = faults(*rules), faults(*rules)

    undisturbed = luck(alone, "webhook-drop", 50)
    disturbed = []
    for interfere in interference:
        if interfere:
            beside.draw(SOMETHING, Kind.WEBHOOK_DELAY)
        disturbed += luck(beside, "webhook-drop", 1)

    assert disturbed == undisturbed


def test_an_earlier_rule_that_strikes_does_not_spare_a_later_one_its_draw():
    late = {"kind": "webhook-drop", "rate": 0.5}
    alone = faults({"kind": "webhook-error", "rate": 0}, late)
    beside = faults({"kind": "webhook-error", "count": 20}, late)
    both = (Kind.WEBHOOK_ERROR, Kind.WEBHOOK_DROP)

    undisturbed = [alone.draw(SOMETHING, *both) is not None for _ in range(100)]
    struck = [beside.draw(SOMETHING, *both) for _ in range(100)]

    assert [rule.kind for rule in struck[:20]] == [Kind.WEBHOOK_ERROR] * 20
    assert [rule is not None for rule in struck[20:]] == undisturbed[20:]


def test_a_rule_ends_after_its_count():
    board = faults({"kind": "rest-error", "count": 2})

    assert luck(board, "rest-error", 4) == [True, True, False, False]
    assert board.as_json()["rules"] == [{"kind": "rest-error", "rate": 1.0, "status": 503, "count": 2, "fired": 2}]
    assert board.news()["rules"][0]["active"] is False


@pytest.mark.parametrize(
    ("match", "strikes"),
    [
        ({}, True),
        ({"path": "/status/"}, True),
        ({"path": "/incoming/"}, False),
        ({"call_status": "completed"}, True),
        ({"call_status": "ringing"}, False),
        ({"call_sid": "CA1"}, True),
        ({"call_sid": "CA2"}, False),
        ({"path": "/status/", "call_status": "completed", "call_sid": "CA2"}, False),
    ],
)
def test_a_rule_strikes_only_what_it_matches(match, strikes):
    assert luck(faults({"kind": "webhook-drop", "match": match}), "webhook-drop", 1) == [strikes]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, ["rules"]),
        ({"rules": {}}, ["rules"]),
        ({"rules": [{"kind": "rest-slow"}] * 101}, ["100"]),
        ({"rules": [], "seed": "x"}, ["seed"]),
        ({"rules": [], "seed": True}, ["seed"]),
        ({"rules": [], "sed": 1}, ["'sed'"]),
        ({"rules": ["webhook-drop"]}, ["Rule 1:", "object"]),
        ({"rules": [{}]}, ["Rule 1:", "kind", "webhook-drop"]),
        ({"rules": [{"kind": "rest-slow"}, {"kind": "explode"}]}, ["Rule 2 (explode)", "kind"]),
        ({"rules": [{"kind": ["rest-slow"]}]}, ["Rule 1:", "kind"]),
        ({"rules": [{"kind": "rest-slow", "rate": 1.1}]}, ["Rule 1 (rest-slow)", "rate", "1.1"]),
        ({"rules": [{"kind": "rest-slow", "rate": "1"}]}, ["rate"]),
        ({"rules": [{"kind": "rest-slow", "rate": True}]}, ["rate"]),
        ({"rules": [{"kind": "rest-slow", "rate": float("nan")}]}, ["rate"]),
        ({"rules": [{"kind": "rest-slow", "seconds": -1}]}, ["seconds", "-1"]),
        ({"rules": [{"kind": "rest-error", "status": 200}]}, ["status", "200"]),
        ({"rules": [{"kind": "rest-error", "code": 1}]}, ["code", "1"]),
        ({"rules": [{"kind": "webhook-drop", "code": 10004}]}, ["code", "rest-error"]),
        ({"rules": [{"kind": "rest-error", "count": 0}]}, ["count", "0"]),
        ({"rules": [{"kind": "rest-error", "count": 1.5}]}, ["count", "1.5"]),
        ({"rules": [{"kind": "rest-error", "match": "x"}]}, ["match"]),
        ({"rules": [{"kind": "rest-error", "match": {"url": "x"}}]}, ["match", "'url'"]),
        ({"rules": [{"kind": "rest-error", "match": {"path": 1}}]}, ["match.path"]),
        ({"rules": [{"kind": "media-loss", "match": {"path": "/x"}}]}, ["Rule 1 (media-loss)", "match.path"]),
        ({"rules": [{"kind": "rest-error", "often": 1}]}, ["'often'"]),
    ],
)
def test_a_bad_rule_is_named_and_changes_nothing(body, words):
    board = faults({"kind": "webhook-drop"})
    before = board.as_json()

    with pytest.raises(BadRuleError) as caught:
        board.replace(body)

    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert board.as_json() == before


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner))
rule_like = st.dictionaries(
    st.sampled_from(["kind", "rate", "seconds", "status", "count", "match", "x"]), values | st.sampled_from(list(Kind))
)


@given(body=st.fixed_dictionaries({"rules": st.lists(rule_like | values, max_size=3)}, optional={"seed": values}))
def test_whatever_is_asked_for_is_either_taken_or_refused_with_a_sentence(body):
    board = Faults()
    try:
        board.replace(body)
    except BadRuleError as error:
        outcome = str(error)
    else:
        outcome = board.as_json()["rules"]

    assert isinstance(outcome, str) or len(outcome) == len(body["rules"])
    assert outcome or body["rules"] == []


def test_rules_are_set_seen_cleared_and_forgotten_over_the_control_api():
    async def scenario():
        async with bench() as b:
            rule = {"kind": "webhook-delay", "rate": 0.5, "seconds": 3.0, "match": {"path": "/status/"}}
            empty = {"seed": 0, "rules": []}

            began = (await b.http.get("/sim/faults")).json()
            put = await b.http.post("/sim/faults", json={"seed": 5, "rules": [rule]})
            seen = (await b.http.get("/sim/faults")).json()
            wrong = await b.http.post("/sim/faults", json={"rules": [{"kind": "?"}]})
            kept = (await b.http.get("/sim/faults")).json()
            cleared = (await b.http.delete("/sim/faults")).json()
            await b.http.post("/sim/faults", json={"rules": [rule]})
            await b.http.post("/sim/reset")
            reset = (await b.http.get("/sim/faults")).json()

            assert put.json() == seen == kept == {"seed": 5, "rules": [{**rule, "fired": 0}]}
            assert (wrong.status_code, wrong.json()["error"][:10]) == (400, "Rule 1 (?)")
            assert began == cleared == reset == empty

    asyncio.run(scenario())


def test_a_seed_is_made_up_when_none_is_given_and_can_be_used_again():
    board = faults({"kind": "webhook-drop", "rate": 0.5}, seed=None)
    again = faults({"kind": "webhook-drop", "rate": 0.5}, seed=board.as_json()["seed"])

    assert luck(board, "webhook-drop") == luck(again, "webhook-drop")


def test_another_sites_page_may_break_nothing():
    async def scenario():
        async with bench() as b:
            foreign = {"Origin": "https://evil.example"}
            posted = await b.http.post("/sim/faults", json={"rules": []}, headers=foreign)
            deleted = await b.http.delete("/sim/faults", headers=foreign)

            assert (posted.status_code, deleted.status_code) == (403, 403)

    asyncio.run(scenario())


def test_those_who_look_on_are_told_of_rules_and_of_their_firing():
    async def scenario():
        async with bench() as b:
            listener = b.engine.inspector.subscribe()
            await b.http.post("/sim/faults", json={"seed": 1, "rules": [{"kind": "webhook-drop"}]})
            await b.call()
            told = []
            while not told or told[-1]["rules"][0]["fired"] == 0:
                event = await listener.events.get()
                told += [event] if event["type"] == "faults" else []

            assert told[0]["rules"] == [{"kind": "webhook-drop", "rate": 1.0, "fired": 0, "active": True}]

    asyncio.run(scenario())
