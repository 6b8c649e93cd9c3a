"""What waits on the disk is taken up, whatever else lies there."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import OperationalError
from django.http import QueryDict

from calls.models import Call
from config.privacy.person import person_find
from config.privacy.services import person_erase
from messaging.models import MessageWebhook
from telephony.models import Webhook
from telephony.webhooks import inbox
from telephony.webhooks.kinds import kind_named
from telephony.webhooks.received import Received
from telephony.webhooks.spool import spool_is_empty
from tests.twilio import ACCOUNT_SID, CALLER, SUPPORT, incoming, sid

pytestmark = pytest.mark.django_db
TEXT = {
    "MessageSid": sid("SM", 1),
    "AccountSid": ACCOUNT_SID,
    "From": CALLER,
    "To": SUPPORT,
    "Body": "Where is it?",
    "ErrorCode": "11200",
}


def folder() -> Path:
    return Path(settings.SPOOL_DIR)


def put_aside(number: int, *, process: int = 1) -> None:
    """What a web process puts aside in a file of its own."""
    form = QueryDict(mutable=True)
    form.update(incoming(CallSid=sid("CA", number)))
    with patch("os.getpid", return_value=process):
        inbox.webhook_spool(Received.of(form, kind_named("incoming")), answer="")


def entry(**change: Any) -> str:
    good = {"kind": "incoming", "received_at": "2026-11-18T10:31:07+00:00", "params": incoming(CallSid=sid("CA", 9))}
    return json.dumps({name: value for name, value in (good | change).items() if value is not ...})


UNREADABLE = {
    "half a line": '{"half a li',
    "not an entry": "[]",
    "no kind": entry(kind=...),
    "a kind that is none": entry(kind=["incoming"]),
    "a kind of long ago": entry(kind="fax"),
    "no moment": entry(received_at="nonsense"),
    "a number for a moment": entry(received_at=7),
    "no fields": entry(params=...),
    "a word for fields": entry(params="CallSid"),
    "no number of milliseconds": entry(milliseconds="many"),
}


@pytest.mark.parametrize("line_of_it", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_keeps_back_nothing_and_is_put_aside(line, caplog, line_of_it):
    put_aside(1)
    waiting = next(folder().glob("*.jsonl"))
    waiting.write_text(f"{line_of_it}\n{waiting.read_text()}")

    assert inbox.drain() == 1

    assert list(Call.objects.values_list("sid", flat=True)) == [sid("CA", 1)]
    assert (folder() / "unreadable.bad").read_text() == f"{line_of_it}\n"
    assert (folder() / "unreadable.bad").stat().st_mode & 0o777 == 0o600
    assert [record.levelno for record in caplog.records if "cannot be read" in record.getMessage()] == [logging.ERROR]
    assert CALLER not in caplog.text
    assert spool_is_empty()


def test_a_person_who_is_erased_is_taken_out_of_what_cannot_be_read_too(line):
    folder().mkdir()
    (folder() / "1.jsonl").write_text(f"{entry(received_at='nonsense')}\n{entry(kind='fax', params={})}\n")

    person_erase(person_find(CALLER), by=None)

    assert (folder() / "unreadable.bad").read_text() == f"{entry(kind='fax', params={})}\n"


def test_a_database_that_is_away_puts_nothing_aside(transactional_db, line):
    put_aside(1)
    with patch.object(inbox, "_work_late", autospec=True, side_effect=OperationalError):
        assert inbox.drain() == 0
    assert not list(folder().glob("*.bad"))

    assert inbox.drain() == 1


def test_files_behind_one_that_cannot_be_stored_are_taken_up_with_the_next_look(transactional_db, line):
    put_aside(1, process=1)
    put_aside(2, process=2)
    with patch.object(inbox, "_work_late", autospec=True, side_effect=OperationalError):
        inbox.drain()

    assert inbox.drain() == 2
    assert Call.objects.count() == 2


def test_a_text_that_is_seen_twice_is_kept_once(twilio):
    twilio.webhook("/twilio/messaging/fallback/", TEXT)
    (folder() / "0.jsonl").write_text(next(folder().glob("*.jsonl")).read_text())
    inbox.drain()

    assert MessageWebhook.objects.count() == 1


def test_two_texts_of_one_moment_are_both_kept(twilio):
    for number in (1, 2):
        twilio.webhook("/twilio/messaging/fallback/", TEXT | {"MessageSid": sid("SM", number)})
    inbox.drain()

    assert MessageWebhook.objects.count() == 2


def test_erasing_a_person_keeps_no_text_that_still_waits(twilio):
    twilio.webhook("/twilio/messaging/fallback/", TEXT)
    person_erase(person_find(CALLER), by=None)
    inbox.drain()

    assert (Webhook.objects.count(), MessageWebhook.objects.count()) == (0, 0)
