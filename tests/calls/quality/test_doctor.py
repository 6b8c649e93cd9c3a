"""Lines and agents whose calls sounded poor lately."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from calls.models import CallQuality
from calls.quality.doctor import LEAST_CALLS, check_quality
from telephony.doctor.findings import Check, State
from tests import factories

pytestmark = pytest.mark.django_db


def found():
    findings = Check("quality", "Sound quality", check_quality).run(Check("quality", "Sound quality", check_quality))
    return findings if isinstance(findings, list) else [findings]


def calls(agent, line, *, poor: int, good: int, age=timedelta(0), begin: int = 1):
    for number in range(begin, begin + poor + good):
        call = factories.make_call(number, line=line, agent=agent)
        CallQuality.objects.create(
            leg_sid=f"{call.sid}x",
            call=call,
            agent=agent,
            at=timezone.now() - age,
            seconds=60,
            poor_seconds=0,
            verdict="poor" if number < begin + poor else "good",
            is_complete=True,
        )


def test_without_a_measured_call_nothing_is_said(line, ada):
    calls(ada, line, poor=12, good=0, age=timedelta(days=8))

    assert [one.state for one in found()] == [State.SKIPPED]


def test_an_agent_and_a_line_that_stand_out_are_named_with_what_to_do(line, ada, team):
    grace = factories.make_agent("grace", team=team)
    calls(ada, line, poor=8, good=4)
    calls(grace, line, poor=0, good=12, begin=20)

    agents, lines = found()

    assert (agents.id, agents.state) == ("quality-agents", State.WARNING)
    assert agents.seen == "Calls sounded poor at Ada (8/12), in the last 7 days."
    assert lines.seen == "Calls sounded poor on Support (8/24), in the last 7 days."
    assert "Wi-Fi" in agents.mend
    assert "CallSids" in lines.mend


@pytest.mark.parametrize(("poor", "good"), [(LEAST_CALLS - 1, 0), (2, 9)])
def test_few_calls_or_few_poor_ones_are_no_finding(line, ada, poor, good):
    calls(ada, line, poor=poor, good=good)

    assert [one.state for one in found()] == [State.OK]
