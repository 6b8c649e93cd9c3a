"""A send that was started: who gets it, who is left out, and in which order."""

from __future__ import annotations

from collections import Counter

import pytest

from contacts.consents import consent_record
from contacts.models import BlockedNumber, Consent
from messaging.group_sends.preparing import prepare_all
from messaging.models import Message, Origin, Thread
from messaging.services import message_write, thread_with
from tests import factories
from tests.messaging.account import OK
from tests.messaging.group_sends.sends import (
    SENDS,
    make_group,
    make_people,
    started,
    work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fast")]


def test_everybody_gets_the_text_once_with_the_own_name(line, hedy, account):
    people = make_people(12)

    send = started(hedy, line, people)
    work()

    assert Counter(text["to"] for text in account.texts) == {one.numbers.get().number: 1 for one in people}
    assert {text["body"] for text in account.texts} == {f"Hello Person{index:03}" for index in range(12)}
    assert {text["from"] for text in account.texts} == {line.number}
    found = hedy.get(f"{SENDS}{send['id']}/")
    assert found["state"] == "finished"
    assert (found["progress"]["total"], found["progress"]["handed"], found["progress"]["on_the_way"]) == (12, 12, 12)


def test_who_is_left_out_gets_nothing(line, hedy, account):
    people = make_people(3)
    BlockedNumber.objects.create(number=people[1].numbers.get().number)

    send = started(hedy, line, people)
    work()

    assert [text["to"] for text in account.texts] == [people[0].numbers.get().number, people[2].numbers.get().number]
    (left_out,) = hedy.people(send["id"], show="left-out")
    assert (left_out["name"], left_out["why"], left_out["outcome"]) == ("Person001 Smith", "Blocked", "left-out")


def test_starting_twice_sends_once(line, hedy, account):
    send = started(hedy, line, make_people(3))
    again = hedy.step(send["id"], "start")
    work()

    assert again["state"] == "running"
    assert len(account.texts) == 3
    assert hedy.step(send["id"], "start")["state"] == "finished"


def test_who_is_added_to_the_group_later_gets_nothing(line, hedy, account):
    people = make_people(3)
    group = make_group(*people[:2])
    draft = hedy.draft(line, groups=[group.pk])
    hedy.step(draft["id"], "start")
    group.members.add(people[2])
    prepare_all()
    people[0].name = "Somebody Else"
    people[0].save()
    work()

    assert sorted(text["body"] for text in account.texts) == ["Hello Person000", "Hello Person001"]


def test_a_send_to_nobody_is_refused(line, hedy):
    draft = hedy.draft(line)

    assert hedy.step(draft["id"], "start", status=409)["detail"] == (
        "Nobody would get this text: everybody is left out."
    )


def test_who_replies_stop_a_minute_before_is_left_out_then(line, hedy, account):
    people = make_people(2)
    send = started(hedy, line, people)
    prepare_all()
    consent_record(
        people[0].numbers.get().number, sender=line.number, state=Consent.State.FORBIDDEN, source=Consent.Source.TEXT
    )
    work()

    assert [text["to"] for text in account.texts] == [people[1].numbers.get().number]
    (person,) = hedy.people(send["id"], show="to-look-at")
    assert (person["outcome_text"], person["what_now_text"]) == ("Not delivered", "left out from now on")
    assert "STOP" in person["why"]
    assert hedy.get(f"{SENDS}{send['id']}/")["progress"]["replied_stop"] == 1


def test_twilio_knows_of_a_stop_that_we_do_not(line, hedy, account):
    people = make_people(2)
    account.fate = lambda data: 21610 if data["To"] == people[0].numbers.get().number else OK
    started(hedy, line, people)
    work()
    consent = Consent.objects.get()

    assert (consent.number, consent.sender, consent.source) == (people[0].numbers.get().number, line.number, "twilio")
    assert hedy.draft(line, contacts=[people[0].pk])["summary"]["recipients"] == 0


def test_a_landline_is_remembered(line, hedy, account):
    (person,) = make_people(1)
    account.fate = lambda data: 21614
    started(hedy, line, [person])
    work()

    assert person.numbers.get().line_type == "landline"


def test_what_an_agent_writes_goes_before_what_is_sent_to_many(line, hedy, account, ada, settings):
    settings.MESSAGE_SEGMENTS_PER_SECOND = 0.01
    started(hedy, line, make_people(5))
    work()
    message_write(line, "+12025550142", "I am on my way", origin=Origin.AGENT, by=ada)
    work()

    assert [text["body"] for text in account.texts] == ["Hello Person000", "I am on my way"]


def test_a_text_to_many_moves_no_thread_up(line, hedy, account):
    people = make_people(2)
    message_write(line, people[1].numbers.get().number, "Hi", origin=Origin.AGENT)
    thread = Thread.objects.get()
    started(hedy, line, people)
    work()

    newest = Thread.objects.order_by("-last_at").first()
    assert (newest, newest.last_message_id) == (thread, thread.last_message_id)


def test_who_gets_too_long_a_text_is_left_out_and_the_others_get_it(line, hedy, account):
    short, long = make_people(2)
    long.company = "C" * 100
    long.save()
    short.company = "D"
    short.save()
    body = "a" * 1590 + "{company}"

    send = started(hedy, line, [short, long], body=body)
    work()

    assert [text["to"] for text in account.texts] == [short.numbers.get().number]
    (left_out,) = hedy.people(send["id"], show="left-out")
    assert (left_out["name"], left_out["why"]) == (long.name, "Filled in, the text is too long")
    assert send["summary"]["reasons"] == [
        {"reason": "too-long", "count": 1, "text": "for 1 the text, filled in, is too long"}
    ]


def test_two_sends_of_one_line_share_its_pace_and_both_arrive(line, hedy, account):
    people = make_people(6)
    started(hedy, line, people, body="One")
    started(hedy, line, people, body="Two")
    work()

    assert Counter(text["body"] for text in account.texts) == {"One": 6, "Two": 6}


def test_a_text_to_many_goes_into_the_thread_that_there_is_however_the_number_is_written(line, hedy, account):
    # Brazil: the same telephone before and since the ninth digit.
    before, today = "+551160001234", "+5511960001234"
    thread = thread_with(line, before)
    started(hedy, line, [factories.make_contact("Ana", today), *make_people(1)])
    work()

    assert {text["to"] for text in account.texts} == {today, "+12025551000"}
    assert Message.objects.get(recipient=today).thread == thread
    assert Thread.objects.filter(number__in=[before, today]).count() == 1
