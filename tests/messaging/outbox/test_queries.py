"""The work list is found by its index, however many texts there are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from messaging.models import IS_OPEN, Message, Origin, Priority, Step
from messaging.outbox.claims import _due, senders_waiting
from messaging.prices import price_to_come, went_since
from messaging.reconcile import texts_unsettled
from messaging.services import message_write
from usage.prices import texts_open

pytestmark = pytest.mark.django_db


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads a small table whole")
def test_sqlite_finds_what_waits_by_its_index():
    assert "message_waiting" in Message.objects.filter(IS_OPEN, step=Step.WAITING).order_by().explain()
    assert "SCAN messaging_message" not in _due("+12025550100", timezone.now())[:10].explain()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads a small table whole")
def test_what_has_gone_out_of_late_is_found_by_when_it_went_and_not_by_reading_all_texts():
    now = timezone.now()
    since = now - timedelta(days=3)
    late = Message.objects.filter(step=Step.TAKEN, direction="outbound", sent_at__gt=since).order_by()

    assert "message_sent" in late.explain()
    assert "message_sent" in texts_unsettled(since, now, price_to_come(now)).explain()
    for plan in (texts_open(since, now).explain(), Message.objects.filter(went_since(since)).order_by().explain()):
        assert "message_sent" in plan
        assert "message_created" in plan


def test_who_has_something_due_comes_once_the_ones_that_agents_wait_for_first(line):
    for number in ("+12025550142", "+12025550143"):
        message_write(line, number, "Hi", origin=Origin.AGENT)
    thread = Message.objects.earliest("pk").thread
    for sender, values in {
        "+12025550001": {"priority": Priority.GROUP},
        "+12025550002": {"due_at": timezone.now() + timedelta(hours=1)},
        "+12025550003": {"step": Step.CLAIMED},
    }.items():
        values = {"step": Step.WAITING, "sender": sender, "recipient": "+1", "direction": "outbound"} | values
        Message.objects.create(thread=thread, **values)

    assert senders_waiting(timezone.now()) == [line.number, "+12025550001"]
    later = timezone.now() + timedelta(hours=2)
    assert senders_waiting(later) == ["+12025550002", line.number, "+12025550001"]
