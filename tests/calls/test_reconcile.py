"""Calls whose last callback was lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.utils import timezone
from twilio.base.exceptions import TwilioRestException
from twilio.rest.api.v2010 import V2010
from twilio.rest.api.v2010.account.call import CallContext, CallInstance

from calls.models import Call, Webhook
from calls.reconcile import calls_reconcile
from telephony.client import get_client
from tests import factories
from tests.twilio import ACCOUNT_SID, at, rfc2822, sid

pytestmark = pytest.mark.django_db


def instance(number: int, **fields: Any) -> CallInstance:
    """What the REST API answers, as the library gives it."""
    version: V2010 = get_client().api.v2010
    payload = {
        "sid": sid("CA", number),
        "status": "completed",
        "from": "+12025550142",
        "to": "+12025550100",
        "direction": "inbound",
        "start_time": rfc2822(at(0)),
        "end_time": rfc2822(at(30)),
        "duration": "30",
    } | fields
    return CallInstance(version, payload, account_sid=ACCOUNT_SID)


def stuck(number: int, **fields: Any) -> Call:
    call = factories.make_call(number, **({"status": "in-progress"} | fields))
    Call.objects.filter(pk=call.pk).update(updated_at=timezone.now() - timedelta(minutes=10))
    return call


def test_a_call_that_ended_unheard_is_ended(line):
    stuck(1, line=line)

    with patch.object(CallContext, "fetch", autospec=True, return_value=instance(1)):
        report = calls_reconcile()

    call = Call.objects.get()
    assert (report.asked, report.mended) == (1, 1)
    assert (call.status, call.duration, call.end_time, call.result) == ("completed", 30, at(30), "missed")
    assert Webhook.objects.get().kind == "reconcile"


def test_a_call_that_goes_on_is_left_alone_and_asked_about_last(line):
    stuck(1, line=line)

    with patch.object(CallContext, "fetch", autospec=True, return_value=instance(1, status="in-progress")) as fetch:
        assert calls_reconcile().mended == 0
        assert calls_reconcile().asked == 0

    assert fetch.call_count == 1
    assert Call.objects.get().status == "in-progress"


def test_a_call_that_spoke_a_moment_ago_is_not_asked_about(line):
    factories.make_call(1, line=line, status="in-progress")

    assert calls_reconcile().asked == 0


def test_a_call_that_twilio_does_not_know_is_over(line):
    stuck(1, line=line)

    error = TwilioRestException(404, "/uri", "not found", code=20404)
    with patch.object(CallContext, "fetch", autospec=True, side_effect=error):
        assert calls_reconcile().unknown == 1

    assert Call.objects.get().status == "failed"


def test_when_twilio_is_busy_the_rest_waits_for_the_next_run(line):
    for number in range(1, 4):
        stuck(number, line=line)

    error = TwilioRestException(429, "/uri", "slow down", code=20429)
    with patch.object(CallContext, "fetch", autospec=True, side_effect=error) as fetch:
        assert calls_reconcile().failed == 1

    assert fetch.call_count == 1


def test_the_command_reports(line, capsys):
    stuck(1, line=line)

    with patch.object(CallContext, "fetch", autospec=True, return_value=instance(1)):
        call_command("calls_reconcile")

    assert "Asked about 1: 1 had lost a callback" in capsys.readouterr().out
