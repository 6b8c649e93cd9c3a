"""Too many failed log-ins: the same answer on the desk, in admin and over REST. django-axes counts, and three budgets
of failures are kept (docs/decisions/0011): of a username at an address, of a username, and of an address."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.middleware import AxesMiddleware
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, ngettext

from agents.models import Agent, FailedLogin, LoginRecord
from agents.selectors import login_is_known_at, login_name
from agents.services import login_record_create
from core.api.problems import problem_response
from core.proxies import network_of

_HERE = gettext_noop(
    "Too many failed log-ins for this username from this address. Try again in %(time)s, or ask your admin to unlock "
    "it."
)
_ANYWHERE = gettext_noop(
    "Too many failed log-ins for this username. Try again in %(time)s, sign in from where you have signed in before, "
    "or ask your admin to unlock it."
)
_ANYBODY = gettext_noop(
    "Too many failed log-ins from this address. Try again in %(time)s, or ask your admin to unlock it."
)


class LockoutMiddleware(AxesMiddleware):  # type: ignore[misc]
    """Turns the answer to a log-in that was refused unseen into `locked_out_answer`.

    Synchronous like its neighbours: between them an asynchronous one costs two changes of thread a request.
    """

    async_capable = False


class LockoutHandler(AxesDatabaseHandler):  # type: ignore[misc]
    """Axes' own, with more than one budget."""

    def get_failures(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        """As axes compares it with `AXES_FAILURE_LIMIT`: that many when a budget is spent, otherwise none."""
        return settings.AXES_FAILURE_LIMIT if lock_of(request, credentials) else 0


@dataclass(frozen=True, slots=True)
class Lock:
    """Which failures there were too many of (the sentence that says so, kept in English), and until when nothing is
    tried."""

    failures: str
    until: datetime

    @property
    def seconds(self) -> int:
        """How long it lasts from now, at least a second."""
        return max(1, math.ceil((self.until - timezone.now()).total_seconds()))


def axes_username(request: Any, credentials: dict[str, Any] | None = None) -> str:
    """For axes: under which name failures are counted."""
    return login_name(_typed(credentials))


def lock_of(request: Any, credentials: dict[str, Any] | None) -> Lock | None:
    """The lock that a log-in with these credentials meets. `request` is one that axes has seen."""
    return login_lock(username=_typed(credentials), address=getattr(request, "axes_ip_address", None))


def login_lock(*, username: str, address: str | None) -> Lock | None:
    """What keeps that username from being tried at that address now; None when nothing does.

    Where the username has signed in before, only its failures at that address count: strangers elsewhere lock nobody
    out of their own place.
    """
    name, network = login_name(username), network_of(address) if address else None
    lasts = timedelta(seconds=settings.LOGIN_LOCKOUT_SECONDS)
    failed = FailedLogin.objects.filter(
        Q(username=name) | Q(ip_address=network), attempt_time__gt=timezone.now() - lasts
    )
    rows = list(
        failed.order_by("attempt_time").values_list("attempt_time", "failures_since_start", "username", "ip_address")
    )
    budgets = [
        (_HERE, settings.LOGIN_FAILURE_LIMIT, [row for row in rows if row[2:] == (name, network)]),
        (_ANYWHERE, settings.LOGIN_FAILURE_LIMIT_PER_USERNAME, [row for row in rows if row[2] == name]),
        (_ANYBODY, settings.LOGIN_FAILURE_LIMIT_PER_ADDRESS, [row for row in rows if network and row[3] == network]),
    ]
    for failures, limit, counted in budgets:
        spent_until = _spent_until(((at, count) for at, count, *_ in counted), limit)
        if spent_until and (failures == _HERE or not login_is_known_at(username=username, network=network)):
            return Lock(failures, spent_until + lasts)
    return None


def _spent_until(failures: Iterable[tuple[datetime, int]], limit: int) -> datetime | None:
    """Of these failures, the oldest first: when those happened that must be forgotten before fewer than `limit` are
    left. None when fewer are left already."""
    rows = list(failures)
    left = sum(count for _, count in rows)
    if left < limit:
        return None
    for at, count in rows:
        left -= count
        if left < limit:
            return at
    return None


def locked_out_answer(request: HttpRequest, *args: Any) -> HttpResponse:
    """429, with a sentence that says how long: for axes, whose own page is a bare line."""
    lock = lock_of(request, getattr(request, "axes_credentials", None)) or Lock(_HERE, timezone.now())
    sentence = gettext(lock.failures) % {"time": _duration(lock.seconds)}
    if request.path.startswith("/api/"):
        answer: HttpResponse = problem_response("locked_out", detail=sentence, instance=request.path)
    else:
        answer = render(request, "registration/locked_out.html", {"sentence": sentence}, status=429)
    answer["Retry-After"] = str(lock.seconds)
    answer["Cache-Control"] = "no-store"
    return answer


def login_unlock(*, username: str, address: str | None, by: Agent | None) -> None:
    """Forgets the failures of that username, wherever they were; and of that address, when it is locked itself."""
    FailedLogin.objects.filter(username=username).delete()
    lock = login_lock(username=username, address=address)
    if lock is not None:
        FailedLogin.objects.filter(ip_address=address).delete()
    login_record_create(
        kind=LoginRecord.Kind.UNLOCKED,
        agent=Agent.objects.filter(username__iexact=username).first(),
        username=username,
        address=address,
        by=by,
    )


def _typed(credentials: dict[str, Any] | None) -> str:
    return str((credentials or {}).get("username") or "")


def _duration(seconds: int) -> str:
    if seconds > 90:
        minutes = math.ceil(seconds / 60)
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
