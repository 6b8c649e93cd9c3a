"""Calls whose last callback was lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import requests
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone
from twilio.base.exceptions import TwilioRestException
from twilio.rest.api.v2010 import V2010
from twilio.rest.api.v2010.account.call import CallContext, CallInstance, CallList

from calls.models import Call, Participant, Room
from calls.reconcile import calls_reconcile, calls_sweep
from telephony.models import Webhook
from telephony.rest.client import get_client
from tests import factories
from tests.twilio import ACCOUNT_SID, at, rfc2822, sid

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def never_swept() -> None:
    cache.clear()


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


def test_a_call_that_only_its_leg_tells_of_is_asked_about(line, ada):
    leg = factories.make_call(2, parent_id=sid("CA", 1), agent=ada, status="completed", direction="outbound-dial")
    Call.objects.filter(pk=leg.pk).update(updated_at=timezone.now() - timedelta(minutes=10))

    with patch.object(CallContext, "fetch", autospec=True, return_value=instance(1)):
        assert calls_reconcile().mended == 1

    root = Call.objects.get(pk=sid("CA", 1))
    assert (root.status, root.result, root.agent, root.line) == ("completed", "answered", ada, line)


@contextmanager
def listed(*instances: CallInstance) -> Iterator[None]:
    """What Twilio's list of calls says."""
    with patch.object(CallList, "stream", autospec=True, return_value=iter(instances)):
        yield


def ended(number: int, **fields: Any) -> CallInstance:
    """A call that ended well before the quiet time."""
    times = {"date_created": at(-900), "start_time": at(-880), "end_time": at(-850)}
    return instance(number, **({name: rfc2822(time) for name, time in times.items()} | fields))


def test_a_call_that_nobody_told_us_of_is_found_in_twilios_list(line, ada):
    leg = ended(2, parent_call_sid=sid("CA", 1), direction="outbound-dial", to=f"client:agent_{ada.pk}", duration="30")
    with listed(leg, ended(1, duration="50")):
        report = calls_sweep()

    root, leg = Call.objects.get(pk=sid("CA", 1)), Call.objects.get(pk=sid("CA", 2))
    assert (report.asked, report.mended, report.lost) == (2, 2, 5)
    assert (root.status, root.result, root.agent, root.line) == ("completed", "answered", ada, line)
    assert (root.start_time, root.end_time, root.duration) == (at(-900), at(-850), 50)
    assert (leg.parent_id, leg.agent, leg.answer_time) == (root.sid, ada, at(-880))


@pytest.mark.parametrize("asked", [True, False])
def test_a_leg_that_was_called_into_a_room_by_a_killed_server_belongs_to_that_call(line, ada, asked):
    root = factories.make_call(1, line=line, status="completed", start_time=at(-900))
    Room.objects.create(call=root, name="room", state=Room.State.OVER)
    when = {"created_at": at(-860), "asked_at": at(-859) if asked else None}
    Participant.objects.create(room_id=root.sid, label="ada", role="agent", agent=ada, state="left", **when)
    into = {"direction": "outbound-api", "from": line.number, "to": f"client:agent_{ada.pk}", "duration": "1"}
    created = {"date_created": rfc2822(at(-858)), "start_time": rfc2822(at(-858)), "end_time": rfc2822(at(-857))}

    with listed(ended(2, **into, **created)):
        calls_sweep()

    assert Call.objects.get(pk=sid("CA", 2)).parent_id == (root.sid if asked else None)


def test_a_call_that_the_log_knows_is_left_as_it_is(line):
    factories.make_call(1, line=line, status="completed", start_time=at(-900), duration=30, revision=7)

    with listed(ended(1)):
        assert calls_sweep().mended == 0

    assert Call.objects.get().revision == 7


def test_how_long_a_call_lasted_is_learnt_when_its_own_end_was_lost(line):
    factories.make_call(1, line=line, status="completed", start_time=at(-900), end_time=at(-848))

    with listed(ended(1)):
        assert calls_sweep().mended == 1

    call = Call.objects.get()
    assert (call.duration, call.end_time) == (30, at(-850))


def test_when_a_call_was_answered_is_not_made_up(line):
    stuck(1, line=line, status="ringing")

    with patch.object(CallContext, "fetch", autospec=True, return_value=ended(1, status="in-progress", end_time=None)):
        calls_reconcile()
    assert (Call.objects.get().status, Call.objects.get().answer_time) == ("in-progress", None)
    with listed(ended(1)):
        calls_sweep()

    assert Call.objects.get().answer_time == at(-880)


def test_a_call_that_ended_a_moment_ago_may_still_be_told_of(line):
    with listed(instance(1, end_time=rfc2822(timezone.now()))):
        assert calls_sweep().asked == 0

    assert not Call.objects.exists()


def test_the_next_sweep_begins_where_the_last_one_ended(line):
    with patch.object(CallList, "stream", autospec=True, return_value=iter(())) as stream:
        calls_sweep()
        calls_sweep()

    first, second = (call.kwargs["start_time_after"] for call in stream.call_args_list)
    assert first < timezone.now() - timedelta(hours=24)
    assert timezone.now() - timedelta(minutes=16) < second


def test_a_list_that_breaks_off_is_read_again_the_next_time(line):
    def broken() -> Iterator[CallInstance]:
        yield ended(1)
        raise requests.ConnectionError

    with patch.object(CallList, "stream", autospec=True, side_effect=[broken(), iter(())]) as stream:
        assert calls_sweep().failed == 1
        calls_sweep()

    assert stream.call_args.kwargs["start_time_after"] < timezone.now() - timedelta(hours=24)


def test_the_command_reports(line, capsys):
    stuck(1, line=line)

    with patch.object(CallContext, "fetch", autospec=True, return_value=instance(1)), listed(ended(3)):
        call_command("calls_reconcile")

    said = capsys.readouterr().out
    assert "Asked about 1: 1 had lost a callback" in said
    assert "list of 1: 1 had lost a callback. 2 callbacks were lost in all." in said
