"""Pausing, resuming and canceling a send, and what stops it by itself."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from messaging.group_sends.progress import LINE_OFF, refresh
from messaging.models import GroupSend, Message, Sender, Step
from tests import factories
from tests.messaging.account import OK
from tests.messaging.group_sends.sends import (
    SENDS,
    make_people,
    started,
    work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fast")]


def test_a_paused_send_sends_nothing_and_goes_on_where_it_was(line, hedy, account):
    send = started(hedy, line, make_people(4))
    assert hedy.step(send["id"], "pause")["state"] == "paused"
    assert hedy.step(send["id"], "pause")["state"] == "paused"
    work()
    assert account.texts == []

    assert hedy.step(send["id"], "resume")["state"] == "running"
    assert hedy.step(send["id"], "resume")["state"] == "running"
    work()
    assert len(account.texts) == 4


def test_what_waits_in_the_outbox_is_held_by_a_pause(line, hedy, account, settings):
    settings.MESSAGE_SEGMENTS_PER_SECOND = 0.01
    send = started(hedy, line, make_people(4))
    work()
    assert len(account.texts) == 1
    assert Message.objects.filter(step=Step.WAITING).count() == 3

    hedy.step(send["id"], "pause")
    settings.MESSAGE_SEGMENTS_PER_SECOND = 10_000
    Sender.objects.update(free_at=timezone.now())
    work()
    assert len(account.texts) == 1

    hedy.step(send["id"], "resume")
    work()
    assert len(account.texts) == 4


def test_a_canceled_send_never_goes_on(line, hedy, account):
    send = started(hedy, line, make_people(4))
    assert hedy.step(send["id"], "cancel")["state"] == "canceled"
    assert hedy.step(send["id"], "cancel")["state"] == "canceled"
    work()

    assert account.texts == []
    assert hedy.get(f"{SENDS}{send['id']}/")["progress"]["canceled"] == 4
    assert hedy.step(send["id"], "resume", status=409)["detail"] == "This send was canceled."


def test_a_line_that_is_switched_off_stops_its_sends(line, hedy, account, settings):
    settings.MESSAGE_SEGMENTS_PER_SECOND = 0.01
    send = started(hedy, line, make_people(4))
    at = timezone.now() + timedelta(hours=2)
    for_later = started(hedy, line, [factories.make_contact("Later", "+12025550177")], scheduled_for=at.isoformat())
    work()
    line.is_active = False
    line.save()
    refresh(send["id"])
    settings.MESSAGE_SEGMENTS_PER_SECOND = 10_000
    with patch.object(timezone, "now", return_value=at + timedelta(seconds=1)):
        work()

    assert len(account.texts) == 1
    for one in (send, for_later):
        found = hedy.get(f"{SENDS}{one['id']}/")
        assert (found["state"], found["problem"]) == ("stopped", LINE_OFF)
        assert hedy.step(one["id"], "resume", status=409)["detail"] == LINE_OFF

    line.is_active = True
    line.save()
    for one in (send, for_later):
        hedy.step(one["id"], "resume")
    with patch.object(timezone, "now", return_value=at + timedelta(hours=2)):
        work()
    assert len(account.texts) == 5


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("pause", "This send was not started yet."),
        ("resume", "This send was not started yet."),
        ("retry", "This send was not started yet."),
    ],
)
def test_a_draft_is_neither_paused_nor_resumed(line, hedy, name, detail):
    draft = hedy.draft(line, contacts=[one.pk for one in make_people(1)])

    assert hedy.step(draft["id"], name, status=409)["detail"] == detail


def test_a_send_that_was_started_is_not_changed_any_more(line, hedy):
    send = started(hedy, line, make_people(1))

    assert hedy.ask("PATCH", f"{SENDS}{send['id']}/", {"body": "Other"}).status_code == 409
    assert hedy.ask("DELETE", f"{SENDS}{send['id']}/").status_code == 409


def test_a_draft_is_thrown_away(line, hedy):
    draft = hedy.draft(line)

    assert hedy.ask("DELETE", f"{SENDS}{draft['id']}/").status_code == 204
    assert not GroupSend.objects.exists()


def test_an_account_that_cannot_send_stops_the_send_and_it_goes_on_once_that_is_mended(line, hedy, account):
    people = make_people(30)
    account.fate = lambda data: 30034 if len(account.asked) > 3 else OK
    send = started(hedy, line, people)
    work(1)
    refresh(send["id"])

    found = hedy.get(f"{SENDS}{send['id']}/")
    assert (found["state"], found["problem"]) == (
        "stopped",
        "This line is not registered to text US numbers. Ask your admin.",
    )
    assert len(account.texts) == 3

    account.fate = lambda data: OK
    hedy.step(send["id"], "resume")
    work()

    assert Counter(text["to"] for text in account.texts) == {one.numbers.get().number: 1 for one in people}
    assert hedy.get(f"{SENDS}{send['id']}/")["state"] == "finished"
