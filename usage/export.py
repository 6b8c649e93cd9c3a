"""Figures as CSV. What a spreadsheet would take for a formula is made a text of: names come from people."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from io import StringIO

from usage import costs, selectors

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_RECORD_HEADS = ["day", "category", "description", "count", "count_unit", "usage", "usage_unit", "price", "price_unit"]
_COST_HEADS = ["name", "calls", "minutes", "calls_price", "texts", "segments", "texts_price", "price", "open"]


def safe(text: str) -> str:
    """The text with an apostrophe before it when a spreadsheet would reckon with it."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def days_csv(start: date, end: date) -> str:
    """Every category of every day, as Twilio counted it."""
    return _csv(
        _RECORD_HEADS,
        (
            [
                row.day.isoformat(), safe(row.category), safe(row.description), _plain(row.count), safe(row.count_unit),
                _plain(row.usage), safe(row.usage_unit), _plain(row.price), safe(row.price_unit),
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
                safe(cost.name), cost.calls, cost.minutes, _plain(cost.calls_price), cost.texts, cost.segments,
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
