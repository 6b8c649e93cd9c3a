"""Figures as CSV. What a spreadsheet would take for a formula is made a text of: names come from people."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from io import StringIO

from core.spreadsheets import safe_cell
from usage import costs, selectors

_RECORD_HEADS = ["day", "category", "description", "count", "count_unit", "usage", "usage_unit", "price", "price_unit"]
_COST_HEADS = ["name", "calls", "minutes", "calls_price", "texts", "segments", "texts_price", "price", "open"]


def days_csv(start: date, end: date) -> str:
    """Every category of every day, as Twilio counted it."""
    return _csv(
        _RECORD_HEADS,
        (
            [
                row.day.isoformat(), safe_cell(row.category), safe_cell(row.description),
                _plain(row.count), safe_cell(row.count_unit), _plain(row.usage), safe_cell(row.usage_unit),
                _plain(row.price), safe_cell(row.price_unit),
            ]
            for row in selectors.records(start, end).order_by("day", "category")
        ),
    )  # fmt: skip


def costs_csv(by: str, start: date, end: date) -> str:
    """What each line, agent or send cost, as far as it is settled."""
    return _csv(
        _COST_HEADS,
        (
            [
                safe_cell(cost.name), cost.calls, cost.minutes, _plain(cost.calls_price), cost.texts, cost.segments,
                _plain(cost.texts_price), _plain(cost.price), cost.open,
            ]
            for cost in costs.costs(by, start, end)
        ),
    )  # fmt: skip


def _plain(number: object) -> str:
    """Without needless zeros, and never with an exponent."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _csv(heads: list[str], rows: Iterable[list[object]]) -> str:
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows(rows)
    return out.getvalue()
