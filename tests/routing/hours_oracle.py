"""Opening hours the slow way: with another library's clocks, minute by minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dateutil import tz

from routing.hours import Hours

A_MINUTE = timedelta(minutes=1)


def is_open(hours: Hours, moment: datetime) -> bool:
    """What a clock on the wall shows there, and whether a span of that day or of the day before holds it."""
    if hours.switch and (hours.switch.until is None or moment < hours.switch.until):
        return hours.switch.is_open
    zone = tz.gettz(hours.zone.key)
    wall = moment.astimezone(zone)
    minute = wall.hour * 60 + wall.minute
    today, yesterday = wall.date(), wall.date() - timedelta(days=1)
    return any(span.begins <= minute < span.ends for span in spans_of(hours, today)) or any(
        span.begins <= minute + 1440 < span.ends for span in spans_of(hours, yesterday)
    )


def spans_of(hours: Hours, day):
    if day in hours.dates:
        return hours.dates[day].spans
    return () if hours.holiday(day) else hours.week[day.weekday()]


def next_change(hours: Hours, moment: datetime, *, within: timedelta) -> datetime | None:
    """The first whole minute after the moment at which the answer is another one."""
    now = is_open(hours, moment)
    at = moment.astimezone(UTC).replace(second=0, microsecond=0)
    last = moment + within
    while (at := at + A_MINUTE) <= last:
        if is_open(hours, at) != now:
            return at
    return None
