"""What the doctor says of Twilio's limits: since when, how often, what to do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from config.doctor.limits import check_limits
from telephony.doctor.findings import Check, State
from telephony.models import TwilioRefusal
from telephony.rest.signals import rest_request
from tests import factories

pytestmark = pytest.mark.django_db


def found():
    check = Check("limits", "Twilio's limits", check_limits)
    findings = check.run(check)
    return {one.id: one for one in (findings if isinstance(findings, list) else [findings])}


def refused(code, status=429, times=1):
    for _ in range(times):
        rest_request.send(
            None, method="POST", path="/x", status=status, code=code, milliseconds=1.0, attempt=1, call_sid=""
        )


def test_nothing_refused_is_well():
    refused(21220, status=400)
    refused(None, status=200)

    assert found()["limits"].state is State.OK


def test_each_limit_says_how_often_since_when_and_what_to_do():
    refused(10004, times=3)
    refused(None)
    refused(20429)
    refused(21215, status=400)

    limits = found()

    today = f"{timezone.localtime():%Y-%m-%d}"
    assert set(limits) == {"limit-calls", "limit-requests", "limit-countries"}
    assert all(one.state is State.WARNING for one in limits.values())
    assert limits["limit-calls"].seen.startswith(f"Twilio refused 3 times, since {today}")
    assert limits["limit-requests"].seen.startswith("Twilio refused 2 times")
    assert "Business Profile" in limits["limit-calls"].mend
    assert "Geo permissions" in limits["limit-countries"].mend


def test_what_a_dial_could_not_call_counts_with_it(line):
    factories.make_call(1, line=line, error_code="13227", start_time=timezone.now() - timedelta(days=1))
    factories.make_call(2, line=line, error_code="13227", start_time=timezone.now() - timedelta(days=8))
    factories.make_call(3, line=line, error_code="13224", start_time=timezone.now())
    refused(21215, status=400)

    assert found()["limit-countries"].seen.startswith("Twilio refused 2 times")


def test_a_days_refusals_are_one_row_and_old_ones_go():
    old = timezone.now() - timedelta(days=40)
    TwilioRefusal.objects.create(day=old.date(), code=10004, count=9, first_at=old, last_at=old)
    refused(10004, times=5)

    assert [row.count for row in TwilioRefusal.objects.all()] == [5]
