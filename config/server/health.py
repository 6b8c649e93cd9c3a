"""Is the process alive, and can it work? Answered before anything else has a say, whatever the Host: probes come from
inside, by an address or as localhost."""

from collections.abc import Callable
from datetime import timedelta

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone


def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database unreachable\n", status=503, content_type="text/plain")
    return HttpResponse(f"ok\n{_worker()}", content_type="text/plain")


def _worker() -> str:
    """Lines for who watches the worker. They are no reason to take this process out: it answers callers without one."""
    from config.models import Heartbeat
    from config.server.heartbeats import HEARTBEAT
    from messaging.outbox.health import outbox_health

    try:
        last = Heartbeat.objects.filter(task=HEARTBEAT).first()
        health = outbox_health()
    except DatabaseError:
        # Not migrated yet.
        return "worker: unknown\n"
    beat = f"last task {_seconds(timezone.now() - last.at)} s ago" if last else "no task yet"
    waits = f"{_seconds(health.waits)} s" if health.waits else "none"
    return f"worker: {beat}\ntexts: oldest waiting {waits}, stuck {health.stuck}, unclear {health.unclear}\n"


def _seconds(span: timedelta) -> int:
    return max(0, round(span.total_seconds()))


PROBES = {"/healthz": alive, "/readyz": ready}


class ProbeMiddleware:
    """The first of all. There is no other way to the probes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = PROBES.get(request.path_info, self.get_response)(request)
        if request.path_info in PROBES:
            answer["Cache-Control"] = "no-store"
        return answer
