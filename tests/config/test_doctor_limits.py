"""What the doctor says of Twilio's limits: since when, how often, what to do."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response

from config.doctor.limits import check_limits
from telephony.doctor.findings import Check, State
from telephony.errors import TelephonyError
from telephony.models import TwilioRefusal
from telephony.rest.client import call_hang_up
from telephony.rest.signals import rest_request
from tests import factories
from tests.twilio import sid

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
    assert limits["limit-calls"].seen.startswith(f"Refused by Twilio: 3, since {today}")
    assert limits["limit-requests"].seen.startswith("Refused by Twilio: 2")
    assert "Business Profile" in limits["limit-calls"].mend
    assert "Geo permissions" in limits["limit-countries"].mend


def test_what_a_dial_could_not_call_counts_with_it(line):
    factories.make_call(1, line=line, error_code="13227", start_time=timezone.now() - timedelta(days=1))
    factories.make_call(2, line=line, error_code="13227", start_time=timezone.now() - timedelta(days=8))
    factories.make_call(3, line=line, error_code="13224", start_time=timezone.now())
    refused(21215, status=400)

    assert found()["limit-countries"].seen.startswith("Refused by Twilio: 2")


@pytest.mark.parametrize(
    ("code", "status", "finding", "said"),
    [
        (10004, 429, "limit-calls", "Too many calls at once for the account at Twilio."),
        (16021, 429, "limit-calls", "Too many calls at once for the account at Twilio."),
        (16020, 400, "limit-conferences", "As many are in this call as Twilio lets"),
        (20429, 429, "limit-requests", "Twilio is busy."),
        (21215, 400, "limit-countries", "Your company does not allow calls to this country."),
    ],
)
def test_a_refusal_by_rest_is_a_sentence_for_the_agent_and_counted_for_the_admin(settings, code, status, finding, said):
    settings.TWILIO_RETRIES = 0
    answer = Response(status, f'{{"code": {code}, "message": "no", "status": {status}}}')
    with (
        patch.object(TwilioHttpClient, "request", autospec=True, return_value=answer),
        pytest.raises(TelephonyError) as caught,
    ):
        call_hang_up(sid("CA", 1))

    assert caught.value.message.startswith(said)
    assert found()[finding].seen.startswith("Refused by Twilio: 1")


def test_a_days_refusals_are_one_row_and_old_ones_go():
    old = timezone.now() - timedelta(days=40)
    TwilioRefusal.objects.create(day=old.date(), code=10004, count=9, first_at=old, last_at=old)
    refused(10004, times=5)

    assert [row.count for row in TwilioRefusal.objects.all()] == [5]
