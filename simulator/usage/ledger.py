"""Days and what was used on each, in GMT as Twilio counts them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from simulator.identifiers import now
from simulator.usage.categories import line


@dataclass
class Tally:
    count: int = 0
    usage: Decimal = Decimal(0)
    price: Decimal = Decimal(0)

    def add(self, other: Tally) -> None:
        self.count += other.count
        self.usage += other.usage
        self.price += other.price


def today() -> date:
    return now().date()


class Ledger:
    """Sums by day and category, those above it included."""

    def __init__(self) -> None:
        self._days: dict[date, dict[str, Tally]] = {}

    def clear(self) -> None:
        self._days.clear()

    @property
    def first_day(self) -> date:
        return min(self._days, default=today())

    def book(self, day: date, category: str, tally: Tally) -> None:
        """Adds to a category that has no parts, and to all above it."""
        for name in line(category):
            self._days.setdefault(day, {}).setdefault(name, Tally()).add(tally)

    def sum(self, category: str, start: date, end: date) -> Tally:
        """What was used from one day to another, both counted."""
        total = Tally()
        for day, tallies in self._days.items():
            if start <= day <= end and category in tallies:
                total.add(tallies[category])
        return total

    def as_json(self) -> list[dict[str, object]]:
        return [
            {
                "date": day.isoformat(),
                **{
                    name: {"count": tally.count, "usage": str(tally.usage), "price": str(tally.price)}
                    for name, tally in sorted(tallies.items())
                },
            }
            for day, tallies in sorted(self._days.items())
        ]


def days(start: date, end: date) -> list[date]:
    """Every day from one to the other, both counted."""
    return [start + timedelta(days=number) for number in range((end - start).days + 1)]
