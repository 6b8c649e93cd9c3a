"""What is kept of log-ins is kept for so many days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.utils import timezone

from agents.models import LoginRecord
from config.celery import app
from config.tasks import log_ins_prune
from tests import factories
from tokens.models import IssuedToken

pytestmark = pytest.mark.django_db


def record(days: int) -> LoginRecord:
    return LoginRecord.objects.create(kind="failed", username="ada", at=timezone.now() - timedelta(days=days))


def issued(agent, days: int, **values):
    at = timezone.now() - timedelta(days=days)
    return IssuedToken.objects.create(
        agent=agent, identity=agent.identity, issued_at=at, expires_at=at, **({"platform": "ios"} | values)
    )


def left(model) -> set[int]:
    return set(model.objects.values_list("pk", flat=True))


def test_log_in_records_go_when_they_are_old_enough(settings):
    settings.LOGIN_RECORD_DAYS = 30
    record(31)
    kept = record(29)

    log_ins_prune()

    assert left(LoginRecord) == {kept.pk}


def test_records_of_voice_tokens_go_when_they_are_old_enough(ada, settings):
    settings.ISSUED_TOKEN_DAYS = 30
    issued(ada, 31)
    kept = issued(ada, 29)

    log_ins_prune()

    assert left(IssuedToken) == {kept.pk}


def test_the_newest_of_a_device_stays_by_which_it_is_rung(ada, settings):
    settings.ISSUED_TOKEN_DAYS = 30
    device, revoked = factories.make_device(ada), factories.make_device(ada, revoked_at=timezone.now())
    issued(ada, 200, device=device)
    ios, android = issued(ada, 100, device=device), issued(ada, 150, device=device, platform="android")
    issued(ada, 100, device=revoked)

    log_ins_prune()

    assert left(IssuedToken) == {ios.pk, android.pk}


def test_sessions_that_are_over_go():
    now = timezone.now()
    Session.objects.create(session_key="over", session_data="", expire_date=now - timedelta(minutes=1))
    Session.objects.create(session_key="good", session_data="", expire_date=now + timedelta(minutes=1))

    log_ins_prune()

    assert [session.session_key for session in Session.objects.all()] == ["good"]


def test_nought_days_keep_them_for_ever(ada, settings):
    settings.LOGIN_RECORD_DAYS = settings.ISSUED_TOKEN_DAYS = 0
    record(5000)
    issued(ada, 5000)

    log_ins_prune()

    assert (LoginRecord.objects.count(), IssuedToken.objects.count()) == (1, 1)


def test_it_is_done_every_night():
    entry = configured.CELERY_BEAT_SCHEDULE["log-ins"]

    assert entry["task"] in app.tasks
    assert (entry["schedule"].hour, entry["schedule"].minute) == ({3}, {50})
