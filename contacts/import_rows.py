"""Rows of an import, read from CSV or JSON."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.languages import number_text
from core.text import in_sentence

COLUMNS = ("name", "company", "email", "note", "number", "label", "group")
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


@dataclass(frozen=True, slots=True)
class Table:
    """A file as it was read: the cells of its first row, and its other rows with their numbers."""

    header: list[str]
    lines: list[tuple[int, list[str]]]

    def rows(self, columns: list[str]) -> list[tuple[int, dict[str, str] | BadRow]]:
        """Each row by the names of its columns. Those whose name is empty count for nothing, but must be empty."""
        return [(number, _row(columns, line)) for number, line in self.lines]

    def mapped(self, targets: list[str]) -> list[tuple[int, dict[str, str] | BadRow]]:
        """Each row by what its columns are taken for; those that are taken for nothing are left out. Raises
        `Unreadable` when somebody has to choose otherwise."""
        named = [target for target in targets if target]
        if twice := next((name for name in named if named.count(name) > 1), ""):
            raise Unreadable(_("Two columns are taken for %(target)s. Choose one.") % {"target": twice})
        if missing := [name for name in _NEEDED if name not in named]:
            raise Unreadable(_("Choose which column is: %(columns)s.") % {"columns": ", ".join(missing)})
        kept = [place for place, target in enumerate(targets) if target]
        rows: list[tuple[int, dict[str, str] | BadRow]] = []
        for number, line in self.lines:
            if any(cell.strip() for cell in line[len(self.header) :]):
                rows.append((number, BadRow(_("This row has more cells than the first row."))))
                continue
            cells = [line[place] if place < len(line) else "" for place in kept]
            rows.append((number, _row([targets[place] for place in kept], cells)))
        return rows


def rows_from_csv(data: bytes, *, own: Collection[str] = ()) -> list[tuple[int, dict[str, str] | BadRow]]:
    """Each row with its number as a spreadsheet counts: the first row is 1, empty ones count. The first row must name
    the columns as `COLUMNS` does, or be keys of `own` fields. Raises `Unreadable`."""
    table = table_from_csv(data, check=lambda header: _columns(header, own))
    return table.rows(_columns(table.header, own))


def table_from_csv(data: bytes, *, check: Callable[[list[str]], object] = lambda header: None) -> Table:
    """Raises `Unreadable`, and whatever `check` of the first row does, before the others are read."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(_("This file is not UTF-8. Save it as “CSV UTF-8” and try again.")) from None
    if "\x00" in text:
        raise Unreadable(_("This is not a CSV file. Save it as “CSV UTF-8” and try again."))
    # Empty rows at the end, of which there may be millions.
    text = text.rstrip()
    delimiter = ""
    if said := _SEPARATOR.match(text):
        delimiter, text = said[1], text[said.end() :]
    lines = _lines(text, delimiter or _delimiter(text))
    header = next(lines, (1, []))[1]
    if len(header) > _MAX_COLUMNS:
        raise Unreadable(
            _("The first row has %(count)s cells. Known columns are: %(columns)s.")
            % {"count": number_text(len(header)), "columns": ", ".join(COLUMNS)}
        )
    check(header)
    rows: list[tuple[int, list[str]]] = []
    for number, line in lines:
        if len(rows) == MAX_ROWS:
            raise Unreadable(
                _("These are more than %(most)s rows. Import at most %(most)s at a time.")
                % {"most": number_text(MAX_ROWS)}
            )
        rows.append((number, line))
    return Table(header, rows)


# What other programs call these columns, as they are compared: small letters and digits alone.
_ALSO = {
    "name": "fullname displayname contact contactname kontakt vollername",
    "company": "organization organisation companyname firma unternehmen",
    "email": "emailaddress mail email1 emailadresse",
    "note": "notes comment comments notiz notizen bemerkung",
    "number": "phone telephone phonenumber tel mobile mobilephone phone1value telefon telefonnummer nummer handy",
    "label": "type phonetype art bezeichnung",
    "group": "groups labels gruppe gruppen",
}
_TARGETS = {plain: target for target, words in _ALSO.items() for plain in [target, *words.split()]}


def targets_guessed(header: list[str], own: Mapping[str, str]) -> list[str]:
    """What each column is likely to be, each target once; "" for what nobody knows. `own` has names by keys."""
    known = _TARGETS | {_plain(text): f"own.{key}" for key, name in own.items() for text in (name, key)}
    found: list[str] = []
    for cell in header:
        target = known.get(_plain(cell), "")
        found.append("" if target in found else target)
    return found


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


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
                most = number_text(csv.field_size_limit())
                said = _("Row %(row)d: a cell is longer than %(most)s characters, or a quotation mark is missing.")
                raise Unreadable(said % {"row": number, "most": most}) from None
            said = _("Row %(row)d: a quotation mark is missing or out of place.")
            raise Unreadable(said % {"row": number}) from None
        if any(cell and not cell.isspace() for cell in line):
            yield number, line
            continue
        empty += 1
        if empty > _MAX_EMPTY_ROWS:
            raise Unreadable(
                _("This file has more than %(most)s empty rows. Take them away.")
                % {"most": number_text(_MAX_EMPTY_ROWS)}
            )


def _columns(header: list[str], own: Collection[str]) -> list[str]:
    """The names of the columns; those without a name have an empty one."""
    columns = [name.strip().lower() for name in header]
    while columns and not columns[-1]:
        columns.pop()
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        raise Unreadable(
            _("The first row must name the columns; missing: %(columns)s.") % {"columns": ", ".join(missing)}
        )
    named = [name for name in columns if name]
    if unknown := [name for name in named if name not in COLUMNS and name not in own]:
        names = ", ".join(in_sentence(name[:40]) for name in unknown[:10])
        raise Unreadable(
            _("Take these columns away: %(columns)s. Known are: %(known)s.")
            % {"columns": names, "known": ", ".join([*COLUMNS, *own])}
        )
    if len(set(named)) < len(named):
        raise Unreadable(_("A column is there twice."))
    return [f"own.{name}" if name in own and name not in COLUMNS else name for name in columns]


def _row(columns: list[str], line: list[str]) -> dict[str, str] | BadRow:
    if any(cell.strip() for cell in line[len(columns) :]):
        return BadRow(_("This row has more cells than the first row."))
    row: dict[str, str] = {}
    for place, (column, cell) in enumerate(zip(columns, line, strict=False)):
        text = cell.strip()
        if not column:
            if text:
                return BadRow(
                    _("“%(text)s” stands in column %(column)d, which has no name in the first row.")
                    % {"text": in_sentence(text[:40]), "column": place + 1}
                )
            continue
        if column != "note" and re.search(r"[\r\n]", text):
            return BadRow(
                _("%(column)s: This cell has a line break. Perhaps a quotation mark is missing.") % {"column": column}
            )
        if column == "number" and _SHORTENED.fullmatch(text):
            return BadRow(
                _(
                    "number: A spreadsheet has shortened this number to %(text)s. Format the column as text, and write "
                    "the number anew."
                )
                % {"text": text[:40]}
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
        raise Unreadable(_("Send a list of rows, or a CSV file."))
    if len(data) > MAX_ROWS:
        raise Unreadable(
            _("These are %(count)s rows. Import at most %(most)s at a time.")
            % {"count": number_text(len(data)), "most": number_text(MAX_ROWS)}
        )
    return list(enumerate(data, 1))
