"""What in the log waits for somebody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from calls.log.to_do import missed_to_call_back, results_since, voicemail_unheard
from calls.models import Call, Recording, RecordingPlay
from tests import factories
from tests.twilio import CALLER, SUPPORT

pytestmark = pytest.mark.django_db
OTHER = "+12025550177"


def ago(**values: float):
    return timezone.now() - timedelta(**values)


@pytest.fixture
def missed(line) -> Call:
    return factories.make_call(1, result="missed", start_time=ago(hours=2), line=line)


def to_call_back() -> set[str]:
    return {call.sid for call in missed_to_call_back(Call.objects.all())}


def test_a_missed_caller_is_to_be_called_back(missed):
    assert to_call_back() == {missed.sid}


@pytest.mark.parametrize("result", ["reached", "no-answer", ""])
def test_whoever_was_called_since_is_not(missed, result):
    """An attempt is enough: the agent knows of the caller, and the log says what came of it."""
    factories.make_call(2, caller="client:agent_1", called=CALLER, result=result, start_time=ago(hours=1))

    assert to_call_back() == set()


def test_a_call_back_that_never_left_the_house_is_none(missed):
    factories.make_call(2, caller="client:agent_1", called=CALLER, result="failed", start_time=ago(hours=1))

    assert to_call_back() == {missed.sid}


def test_a_call_to_somebody_else_or_before_it_changes_nothing(missed):
    factories.make_call(2, caller="client:agent_1", called=OTHER, result="reached", start_time=ago(hours=1))
    factories.make_call(3, caller="client:agent_1", called=CALLER, result="reached", start_time=ago(hours=3))

    assert to_call_back() == {missed.sid}


def test_a_leg_to_the_callers_number_is_no_call_back(missed):
    factories.make_call(2, parent=missed, called=CALLER, start_time=ago(hours=1))

    assert to_call_back() == {missed.sid}


def test_who_called_again_is_counted_once_or_not_at_all(missed):
    again = factories.make_call(2, result="missed", start_time=ago(hours=1))
    assert to_call_back() == {again.sid}

    factories.make_call(3, result="answered", start_time=ago(minutes=1))
    assert to_call_back() == set()


@pytest.mark.parametrize("values", [{"caller": "anonymous"}, {"start_time": ago(days=8)}, {"result": "answered"}])
def test_what_nobody_can_or_need_call_back_is_left_out(missed, values):
    Call.objects.filter(pk=missed.pk).update(**values)

    assert to_call_back() == set()


@pytest.mark.parametrize(("spam", "is_open"), [("refuse", False), ("voicemail", False), ("mark", True)])
def test_whoever_a_spam_rule_did_not_let_through_is_not_called_back(missed, spam, is_open):
    Call.objects.filter(pk=missed.pk).update(spam=spam)

    assert bool(to_call_back()) == is_open


@pytest.mark.parametrize(("outcome", "is_open"), [("call-back", True), ("follow-up", True), ("spam", False)])
def test_what_an_agent_noted_can_settle_it(missed, outcome, is_open):
    Call.objects.filter(pk=missed.pk).update(outcome=outcome)

    assert bool(to_call_back()) is is_open


def test_voicemail_is_unheard_until_somebody_listens(line):
    call = factories.make_call(1, result="voicemail", line=line)
    recording = Recording.objects.create(sid="RE1", call=call, status="completed")
    factories.make_call(2, result="voicemail")  # without a recording: nothing to hear
    assert [one.sid for one in voicemail_unheard(Call.objects.all())] == [call.sid]

    RecordingPlay.objects.create(recording=recording, call=call, agent=factories.make_agent())
    assert not voicemail_unheard(Call.objects.all()).exists()


@pytest.mark.parametrize("empty", [{"status": "absent"}, {"status": "completed", "duration": 0}])
def test_a_recording_without_sound_beside_one_that_was_heard_waits_for_nobody(line, empty):
    call = factories.make_call(1, result="voicemail", line=line)
    heard = Recording.objects.create(sid="RE1", call=call, status="completed", duration=5)
    Recording.objects.create(sid="RE2", call=call, **empty)
    assert voicemail_unheard(Call.objects.all()).exists()

    RecordingPlay.objects.create(recording=heard, call=call, agent=factories.make_agent())
    assert not voicemail_unheard(Call.objects.all()).exists()


def test_old_or_settled_voicemail_waits_for_nobody(line):
    call = factories.make_call(1, result="voicemail", line=line, outcome="resolved")
    Recording.objects.create(sid="RE1", call=call, status="completed")
    old = factories.make_call(2, result="voicemail", start_time=ago(days=31))
    Recording.objects.create(sid="RE2", call=old, status="completed", created_at=ago(days=31))

    assert not voicemail_unheard(Call.objects.all()).exists()


def test_results_count_calls_and_not_their_legs(missed):
    factories.make_call(2, parent=missed, direction="outbound-dial", start_time=ago(hours=1))
    factories.make_call(3, caller="client:agent_1", called=OTHER, result="reached", start_time=ago(hours=1))
    factories.make_call(4, result="missed", called=SUPPORT, start_time=ago(hours=5))

    found = {row["result"]: (row["total"], row["incoming"]) for row in results_since(ago(hours=4))}

    assert found == {"missed": (1, 1), "reached": (1, 0)}
