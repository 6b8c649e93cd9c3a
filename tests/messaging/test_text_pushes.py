"""What open desks are told of texts: as described, to those who may see them, each in their own language."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import patch

import pytest

from core.realtime import outbox
from desk.snapshot import snapshot_of
from messaging.models import Origin, Step, Thread
from messaging.outbox.signals import messages_moved
from messaging.services import message_write
from messaging.threads import services
from tests import factories
from tests.desk.schema import mistakes
from tests.messaging.texts import INCOMING, STATUS, make_message, make_thread, signed_in, status, text
from tests.twilio import CALLER, sid

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(django_capture_on_commit_callbacks):
    """Does something and returns what was pushed for it, as (group, frame)."""

    def run(do) -> list[tuple[str, dict[str, Any]]]:
        pushed: list[Any] = []
        with patch.object(outbox, "send", pushed.extend), django_capture_on_commit_callbacks(execute=True):
            do()
        return [(group, json.loads(message["text"])) for group, message in pushed]

    return run


def test_a_text_that_comes_in_is_told_to_the_lines_team_and_to_admins(told, twilio, line, team):
    frames = told(lambda: twilio.webhook(INCOMING, text()))

    assert {group for group, _ in frames} == {f"team.{team.pk}", "everything"}
    frame = frames[0][1]
    assert frame["type"] == "message.new"
    assert (frame["message"]["body"], frame["thread"]["unread"]) == ("Is my lamp ready?", 1)
    assert mistakes("ServerFrame", frame) == []


def test_a_text_that_came_twice_is_told_once(told, twilio, line):
    twilio.webhook(INCOMING, text())
    assert told(lambda: twilio.webhook(INCOMING, text())) == []


def test_how_far_a_text_has_come_is_told_with_why_it_was_not_delivered(told, twilio, line):
    make_message(make_thread(line), sid=sid("SM", 9), step=Step.TAKEN)

    frames = told(lambda: twilio.webhook(STATUS, status("undelivered", ErrorCode="30007")))

    frame = frames[0][1]
    assert (frame["type"], frame["message"]["state"]) == ("message.status", "failed")
    assert frame["message"]["problem"] == "The network filtered this text as spam."
    assert frame["message"]["may_retry"] is True
    assert mistakes("ServerFrame", frame) == []


def test_results_of_texts_to_groups_are_told_elsewhere(told, twilio, line):
    make_message(make_thread(line), sid=sid("SM", 9), step=Step.TAKEN, origin=Origin.GROUP)

    assert told(lambda: twilio.webhook(STATUS, status("delivered"))) == []


def test_sentences_are_told_in_each_language(twilio, line, django_capture_on_commit_callbacks):
    make_message(make_thread(line), sid=sid("SM", 9), step=Step.TAKEN)
    pushed: list[Any] = []
    with patch.object(outbox, "send", pushed.extend), django_capture_on_commit_callbacks(execute=True):
        twilio.webhook(STATUS, status("undelivered", ErrorCode="30003"))

    german = json.loads(pushed[0][1]["texts"]["de"])["message"]["problem"]
    assert german
    assert german != json.loads(pushed[0][1]["text"])["message"]["problem"]


def test_what_an_agent_writes_is_told_to_colleagues_and_again_when_the_outbox_moves_it(told, line, ada):
    frames = told(lambda: message_write(line, CALLER, "Hello", origin=Origin.AGENT, by=ada))
    message = Thread.objects.get().last_message
    moved = told(lambda: messages_moved.send(sender=None, ids=[message.pk]))

    assert (frames[0][1]["type"], frames[0][1]["message"]["by"]["id"]) == ("message.new", ada.pk)
    assert moved[0][1]["type"] == "message.status"
    assert moved[0][1]["thread"]["revision"] > frames[0][1]["thread"]["revision"]


def test_who_looks_after_a_thread_is_told(told, line, grace):
    thread = make_thread(line)
    frames = told(lambda: services.thread_assign(thread, grace))

    assert frames[0][1]["type"] == "thread.changed"
    assert frames[0][1]["thread"]["assigned_to"]["id"] == grace.pk
    assert mistakes("ServerFrame", frames[0][1]) == []


def test_a_desk_begins_with_what_is_unread_for_its_agent_and_for_anybody(line, ada, grace):
    other = factories.make_line(name="Sales", number="+12025550101", team=factories.make_team("Sales"))
    mine, nobodys = make_thread(line, "+12025550151", unread=2, assigned_to=ada), make_thread(line, unread=1)
    make_thread(line, "+12025550152", unread=1, assigned_to=grace)
    make_thread(line, "+12025550153")
    make_thread(other, unread=1)

    unread = snapshot_of(ada)["unread_threads"]
    assert unread == [
        {"id": mine.pk, "assigned_to": ada.pk, "unread": 2}, {"id": nobodys.pk, "assigned_to": None, "unread": 1},
    ]  # fmt: skip


def test_a_text_that_is_not_known_is_looked_up_on_request(line, ada, stranger):
    message = make_message(make_thread(line), step=Step.UNKNOWN)
    path = f"/api/v1/messages/{message.pk}/ask/"

    with patch("messaging.outbox.lookups.messages_between", autospec=True, return_value=[]) as asked:
        answer = signed_in(ada).post(path, secure=True)
        assert signed_in(stranger).post(path, secure=True).status_code == 404
    assert (answer.status_code, answer.json()["state"]) == (200, "unknown")
    asked.assert_called_once()
