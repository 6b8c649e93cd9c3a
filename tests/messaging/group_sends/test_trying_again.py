"""Who is tried again, and what nobody knows of."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone
from twilio.http.response import Response

from messaging.group_sends.feeding import feed
from messaging.group_sends.progress import refresh
from messaging.models import GroupSend, Message, Sender, SendState, Step
from messaging.outbox.claims import TOO_OLD
from telephony.errors import NotConfigured
from tests.messaging.account import BUSY, LOST_500, OK, TAKEN_SILENT
from tests.messaging.group_sends.sends import (
    SENDS,
    deliver,
    later,
    make_people,
    started,
    work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fast")]


def test_only_those_are_tried_again_whose_phone_or_network_was_away(line, hedy, account):
    people = make_people(5)
    send = started(hedy, line, people)
    work()
    rows = list(Message.objects.order_by("pk"))
    deliver(rows[0])
    deliver(rows[1], status="undelivered", code="30003")
    deliver(rows[2], status="undelivered", code="30007")
    deliver(rows[3], status="failed", code="30005")
    Message.objects.filter(pk=rows[4].pk).update(step=Step.UNKNOWN, sid=None, status="")
    refresh(send["id"])

    progress = hedy.get(f"{SENDS}{send['id']}/")["progress"]
    assert (progress["delivered"], progress["not_delivered"], progress["unknown"]) == (1, 3, 1)
    assert (progress["retryable"], progress["to_look_at"], progress["delivered_percent"]) == (1, 4, 20.0)
    assert [(one["outcome"], one["what_now"]) for one in hedy.people(send["id"], show="to-look-at")] == [
        ("not-delivered", "try-again"),
        ("not-delivered", "help"),
        ("not-delivered", "left-out"),
        ("unknown", "ask"),
    ]

    before = len(account.texts)
    answer = hedy.step(send["id"], "retry")
    work()

    assert (answer["retried"], answer["send"]["state"]) == (1, "running")
    assert [text["to"] for text in account.texts[before:]] == [people[1].numbers.get().number]
    assert hedy.step(send["id"], "retry", status=409)["detail"] == (
        "There is nobody here to whom this text may be sent again."
    )


def test_nobody_can_be_tried_again_in_a_send_that_was_canceled(line, hedy, account):
    send = started(hedy, line, make_people(2))
    work()
    first, second = Message.objects.order_by("pk")
    deliver(first, status="undelivered", code="30003")
    deliver(second, status="undelivered", code="30034")
    GroupSend.objects.update(state=SendState.CANCELED)
    refresh(send["id"])

    assert hedy.step(send["id"], "retry", status=409)
    assert hedy.get(f"{SENDS}{send['id']}/")["progress"]["retryable"] == 0
    assert [one["what_now"] for one in hedy.people(send["id"], show="to-look-at")] == ["", "help"]
    answer = hedy.ask("GET", f"{SENDS}{send['id']}/results/")
    said = [row["What now"] for row in csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig")))]
    assert said == ["", "What helps"]


def test_a_text_to_a_group_is_sent_again_from_its_send_alone(line, hedy, account):
    send = started(hedy, line, make_people(1))
    work()
    message = Message.objects.get()
    deliver(message, status="undelivered", code="30003")

    def may_retry() -> list[bool]:
        entries = hedy.get(f"/api/v1/threads/{message.thread_id}/messages/")["results"]
        return [one["may_retry"] for one in entries]

    assert may_retry() == [False]
    hedy.step(send["id"], "retry")
    work()
    deliver(*Message.objects.all(), status="undelivered", code="30003")
    assert may_retry() == [False, False]
    GroupSend.objects.update(state=SendState.CANCELED)

    # The send tries nobody again, and the newer text took the place of the older one.
    assert may_retry() == [True, False]


def test_one_person_is_tried_again(line, hedy, account):
    people = make_people(2)
    send = started(hedy, line, people)
    work()
    deliver(*Message.objects.all(), status="undelivered", code="30003")
    one, _ = hedy.people(send["id"], show="retryable")

    answer = hedy.ask("POST", f"{SENDS}{send['id']}/recipients/{one['id']}/retry/")
    work()

    assert answer.json()["outcome"] == "waiting"
    assert [text["to"] for text in account.texts[2:]] == [one["number"]]


def test_what_is_not_known_is_asked_for_and_never_sent(line, hedy, account, settings):
    (person,) = make_people(1)
    account.fate = lambda data: TAKEN_SILENT
    settings.MESSAGE_UNKNOWN_SECONDS = 0.0
    account.is_away = True
    send = started(hedy, line, [person])
    work(4)
    (row,) = hedy.people(send["id"], show="to-look-at")
    assert (row["outcome_text"], row["why"]) == ("Not known", "Twilio never said whether it took this text.")

    path = f"{SENDS}{send['id']}/recipients/{row['id']}/ask/"
    assert hedy.ask("POST", path).status_code == 502
    account.is_away = False
    assert hedy.ask("POST", path).json()["outcome"] == "on-the-way"
    work()

    assert len(account.texts) == 1


def test_a_silence_is_looked_up_and_not_sent_again(line, hedy, account):
    people = make_people(3)
    account.fate = lambda data: TAKEN_SILENT if len(account.asked) == 2 else OK
    started(hedy, line, people)
    work()

    assert Counter(text["to"] for text in account.texts) == {one.numbers.get().number: 1 for one in people}
    assert set(Message.objects.values_list("step", flat=True)) == {Step.TAKEN}


def test_a_failure_of_twilios_is_sent_again_once_twilio_is_seen_not_to_have_it(line, hedy, account):
    account.fate = lambda data: LOST_500 if len(account.asked) == 1 else OK
    started(hedy, line, make_people(1))
    work()
    assert account.texts == []
    assert Message.objects.get().looks == 1

    later(120)
    work()

    assert len(account.texts) == 1


def test_a_busy_twilio_lets_the_whole_sender_rest(line, hedy, account):
    account.fate = lambda data: BUSY if len(account.asked) == 1 else OK
    account.retry_after = "7"
    started(hedy, line, make_people(3))
    before = timezone.now()
    work()

    assert 6 < (Sender.objects.get().slow_until - before).total_seconds() < 9
    waiting = Message.objects.filter(step=Step.WAITING).count()
    with patch.object(timezone, "now", return_value=before + timedelta(seconds=10)):
        work()
    assert waiting >= 1
    assert len(account.texts) == 3


def test_what_could_not_be_sent_for_a_day_may_be_tried_again(line, hedy, account):
    send = started(hedy, line, make_people(2))
    feed(1000)
    old = Message.objects.order_by("pk")[:1]
    Message.objects.filter(pk__in=[one.pk for one in old]).update(
        attempts=11, created_at=timezone.now() - timedelta(days=2)
    )
    work()

    (person,) = hedy.people(send["id"], show="to-look-at")
    assert (person["why"], person["what_now"]) == (TOO_OLD, "try-again")
    assert hedy.get(f"{SENDS}{send['id']}/")["progress"]["retryable"] == 1
    assert hedy.step(send["id"], "retry")["retried"] == 1
    work()
    assert len(account.texts) == 2


@pytest.mark.parametrize("what", [401, 403, 404, "no credentials"])
def test_an_account_that_may_not_send_stops_the_send_though_twilio_gives_no_code(line, hedy, account, what):
    """A proxy on the way, or a wrong address, answers with a page of its own."""
    people = make_people(3)
    send = started(hedy, line, people)
    with pytest.MonkeyPatch.context() as patched:
        if what == "no credentials":
            patched.setattr("telephony.rest.messages.get_client", _no_client)
        else:
            patched.setattr(account, "_create", lambda data: Response(what, "<html>Forbidden</html>"))
        work()

    found = hedy.get(f"{SENDS}{send['id']}/")
    assert (found["state"], "Ask your admin." in found["problem"]) == ("stopped", True)

    hedy.step(send["id"], "resume")
    work()
    assert {text["to"] for text in account.texts} == {person.numbers.get().number for person in people}
    assert len(account.texts) == len(people)


def _no_client():
    raise NotConfigured("Twilio is not set up yet. Ask your admin.", permanent=True)
