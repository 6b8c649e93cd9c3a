"""Each kind of webhook has all its parts: a new one is covered by being declared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from calls.models import Call, CallEvent
from calls.recorder.sentences import webhook_title
from telephony.models import Webhook
from telephony.webhooks import inbox
from telephony.webhooks.kinds import WebhookKind, all_kinds
from telephony.webhooks.received import Received
from telephony.webhooks.spool import EntryUnreadable
from tests.telephony.webhooks.test_webhook_security import twilio_paths

PAYLOADS = Path(__file__).parents[2] / "payloads" / "webhooks"
KINDS = list(all_kinds())
POSTED = [kind for kind in KINDS if kind.is_posted]
each = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
each_posted = pytest.mark.parametrize("kind", POSTED, ids=lambda kind: kind.name)

pytestmark = pytest.mark.django_db


def payload(kind: WebhookKind) -> dict[str, Any]:
    return json.loads((PAYLOADS / f"{kind.name}.json").read_text())


def received(kind: WebhookKind) -> Received:
    form = QueryDict(mutable=True)
    form.update(payload(kind))
    return Received.of(form, kind)


def test_every_route_of_twilios_belongs_to_a_kind():
    assert sorted(twilio_paths()) == sorted(kind.address for kind in POSTED)


def test_every_captured_payload_belongs_to_a_kind():
    assert sorted(path.stem for path in PAYLOADS.glob("*.json")) == sorted(kind.name for kind in KINDS)


@each_posted
def test_what_twilio_posts_is_answered_and_kept_as_it_came(twilio, line, ada, kind):
    posted = payload(kind)
    # Some of it only our own address says, which Twilio was given.
    query = urlencode({name: posted[kept_as] for name, kept_as in kind.in_query.items() if kept_as in posted})
    response = twilio.webhook(f"{kind.address}?{query}" if query else kind.address, posted)
    inbox.drain()

    row = Webhook.objects.get()
    assert response.status_code in (200, 204)
    assert (row.kind, row.params, row.verdict) == (kind.name, posted, "applied")
    assert row.sid == posted[kind.subject_field]


@each_posted
def test_when_it_fails_it_is_spooled_answered_and_taken_up_again(twilio, line, ada, kind, monkeypatch):
    def fail(*args: object) -> None:
        raise LookupError

    monkeypatch.setattr(inbox, "_work_on", fail)
    monkeypatch.setattr(inbox, "_work_late", fail)
    response = twilio.webhook(kind.address, payload(kind))
    inbox.drain()
    failed = Webhook.objects.get().verdict
    monkeypatch.undo()

    assert inbox.webhooks_rework() == 1
    assert (failed, Webhook.objects.get().verdict) == ("failed", "applied")
    assert response.status_code == 200 if kind.emergency(received(kind)) else 204


@each
def test_it_has_a_sentence_of_its_own_on_the_time_line(kind):
    leg = Call(sid=payload(kind).get("CallSid", ""))
    status = payload(kind).get(kind.status_field, "")
    row = Webhook(kind=kind.name, sid=leg.sid, status=status, params=payload(kind))

    sentence = webhook_title(row, leg=leg, is_root=True)

    assert kind.name not in sentence
    assert sentence[0].isupper()


@each
def test_it_believes_what_names_its_subject_and_nothing_that_twilio_does_not_send(kind):
    fields = dict(kind.believed(received(kind).form))

    assert fields[kind.subject_field] == payload(kind)[kind.subject_field]
    assert fields.items() <= payload(kind).items()


@pytest.mark.parametrize(
    ("store", "kind", "found"), [("calls", "status", "status"), ("messaging", "fallback", "message-fallback")]
)
def test_what_an_earlier_version_put_aside_is_taken_up(store, kind, found):
    entry = {
        "store": store, "kind": kind, "params": json.loads((PAYLOADS / f"{found}.json").read_text()),
        "received_at": "2026-11-18T10:31:07+00:00",
    }  # fmt: skip
    if store == "calls":
        entry |= {"token": "", "milliseconds": 3.0, "answer": "", "problem": "OperationalError"}

    inbox.webhook_retake(entry)

    assert Webhook.objects.get().kind == found
    assert CallEvent.objects.count() == (store == "calls")


def test_an_entry_of_a_kind_that_nobody_knows_is_no_row():
    with pytest.raises(EntryUnreadable, match="carrier-pigeon"):
        inbox.webhook_retake({"kind": "carrier-pigeon", "params": {}})

    assert not Webhook.objects.exists()


def test_whatever_is_not_about_a_call_names_the_right_to_read_it():
    assert [kind.name for kind in all_kinds() if not kind.is_about_a_call and not kind.read_with] == []
