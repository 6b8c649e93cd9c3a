"""A small soak and a small restart drill: what `make soak` and `make drill` do with 500 calls."""

import pytest

from bench.soak.__main__ import run
from bench.soak.soak import Options

CALLS, WARM_UP = 30, 10


@pytest.fixture
def options():
    def make(**more):
        # Holds and transfers are compared over minutes, not seconds: `make soak` and `make drill` do that.
        size = {"calls": CALLS, "warm_up": WARM_UP, "at_once": 12, "robots": 6, "supervisors": 0, "sound": 1}
        return Options(seed=7, lives=False, **size, **more)

    return make


# With kills, it is done again on PostgreSQL.
@pytest.mark.once
def test_forty_calls_of_every_kind_are_logged_as_the_simulator_saw_them(options, tmp_path):
    report = run(tmp_path, options())

    assert [str(found) for found in report.discrepancies] == []
    assert report.counts["calls"] == CALLS + WARM_UP


@pytest.mark.once
def test_with_a_fifth_of_all_requests_failing_the_log_is_right_in_the_end(options, tmp_path):
    report = run(tmp_path, options(faults=0.2))

    assert [str(found) for found in report.discrepancies] == []
    assert report.fired["webhook-drop"]
    assert report.fired["network-cut"]


def test_killed_twice_in_the_middle_of_calls_the_log_is_right_in_the_end(options, tmp_path):
    report = run(tmp_path, options(restarts=2))

    assert [str(found) for found in report.discrepancies] == []
    assert report.counts["kills"] == 2
