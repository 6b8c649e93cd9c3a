"""What a soak compares of calls that were held and handed over: it finds what is wrong, and nothing else."""

from __future__ import annotations

from datetime import datetime

import pytest

from bench.soak.asked import Asked
from bench.soak.compare_rooms import Rooms, compare_rooms
from bench.soak.lives import LIVES
from bench.soak.plan import LIVING
from bench.soak.record import Record

ROOT, ADA, GRACE = ("CA" + digit * 32 for digit in "123")


def at(second: int) -> str:
    return f"2026-11-23T12:00:{second:02}.000Z"


def leg(sid, answered, end, to="+12025550100", **more):
    return {
        "sid": sid, "parent_call_sid": None, "direction": "inbound", "to": to, "party": "telephone",
        "answer_time": at(answered), "end_time": at(end), **more,
    }  # fmt: skip


def conference(second, *inside, hold=()):
    moment = datetime.fromisoformat(at(second))
    shown = [{"call_sid": sid, "status": "connected", "hold": sid in hold} for sid in inside]
    return moment, {"sid": "CF1", "name": "r", "participants": shown}


@pytest.fixture
def record():
    """Ada holds the caller from 10 to 20, and has handed over to Grace at 30."""
    record = Record("http://simulator")
    record.calls = {
        ROOT: leg(ROOT, 5, 50),
        ADA: leg(ADA, 5, 30, "client:agent_1", parent_call_sid=ROOT, direction="outbound-dial"),
        GRACE: leg(GRACE, 25, 50, "client:agent_2?call_sid=x", direction="outbound-api"),
    }
    record.requests = {
        1: {
            "call_sid": GRACE, "kind": "status", "url": f"http://x/?call={ROOT}", "params": {}, "status": 204,
            "fault": None,
        },
    }  # fmt: skip
    record.conferences = {
        "CF1": [
            conference(9, ROOT, ADA),
            conference(10, ROOT, ADA, hold=[ROOT]),
            conference(20, ROOT, ADA),
            conference(25, ROOT, ADA, GRACE),
            conference(30, ROOT, GRACE),
        ]
    }
    return record


@pytest.fixture
def kept():
    def participant(sid, role):
        return {"room": ROOT, "leg_sid": sid, "role": role, "state": "left", "joined_at": at(9)}

    kept = Rooms({ROOT: {"state": "over", "held_seconds": 11}})
    kept.participants[ROOT] = [participant(ROOT, "customer"), participant(ADA, "agent"), participant(GRACE, "agent")]
    kept.transfers[ROOT] = [{"mode": "warm", "state": "handed-over", "created_at": at(22)}]
    return kept


ASKED = [Asked("warm-completed", ROOT, "transfer", 202)]


def found(record, kept, *, agent=2, asked=ASKED):
    return [one.kind for one in compare_rooms(record, {ROOT: {"agent": agent}}, kept, asked)]


def test_what_agrees_is_found_right(record, kept):
    assert found(record, kept) == []


def test_each_thing_that_differs_is_found(record, kept):
    assert found(record, kept, agent=1) == ["agent"]
    assert found(record, kept, asked=[]) == ["transfers"]
    kept.rooms[ROOT] = {"state": "open", "held_seconds": 2}
    assert found(record, kept) == ["room", "held"]


def test_who_was_not_seen_in_the_room_or_was_never_there_is_found(record, kept):
    kept.participants[ROOT][2]["leg_sid"] = "CA" + "9" * 32
    assert sorted(found(record, kept)) == ["in no room", "not seen in"]


def test_a_transfer_that_is_still_open_or_was_handed_to_nobody_is_found(record, kept):
    kept.transfers[ROOT][0]["state"] = "consulting"
    assert found(record, kept) == ["transfer"]
    kept.transfers[ROOT][0] |= {"state": "handed-over", "created_at": at(40)}
    assert found(record, kept) == ["handed to nobody"]


def test_a_transfer_to_whose_request_no_answer_came_may_have_been_begun_or_not(record, kept):
    lost = [Asked("warm-completed", ROOT, "transfer", 0)]
    assert found(record, kept, asked=lost) == []
    kept.transfers[ROOT].clear()
    assert found(record, kept, asked=lost) == []


def test_a_caller_who_hung_up_on_hold_was_held_until_then(record, kept):
    record.conferences["CF1"] = [conference(9, ROOT, ADA, GRACE), conference(40, ROOT, ADA, GRACE, hold=[ROOT])]
    assert found(record, kept) == []


def test_words_about_a_hold_that_came_late_or_never_are_allowed_for(record, kept):
    kept.rooms[ROOT]["held_seconds"] = 4
    assert found(record, kept) == ["held"]
    record.requests[2] = {
        "call_sid": ROOT, "kind": "conference", "url": "http://x/", "status": None, "fault": "webhook-drop",
        "params": {"StatusCallbackEvent": "participant-hold"},
    }  # fmt: skip
    assert found(record, kept) == []


def test_each_kind_of_life_that_is_drawn_can_be_lived():
    assert set(LIVING) == set(LIVES)
