"""No cell of a table runs as a formula, whatever parts the cells where it is opened."""

from __future__ import annotations

import csv
import re

import pytest

from core.spreadsheets import csv_lines, safe_cell

HARMLESS = ["Eve", "Eve; a friend", "a=b", "it's = 5", "O'Neill", "", None, "5-3", "Trade, retail", "'s-Hertogenbosch"]
FORMULAS = [
    "=1+1", "+44 20", "-1", "@SUM(A1)", " =1", "'=1", "''=1", "\t=1", "＝1", "Eve;=cmd|'/c calc'!A1", "Eve; =1",
    "Eve\t=1", "Eve\n=1", "Eve\r\n=1", "Eve;'=1", "a;b;@x", 'Eve";=1', "Eve;＝1",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_begins_like_a_formula_whatever_parts_them(text, separator):
    table = "".join(csv_lines([["Name", text, "Note"]])).removeprefix("\ufeff")

    lines = table.splitlines() if separator != "," else [table]
    cells = [cell for row in csv.reader(lines, delimiter=separator) for cell in row]
    assert [cell for cell in cells if re.match(r"\s*[=+\-@＝＋－＠]", cell)] == []


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_formula_stays_as_it_is(text):
    assert safe_cell(text) == (text or "")


def test_texts_that_differ_are_cells_that_differ():
    assert len({safe_cell(text) for text in FORMULAS}) == len(FORMULAS)
