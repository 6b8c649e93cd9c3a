"""What Ringdesk itself stands on: settings, database, cache, channel layer, queue and worker."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from channels.layers import get_channel_layer
from django.conf import settings
from django.core import checks as django_checks
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from config.celery import app
from config.models import Heartbeat
from config.server.heartbeats import HEARTBEAT, RECONCILE
from core.text import in_sentence
from messaging.outbox.health import outbox_health
from routing.selectors import lines_unanswered
from telephony.doctor.findings import Check, Finding

F = TypeVar("F", Finding, Finding | None)
SIMULATOR_IN_PRODUCTION = "telephony.E012"
# Three times what the clock's schedule asks for.
_LATE_HEARTBEAT, _LATE_RECONCILE = timedelta(seconds=90), timedelta(minutes=3)
_START_WORKER = gettext_lazy("Start it again: the web server without REDIS_URL, else celery -A config worker --beat.")


def _needs(
    silent: StrOrPromise, mend: StrOrPromise
) -> Callable[[Callable[[Check], F]], Callable[[Check], F | Finding]]:
    """Makes whatever a check raises a finding about what it needs. The error's text may hold a password."""

    def decorate(look: Callable[[Check], F]) -> Callable[[Check], F | Finding]:
        @wraps(look)
        def guarded(check: Check) -> F | Finding:
            try:
                return look(check)
            except Exception as error:
                return check.failed(str(silent) % {"error": type(error).__name__}, mend)

        return guarded

    return decorate


_needs_database = _needs(
    gettext_lazy("The database does not answer (%(error)s)."),
    gettext_lazy("See that it runs, and that DATABASE_URL and the migrations are right."),
)
_needs_redis = _needs(
    gettext_lazy("Redis does not answer (%(error)s)."), gettext_lazy("See that it runs, and that REDIS_URL is right.")
)


def check_settings(check: Check) -> Finding:
    """What Django's own checks say, which a server refuses to start with."""
    found = [message for message in django_checks.run_checks() if message.id != SIMULATOR_IN_PRODUCTION]
    found = [message for message in found if message.level >= django_checks.WARNING and not message.is_silenced()]
    if not found:
        return check.ok(_("All settings are there and well formed."))
    seen = " ".join(str(message.msg) for message in found)
    mend = " ".join(dict.fromkeys(str(message.hint) for message in found if message.hint)) or _("See .env.example.")
    serious = any(message.is_serious() for message in found)
    return check.failed(seen, mend) if serious else check.warning(seen, mend)


def check_simulator(check: Check) -> Finding:
    if any(message.id == SIMULATOR_IN_PRODUCTION for message in django_checks.run_checks()):
        return check.failed(_("The Twilio simulator is switched on in production."), _("Set SIMULATOR=False."))
    return check.ok(_("It is on, on this machine only.") if settings.SIMULATOR else _("It is off."))


@_needs_database
def check_database(check: Check) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return check.ok(_("%(what)s answers.") % {"what": connection.display_name})


@_needs_database
def check_migrations(check: Check) -> Finding:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        names = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _backwards in missing[:5])
        return check.failed(
            _("%(count)d not applied: %(names)s.") % {"count": len(missing), "names": names},
            _("Run: python manage.py migrate"),
        )
    return check.ok(_("All are applied."))


@_needs_database
def check_lines(check: Check) -> Finding:
    """A line is refused like this when it is saved; its team may have lost its people since."""
    silent = lines_unanswered()
    if silent:
        names = ", ".join(f"{in_sentence(line.name)} ({line.number})" for line in silent[:5])
        return check.failed(
            _("Callers reach nobody on %(lines)s: nobody in the team can take calls, and there is no voicemail.")
            % {"lines": names},
            _("Put an agent into the line's team, or let the line take voicemail, in the admin."),
        )
    return check.ok(_("Each has somebody in its team, or takes voicemail."))


@_needs_redis
def check_cache(check: Check) -> Finding:
    key, value = f"doctor.{secrets.token_hex(8)}", secrets.token_hex(8)
    cache.set(key, value, 30)
    found = cache.get(key)
    cache.delete(key)
    if found != value:
        return check.failed(
            _("What was written cannot be read."), _("See that Redis at REDIS_URL has memory and takes writes.")
        )
    return check.ok(
        _("Redis keeps what is written.") if settings.REDIS_URL else _("It is in the memory of each process.")
    )


