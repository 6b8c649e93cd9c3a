"""What is said of a send: its people, their answers, the table, and its bubbles in threads."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.models import BlockedNumber
from messaging.group_sends.progress import refresh, refresh_due
from messaging.models import Direction, GroupRecipient, GroupSend, Message, Origin, RecipientState, Step, Thread
from messaging.services import message_write
from tests.messaging.account import OK
from tests.messaging.group_sends.sends import (
    SENDS,
    deliver,
    make_group,
    make_people,
    started,
    work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fast")]


def test_replies_are_counted_and_listed(line, hedy, account):
    people = make_people(3)
    send = started(hedy, line, people)
    work()
    thread = Thread.objects.get(number=people[1].numbers.get().number)
    Message.objects.create(
        thread=thread, direction=Direction.INBOUND, sender=thread.number, recipient=line.number, body="Thanks"
    )
    Thread.objects.filter(pk=thread.pk).update(unread=1)
    refresh(send["id"])

    progress = hedy.get(f"{SENDS}{send['id']}/")["progress"]
    assert (progress["replies"], progress["replies_unread"]) == (1, 1)
    assert [one["name"] for one in hedy.people(send["id"], show="replies")] == ["Person001 Smith"]
    assert [one["answered"] for one in hedy.people(send["id"])] == [False, True, False]


def test_prices_are_missed_only_while_they_may_come(line, hedy, account):
    send = started(hedy, line, make_people(3))
    work()
    first, second, third = Message.objects.order_by("pk")
    deliver(first)
    deliver(second, status="failed", code="30003")
    deliver(third, status="undelivered", code="30003")
    refresh(send["id"])
    assert hedy.get(f"{SENDS}{send['id']}/")["progress"]["prices_missing"] == 2

    # Twilio settles nothing after days: the send is counted once more then, and not again.
    GroupSend.objects.update(finished_at=timezone.now() - timedelta(days=3, seconds=1))
    GroupSend.objects.update(counted_at=timezone.now() - timedelta(hours=1))
    Message.objects.update(sent_at=timezone.now() - timedelta(days=3, seconds=2))
    refresh_due()

    assert hedy.get(f"{SENDS}{send['id']}/")["progress"]["prices_missing"] == 0
    with CaptureQueriesContext(connection) as queries:
        refresh_due()
    assert not [each for each in queries if each["sql"].startswith("UPDATE")]


@pytest.mark.parametrize("had", [{"started_at": 5}, {"started_at": 5, "resumed_at": 1}])
def test_receipts_of_a_paused_send_are_shown_however_long_before_it_was_scheduled(line, hedy, account, had):
    send = started(hedy, line, make_people(2))
    work()
    now = timezone.now()
    GroupSend.objects.update(
        state="paused",
        finished_at=None,
        counted_at=now - timedelta(minutes=1),
        **{name: now - timedelta(days=days) for name, days in had.items()},
    )
    if "resumed_at" in had:
        # What was held for days went out then.
        Message.objects.update(created_at=now - timedelta(days=5), sent_at=now - timedelta(days=4))
    deliver(*Message.objects.all())

    refresh_due()

    assert hedy.get(f"{SENDS}{send['id']}/")["progress"]["delivered"] == 2


def test_a_send_that_rests_for_days_is_not_counted_any_more(line, hedy, account):
    started(hedy, line, make_people(2))
    work()
    long_ago = timezone.now() - timedelta(days=4)
    GroupSend.objects.update(state="paused", finished_at=None, started_at=long_ago, counted_at=long_ago)
    Message.objects.update(created_at=long_ago, sent_at=long_ago)

    refresh_due()

    assert GroupSend.objects.get().counted_at == long_ago


def test_people_are_found_by_name_and_number(line, hedy):
    send = started(hedy, line, make_people(12))

    assert [one["name"] for one in hedy.people(send["id"], search="person007")] == ["Person007 Smith"]
    assert [one["name"] for one in hedy.people(send["id"], search="555-1003")] == ["Person003 Smith"]


def test_the_table_holds_everybody_and_no_formula(line, hedy, account):
    people = make_people(2)
    people[0].name = "=HYPERLINK(1)"
    people[0].save()
    BlockedNumber.objects.create(number=people[1].numbers.get().number)
    send = started(hedy, line, people, body="Hi")
    work()

    answer = hedy.ask("GET", f"{SENDS}{send['id']}/results/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    head, *rows = list(csv.reader(io.StringIO(text)))

    assert answer["Content-Type"].startswith("text/csv")
    assert head[:4] == ["Name", "Number", "Outcome", "Why"]
    assert sorted(row[:4] for row in rows) == sorted(
        [
            ["'=HYPERLINK(1)", f"'{people[0].numbers.get().number}", "On the way", ""],
            ["Person001 Smith", f"'{people[1].numbers.get().number}", "Left out", "Blocked"],
        ]
    )


def test_the_table_counts_no_segments_for_whoever_got_nothing(line, hedy, account):
    people = make_people(5)
    got, refused, waits, not_come_to, blocked = (one.numbers.get().number for one in people)
    BlockedNumber.objects.create(number=blocked)
    account.fate = lambda data: 21211 if data["To"] == refused else OK
    send = started(hedy, line, people, body="Hi")
    work()
    Message.objects.filter(recipient=waits).update(step=Step.WAITING)
    GroupRecipient.objects.filter(number=not_come_to).update(state=RecipientState.PENDING, message=None)
    GroupSend.objects.update(state="running")

    def segments():
        text = b"".join(hedy.ask("GET", f"{SENDS}{send['id']}/results/").streaming_content).decode("utf-8-sig")
        return {row["Number"].strip("'"): row["Segments"] for row in csv.DictReader(io.StringIO(text))}

    wanted = {got: "1", refused: "0", waits: "0", not_come_to: "0", blocked: "0"}
    assert segments() == wanted
    hedy.step(send["id"], "cancel")
    assert segments() == wanted


def test_a_bubble_names_the_send_that_it_was_part_of_also_once_it_was_sent_again(line, hedy, account):
    send = started(hedy, line, make_people(1), title="Harvest")
    work()
    deliver(Message.objects.get(), status="undelivered", code="30003")
    hedy.step(send["id"], "retry")
    work()
    thread = Thread.objects.get()
    message_write(line, thread.number, "Hello", origin=Origin.AGENT)

    entries = hedy.get(f"/api/v1/threads/{thread.pk}/messages/")["results"]

    assert [one["group_send"] for one in entries] == [
        None,
        {"id": send["id"], "title": "Harvest"},
        {"id": send["id"], "title": "Harvest"},
    ]


def test_a_thread_of_many_bubbles_reads_their_sends_at_once(line, hedy, account, django_assert_max_num_queries):
    people = make_people(1)
    for number in range(5):
        started(hedy, line, people, title=f"Send {number}")
        work()
    thread = Thread.objects.get()

    with django_assert_max_num_queries(14):
        entries = hedy.get(f"/api/v1/threads/{thread.pk}/messages/")["results"]

    assert len({one["group_send"]["title"] for one in entries}) == 5


def test_the_people_of_a_send_are_paged_in_its_order(line, hedy, account):
    """As the contract has it: `GET /api/v1/group-sends/{id}/recipients/`."""
    send = started(hedy, line, make_people(7))

    pages, path = [], f"{SENDS}{send['id']}/recipients/?page_size=3"
    while path:
        page = hedy.get(path)
        pages.append([one["name"] for one in page["results"]])
        path = page["next"]

    assert [len(page) for page in pages] == [3, 3, 1]
    assert [name for page in pages for name in page] == [f"Person{number:03} Smith" for number in range(7)]
    assert hedy.client.get(f"{SENDS}{send['id']}/recipients/?show=x", secure=True).status_code == 400
    assert hedy.client.get(f"{SENDS}{send['id']}/recipients/?cursor=x", secure=True).status_code == 400


def test_the_people_of_a_draft_are_paged_like_those_of_a_send(line, hedy):
    draft = hedy.draft(line, groups=[make_group(*make_people(120)).pk])

    pages, path = [], f"{SENDS}{draft['id']}/recipients/?page_size=100"
    while path:
        page = hedy.get(path)
        pages.append(page["results"])
        path = page["next"]

    assert [len(page) for page in pages] == [100, 20]
    assert len({one["number"] for page in pages for one in page}) == 120
    assert {one["id"] for page in pages for one in page} == {None}
