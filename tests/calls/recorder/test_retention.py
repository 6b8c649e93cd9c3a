"""How long the flight recorder keeps its rows."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.utils import timezone

from calls.models import Call, CallEvent
from calls.recorder.retention import flight_recorder_prune
from calls.tasks import flight_recorder_prune as task
from telephony.models import Webhook
from tests import factories
from tests.twilio import sid

pytestmark = pytest.mark.django_db

CALL = sid("CA", 1)


def rows(days: float, count: int = 1) -> None:
    """A webhook and an event each, so many days old."""
    at = timezone.now() - timedelta(days=days)
    for _ in range(count):
        Webhook.objects.create(sid=CALL, kind="status", params={}, received_at=at)
        CallEvent.objects.create(call_sid=CALL, kind="action", name="hang-up", at=at)


def left() -> tuple[int, int]:
    return Webhook.objects.count(), CallEvent.objects.count()


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("flight_recorder_prune", *arguments, stdout=out)
    return out.getvalue()


def test_old_rows_go_in_batches_and_calls_stay():
    factories.make_call(1, start_time=timezone.now() - timedelta(days=400))
    rows(91, count=5)
    rows(89)

    pruned = flight_recorder_prune(batch=2)

    assert (pruned.webhooks, pruned.events) == (5, 5)
    assert left() == (1, 1)
    assert Call.objects.filter(pk=CALL).exists()


def test_the_setting_says_how_long(settings):
    rows(10)
    settings.FLIGHT_RECORDER_DAYS = 9
    task()

    assert left() == (0, 0)


@pytest.mark.parametrize("days", [0, -1])
def test_zero_keeps_them_for_ever(settings, days):
    rows(9000)
    settings.FLIGHT_RECORDER_DAYS = days
    task()

    assert left() == (1, 1)
    assert "for ever" in said()


def test_a_number_of_days_beyond_all_time_deletes_nothing():
    rows(9000)

    assert flight_recorder_prune(days=10**9).webhooks == 0


def test_the_command_says_what_it_did():
    rows(91, count=2)

    assert said("--dry-run") == "Would delete 2 webhooks and 2 other events older than 90 days.\n"
    assert left() == (2, 2)
    assert said("--days", "90").startswith("Deleted 2 webhooks")
    assert left() == (0, 0)


@pytest.mark.parametrize("days", ["0", "-3"])
def test_the_command_never_deletes_everything_by_mistake(days):
    rows(1)

    with pytest.raises(CommandError, match="1 or more"):
        said(f"--days={days}")
    assert left() == (1, 1)


def test_the_task_runs_daily():
    scheduled = configured.CELERY_BEAT_SCHEDULE["flight-recorder"]

    assert scheduled["task"] == task.name
    assert scheduled["schedule"].hour == {3}
