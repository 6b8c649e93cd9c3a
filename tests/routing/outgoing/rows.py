"""Rules for tests, and a clock that stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from routing.models import DoNotCall, EmergencyRule, OutgoingHours, OutgoingRule

# Berlin: +49 30; one hour before UTC in winter, two in summer.
BERLIN = "+493012345678"
# 23:10 in Berlin, 17:10 in New York.
NIGHT = datetime(2026, 11, 24, 22, 10, tzinfo=UTC)
# 15:10 in Berlin, 09:10 in New York, 06:10 in Los Angeles. A Tuesday.
DAY = datetime(2026, 11, 24, 14, 10, tzinfo=UTC)


def hours(begin: str = "08:00", end: str = "21:00", **values: Any) -> OutgoingHours:
    begins_at, ends_at = time.fromisoformat(begin), time.fromisoformat(end)
    return OutgoingHours.objects.create(begins_at=begins_at, ends_at=ends_at, **values)


def listed(number: str, **values: Any) -> DoNotCall:
    return DoNotCall.objects.create(number=number, **({"reason": "Asked us not to"} | values))


def rule(place: str, **values: Any) -> OutgoingRule:
    return OutgoingRule.objects.create(place=place, **values)


def emergency(line: Any, region: str = "US") -> EmergencyRule:
    return EmergencyRule.objects.create(region=region, line=line, address_is_registered=True)


@contextmanager
def clock(at: datetime) -> Iterator[None]:
    with patch.object(timezone, "now", autospec=True, return_value=at):
        yield
