"""The loop that sends, with its threads."""

from __future__ import annotations

import queue
import threading
from collections import Counter
from datetime import timedelta
from functools import partial
from unittest.mock import patch

import pytest
from django.db import connection
from django.utils import timezone

from config.server.health import ready
from messaging.models import Message, Origin, Sender, Step
from messaging.outbox import claims, doorbell, worker
from messaging.outbox.claims import claim_next
from messaging.outbox.health import outbox_health
from messaging.services import message_write
from tests.messaging.account import TAKEN_SILENT, Account, twilio_is

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account():
    with twilio_is(Account()) as account, patch.object(worker, "ring_others", autospec=True):
        yield account


def nothing(room):
    return None


def write(line, number, body="Hi"):
    return message_write(line, number, body, origin=Origin.AGENT)


def test_all_that_waits_is_sent_in_each_threads_order(line, account):
    for index in range(12):
        write(line, f"+1202555100{index % 3}", f"Text {index}")

    worker.run_or_wake(nothing)

    assert set(Message.objects.values_list("step", flat=True)) == {Step.TAKEN}
    for number in range(3):
        bodies = [text["body"] for text in account.to(f"+1202555100{number}")]
        assert bodies == [f"Text {index}" for index in range(12) if index % 3 == number]


def test_each_text_tells_twilio_where_to_say_what_becomes_of_it(line, account):
    message = write(line, "+12025551000")

    worker.run_or_wake(nothing)

    assert account.asked[0]["StatusCallback"].startswith(
        f"https://desk.example.com/twilio/messaging/status/?message={message.pk}#"
    )


def test_twilios_sid_status_and_segments_are_kept(line, account):
    message = write(line, "+12025551000")

    worker.run_or_wake(nothing)
    message.refresh_from_db()

    assert (message.sid, message.status, message.num_segments) == (account.texts[0]["sid"], "queued", 1)
    assert message.sent_at is not None


def test_a_refusal_is_kept_as_a_sentence(line, account):
    message = write(line, "+12025551000")
    account.fate = lambda data: 21211

    worker.run_or_wake(nothing)
    message.refresh_from_db()

    assert (message.step, message.error_code, message.problem) == (
        Step.REFUSED, "21211", "This number is not valid.",
    )  # fmt: skip


def test_an_answer_to_a_missed_call_that_could_not_be_sent_in_time_is_not_sent_any_more(line, account):
    late = message_write(line, "+12025551000", "Sorry", origin=Origin.RULE)
    other = write(line, "+12025551001")
    Message.objects.update(created_at=timezone.now() - timedelta(minutes=16))

    worker.run_or_wake(nothing)
    late.refresh_from_db()
    other.refresh_from_db()

    assert (late.step, late.problem) == (Step.REFUSED, claims.TOO_LATE)
    assert other.step == Step.TAKEN


def test_a_code_that_nobody_knows_is_a_sentence_too(line, account):
    message = write(line, "+12025551000")
    account.fate = lambda data: 29999

    worker.run_or_wake(nothing)
    message.refresh_from_db()

    assert (message.step, message.problem) == (Step.REFUSED, "This text was not delivered.")


def test_a_silence_is_found_at_twilio_within_the_run(line, account):
    message = write(line, "+12025551000")
    account.fate = lambda data: TAKEN_SILENT

    worker.run_or_wake(nothing)
    worker.run_or_wake(nothing)
    message.refresh_from_db()

    assert (message.step, message.sid, len(account.asked)) == (Step.TAKEN, account.texts[0]["sid"], 1)


def test_what_is_written_while_it_runs_goes_out_with_it(line, account):
    write(line, "+12025551000", "first")
    fed = []

    def feed(room):
        if account.texts and not fed:
            fed.append(write(line, "+12025551001", "second"))
        return

    worker.run_or_wake(feed)

    assert [text["body"] for text in account.texts] == ["first", "second"]


def test_a_second_run_in_the_same_process_only_wakes_the_first(line, account):
    with worker._running:
        worker.run_or_wake(nothing)

    assert worker._wake.is_set()
    worker._wake.clear()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="one connection holds the tests' database in memory")
def test_workers_side_by_side_send_each_text_once(line, account):
    for index in range(60):
        write(line, f"+1202555{1000 + index}", f"Text {index}")

    def claim_and_send(name):
        try:
            while claimed := claim_next(name, 3).claimed:
                worker.results_write([worker.send(one) for one in claimed])
        finally:
            connection.close()

    threads = [threading.Thread(target=claim_and_send, args=(f"w{index}",)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    worker.run_or_wake(nothing)

    assert Counter(text["body"] for text in account.texts) == {f"Text {index}": 1 for index in range(60)}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_one_that_stands_by_is_woken_without_the_task_queue(line):
    ran, ends = queue.SimpleQueue(), threading.Event()

    class Run(worker.Run):
        def go(self, seconds):
            ran.put(threading.current_thread())
            if ends.is_set():
                raise SystemExit

    with (
        patch.object(worker, "Run", Run),
        patch.object(doorbell.current_app, "send_task", autospec=True) as told,
        patch.object(worker, "_standing_by", None),
    ):
        thread = threading.Thread(target=worker.stand_by, args=(nothing,), daemon=True)
        thread.start()
        write(line, "+12025551000")

        assert ran.get(timeout=10) is thread
        told.assert_not_called()
        # What the clock puts into the queue only wakes it, too.
        ends.set()
        worker.run_or_wake(nothing)
        assert ran.get(timeout=10) is thread
        thread.join(10)


def test_what_is_sent_to_many_waits_for_what_somebody_waits_for():
    pool, begun, held = worker._Pool(1), [], threading.Event()
    done = threading.Event()
    pool.submit(held.wait, 0)
    for priority, name in ((1, "group"), (0, "single"), (1, "group 2")):
        pool.submit(partial(begun.append, name), priority)
    pool.submit(done.set, 2)
    held.set()

    assert done.wait(10)
    assert begun == ["single", "group", "group 2"]


def test_a_doorbell_that_does_not_work_loses_nothing(line):
    with patch.object(doorbell.current_app, "send_task", autospec=True, side_effect=ConnectionError):
        message = write(line, "+12025551000")

    message.refresh_from_db()
    assert message.step == Step.WAITING


def test_the_health_says_how_long_the_oldest_waits_and_what_is_stuck(line, rf):
    assert outbox_health().waits is None
    first, second, third = (write(line, f"+1202555100{index}") for index in range(3))
    Message.objects.filter(pk=first.pk).update(due_at="2026-01-01T00:00:00Z")
    Message.objects.filter(pk=second.pk).update(step=Step.CLAIMED, claimed_at="2026-01-01T00:00:00Z")
    Message.objects.filter(pk=third.pk).update(step=Step.UNCLEAR)

    health = outbox_health()

    assert (health.is_late, health.stuck, health.unclear) == (True, 1, 1)
    answer = ready(rf.get("/readyz"))
    assert answer.status_code == 200
    assert b"stuck 1, unclear 1" in answer.content


def test_a_sender_that_rests_is_not_late(line):
    message = write(line, "+12025551000")
    Message.objects.filter(pk=message.pk).update(due_at="2026-01-01T00:00:00Z")
    Sender.objects.create(name=line.number, slow_until="2099-01-01T00:00:00Z")

    health = outbox_health()

    assert (health.is_late, health.resting) == (False, 1)
