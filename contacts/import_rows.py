"""Rows of an import, read from CSV or JSON."""

from __future__ import annotations

import csv
import io
from typing import Any

COLUMNS = ("name", "company", "email", "note", "number", "label")
MAX_ROWS = 5000
_NEEDED = ("name", "number")


class Unreadable(Exception):
    """The whole of it cannot be read. Its text is a sentence that says why."""


def rows_from_csv(data: bytes) -> list[tuple[int, Any]]:
    """Each row with its number as a spreadsheet counts: the header is row 1. Raises `Unreadable`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("This file is not UTF-8. Save it as “CSV UTF-8” and try again.") from None
    header, _, _ = text.partition("\n")
    # Spreadsheets of half of the world write semicolons.
    delimiter = max(",;\t", key=header.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise Unreadable("This is not a CSV file: a quotation mark is missing or out of place.") from None
    columns = _columns(lines[0] if lines else [])
    rows = [(number, _row(columns, line)) for number, line in enumerate(lines[1:], 2) if any(c.strip() for c in line)]
    return _bounded(rows)


def _columns(header: list[str]) -> list[str]:
    columns = [name.strip().lower() for name in header]
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        raise Unreadable(f"The first row must name the columns; missing: {', '.join(missing)}.")
    unknown = [name or "(empty)" for name in columns if name not in COLUMNS]
    if unknown:
        raise Unreadable(f"Take these columns away: {', '.join(unknown)[:200]}. Known are: {', '.join(COLUMNS)}.")
    if len(set(columns)) < len(columns):
        raise Unreadable("A column is there twice.")
    return columns


def _row(columns: list[str], line: list[str]) -> Any:
    """What the row says, or None when it has more cells than the header."""
    if any(cell.strip() for cell in line[len(columns) :]):
        return None
    return dict(zip(columns, line, strict=False))


def rows_from_json(data: Any) -> list[tuple[int, Any]]:
    """Each row with its number, counted from 1. Raises `Unreadable`."""
    if not isinstance(data, list):
        raise Unreadable("Send a list of rows, or a CSV file.")
    return _bounded(list(enumerate(data, 1)))


def _bounded(rows: list[tuple[int, Any]]) -> list[tuple[int, Any]]:
    if len(rows) > MAX_ROWS:
        raise Unreadable(f"These are {len(rows):,} rows. Import at most {MAX_ROWS:,} at a time.")
    return rows
