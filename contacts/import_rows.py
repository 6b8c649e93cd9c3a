"""Rows of an import, read from CSV or JSON."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.text import in_sentence

COLUMNS = ("name", "company", "email", "note", "number", "label")
MAX_ROWS = 5000
MAX_BYTES = 4 * 1_048_576
_NEEDED = ("name", "number")
_MAX_EMPTY_ROWS = 10_000
_MAX_COLUMNS = 200
_LINE = re.compile(r"[^\r\n]*")
# What some spreadsheets write before the header to say what parts the cells.
_SEPARATOR = re.compile(r'"?sep=(.)"?[ \t]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
_SHORTENED = re.compile(r"[0-9]+(?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)


class Unreadable(Exception):
    """The whole of it cannot be read. Its text is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be understood, with the sentence that says why."""

    detail: str


def rows_from_csv(data: bytes) -> list[tuple[int, dict[str, str] | BadRow]]:
    """Each row with its number as a spreadsheet counts: the first row is 1, empty ones count. Raises `Unreadable`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("This file is not UTF-8. Save it as “CSV UTF-8” and try again.") from None
    if "\x00" in text:
        raise Unreadable("This is not a CSV file. Save it as “CSV UTF-8” and try again.")
    # Empty rows at the end, of which there may be millions.
    text = text.rstrip()
    delimiter = ""
    if said := _SEPARATOR.match(text):
        delimiter, text = said[1], text[said.end() :]
    lines = _lines(text, delimiter or _delimiter(text))
    columns = _columns(next(lines, (1, []))[1])
    rows: list[tuple[int, dict[str, str] | BadRow]] = []
    for number, line in lines:
        if len(rows) == MAX_ROWS:
            raise Unreadable(f"These are more than {MAX_ROWS:,} rows. Import at most {MAX_ROWS:,} at a time.")
        rows.append((number, _row(columns, line)))
    return rows


def _delimiter(text: str) -> str:
    """Spreadsheets of half of the world write semicolons: what the first row has the most of."""
    begin = re.search(r"[^\s,;]", text)
    header = _LINE.match(text, text.rfind("\n", 0, begin.start()) + 1 if begin else 0)
    return max(",;\t", key=header[0].count if header else text.count)


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, with their numbers."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = empty = 0
    while True:
        number += 1
        try:
            line = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field limit" in str(error):
                most = csv.field_size_limit()
                sentence = f"a cell is longer than {most:,} characters, or a quotation mark is missing"
            else:
                sentence = "a quotation mark is missing or out of place"
            raise Unreadable(f"Row {number}: {sentence}.") from None
        if any(cell and not cell.isspace() for cell in line):
            yield number, line
            continue
        empty += 1
        if empty > _MAX_EMPTY_ROWS:
            raise Unreadable(f"This file has more than {_MAX_EMPTY_ROWS:,} empty rows. Take them away.")


def _columns(header: list[str]) -> list[str]:
    """The names of the columns; those without a name have an empty one."""
    if len(header) > _MAX_COLUMNS:
        raise Unreadable(f"The first row has {len(header):,} cells. Known columns are: {', '.join(COLUMNS)}.")
    columns = [name.strip().lower() for name in header]
    while columns and not columns[-1]:
        columns.pop()
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        raise Unreadable(f"The first row must name the columns; missing: {', '.join(missing)}.")
    named = [name for name in columns if name]
    if unknown := [name for name in named if name not in COLUMNS]:
        names = ", ".join(in_sentence(name[:40]) for name in unknown[:10])
        raise Unreadable(f"Take these columns away: {names}. Known are: {', '.join(COLUMNS)}.")
    if len(set(named)) < len(named):
        raise Unreadable("A column is there twice.")
    return columns


def _row(columns: list[str], line: list[str]) -> dict[str, str] | BadRow:
    if any(cell.strip() for cell in line[len(columns) :]):
        return BadRow("This row has more cells than the first row.")
    row: dict[str, str] = {}
    for place, (column, cell) in enumerate(zip(columns, line, strict=False)):
        text = cell.strip()
        if not column:
            if text:
                return BadRow(
                    f"“{in_sentence(text[:40])}” stands in column {place + 1}, which has no name in the first row."
                )
            continue
        if column != "note" and re.search(r"[\r\n]", text):
            return BadRow(f"{column}: This cell has a line break. Perhaps a quotation mark is missing.")
        if column == "number" and _SHORTENED.fullmatch(text):
            return BadRow(
                f"number: A spreadsheet has shortened this number to {text[:40]}. Format the column as text, and write "
                "the number anew."
            )
        row[column] = _without_marks(column, text)
    return row


def _without_marks(column: str, text: str) -> str:
    """Without what spreadsheets put before or around a cell so that it is not taken for a formula or a sum."""
    if column == "number" and (quoted := re.fullmatch(r'="(.*)"', text)):
        return quoted[1]
    marked = r"'[=+\-@(0-9]" if column == "number" else r"'[=+\-@]"
    return text[1:] if re.match(marked, text) else text


def rows_from_json(data: Any) -> list[tuple[int, Any]]:
    """Each row with its number, counted from 1. Raises `Unreadable`."""
    if not isinstance(data, list):
        raise Unreadable("Send a list of rows, or a CSV file.")
    if len(data) > MAX_ROWS:
        raise Unreadable(f"These are {len(data):,} rows. Import at most {MAX_ROWS:,} at a time.")
    return list(enumerate(data, 1))
