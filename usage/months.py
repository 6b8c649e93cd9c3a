"""Months as the usage page compares them. Days are Twilio's: pure, of dates alone."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Month:
    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @classmethod
    def read(cls, text: str) -> Month | None:
        """From 2026-11; None for what is no month."""
        match = re.fullmatch(r"([12][0-9]{3})-(0[1-9]|1[0-2])", text, re.ASCII)
        return cls(int(match[1]), int(match[2])) if match else None

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02d}"

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range(self.last.day)]

    @property
    def before(self) -> Month:
        return Month.of(self.first - timedelta(days=1))

    def same_weekday_before(self, day: date) -> date | None:
        """The day that lies behind this one in a chart: four weeks before, as long as that is the month before."""
        found = day - timedelta(weeks=4)
        return found if found < self.first else None

    def same_date_before(self, day: date) -> date:
        """The date to which the month before is summed up when this one is to `day`; its end when it was shorter, or
        when this month is over."""
        if day >= self.last:
            return self.before.last
        return self.before.first + timedelta(days=min(day.day, self.before.last.day) - 1)
