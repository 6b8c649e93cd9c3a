"""The fallback's route: what it says, and that what it was told is in the log a moment later."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from calls.models import Call, CallEvent, Recording
from telephony.models import Webhook
from telephony.webhooks import inbox
from tests.twilio import incoming, sid

pytestmark = pytest.mark.django_db

FALLBACK = "/twilio/voice/fallback/"
ERROR = {"ErrorCode": "11200", "ErrorUrl": "https://user:secret@desk.example.com/twilio/voice/incoming/"}


def said(response) -> list[str]:
    assert response.status_code == 200
    return [verb.tag for verb in ElementTree.fromstring(response.content)]


def test_a_caller_is_asked_for_a_message(twilio, line):
    assert said(twilio.webhook(FALLBACK, incoming(**ERROR)))[:2] == ["Say", "Record"]


def test_with_a_number_to_fall_back_on_the_caller_is_connected(twilio, line, settings):
    settings.TWILIO_FALLBACK_NUMBER = "+12025550199"

    assert said(twilio.webhook(FALLBACK, incoming(**ERROR))) == ["Say", "Dial", "Say", "Hangup"]


def test_an_agent_hears_that_the_call_failed(twilio, line, settings):
    settings.TWILIO_FALLBACK_NUMBER = "+12025550199"

    assert said(twilio.webhook(FALLBACK, incoming(From="client:agent_1", **ERROR))) == ["Say", "Hangup"]


@pytest.mark.parametrize("status", ["completed", "answered"])
def test_a_caller_who_has_talked_is_not_asked_for_a_message(twilio, line, status):
    assert said(twilio.webhook(FALLBACK, incoming(DialCallStatus=status, **ERROR))) == ["Hangup"]


def test_a_caller_who_has_left_a_message_is_thanked_and_the_message_is_kept(twilio, line):
    response = twilio.webhook(FALLBACK, incoming(RecordingSid=sid("RE", 1), RecordingDuration="4", **ERROR))
    inbox.drain()

    assert said(response) == ["Say", "Hangup"]
    assert "Thank you" in response.content.decode()
    assert Recording.objects.get().call_id == sid("CA", 1)


def test_what_failed_is_in_the_log_with_no_secret(twilio, line):
    twilio.webhook(FALLBACK, incoming(**ERROR))
    assert not Webhook.objects.exists()

    assert inbox.drain() == 1
    assert inbox.drain() == 0

    call, event, row = Call.objects.get(), CallEvent.objects.get(), Webhook.objects.get()
    assert (call.error_code, call.status, call.line) == ("11200", "ringing", line)
    assert (row.kind, row.verdict, event.kind, event.call_sid) == ("fallback", "applied", "incident", call.sid)
    assert "11200 https://desk.example.com/twilio/voice/incoming/" in event.outcome
    assert "Record" in event.detail["answer"]


def test_a_webhook_that_cannot_be_applied_is_kept_and_tried_again(twilio, line, monkeypatch):
    monkeypatch.setattr("calls.live.status_callbacks.CallBatch", lambda work, sids: 1 / 0)
    twilio.webhook("/twilio/voice/status/", incoming(CallStatus="completed"))
    inbox.drain()
    row = Webhook.objects.get()
    assert (row.verdict, row.problem.partition(" ")[0]) == ("failed", "ZeroDivisionError")
    assert not Call.objects.exists()
    monkeypatch.undo()

    from telephony.webhooks.inbox import webhooks_rework

    assert webhooks_rework() == 1
    assert webhooks_rework() == 0
    assert Call.objects.get().status == "completed"
    assert Webhook.objects.get().verdict == "applied"


def test_a_line_of_the_spool_that_cannot_be_read_stops_nothing(twilio, line, settings, caplog):
    twilio.webhook(FALLBACK, incoming(**ERROR))
    from pathlib import Path

    file = next(Path(settings.SPOOL_DIR).glob("*.jsonl"))
    file.write_text('{"half a li\n' + file.read_text())

    inbox.drain()

    assert Call.objects.count() == 1
    assert "cannot be read" in caplog.text
    assert not list(Path(settings.SPOOL_DIR).glob("*.jsonl*"))
