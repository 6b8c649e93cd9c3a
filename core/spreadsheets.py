"""Tables as CSV that a spreadsheet opens, and runs nothing of."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

# What a spreadsheet takes for the beginning of a formula: https://owasp.org/www-community/attacks/CSV_Injection
# Where semicolons or tabs part the cells, as in much of Europe, one begins behind each of them too, and in each line:
# the quotes that keep commas inside do not count in the middle of what is one cell then. Apostrophes that stand there
# already are part of it: a text that begins with one stays another than the same text without.
_BEGINS_FORMULA = re.compile(r"(\A|[;\t\r\n])(?=[ ']*[=+\-@\t\r\n＝＋－＠])")


def safe_cell(value: Any) -> str:
    """The value as a cell that is text whatever it begins with: an apostrophe is put before what may be a formula."""
    return _BEGINS_FORMULA.sub(r"\1'", "" if value is None else str(value))


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The rows as lines of a CSV file. UTF-8 with its mark, without which spreadsheets take it for something else."""
    yield "\ufeff"
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()
