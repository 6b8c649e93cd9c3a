"""Too many failed log-ins: the same answer on the desk, in admin and over REST. django-axes counts."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from axes.middleware import AxesMiddleware
from django.conf import settings
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from agents.models import Agent, FailedLogin, LoginRecord
from agents.services import login_record_create
from telephony.problems import problem_response


class LockoutMiddleware(AxesMiddleware):  # type: ignore[misc]
    """Turns the answer to a log-in that was refused unseen into `locked_out_answer`.

    Synchronous like its neighbours: between them an asynchronous one costs two changes of thread a request.
    """

    async_capable = False


def locked_out_answer(request: HttpRequest, *args: Any) -> HttpResponse:
    """429, with a sentence that says how long: for axes, whose own page is a bare line."""
    seconds = seconds_left(request)
    sentence = (
        "Too many failed log-ins for this username from this address. "
        f"Try again in {_duration(seconds)}, or ask your admin to unlock it."
    )
    if request.path.startswith("/api/"):
        answer: HttpResponse = problem_response("locked_out", detail=sentence, instance=request.path)
    else:
        answer = render(request, "registration/locked_out.html", {"sentence": sentence}, status=429)
    answer["Retry-After"] = str(seconds)
    answer["Cache-Control"] = "no-store"
    return answer


def seconds_left(request: Any) -> int:
    """How long the lock-out lasts from now, at least a second."""
    credentials = getattr(request, "axes_credentials", None) or {}
    last = FailedLogin.objects.filter(
        username=credentials.get("username"), ip_address=getattr(request, "axes_ip_address", None)
    ).aggregate(last=Max("attempt_time"))["last"]
    lasts = timedelta(seconds=settings.LOGIN_LOCKOUT_SECONDS)
    left = (last or timezone.now()) + lasts - timezone.now()
    return max(1, math.ceil(left.total_seconds()))


def login_is_locked(*, username: str, address: str | None) -> bool:
    """Whether that username is locked out at that address now."""
    since = timezone.now() - timedelta(seconds=settings.LOGIN_LOCKOUT_SECONDS)
    failures = FailedLogin.objects.filter(username=username, ip_address=address, attempt_time__gt=since).aggregate(
        total=Sum("failures_since_start")
    )["total"]
    return (failures or 0) >= settings.LOGIN_FAILURE_LIMIT


def login_unlock(*, username: str, address: str | None, by: Agent | None) -> None:
    """Forgets the failures of that username at that address."""
    FailedLogin.objects.filter(username=username, ip_address=address).delete()
    login_record_create(
        kind=LoginRecord.Kind.UNLOCKED,
        agent=Agent.objects.filter(username=username).first(),
        username=username,
        address=address,
        by=by,
    )


def _duration(seconds: int) -> str:
    return f"{math.ceil(seconds / 60)} minutes" if seconds > 90 else f"{seconds} seconds"
