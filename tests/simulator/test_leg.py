"""The states of a leg."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.leg import TERMINAL, TRANSITIONS, CallLeg, IllegalTransitionError
from tests.simulator.fakes import FakeEndpoint

DEEDS = ["party_answered", "party_rejected", "party_hung_up"]


def make_leg(direction: str = "outbound-dial", status: str = "initiated") -> CallLeg:
    return CallLeg("AC", "+12025550142", "client:ada", direction, "client", FakeEndpoint("ada"), status)


@pytest.mark.parametrize("terminal", sorted(TERMINAL))
@pytest.mark.parametrize("status", sorted(TRANSITIONS))
def test_a_leg_that_is_over_stays_as_it_ended(terminal, status):
    leg = make_leg(status=terminal)

    with pytest.raises(IllegalTransitionError):
        leg.move(status)


def test_a_leg_is_completed_only_after_an_answer():
    leg = make_leg(status="ringing")

    with pytest.raises(IllegalTransitionError):
        leg.move("completed")


@given(st.lists(st.sampled_from(DEEDS)), st.sampled_from(["inbound", "outbound-dial", "outbound-api"]))
def test_whatever_a_party_does_and_when_is_harmless(deeds, direction):
    leg = make_leg(direction, "ringing")
    told = []
    leg.observe(lambda _, status: told.append(status))

    for deed in deeds:
        getattr(leg, deed)()

    ends = [status for status in told if status in TERMINAL]
    assert len(ends) <= 1
    assert told.count("in-progress") <= 1
    assert not ends or told[-1] in TERMINAL


def test_what_a_party_does_counts_by_who_placed_the_call():
    caller, called = make_leg("inbound", "ringing"), make_leg(status="ringing")

    caller.party_hung_up()
    called.party_hung_up()

    assert (caller.status, called.status) == ("no-answer", "busy")