@_needs_redis
def check_channel_layer(check: Check) -> Finding:
    """A message to ourselves by the same way that pushes take to desks."""
    if not settings.REDIS_URL:
        return check.skipped(_("Pushes stay inside the web process: without REDIS_URL there is nothing between."))
    if asyncio.run(_round_trip()):
        return check.ok(_("A message came round by Redis."))
    return check.failed(_("A message that was sent did not come back."), _("See that Redis at REDIS_URL answers."))


async def _round_trip() -> bool:
    layer: Any = get_channel_layer()
    message = {"type": "doctor.ping", "token": secrets.token_hex(8)}
    channel = await layer.new_channel()
    await layer.send(channel, message)
    try:
        return bool(await asyncio.wait_for(layer.receive(channel), 5) == message)
    except TimeoutError:
        return False


@_needs_redis
def check_broker(check: Check) -> Finding:
    if not settings.REDIS_URL:
        return check.skipped(_("The queue is in the memory of the web process."))
    with app.connection_for_read() as broker:
        broker.ensure_connection(max_retries=1, timeout=3)
    return check.ok(_("Redis answers."))


def check_worker(check: Check) -> Finding:
    """A worker in Redis's reach answers a ping; one in the web server has done a task lately."""
    if settings.REDIS_URL:
        silent = _ping(check)
        if silent is not None:
            return silent
    return _last_task(check)


@_needs_redis
def _ping(check: Check) -> Finding | None:
    """A finding when no worker answers."""
    answers = app.control.inspect(timeout=2).ping()
    return None if answers else check.failed(_("No worker answers."), _START_WORKER)


@_needs_database
def _last_task(check: Check) -> Finding:
    last = Heartbeat.objects.filter(task=HEARTBEAT).first()
    if last is None:
        return check.failed(_("No task was ever done."), _START_WORKER)
    seen = _("The last task by the clock was done %(ago)s.") % {"ago": _ago(last)}
    if timezone.now() - last.at > _LATE_HEARTBEAT:
        return check.failed(seen, _START_WORKER)
    return check.ok(seen)


@_needs_database
def check_texts(check: Check) -> Finding:
    """Texts wait in the database: they go out as soon as a worker works, and none is lost meanwhile."""
    health = outbox_health()
    if health.is_late and health.waits is not None:
        return check.failed(
            _("A text has been waiting for %(count)d min, though its line is free.")
            % {"count": health.waits.total_seconds() // 60},
            _START_WORKER,
        )
    if health.stuck:
        return check.failed(
            _("A worker ended while it sent %(count)d texts, and no other looks for them at Twilio.")
            % {"count": health.stuck},
            _START_WORKER,
        )
    if health.resting:
        return check.warning(
            _("Twilio has asked %(count)d of your lines to send more slowly; their texts wait.")
            % {"count": health.resting},
            _("Nothing: they go on by themselves. If it lasts, ask Twilio for a higher limit."),
        )
    if health.unclear:
        return check.ok(_("%(count)d texts are being looked up at Twilio.") % {"count": health.unclear})
    return check.ok(_("None waits for longer than it should."))


@_needs_database
def check_reconciler(check: Check) -> Finding:
    """Calls whose last callback was lost are mended only while this runs."""
    last = Heartbeat.objects.filter(task=RECONCILE).first()
    if last is None:
        return check.skipped(_("It has not run yet; it runs once a minute."))
    if not last.succeeded:
        return check.failed(_("It broke off %(ago)s.") % {"ago": _ago(last)}, _("See the worker's log."))
    if timezone.now() - last.at > _LATE_RECONCILE:
        return check.failed(
            _("It ran %(ago)s, though it should run once a minute.") % {"ago": _ago(last)}, _START_WORKER
        )
    return check.ok(_("It ran %(ago)s.") % {"ago": _ago(last)})


def _ago(last: Heartbeat) -> str:
    seconds = max(0, round((timezone.now() - last.at).total_seconds()))
    if seconds < 120:
        return _("%(count)d s ago") % {"count": seconds}
    if seconds < 7200:
        return _("%(count)d min ago") % {"count": seconds // 60}
    return _("%(count)d h ago") % {"count": seconds // 3600}
