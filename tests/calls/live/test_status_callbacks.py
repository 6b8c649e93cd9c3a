"""Status callbacks come late, doubled and in any order; the log is right all the same."""

from __future__ import annotations

import json
from itertools import permutations

import pytest

from calls.live import broadcasts
from calls.live.push_queue import PushQueue
from calls.models import Call
from core.realtime import outbox
from telephony.models import Webhook
from tests.twilio import at, incoming, leg_status, root_status, sid

pytestmark = pytest.mark.django_db

STATUS = "/twilio/voice/status/"


def test_a_duplicate_changes_nothing(twilio, line, ada):
    twilio.webhook(STATUS, leg_status(ada.pk, "ringing", 1))
    before = Call.objects.values().get(sid=sid("CA", 2))

    twilio.webhook(STATUS, leg_status(ada.pk, "ringing", 1))

    assert Call.objects.values().get(sid=sid("CA", 2)) == before
    assert list(Webhook.objects.values_list("verdict", flat=True)) == ["applied", "duplicate"]


def test_a_late_status_does_not_reopen_a_completed_call(twilio, line, ada):
    twilio.webhook(STATUS, leg_status(ada.pk, "completed", 3, CallDuration="12"))
    twilio.webhook(STATUS, leg_status(ada.pk, "ringing", 1))

    assert Call.objects.get(sid=sid("CA", 2)).status == "completed"
    assert Webhook.objects.last().verdict == "late"


@pytest.mark.parametrize("second", ["busy", "failed", "no-answer", "canceled"])
def test_a_terminal_status_stays(twilio, line, ada, second):
    twilio.webhook(STATUS, leg_status(ada.pk, "completed", 3))
    twilio.webhook(STATUS, leg_status(ada.pk, second, 4))

    assert Call.objects.get(sid=sid("CA", 2)).status == "completed"


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_a_leg_ends_the_same_in_whatever_order_its_callbacks_come(twilio, line, ada, order):
    events = [
        leg_status(ada.pk, "initiated", 0),
        leg_status(ada.pk, "ringing", 1),
        leg_status(ada.pk, "in-progress", 2),
        leg_status(ada.pk, "completed", 3, CallDuration="5"),
    ]
    twilio.webhook("/twilio/voice/incoming/", incoming())
    for index in order:
        twilio.webhook(STATUS, events[index])
    twilio.webhook(STATUS, root_status("completed", CallDuration="9"))

    leg, root = Call.objects.get(sid=sid("CA", 2)), Call.objects.get(sid=sid("CA", 1))
    assert (leg.status, leg.duration, leg.agent) == ("completed", 5, ada)
    assert leg.answer_time == at(10)
    assert leg.end_time == at(15)
    assert (root.result, root.agent) == ("answered", ada)


def test_a_leg_may_be_known_before_its_call(twilio, line, ada):
    twilio.webhook(STATUS, leg_status(ada.pk, "in-progress", 2))
    twilio.webhook(STATUS, root_status("completed", CallDuration="9"))

    root = Call.objects.get(sid=sid("CA", 1))
    assert (root.result, root.agent, [leg.sid for leg in root.legs.all()]) == ("answered", ada, [sid("CA", 2)])


@pytest.mark.parametrize("status", ["", "exploded", "COMPLETED"])
def test_an_unknown_status_is_kept_and_changes_nothing(twilio, line, ada, status):
    twilio.webhook(STATUS, leg_status(ada.pk, "ringing", 1))

    response = twilio.webhook(STATUS, leg_status(ada.pk, status, 2))

    assert response.status_code == 204
    assert Call.objects.get(sid=sid("CA", 2)).status == "ringing"
    assert Webhook.objects.last().verdict == "unusable"


def test_seconds_are_not_confused_with_billed_minutes(twilio, line, ada):
    twilio.webhook(STATUS, leg_status(ada.pk, "completed", 3, CallDuration="61", Duration="2"))

    assert Call.objects.get(sid=sid("CA", 2)).duration == 61


def test_legs_that_name_each_other_s_parents_end_nowhere(twilio, line, ada):
    """No Twilio sends this. Somebody with the auth token could."""
    for leg, parent in ((2, 3), (3, 4), (4, 2), (5, 6), (6, 7)):
        twilio.webhook(STATUS, leg_status(ada.pk, "ringing", 1, leg=leg, parent=parent))
    for leg in (2, 5, 6):
        fields = leg_status(ada.pk, "completed", 3, leg=leg)
        del fields["ParentCallSid"]
        twilio.webhook(STATUS, fields)

    assert set(Call.objects.filter(status="completed").values_list("sid", flat=True)) == {
        sid("CA", number) for number in (2, 5, 6)
    }


def test_what_cannot_be_pushed_is_stored_all_the_same(
    twilio, line, ada, monkeypatch, django_capture_on_commit_callbacks
):
    twilio.webhook("/twilio/voice/incoming/", incoming())
    monkeypatch.setattr("calls.live.broadcasts.live_json", lambda calls: 1 / 0)

    with django_capture_on_commit_callbacks(execute=True):
        answer = twilio.webhook(STATUS, leg_status(ada.pk, "in-progress", 2))

    assert answer.status_code == 204
    assert Call.objects.get(sid=sid("CA", 1)).status == "in-progress"


def test_what_a_lone_callback_changed_is_ready_to_be_pushed_when_it_is_committed(
    twilio, line, ada, monkeypatch, django_capture_on_commit_callbacks
):
    sent: list[outbox.Frame] = []
    monkeypatch.setattr(broadcasts, "_queue", PushQueue(broadcasts._make, broadcasts._send))
    twilio.webhook("/twilio/voice/incoming/", incoming())
    with django_capture_on_commit_callbacks() as due:
        twilio.webhook(STATUS, leg_status(ada.pk, "in-progress", 2))
    monkeypatch.setattr(broadcasts, "live_json", lambda calls: 1 / 0)
    monkeypatch.setattr(outbox, "send", sent.extend)

    for callback in due:
        callback()

    (_, first), *_ = sent
    assert json.loads(first["text"])["type"] == "call.status"
