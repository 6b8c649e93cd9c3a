"""No column is lost, whichever webhook comes first: what is written follows from the models."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import models, transaction

from calls.live.call_batch import CallBatch
from calls.live.facts import facts_fill
from calls.models import Call, CallOffer, Recording
from calls.params import VoiceRequest
from core.sql.statements import Write, fetch, fields_of, new_row
from core.sql.unit import UnitOfWork
from telephony.models import Webhook
from tests import factories
from tests.twilio import sid

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 11, 18, 10, 31, 7, tzinfo=UTC)
# What `CallTree.settle` and the batch work out themselves.
WORKED_OUT = {"revision", "result", "created_at", "updated_at", "agent_id", "help_since"}


def other(field: models.Field) -> Any:
    """A value that no row has by itself."""
    if field.is_relation:
        return sid("CA", 77) if field.attname == "parent_id" else 4711
    if field.choices:
        return next(value for value, _ in field.flatchoices if value != field.get_default())
    kinds: list[tuple[type[models.Field], Any]] = [
        (models.DateTimeField, MOMENT), (models.FloatField, 2.5), (models.JSONField, {"a": [1]}),
        (models.BooleanField, not field.get_default()), (models.IntegerField, 4711),
        (models.CharField, "ou"), (models.TextField, "ou"),
    ]  # fmt: skip
    return next(value for kind, value in kinds if isinstance(field, kind))


CALL_FIELDS = [field for field in fields_of(Call) if not field.primary_key and field.attname not in WORKED_OUT]
by_webhooks = pytest.mark.parametrize(
    "field", [field for field in CALL_FIELDS if field.attname not in Call.WRITTEN_BY_AGENTS], ids=lambda f: f.attname
)


def change(call_sid: str, field: models.Field, *, opened: bool) -> Any:
    """What the row has after a webhook has set this column of a call that was known, or was not."""
    wanted = other(field)
    with transaction.atomic():
        work = UnitOfWork()
        batch = CallBatch.of(work, call_sid)
        call = batch.get(call_sid) or new_row(Call, sid=call_sid, direction="outbound-api")
        setattr(call, field.attname, wanted)
        if opened:
            batch.open(call)
        else:
            batch.changed(call)
        batch.settle()
        work.commit()
    stored = Call.objects.values_list(field.attname, flat=True).get(pk=call_sid)
    assert wanted != field.get_default(), "the test must use a value that says something"
    return stored == wanted


@by_webhooks
def test_a_column_of_a_new_call_is_stored(field):
    assert change(sid("CA", 1), field, opened=True)


@by_webhooks
def test_a_column_of_a_call_that_was_known_is_stored_by_its_own_webhook(field):
    factories.make_call(1)

    assert change(sid("CA", 1), field, opened=True)


@by_webhooks
def test_a_column_of_a_call_that_was_known_is_stored_by_any_other_webhook(field):
    factories.make_call(1)

    assert change(sid("CA", 1), field, opened=False)


@pytest.mark.parametrize("name", Call.WRITTEN_BY_AGENTS)
def test_what_an_agent_writes_meanwhile_is_never_overwritten(name):
    factories.make_call(1)
    with transaction.atomic():
        work = UnitOfWork()
        batch = CallBatch.of(work, sid("CA", 1))
        call = batch.get(sid("CA", 1))
        Call.objects.update(**{name: "callback" if name == "outcome" else "by Ada"})
        call.caller_name = "MAYA"
        batch.open(call)
        batch.settle()
        work.commit()

    assert Call.objects.values_list(name, flat=True).get() in ("callback", "by Ada")


@pytest.mark.parametrize("first", ["incoming", "status"])
def test_every_fact_that_a_webhook_tells_reaches_its_column_in_either_order(first):
    told = {field.name for field in fields(VoiceRequest)} & {field.attname for field in fields_of(Call)}
    values = {name: f"{name[:6]}" for name in told}
    voice = VoiceRequest(**({field.name: "" for field in fields(VoiceRequest)} | values | {"direction": "inbound"}))
    call = new_row(Call, sid=voice.sid) if first == "incoming" else new_row(Call, sid=voice.sid, status="completed")

    facts_fill(call, voice)

    # A browser asks for a line; which it gets is decided.
    decided = {"sid", "status", "direction", "line_id"}
    missing = {name for name in told - decided if getattr(call, name) != values[name]}
    assert missing == set()


@pytest.mark.parametrize("model", [Webhook, CallOffer, Recording], ids=lambda model: model.__name__)
def test_every_column_of_what_is_only_added_is_stored(model, ada):
    factories.make_call(1)
    known = {"call_id": sid("CA", 1), "agent_id": ada.pk}
    told = [field for field in fields_of(model) if not isinstance(field, models.AutoField)]
    values = {field.attname: known.get(field.attname, other(field)) for field in told}

    fetch(Write.insert(model)([new_row(model, **values)]))

    assert model.objects.values(*values).get() == values
