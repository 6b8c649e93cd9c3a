"""What the doctor says of the desk's own parts."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from celery.signals import task_postrun
from channels.layers import InMemoryChannelLayer
from django.core.cache.backends.dummy import DummyCache
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from calls.tasks import reconcile
from config.doctor import system
from config.doctor.checks import CHECKS, line_numbers
from config.models import Heartbeat
from config.server.heartbeats import HEARTBEAT, RECONCILE, note
from config.tasks import heartbeat
from telephony.doctor.findings import Check, Finding, State
from tests import factories

pytestmark = pytest.mark.django_db


def finding(check) -> Finding:
    return check(Check("it", "It", check))


def beat(task: str, *, seconds: float, succeeded: bool = True) -> None:
    Heartbeat.objects.create(task=task, at=timezone.now() - timedelta(seconds=seconds), succeeded=succeeded)


def test_every_check_has_a_name_of_its_own():
    names = [check.id for check in CHECKS]

    assert len(set(names)) == len(names)


def test_only_lines_in_use_are_looked_at(team):
    factories.make_line(team=team, number="+12025550100")
    factories.make_line(team=team, number="+12025550101", is_active=False)

    assert line_numbers() == ["+12025550100"]


def test_settings_in_order(settings):
    settings.ALLOWED_REGIONS = ["US"]
    assert finding(system.check_settings).state is State.OK


def test_settings_that_a_server_would_not_start_with(settings):
    settings.TWILIO_API_KEY_SECRET, settings.ALLOWED_REGIONS = "", ["US"]

    found = finding(system.check_settings)

    assert (found.state, found.seen) == (State.FAILED, "TWILIO_API_KEY_SECRET is missing.")


def test_settings_that_may_be_meant(settings):
    settings.PUBLIC_BASE_URL = "http://localhost:8000"
    settings.ALLOWED_HOSTS = ["localhost"]

    assert finding(system.check_settings).state is State.WARNING


@pytest.mark.parametrize(
    ("simulator", "debug", "address", "state"),
    [
        (False, False, "https://desk.example.com", State.OK),
        (True, True, "http://localhost:8000", State.OK),
        (True, False, "http://localhost:8000", State.FAILED),
        (True, True, "https://desk.example.com", State.FAILED),
    ],
)
def test_the_simulator_belongs_on_a_laptop(settings, simulator, debug, address, state):
    settings.SIMULATOR, settings.DEBUG, settings.PUBLIC_BASE_URL = simulator, debug, address

    assert finding(system.check_simulator).state is state


def test_a_database_that_answers():
    assert finding(system.check_database).state is State.OK


def test_migrations_that_are_applied():
    assert finding(system.check_migrations).state is State.OK


def test_a_migration_that_is_missing():
    (newest,) = MigrationLoader(connection).graph.leaf_nodes("config")
    MigrationRecorder(connection).record_unapplied(*newest)

    found = finding(system.check_migrations)

    assert (found.state, found.seen) == (State.FAILED, f"1 not applied: {'.'.join(newest)}.")


def test_a_cache_that_keeps_what_is_written():
    assert finding(system.check_cache).state is State.OK


def test_a_cache_that_forgets():
    with patch("config.doctor.system.cache", DummyCache("", {})):
        assert finding(system.check_cache).state is State.FAILED


def test_without_redis_there_is_nothing_between_the_web_process_and_its_desks(settings):
    settings.REDIS_URL = ""

    assert finding(system.check_channel_layer).state is State.SKIPPED
    assert finding(system.check_broker).state is State.SKIPPED


def test_a_message_goes_round_the_channel_layer(settings):
    settings.REDIS_URL = "redis://localhost:6379/0"

    with patch("config.doctor.system.get_channel_layer", return_value=InMemoryChannelLayer()):
        assert finding(system.check_channel_layer).state is State.OK


def test_a_message_that_is_lost_on_the_way(settings):
    settings.REDIS_URL = "redis://localhost:6379/0"
    layer = InMemoryChannelLayer()

    with (
        patch("config.doctor.system.get_channel_layer", return_value=layer),
        patch.object(layer, "receive", autospec=True, side_effect=TimeoutError),
    ):
        assert finding(system.check_channel_layer).state is State.FAILED


@pytest.mark.parametrize(("seconds", "state"), [(5, State.OK), (89, State.OK), (120, State.FAILED)])
def test_a_worker_is_alive_when_it_did_something_lately(settings, seconds, state):
    settings.REDIS_URL = ""
    beat(HEARTBEAT, seconds=seconds)

    assert finding(system.check_worker).state is state


def test_a_worker_that_never_did_anything(settings):
    settings.REDIS_URL = ""

    assert finding(system.check_worker).state is State.FAILED


@pytest.mark.parametrize(("answers", "state"), [({"worker@one": {"ok": "pong"}}, State.OK), (None, State.FAILED)])
def test_workers_of_their_own_are_asked(settings, answers, state):
    settings.REDIS_URL = "redis://localhost:6379/0"
    beat(HEARTBEAT, seconds=5)

    with patch.object(system.app.control, "inspect", autospec=True) as inspect:
        inspect.return_value.ping.return_value = answers
        assert finding(system.check_worker).state is state


@pytest.mark.parametrize("check", [system.check_cache, system.check_channel_layer, system.check_broker])
def test_a_redis_that_is_away_is_said_without_its_address(settings, check):
    settings.REDIS_URL = "redis://:hunter2@localhost:6379/0"
    away = ConnectionError("redis://:hunter2@localhost:6379/0")

    with (
        patch.object(DummyCache, "set", autospec=True, side_effect=away),
        patch("config.doctor.system.cache", DummyCache("", {})),
        patch("config.doctor.system.get_channel_layer", autospec=True, side_effect=away),
        patch.object(system.app, "connection_for_read", autospec=True, side_effect=away),
    ):
        found = finding(check)

    assert (found.state, found.seen) == (State.FAILED, "Redis does not answer (ConnectionError).")


def test_a_database_that_is_away_is_said():
    with patch.object(connection, "cursor", side_effect=OperationalError("password=hunter2")):
        found = finding(system.check_database)

    assert (found.state, found.seen) == (State.FAILED, "The database does not answer (OperationalError).")


@pytest.mark.parametrize(
    ("seconds", "succeeded", "state"), [(30, True, State.OK), (30, False, State.FAILED), (600, True, State.FAILED)]
)
def test_the_reconciler(seconds, succeeded, state):
    beat(RECONCILE, seconds=seconds, succeeded=succeeded)

    assert finding(system.check_reconciler).state is state


def test_a_reconciler_that_is_not_due_yet():
    assert finding(system.check_reconciler).state is State.SKIPPED


@pytest.mark.parametrize(("task", "name"), [(heartbeat, HEARTBEAT), (reconcile, RECONCILE)])
def test_a_watched_tasks_end_is_noted(task, name):
    task.apply()

    assert Heartbeat.objects.get().task == name
    assert Heartbeat.objects.get().succeeded


def test_a_watched_task_that_breaks_off_is_noted_as_such():
    with patch("calls.tasks.calls_reconcile", autospec=True, side_effect=RuntimeError):
        reconcile.apply()

    assert not Heartbeat.objects.get().succeeded


def test_other_tasks_are_none_of_the_doctors_business():
    assert note in [receiver() for _, receiver in task_postrun.receivers]
    note(sender=None, state="SUCCESS")

    assert not Heartbeat.objects.exists()


@pytest.mark.parametrize(
    ("line", "agent", "state"),
    [
        ({"takes_voicemail": False}, None, "failed"),
        ({"takes_voicemail": False}, {"is_active": False}, "failed"),
        ({"takes_voicemail": False}, {"may_receive_calls": False}, "failed"),
        ({"takes_voicemail": False}, {}, "ok"),
        ({"takes_voicemail": False, "is_active": False}, None, "ok"),
        ({}, None, "ok"),
    ],
)
def test_a_line_on_which_callers_reach_nobody_is_found(team, line, agent, state):
    factories.make_line(team=team, **line)
    if agent is not None:
        factories.make_agent(team=team, **agent)

    found = finding(system.check_lines)

    assert found.state == state
    assert ("Support (+12025550100)" in found.seen) is (state == "failed")
