"""The comparison of a soak finds what is wrong, and nothing else."""

import pytest

from bench.soak import compare
from bench.soak.leaks import growth
from bench.soak.record import Record

ROOT, CHILD = "CA" + "1" * 32, "CA" + "2" * 32
BEGIN, ANSWER, END = (f"2026-11-23T12:00:{second}.000Z" for second in ("00", "05", "09"))


def leg(sid, **more):
    return {
        "sid": sid, "parent_call_sid": None, "direction": "inbound", "from": "+12025550142", "to": "+12025550100",
        "status": "completed", "party": "telephone", "start_time": BEGIN, "answer_time": ANSWER, "end_time": END,
        "duration": 4, "captions": [], **more,
    }  # fmt: skip


def row(**more):
    return {
        "parent": None, "direction": "inbound", "caller": "+12025550142", "called": "+12025550100",
        "status": "completed", "start_time": BEGIN, "answer_time": ANSWER, "end_time": END, "duration": 4, **more,
    }  # fmt: skip


def request(sid, **more):
    return {
        "direction": "out", "call_sid": sid, "kind": "status", "url": "/", "status": 204, "fault": None, "error": None,
        "params": {}, **more,
    }  # fmt: skip


@pytest.fixture
def record():
    """An answered call: a caller and an agent's leg."""
    record = Record("http://simulator")
    agent = {"from": "+12025550142", "to": "client:agent_1", "party": "client", "direction": "outbound-dial"}
    record.calls = {ROOT: leg(ROOT), CHILD: leg(CHILD, parent_call_sid=ROOT, **agent)}
    record.requests = {1: request(ROOT), 2: request(CHILD)}
    return record


@pytest.fixture
def log():
    return {ROOT: row(), CHILD: row(parent=ROOT, direction="outbound-dial", called="client:agent_1")}


def kinds(found):
    return [discrepancy.kind for discrepancy in found]


def test_a_log_that_agrees_is_found_right(record, log):
    log[ROOT]["end_time"] = "2026-11-23T12:00:10.900Z"

    assert compare.compare_legs(record, log) == []
    assert compare.compare_callers(record, set()) == ([], {"talked with a person": 1})


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"status": "no-answer"}, "status"),
        ({"start_time": "2026-11-23T12:00:03Z"}, "start_time"),
        ({"answer_time": None}, "answer_time"),
        ({"end_time": "2026-11-23T12:00:06Z"}, "end_time"),
        ({"duration": None}, "duration"),
        ({"caller": "+12025550143"}, "caller"),
        ({"called": ""}, "called"),
        ({"direction": "outbound-api"}, "direction"),
    ],
)
def test_each_fact_that_differs_is_found(record, log, change, kind):
    log[ROOT] |= change

    assert kinds(compare.compare_legs(record, log)) == [kind]


def test_a_row_that_is_missing_is_found_unless_nobody_told_of_the_call(record, log):
    del log[CHILD]
    assert kinds(compare.compare_legs(record, log)) == ["missing"]

    del log[ROOT]
    record.requests = {1: request(ROOT, status=None, fault="webhook-drop"), 2: request(CHILD, status=None)}
    assert compare.compare_legs(record, log) == []


def test_a_call_still_alive_an_orphan_and_an_invented_one_are_found(record, log):
    log["CA" + "3" * 32] = row(status="ringing", parent="CA" + "4" * 32)

    assert sorted(kinds(compare.compare_legs(record, log))) == ["alive", "invented", "orphan"]


def test_a_caller_who_heard_nothing_is_found_unless_he_hung_up(record):
    record.calls = {ROOT: leg(ROOT)}

    assert kinds(compare.compare_callers(record, set())[0]) == ["silence"]
    assert compare.compare_callers(record, {ROOT}) == ([], {"hung up": 1})


@pytest.mark.parametrize(
    ("first", "second", "excused"),
    [
        ({"fault": "webhook-drop"}, {"fault": "network-cut"}, True),
        ({"error": "11202: No connection"}, {"error": "11202: No connection"}, True),
        ({"error": "11202: No connection"}, {"status": 200, "error": None}, False),
        ({"error": "11200: No answer in time"}, {"error": "11202: No connection"}, False),
        ({"status": 500, "error": "11200: The URL answered with status 500"}, {"error": "11202: …"}, False),
    ],
)
def test_twilios_own_apology_is_excused_only_when_nothing_of_ours_could_answer(record, first, second, excused):
    apology = [{"text": "We are sorry, an application error has occurred. Goodbye."}]
    record.calls = {ROOT: leg(ROOT, captions=apology)}
    unanswered = {"status": None, "error": "11205: Never sent"}
    record.requests = {
        1: request(ROOT, **{"kind": "twiml"} | unanswered | first),
        2: request(ROOT, **{"kind": "fallback"} | unanswered | second),
    }

    found, _ = compare.compare_callers(record, set())

    assert kinds(found) == ([] if excused else ["silence"])


def test_our_own_500_is_found_and_one_that_the_simulator_made_up_is_not(record):
    record.requests = {1: request(ROOT, status=500), 2: request(ROOT, status=500, fault="webhook-error")}

    assert kinds(compare.compare_requests(record)) == ["status 5xx"]


def test_a_crash_in_the_log_is_found_and_an_answered_fallback_is_none():
    text = "INFO x\n ERROR telephony.webhooks.inbox fallback: sid=CA\n ERROR django.request Internal Server Error: /\n"

    assert len(compare.compare_product_log(text)) == 1


def test_of_a_traceback_in_the_log_it_is_said_what_was_raised():
    text = "Traceback (most recent call last):\n  File x\n    work()\ndjango.db.IntegrityError: agent_id\n"

    assert "IntegrityError: agent_id" in str(compare.compare_product_log(text)[0])


def test_what_has_grown_is_found():
    before = {"web": {"sockets": 10}, "simulator's health": {"tasks": 0}}

    assert growth(before, {"web": {"sockets": 11}, "simulator's health": {"tasks": 0}}) == []
    assert len(growth(before, {"web": {"sockets": 40}, "simulator's health": {"tasks": 1}})) == 2
