"""What happens between the answer to "start" and the first text: the worker keeps who gets it."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from contacts.models import BlockedNumber
from messaging.group_sends import preparing
from messaging.group_sends.preparing import prepare_all
from messaging.models import GroupRecipient, GroupSend
from tests.messaging.group_sends.sends import SENDS, make_group, make_people, started, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fast")]


def test_starting_is_answered_before_anybody_is_kept(line, hedy):
    send = started(hedy, line, make_people(3))

    assert not GroupRecipient.objects.exists()
    assert (send["state"], send["progress"]["total"], send["progress"]["waiting"]) == ("running", 3, 3)
    assert [one["id"] for one in hedy.get(f"{SENDS}?state=running")["results"]] == [send["id"]]
    assert hedy.get(f"{SENDS}?state=scheduled")["results"] == []


def test_one_for_later_is_scheduled_at_once(line, hedy):
    later = timezone.now() + timedelta(hours=1)
    send = started(hedy, line, make_people(1), scheduled_for=later.isoformat())

    assert send["state"] == "scheduled"
    assert [one["id"] for one in hedy.get(f"{SENDS}?state=scheduled")["results"]] == [send["id"]]
    prepare_all()
    assert GroupSend.objects.get().state == "scheduled"


@pytest.mark.parametrize(("step", "state"), [("pause", "paused"), ("cancel", "canceled")])
def test_who_stops_it_before_anybody_was_kept_stops_it_for_all(line, hedy, account, step, state):
    send = started(hedy, line, make_people(3))
    assert hedy.step(send["id"], step)["state"] == state
    work()

    assert account.texts == []
    assert len(hedy.people(send["id"])) == 3


def test_whoever_looks_at_its_people_at_once_sees_them_all(line, hedy):
    send = started(hedy, line, make_people(3))

    assert len(hedy.people(send["id"])) == 3


def test_a_worker_that_dies_while_it_prepares_leaves_nothing_and_the_next_one_begins_anew(line, hedy, account):
    started(hedy, line, make_people(3))
    with patch.object(preparing, "_move", side_effect=SystemExit), pytest.raises(SystemExit):
        prepare_all()
    assert not GroupRecipient.objects.exists()
    work()

    assert len(account.texts) == 3


def test_when_nobody_is_left_by_then_it_is_stopped_and_goes_on_once_somebody_is(line, hedy, account):
    (person,) = make_people(1)
    send = started(hedy, line, [person])
    BlockedNumber.objects.create(number=person.numbers.get().number)
    work()

    found = hedy.get(f"{SENDS}{send['id']}/")
    assert (found["state"], found["problem"]) == ("stopped", "Nobody would get this text: everybody is left out.")

    BlockedNumber.objects.all().delete()
    assert hedy.step(send["id"], "resume")["state"] == "running"
    work()

    assert len(account.texts) == 1
    assert hedy.get(f"{SENDS}{send['id']}/")["state"] == "finished"


def test_one_that_cannot_be_prepared_stops_and_holds_no_other_up(line, hedy, account, caplog):
    broken = started(hedy, line, make_people(2))
    with patch.object(preparing, "audience_of", side_effect=ValueError("a text that nobody can fill in")):
        prepare_all()
    other = hedy.draft(line, numbers=["+12025550199"], body="Hi")
    hedy.step(other["id"], "start")
    work()

    assert [text["to"] for text in account.texts] == ["+12025550199"]
    assert hedy.get(f"{SENDS}{broken['id']}/")["state"] == "stopped"
    hedy.step(broken["id"], "resume")
    work()
    assert len(account.texts) == 3


def test_a_draft_with_nobody_goes_out_once_somebody_is_in_its_group(line, hedy, account):
    group = make_group(name="New")
    draft = hedy.draft(line, groups=[group.pk])
    group.members.add(*make_people(1))
    hedy.step(draft["id"], "start")
    work()

    assert len(account.texts) == 1
