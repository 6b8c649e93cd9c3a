"""Goals as ratios of one run, and the tables that show them beside what they are ratios of."""

from __future__ import annotations

import operator
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

_KEPT: dict[str, Callable[[float, float], bool]] = {"≥": operator.ge, "≤": operator.le, "=": operator.eq}


@dataclass(frozen=True, slots=True)
class Goal:
    """`sign value` is what `figure` should be; None when it could not be measured."""

    what: str
    figure: float | None
    sign: str
    value: float
    stretch: float | None = None
    unit: str = "×"

    @property
    def is_met(self) -> bool:
        return self.figure is not None and _KEPT[self.sign](self.figure, self.value)

    def line(self) -> str:
        if self.figure is None:
            return f"  {self.what:64} not measured"
        wanted = f"{self.sign} {_short(self.value)}{self.unit}"
        verdict = "met" if self.is_met else "MISSED"
        if self.stretch is not None:
            reached = _KEPT[self.sign](self.figure, self.stretch)
            verdict += f"; stretch {self.sign} {_short(self.stretch)}{self.unit} {'met' if reached else 'missed'}"
        return f"  {self.what:64}{_short(self.figure) + self.unit:>10}   goal {wanted:10} {verdict}"


@dataclass(slots=True)
class Report:
    """One goal's table: a heading, rows of figures, and the ratios."""

    title: str
    columns: Sequence[str]
    rows: list[tuple[str, Sequence[Any]]] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def show(self) -> None:
        print(f"\n{self.title}")
        if self.columns:
            print(f"  {'':40}" + "".join(f"{name:>12}" for name in self.columns))
        for name, cells in self.rows:
            print(f"  {name:40}" + "".join(f"{_cell(cell):>12}" for cell in cells))
        for note in self.notes:
            print(f"  {note}")
        for goal in self.goals:
            print(goal.line())
        print(flush=True)


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def ratio(ones: Sequence[float], others: Sequence[float]) -> float | None:
    """The median of the rounds' own ratios: a machine that slows down slows both of a round."""
    if not ones or not others:
        return None
    return median([one / other for one, other in zip(ones, others, strict=False) if other])


def _short(value: float) -> str:
    return f"{value:.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.2f}"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}"
    return "" if value is None else str(value)
