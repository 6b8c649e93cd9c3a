"""Which day it is."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone


def desk_day(at: datetime) -> date:
    """The day it is then by the desk's clock (`TIME_ZONE`), whatever the clock of whoever asks."""
    return timezone.localdate(at, timezone.get_default_timezone())
