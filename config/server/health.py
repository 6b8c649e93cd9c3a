"""Is the process alive, and can it work? Answered before anything else has a say, whatever the Host: probes come from
inside, by an address or as localhost."""

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse


def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database unreachable\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


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
