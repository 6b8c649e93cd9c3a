"""What a soak compares of supervised calls: it finds what is wrong, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bench.soak.asked import Asked
from bench.soak.compare import compare_legs
from bench.soak.compare_rooms import Rooms, compare_rooms
from bench.soak.record import Record
from tests.soak.test_compare_rooms import ADA, ROOT, at, conference, leg

HEDY = "CA" + "4" * 32


def inside(second, *, muted=False, coaching=None):
    """The three of them, and how Hedy is heard."""
    moment, shown = conference(second, ROOT, ADA, HEDY)
    for one in shown["participants"]:
        one |= {"muted": False, "coaching": None}
    shown["participants"][-1] |= {"muted": muted, "coaching": coaching}
    return moment, shown


@pytest.fixture
def record():
    """Hedy listens from 10, whispers from 20, has joined from 30, and leaves at 40."""
    record = Record("http://simulator")
    record.calls = {
        ROOT: leg(ROOT, 5, 50),
        ADA: leg(ADA, 5, 50, "client:agent_1", parent_call_sid=ROOT, direction="outbound-dial"),
        HEDY: leg(HEDY, 10, 40, "", party="browser") | {"from": "client:agent_3"},
    }
    for sid in (ROOT, ADA):
        record.calls[sid]["from"] = "+12025550142"
    record.requests = {
        1: {
            "call_sid": HEDY, "kind": "twiml", "url": "http://x/", "params": {"supervise": ROOT}, "status": 200,
            "fault": None,
        },
    }  # fmt: skip
    record.conferences = {
        "CF1": [
            inside(10, muted=True),
            inside(19, muted=True, coaching=ADA),
            inside(20, coaching=ADA),
            inside(30),
        ]
    }
    return record


@pytest.fixture
def kept():
    def participant(sid, role, agent):
        return {"room": ROOT, "leg_sid": sid, "role": role, "agent": agent, "state": "left", "joined_at": at(9)}

    kept = Rooms({ROOT: {"state": "over", "held_seconds": 0}})
    kept.participants[ROOT] = [
        participant(ROOT, "customer", None),
        participant(ADA, "agent", 1),
        participant(HEDY, "supervisor", 3),
    ]
    kept.supervisions[ROOT] = [noted(9, "listen"), noted(19, "whisper"), noted(29, "join"), noted(40, "end")]
    return kept


def noted(second, outcome):
    return {"agent": 3, "outcome": outcome, "at": at(second).replace("Z", "+00:00")}


def asked(*modes, status=202, came=True):
    return [Asked("joined", ROOT, "supervise", status, 3, mode, came) for mode in modes]


def found(record, kept, wishes, *, agent=1):
    return [one.kind for one in compare_rooms(record, {ROOT: {"agent": agent}}, kept, wishes)]


ALL = asked("listen", "whisper", "join")


def test_what_agrees_is_found_right(record, kept):
    assert found(record, kept, ALL) == []


def test_each_use_is_kept_once(record, kept):
    kept.supervisions[ROOT].insert(2, noted(20, "whisper"))
    assert found(record, kept, ALL) == ["supervision kept"]
    for status in (0, 409, 502):
        assert found(record, kept, [*ALL, *asked("whisper", status=status, came=False)]) == [], "of which nobody knows"


def test_a_supervision_that_never_ends_or_ends_twice_is_found(record, kept):
    end = kept.supervisions[ROOT].pop()
    assert found(record, kept, ALL) == ["supervision ended"]
    kept.supervisions[ROOT] += [end, end]
    assert found(record, kept, ALL) == ["supervision ended"]


def test_who_took_over_has_the_call_and_ends_with_it(record, kept):
    kept.supervisions[ROOT][-2:] = [noted(29, "take-over")]
    kept.participants[ROOT][-1]["role"] = "agent"
    record.calls[ADA]["end_time"] = at(31)
    record.calls[HEDY]["end_time"] = at(50)
    wishes = asked("listen", "whisper", "take-over")
    assert found(record, kept, wishes, agent=3) == []
    assert found(record, kept, wishes, agent=1) == ["agent"]


def test_a_supervisor_whom_somebody_hears_for_whom_it_was_not_meant_is_found(record, kept):
    record.conferences["CF1"].insert(1, inside(12))
    assert found(record, kept, ALL) == ["heard unasked"]


def test_what_one_request_does_in_two_halves_is_one_change(record, kept):
    moment, shown = inside(20)
    record.conferences["CF1"].insert(2, (moment - timedelta(milliseconds=5), shown))
    assert found(record, kept, ALL) == []


def test_a_whisper_to_anybody_but_an_agent_is_found(record, kept):
    record.conferences["CF1"][2] = inside(20, coaching=ROOT)
    assert found(record, kept, ALL) == ["whispered to"]


def test_what_the_product_showed_and_the_simulator_did_not_do_is_found(record, kept):
    del record.conferences["CF1"][3]
    assert found(record, kept, ALL) == ["not heard"]


def test_who_is_to_be_heard_by_fewer_in_the_end_and_is_not_is_found(record, kept):
    kept.supervisions[ROOT].insert(3, noted(35, "listen"))
    assert found(record, kept, [*ALL, *asked("listen")]) == ["heard in the end"]
    record.conferences["CF1"].append(inside(36, muted=True))
    assert found(record, kept, [*ALL, *asked("listen")]) == []


def legs(record, **row):
    """What differs of Hedy's own leg, which the product knows as this."""
    facts = {"parent": ROOT, "direction": "inbound", "caller": "client:agent_3", "called": ""}
    times = {name: record.calls[HEDY].get(name) for name in ("start_time", "answer_time", "end_time")}
    leg_facts = record.calls[HEDY] | {"status": "completed", "duration": 30, "start_time": None}
    only = Record("http://simulator")
    only.calls, only.requests, only.conferences = {HEDY: leg_facts}, record.requests, record.conferences
    known = facts | times | {"status": "completed", "duration": 30, "start_time": None} | row
    return [one.kind for one in compare_legs(only, {HEDY: known, ROOT: known | {"parent": None}}) if one.sid == HEDY]


def test_a_supervisors_own_leg_belongs_to_the_call_that_it_asked_for(record):
    assert legs(record) == []
    assert legs(record, parent=None) == ["parent"]
    record.conferences = {}
    assert legs(record, parent=None) == [], "it was not let in"


def test_who_has_taken_a_call_over_counts_as_called_into_it(record):
    assert legs(record, called="client:agent_3") == []
    assert legs(record, called="client:agent_4") == ["called"]
