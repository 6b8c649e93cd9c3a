"""Texts that come in: each ends once in the thread of its number and line."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from contacts.consents import (
    consent_record,
    consents_between,
    landline_note,
    numbers_blocked,
    numbers_that_forbid,
    numbers_with_landline,
)
from contacts.models import BlockedNumber, Consent
from messaging.models import Direction, Message, MessageWebhook, Origin, Step, Thread
from messaging.params import IncomingText
from messaging.services import message_write
from messaging.threads import intake
from messaging.threads.selectors import closed_numbers, unread_list
from telephony.models import Webhook
from telephony.webhooks import inbox
from tests import factories
from tests.messaging.texts import FALLBACK, INCOMING, get, make_message, make_thread, send, signed_in, text
from tests.twilio import CALLER, SUPPORT, sid

pytestmark = pytest.mark.django_db

SERVICE = "MG" + "d" * 32


@pytest.fixture
def sales(team):
    return factories.make_line(name="Sales", number="+12025550101", team=team)


def consents() -> list[tuple[str, str, str]]:
    return list(Consent.objects.order_by("pk").values_list("sender", "state", "source"))


def test_a_text_begins_a_thread_and_is_answered_with_nothing_to_send_back(twilio, line):
    response = twilio.webhook(INCOMING, text(Body="  Is it\r\nready? 🙂 "))

    thread = Thread.objects.get()
    message = thread.last_message
    assert response.content == b'<?xml version="1.0" encoding="UTF-8"?><Response />'
    assert (thread.line, thread.number, thread.unread) == (line, CALLER, 1)
    assert (message.body, message.direction, message.status) == ("Is it\nready? 🙂", "inbound", "received")
    assert message.step == ""


def test_the_same_text_twice_is_one(twilio, line):
    for _ in range(2):
        twilio.webhook(INCOMING, text())

    assert Message.objects.count() == 1
    assert Thread.objects.get().unread == 1
    assert [row.verdict for row in Webhook.objects.order_by("pk")] == ["applied", "duplicate"]


def test_texts_of_one_number_to_two_lines_are_two_threads(twilio, line, sales):
    twilio.webhook(INCOMING, text(1))
    twilio.webhook(INCOMING, text(2, To=sales.number))

    assert {thread.line.name for thread in Thread.objects.all()} == {"Support", "Sales"}


def test_a_text_to_a_number_that_is_no_line_is_kept_for_admins(twilio, line):
    for _ in range(2):
        twilio.webhook(INCOMING, text(To="+12025550177"))

    row = MessageWebhook.objects.get()
    assert (row.kind, row.sender, row.recipient, row.body) == (
        "incoming", CALLER, "+12025550177", "Is my lamp ready?",
    )  # fmt: skip
    assert not Thread.objects.exists()


def test_a_text_that_waited_on_disk_does_not_come_before_what_was_written_since(twilio, line):
    thread = make_thread(line)
    newest = make_message(thread, step=Step.TAKEN)
    Thread.objects.update(last_message=newest, last_at=newest.created_at)
    late = IncomingText.from_fields(text(), at=timezone.now() - timedelta(minutes=5))

    with transaction.atomic():
        intake.texts_take_in([late])

    thread.refresh_from_db()
    assert thread.last_message == newest
    assert thread.unread == 1


def test_what_a_blocked_number_writes_is_kept_and_nobody_has_to_read_it(twilio, line):
    BlockedNumber.objects.create(number=CALLER)
    twilio.webhook(INCOMING, text())

    assert Thread.objects.get().unread == 0
    assert Message.objects.count() == 1


def test_a_text_that_came_to_the_fallback_ends_in_its_thread_too(twilio, line):
    twilio.webhook(FALLBACK, text() | {"ErrorCode": "11200", "ErrorUrl": "https://desk.example.com/x"})
    inbox.drain()
    twilio.webhook(INCOMING, text())

    assert Message.objects.get().body == "Is my lamp ready?"
    assert MessageWebhook.objects.get().error_code == "11200"


def test_a_text_is_not_lost_while_the_database_is_away(twilio, line, monkeypatch):
    def fail(*_: object) -> None:
        raise LookupError

    monkeypatch.setattr(inbox, "_work_on", fail)
    response = twilio.webhook(INCOMING, text())
    monkeypatch.undo()
    inbox.drain()

    assert response.status_code == 204
    assert Message.objects.get().sid == sid("SM", 1)


@pytest.mark.parametrize(
    "word",
    [
        "STOP", "stop", " Stop ", "UNSUBSCRIBE", "optout", "Stop!", "STOPP.", "opt out", "OPT-OUT", "STOP ALL", "STOP,",
        "“Stop”", "¡STOP!", "Stop \U0001f6d1", "\uff33\uff34\uff2f\uff30", "stop\u200b", "Arrêt", "please stop",
    ],
)  # fmt: skip
def test_a_word_that_ends_texts_is_kept_for_the_line(twilio, line, word):
    twilio.webhook(INCOMING, text(Body=word))

    assert consents() == [(SUPPORT, "forbidden", "text")]
    assert Consent.objects.get().note == word.strip()


def test_start_allows_again_what_stop_forbade(twilio, line):
    twilio.webhook(INCOMING, text(1, Body="STOP"))
    twilio.webhook(INCOMING, text(2, Body="Start"))

    assert [state for _, state, _ in consents()] == ["forbidden", "allowed"]


def take_in(number: int, minutes: int, **fields: str) -> None:
    """A text that came so many minutes after noon, whenever it is taken in."""
    at = datetime(2026, 11, 24, 12, tzinfo=UTC) + timedelta(minutes=minutes)
    intake.texts_take_in([IncomingText.from_fields(text(number, **fields), at=at)])


def test_a_start_that_lay_in_the_spool_does_not_overrule_a_later_stop(line):
    take_in(1, 0, Body="STOP")
    take_in(2, 9, Body="STOP")
    take_in(3, 5, Body="START")

    assert numbers_that_forbid(SUPPORT, [CALLER]) == {CALLER: "stopped"}
    assert [row.state for row in consents_between(CALLER, SUPPORT)] == ["forbidden", "allowed", "forbidden"]


def test_a_stop_that_lay_in_the_spool_does_not_overrule_a_later_start(line):
    take_in(1, 0, Body="STOP")
    take_in(2, 9, Body="START")
    take_in(3, 5, Body="STOP")

    assert numbers_that_forbid(SUPPORT, [CALLER]) == {}


TWINS = [("+541123456789", "+5491123456789"), ("+5491123456789", "+541123456789"), ("+525512345678", "+5215512345678")]


@pytest.mark.parametrize(("one", "other"), TWINS)
def test_what_was_said_under_one_way_to_write_a_number_holds_for_the_other(line, one, other):
    take_in(1, 0, From=one, Body="STOP")
    assert numbers_that_forbid(SUPPORT, [other, CALLER]) == {other: "stopped"}
    assert closed_numbers(line, [other]) == {other: "stopped"}

    take_in(2, 1, From=other, Body="START")
    assert numbers_that_forbid(SUPPORT, [one, other]) == {}

    BlockedNumber.objects.create(number=one)
    assert numbers_blocked([other, CALLER]) == {other}

    factories.make_contact("Maya Okonkwo", one)
    landline_note(other)
    assert numbers_with_landline([other, CALLER]) == {other}


@pytest.mark.parametrize(("one", "other"), TWINS)
def test_a_reply_joins_the_thread_however_the_number_is_written(line, one, other):
    thread = make_thread(line, one)

    take_in(1, 0, From=other)
    sent = message_write(line, other, "Yes, since noon.", origin=Origin.AGENT)

    assert list(Thread.objects.all()) == [thread]
    assert (sent.thread, sent.recipient) == (thread, other)


def test_whoever_writes_under_a_name_cannot_be_answered_and_the_thread_says_so(line, ada):
    take_in(1, 0, From="AMAZON")
    thread = Thread.objects.get()

    assert get(signed_in(ada), f"/api/v1/threads/{thread.pk}/").json()["closed"] == "name"
    refused = send(signed_in(ada), f"/api/v1/threads/{thread.pk}/messages/", {"body": "Where is it?"})
    assert refused.status_code == 409
    assert refused.json()["detail"] == "Whoever texts under a name instead of a number takes no texts."
    assert not Message.objects.filter(direction=Direction.OUTBOUND).exists()


def test_a_landline_that_writes_can_be_answered(line):
    factories.make_contact("Maya Okonkwo", CALLER)
    landline_note(CALLER)
    assert closed_numbers(line, [CALLER]) == {CALLER: "landline"}

    take_in(1, 0)

    assert closed_numbers(line, [CALLER]) == {}


@pytest.mark.parametrize(
    "word", ["yes", "Please stop calling me", "START", "HELP", "stop that", "!", "Cancel?", "end it"]
)
def test_other_words_say_nothing_about_texts(twilio, line, word):
    twilio.webhook(INCOMING, text(Body=word))

    assert consents() == []


def test_what_twilio_understood_counts_more_than_the_word(twilio, line):
    twilio.webhook(INCOMING, text(1, Body="Halt", OptOutType="STOP", MessagingServiceSid=SERVICE))
    twilio.webhook(INCOMING, text(2, Body="stop", OptOutType="HELP", MessagingServiceSid=SERVICE))

    assert consents() == [(SUPPORT, "forbidden", "text"), (SERVICE, "forbidden", "text")]


@pytest.mark.parametrize("said", [{"OptOutType": "START"}, {}])
def test_start_to_one_line_of_a_service_is_one_to_all_that_were_stopped(line, sales, said):
    take_in(1, 0, Body="STOP", MessagingServiceSid=SERVICE)
    consent_record(CALLER, sender="+12025550109", state=Consent.State.FORBIDDEN, source=Consent.Source.SPOKEN)

    take_in(2, 5, To=sales.number, Body="START", MessagingServiceSid=SERVICE, **said)

    assert closed_numbers(line, [CALLER]) == closed_numbers(sales, [CALLER]) == {}
    assert consents()[-1] == (SUPPORT, "allowed", "text")
    # Not what was said in another way.
    assert numbers_that_forbid("+12025550109", [CALLER]) == {CALLER: "objected"}


def test_yes_to_a_service_that_nobody_stopped_lifts_nothing(line, sales):
    take_in(1, 0, Body="STOP")

    take_in(2, 5, To=sales.number, Body="Yes", MessagingServiceSid=SERVICE)

    assert closed_numbers(line, [CALLER]) == {CALLER: "stopped"}


def test_a_stop_is_one_whatever_one_of_us_writes_down_after_it(line):
    take_in(1, 0, Body="STOP")
    consent_record(CALLER, sender=SUPPORT, state=Consent.State.FORBIDDEN, source=Consent.Source.SPOKEN)

    assert closed_numbers(line, [CALLER]) == {CALLER: "stopped"}


def test_yes_to_a_service_is_an_answer_to_a_question_for_who_had_forbidden_nothing(line):
    take_in(1, 0, Body="Yes", MessagingServiceSid=SERVICE, OptOutType="START")

    assert consents() == []


@pytest.mark.parametrize("said", [{}, {"OptOutType": "START", "MessagingServiceSid": SERVICE}])
@pytest.mark.parametrize(("word", "is_lifted"), [("Yes", False), ("START", True)])
def test_yes_takes_back_no_objection_that_somebody_told_one_of_us(line, word, is_lifted, said):
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    consent_record(CALLER, sender=SUPPORT, state=Consent.State.FORBIDDEN, source=Consent.Source.FORM, at=long_ago)

    take_in(1, 0, Body=word, **said)

    assert (closed_numbers(line, [CALLER]) == {}) == is_lifted


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one write at a time")
@pytest.mark.django_db(transaction=True)
def test_two_servers_that_take_in_the_same_text_at_once_keep_one(line):
    together = threading.Barrier(2)
    verdicts: list[str] = []

    def take_in() -> None:
        fields = IncomingText.from_fields(text(), at=timezone.now())
        together.wait()
        try:
            with transaction.atomic():
                verdicts.extend(intake.texts_take_in([fields]))
        finally:
            connection.close()

    threads = [threading.Thread(target=take_in) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(verdicts) == ["applied", "duplicate"]
    assert Message.objects.count() == 1
    assert Thread.objects.get().unread == 1


@pytest.mark.parametrize("leaves", ["the company", "the team"])
def test_what_comes_for_somebody_who_left_is_the_teams_again(twilio, line, ada, grace, leaves):
    thread = make_thread(line, assigned_to=grace)
    if leaves == "the company":
        grace.is_active = False
        grace.save()
    else:
        grace.teams.clear()

    twilio.webhook(INCOMING, text())

    thread.refresh_from_db()
    assert (thread.assigned_to, thread.unread) == (None, 1)
    assert [row["id"] for row in unread_list(ada)] == [thread.pk]


def test_what_comes_for_somebody_who_is_there_stays_theirs(twilio, line, ada, grace):
    thread = make_thread(line, assigned_to=grace)

    twilio.webhook(INCOMING, text())

    thread.refresh_from_db()
    assert (thread.assigned_to, thread.unread) == (grace, 1)
    assert unread_list(ada) == []
