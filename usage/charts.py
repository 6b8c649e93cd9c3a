"""Bars by day, as figures for an SVG: where each is, and how high. Pure.

Across, all is in per cent, so that a chart is as wide as its card and its text keeps its size; upwards in pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

HEIGHT = 84
_WIDE, _NARROW = Decimal("0.92"), Decimal("0.5")
_LABELLED = range(1, 31, 7)


@dataclass(frozen=True, slots=True)
class Bar:
    x: str
    y: str
    width: str
    height: str
    is_open: bool = False
    """Of the day that is not over."""


@dataclass(frozen=True, slots=True)
class Label:
    x: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """`bars` of this month stand in front of those `behind`, of the month before at the same weekdays."""

    bars: list[Bar]
    behind: list[Bar]
    labels: list[Label]
    height: int = HEIGHT


def chart(
    days: Sequence[date],
    now: Mapping[date, Decimal],
    before: Mapping[date, Decimal],
    *,
    today: date,
) -> Chart:
    """`now` and `before` are both by the days of this month; a day that is missing was not measured, or lies ahead."""
    highest = max((*now.values(), *before.values(), Decimal(0)))
    step = Decimal(100) / len(days)

    def bar(place: int, value: Decimal, share: Decimal, *, is_open: bool = False) -> Bar:
        width, height = step * share, value * HEIGHT / highest
        # What is there can be seen.
        height = max(height, Decimal(1))
        return Bar(
            x=_percent(step * place + (step - width) / 2),
            y=_pixels(HEIGHT - height),
            width=_percent(width),
            height=_pixels(height),
            is_open=is_open,
        )

    shown = list(enumerate(days))
    return Chart(
        bars=[bar(n, now[day], _NARROW, is_open=day == today) for n, day in shown if now.get(day, 0) > 0],
        behind=[bar(n, before[day], _WIDE) for n, day in shown if before.get(day, 0) > 0],
        labels=[Label(_percent(step * n + step / 2), str(day.day)) for n, day in shown if day.day in _LABELLED],
    )


def _percent(value: Decimal) -> str:
    return f"{value:.2f}%"


def _pixels(value: Decimal) -> str:
    return f"{value:.1f}"
