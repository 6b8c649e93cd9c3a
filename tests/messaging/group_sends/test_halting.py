"""What was on its way into Twilio when its send was stopped: it goes on only when the send does, and within hours."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from messaging.group_sends import feeding
from messaging.group_sends.progress import refresh
from messaging.models import GroupSend, Message, Sender, SendState, Step
from messaging.outbox import lookups, results, sending
from messaging.outbox.claims import claim_next, expired_become_unclear, lease
from messaging.outbox.results import results_write
from tests.messaging.account import BUSY, LOST_500, NO_CONNECTION, OK, TAKEN_SILENT
from tests.messaging.group_sends.sends import SENDS, later, make_people, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fast")]

# Of a claim: what became of its texts before anybody has looked again.
HAPPENS = [LOST_500, BUSY, NO_CONNECTION, "killed", "too late"]


def started(hedy, line, **values):
    values = values or {"contacts": [one.pk for one in make_people(3)]}
    return hedy.step(hedy.draft(line, **values)["id"], "start")["id"]


def claimed_now(number=3):
    """What a worker has that is about to ask Twilio."""
    feeding.feed(1000)
    found = claim_next("one", 100).claimed
    assert len(found) == number
    return found


def happen(what, claimed, account):
    if what == "killed":
        Message.objects.filter(step=Step.CLAIMED).update(claimed_at=timezone.now() - lease() - timedelta(seconds=1))
        return
    account.fate = lambda data: what
    with ExitStack() as stack:
        if what == "too late":
            stack.enter_context(patch.object(sending, "monotonic", return_value=claimed[0].deadline + 1))
        results_write([sending.send(one) for one in claimed])
    account.fate = lambda data: OK


def settle():
    """Until Twilio was asked often enough, and no sender rests any more."""
    for _round in range(3):
        later(3600)
        Sender.objects.update(slow_until=None, slowed=0)
        work()


@pytest.mark.parametrize("what", HAPPENS)
def test_a_canceled_send_sends_nothing_that_was_with_a_worker(line, hedy, account, what):
    send = started(hedy, line)
    claimed = claimed_now()
    hedy.step(send, "cancel")
    happen(what, claimed, account)
    settle()

    assert account.texts == []
    assert set(Message.objects.values_list("step", flat=True)) == {Step.CANCELED}
    found = hedy.get(f"{SENDS}{send}/")
    assert (found["state"], found["progress"]["canceled"]) == ("canceled", 3)


@pytest.mark.parametrize("what", HAPPENS)
def test_a_paused_send_sends_what_was_with_a_worker_once_it_goes_on(line, hedy, account, what):
    send = started(hedy, line)
    claimed = claimed_now()
    hedy.step(send, "pause")
    happen(what, claimed, account)
    settle()
    assert account.texts == []
    assert set(Message.objects.values_list("step", flat=True)) == {Step.HELD}

    hedy.step(send, "resume")
    settle()
    assert len(account.texts) == 3
    assert hedy.get(f"{SENDS}{send}/")["state"] == "finished"


def test_what_twilio_has_taken_without_a_word_is_found_though_its_send_was_canceled(line, hedy, account):
    send = started(hedy, line)
    claimed = claimed_now()
    hedy.step(send, "cancel")
    happen(TAKEN_SILENT, claimed, account)
    settle()

    assert len(account.texts) == 3
    assert set(Message.objects.values_list("step", flat=True)) == {Step.TAKEN}


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (SendState.PAUSED, Step.HELD),
        (SendState.STOPPED, Step.HELD),
        (SendState.CANCELED, Step.CANCELED),
    ],
)
def test_nothing_is_claimed_of_a_send_that_does_not_go_on(line, hedy, account, state, step):
    """Whatever made it wait again: as of a version before this one, or in the moment in which its send was stopped."""
    send = started(hedy, line)
    results_write([results.Outcome(one, Step.WAITING) for one in claimed_now()])
    GroupSend.objects.filter(pk=send).update(state=state)

    assert claim_next("one", 100).claimed == ()
    assert set(Message.objects.values_list("step", flat=True)) == {step}


def test_one_that_is_stopped_keeps_others_of_its_line_from_nothing(line, hedy, account):
    first, second = started(hedy, line), started(hedy, line, numbers=[WASHINGTON], body="Hi")
    results_write([results.Outcome(one, Step.WAITING) for one in claimed_now(4)])
    GroupSend.objects.filter(pk=first).update(state=SendState.PAUSED)
    work()

    assert [text["to"] for text in account.texts] == [WASHINGTON]
    assert hedy.get(f"{SENDS}{second}/")["state"] == "finished"


WASHINGTON, LONDON = "+12025550177", "+442079460018"
EVENING = datetime.fromisoformat("2026-01-14T19:00:00+00:00")
NIGHT = datetime.fromisoformat("2026-01-15T00:05:00+00:00")
MORNING = datetime.fromisoformat("2026-01-15T08:00:00+00:00")


def at(moment):
    return patch.object(timezone, "now", return_value=moment)


@pytest.mark.parametrize("what", ["paused", *HAPPENS])
def test_what_waits_longer_than_its_sends_hours_last_waits_for_the_next_morning(line, hedy, account, what):
    with at(EVENING):
        send = started(hedy, line, numbers=[LONDON], body="Hi", keeps_hours=True)
        claimed = claimed_now(1)
        if what == "paused":
            results_write([results.Outcome(one, Step.WAITING) for one in claimed])
            hedy.step(send, "pause")
        else:
            happen(what, claimed, account)
    with at(NIGHT):
        if what == "paused":
            hedy.step(send, "resume")
        settle()
        assert account.texts == []
        assert Message.objects.get().due_at == MORNING
    with at(MORNING):
        work()

    assert [text["to"] for text in account.texts] == [LONDON]


def test_who_waits_for_the_morning_keeps_nobody_else_from_getting_the_text(line, hedy, account):
    many = [f"+4420794600{index:02}" for index in range(20)]
    with patch.object(feeding, "_MOST", 10):
        with at(EVENING):
            send = started(hedy, line, numbers=[*many, WASHINGTON], body="Hi", keeps_hours=True)
            results_write([results.Outcome(one, Step.WAITING) for one in claimed_now(10)])
            hedy.step(send, "pause")
        with at(NIGHT):
            hedy.step(send, "resume")
            for _look in range(4):
                work()

    assert [text["to"] for text in account.texts] == [WASHINGTON]


def test_a_look_that_comes_to_its_end_while_nothing_is_stopped_lets_the_text_go(line, hedy, account):
    send = started(hedy, line)
    happen("killed", claimed_now(), account)
    expired_become_unclear()
    for _look in range(2):
        later(3600)
        for row in lookups.lookups_take(10):
            lookups.look_write(lookups.look(row))
    assert set(Message.objects.values_list("step", flat=True)) == {Step.WAITING}
    work()
    refresh(send)

    assert len(account.texts) == 3
