"""One to myself, before it goes to many."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.consents import consent_record
from contacts.models import BlockedNumber, Consent
from messaging.models import Message
from tests import factories
from tests.messaging.group_sends.sends import (
    SENDS,
    make_people,
    work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fast")]


def test_one_to_myself_goes_out_alone_with_my_own_name(line, hedy, account):
    draft = hedy.draft(line, contacts=[one.pk for one in make_people(3)])

    answer = hedy.ask("POST", f"{SENDS}{draft['id']}/to-myself/", {"number": "(202) 555-0177"})
    work()

    assert answer.status_code == 201
    assert [(text["to"], text["body"]) for text in account.texts] == [("+12025550177", "Hello Hedy")]


def test_one_to_myself_is_one_however_often_it_is_asked_for(line, hedy, account):
    draft = hedy.draft(line, contacts=[one.pk for one in make_people(1)])
    path, number = f"{SENDS}{draft['id']}/to-myself/", {"number": "+12025550177"}

    first, again = (hedy.ask("POST", path, number).json()["id"] for _press in range(2))
    work()
    assert (first == again, len(account.texts)) == (True, 1)

    hedy.ask("PATCH", f"{SENDS}{draft['id']}/", {"body": "Hi {first name}"})
    hedy.ask("POST", path, number)
    work()
    assert [text["body"] for text in account.texts] == ["Hello Hedy", "Hi Hedy"]

    Message.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    hedy.ask("POST", path, number)
    work()
    assert len(account.texts) == 3


def test_one_to_myself_does_not_go_to_a_line_nor_to_who_stopped(line, hedy, account, team):
    other = factories.make_line(team=team, number="+12025550199", name="Other")
    stopped, blocked = "+12025550177", "+12025550178"
    consent_record(stopped, sender=line.number, state=Consent.State.FORBIDDEN, source=Consent.Source.TEXT)
    BlockedNumber.objects.create(number=blocked)
    draft = hedy.draft(line, contacts=[one.pk for one in make_people(1)])

    said = {
        number: hedy.step(draft["id"], "to-myself", {"number": number}, status=409)["detail"]
        for number in (line.number, other.number, stopped, blocked)
    }
    work()

    assert said[line.number] == said[other.number] == "This is the number of a line. Type your own number."
    assert said[stopped] == "This number replied STOP and gets no texts until it writes START."
    assert said[blocked] == "This number is blocked."
    assert account.texts == []
