"""Twilio tells that a usage trigger has fired."""

from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import patch

import pytest

from telephony.models import Webhook
from usage import tasks
from usage.models import TriggerFiring

pytestmark = pytest.mark.django_db
PATH = "/twilio/usage/trigger/"
FIELDS = json.loads((Path(__file__).parents[1] / "payloads" / "webhooks" / "usage-trigger.json").read_text())


@pytest.fixture
def refreshes():
    with patch.object(tasks.refresh, "delay", autospec=True) as delay:
        yield delay


def test_it_starts_a_refresh_after_it_was_answered(twilio, refreshes, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as waiting:
        answer = twilio.webhook(PATH, FIELDS)
    assert (answer.status_code, refreshes.call_count) == (204, 0)

    for callback in waiting:
        callback()
    assert refreshes.call_count == 1


def test_told_twice_it_starts_one(twilio, refreshes, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            twilio.webhook(PATH, FIELDS)

    assert refreshes.call_count == 1
    assert TriggerFiring.objects.count() == 1
    assert Webhook.objects.filter(kind="usage-trigger").count() == 3


def test_another_token_is_another_firing(twilio, refreshes, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        twilio.webhook(PATH, FIELDS)
        twilio.webhook(PATH, FIELDS | {"IdempotencyToken": "another"})

    assert refreshes.call_count == 2


def test_one_that_is_not_twilios_is_refused_and_starts_nothing(twilio, refreshes, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = twilio.webhook(PATH, FIELDS, signature="forged")

    assert (answer.status_code, refreshes.call_count) == (403, 0)
    assert not TriggerFiring.objects.exists()


def test_a_queue_that_is_away_does_not_fail_it(twilio, refreshes, django_capture_on_commit_callbacks):
    refreshes.side_effect = ConnectionError
    with django_capture_on_commit_callbacks(execute=True):
        answer = twilio.webhook(PATH, FIELDS)

    assert answer.status_code == 204
