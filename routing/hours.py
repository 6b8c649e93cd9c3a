"""When a line is open, from facts alone: no database, no clock of its own.

A span is what a clock on the wall shows: 08:30 to 12:30 is open whenever the clock at that place shows a time from
08:30 on and before 12:30. So spans keep their place's time when its clocks change; where an hour is shown twice, it is
open twice, and one that is never shown is never open. A span belongs to the day on which it begins, also past midnight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

DAY = 24 * 60
# How far ahead a change is looked for. Whoever is closed for longer is closed "until further notice".
_LOOKS_AHEAD = 400  # days
_A_DAY = timedelta(days=1)
# Days before and after a moment are looked at, too; and the library of holidays knows no others.
FIRST_YEAR, LAST_YEAR = 1970, 2199


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Minutes after midnight of the day on which it begins: 20:00 to 01:30 is 1200 to 1530."""

    begins: int
    ends: int

    def __post_init__(self) -> None:
        if not (0 <= self.begins < DAY and self.begins < self.ends <= self.begins + DAY):
            raise ValueError("a span begins on its day, and ends within 24 hours")

    @classmethod
    def between(cls, begins: time, ends: time) -> Span:
        """An end that is not after the beginning is on the next day."""
        first, last = _minutes(begins), _minutes(ends)
        return cls(first, last if last > first else last + DAY)

    @property
    def is_past_midnight(self) -> bool:
        return self.ends > DAY

    def __str__(self) -> str:
        return f"{_clock(self.begins)}–{_clock(self.ends)}"


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _clock(minutes: int) -> str:
    if minutes == DAY:
        return "24:00"
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


@dataclass(frozen=True, slots=True)
class OwnDate:
    """A date with hours of its own, closed without any: before the week and the country's holidays."""

    name: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Switch:
    """Open or closed by hand, whatever the week says."""

    is_open: bool
    until: datetime | None = None
    why: str = ""


class Why(StrEnum):
    SPAN = "span"
    OUTSIDE = "outside"
    HOLIDAY = "holiday"
    OWN_DATE = "own-date"
    SWITCH = "switch"


@dataclass(frozen=True, slots=True)
class Verdict:
    is_open: bool
    why: Why
    span: Span | None = None
    day: date | None = None
    """The day whose rule decided, in the hours' own time zone."""
    name: str = ""
    """Of the holiday or the date, or why it was switched."""
    changes_at: datetime | None = None
    """When it is next open if it is closed now, and the other way round. None: not within a year."""


@dataclass(frozen=True, slots=True)
class Hours:
    name: str
    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]
    """From Monday on."""
    dates: Mapping[date, OwnDate] = field(default_factory=dict)
    holiday: Callable[[date], str] = lambda day: ""
    """The name of the country's holiday on a day, or "". Closed all day."""
    switch: Switch | None = None

    def has_any_day(self) -> bool:
        return any(self.week) or any(own.spans for own in self.dates.values())

    def spans_of(self, day: date) -> tuple[Span, ...]:
        own = self.dates.get(day)
        if own is not None:
            return own.spans
        return () if self.holiday(day) else self.week[day.weekday()]

    def at(self, moment: datetime) -> Verdict:
        """Whether it is open then, why, and when that changes. `moment` knows its time zone."""
        now = self.at_once(moment)
        return replace(now, changes_at=self._changes_at(moment, now.is_open))

    def at_once(self, moment: datetime) -> Verdict:
        """The same without when that changes, which takes a look at a whole year of what is always open: for whoever a
        caller waits for."""
        if self._switched(moment) and self.switch is not None:
            return Verdict(self.switch.is_open, Why.SWITCH, name=self.switch.why)
        wall = moment.astimezone(self.zone).replace(tzinfo=None)
        for day in (wall.date(), wall.date() - _A_DAY):
            for span in self.spans_of(day):
                if _wall(day, span.begins) <= wall < _wall(day, span.ends):
                    return self._verdict(day, span)
        return self._verdict(wall.date(), None)

    def _verdict(self, day: date, span: Span | None) -> Verdict:
        own = self.dates.get(day)
        if own is not None:
            return Verdict(span is not None, Why.OWN_DATE, span, day, own.name)
        if span is not None:
            return Verdict(True, Why.SPAN, span, day)
        name = self.holiday(day)
        return Verdict(False, Why.HOLIDAY if name else Why.OUTSIDE, None, day, name)

    def _switched(self, moment: datetime) -> bool:
        return self.switch is not None and (self.switch.until is None or moment < self.switch.until)

    def _changes_at(self, moment: datetime, is_open: bool) -> datetime | None:
        if self._switched(moment) and self.switch is not None:
            if self.switch.until is None or self.switch.until.year > LAST_YEAR:
                return None
            moment = self.switch.until
            if self.at_once(moment).is_open != is_open:
                return moment
        for candidate in self._moments_after(moment):
            if self.at_once(candidate).is_open != is_open:
                return candidate
        return None

    def _moments_after(self, moment: datetime) -> Iterator[datetime]:
        """Moments at which the answer may change, in order: beginnings and ends of spans, and where clocks change."""
        first = moment.astimezone(self.zone).date() - _A_DAY
        seen = moment.astimezone(UTC)
        found: set[datetime] = set()
        for days in range(_LOOKS_AHEAD + 1):
            day = first + days * _A_DAY
            walls = {_wall(day, edge) for span in self.spans_of(day) for edge in (span.begins, span.ends)}
            found |= {at for wall in walls for at in self._instants(wall)} | set(self._clock_changes(day))
            # What is past midnight comes among those of the next day.
            midnight = datetime.combine(day + _A_DAY, time(), self.zone).astimezone(UTC)
            yield from sorted(at for at in found if seen < at < midnight)
            found = {at for at in found if at >= midnight}

    def _instants(self, wall: datetime) -> set[datetime]:
        """When the clock on the wall shows that: once, twice, or never, which gives no wrong answer either."""
        return {wall.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in (0, 1)}

    def _clock_changes(self, day: date) -> Iterator[datetime]:
        """The moment of the day at which the place's clocks are put forward or back, if there is one."""
        low = datetime.combine(day, time(), self.zone).astimezone(UTC)
        high = datetime.combine(day + _A_DAY, time(), self.zone).astimezone(UTC)
        offset = self._offset(low)
        if self._offset(high) == offset:
            return
        while high - low > timedelta(seconds=1):
            middle = low + (high - low) // 2
            low, high = (middle, high) if self._offset(middle) == offset else (low, middle)
        yield high.replace(microsecond=0)

    def _offset(self, at: datetime) -> timedelta | None:
        return at.astimezone(self.zone).utcoffset()


def _wall(day: date, minutes: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minutes)
