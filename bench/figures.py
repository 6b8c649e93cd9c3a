"""Percentiles and the table they are printed in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One measured thing. `values` in `unit`; `goal`, when there is one, is for the 95th percentile."""

    name: str
    values: list[float]
    unit: str = "ms"
    goal: float | None = None


def percentile(values: list[float], share: float) -> float:
    """The value that this share of all is not above (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def print_table(rows: list[Row]) -> None:
    print(f"\n{'':44}{'p50':>9}{'p95':>9}{'max':>9}{'n':>5}  goal (p95)")
    for row in rows:
        p50, p95 = percentile(row.values, 0.5), percentile(row.values, 0.95)
        verdict = ""
        if row.goal is not None:
            verdict = f"  under {row.goal:g} {row.unit}: {'met' if p95 < row.goal else 'MISSED'}"
        print(f"{row.name:44}{p50:9.1f}{p95:9.1f}{max(row.values):9.1f}{len(row.values):5}{verdict}")
    print()
