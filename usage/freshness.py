"""How old the figures are, and when the next ones come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime

from core.languages import sentence
from usage.models import UsageRefresh

# As CELERY_BEAT_SCHEDULE has it.
_EVERY_MINUTES = 15


@dataclass(frozen=True, slots=True)
class Freshness:
    """`as_of` is None before the first figures. `failing_since` and `problem` say that Twilio does not give any now."""

    as_of: datetime | None
    next_at: datetime
    failing_since: datetime | None
    problem: str


def freshness() -> Freshness:
    row = UsageRefresh.objects.filter(what=UsageRefresh.What.RECORDS).first()
    return Freshness(
        as_of=row.succeeded_at if row else None,
        next_at=next_quarter(timezone.now()),
        failing_since=row.failing_since if row else None,
        problem=sentence(row.problem) if row and row.failing_since else "",
    )


def next_quarter(now: datetime) -> datetime:
    """When the clock asks Twilio again."""
    full = now.replace(minute=0, second=0, microsecond=0)
    return full + timedelta(minutes=(now.minute // _EVERY_MINUTES + 1) * _EVERY_MINUTES)


def time_said(moment: datetime) -> str:
    """10:45, and with its day when that is not today."""
    here, now = localtime(moment), localtime()
    return date_format(here, "H:i" if here.date() == now.date() else "SHORT_DATETIME_FORMAT")
