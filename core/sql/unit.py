"""One unit of work: what is read together, what is written together, and what is done while the database commits.

    work = UnitOfWork()
    lines = work.read(_LINES(numbers=called))
    numbers = work.read(contacts_with(callers))
    work.fetch()                                # one trip to the database for both
    for line in lines.rows: …
    work.write(_OFFERS(offers))
    work.during_commit(frames_make)
    work.commit()                               # one trip, with the transaction's commit

Inside a transaction, like everything in `core.sql`. What it saves beside one query after the other: docs/benchmarks.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.sql.statements import Statement, execute_and_commit, fetch


class NotFetched(Exception):
    """Rows were looked at before they were fetched: an error in the code that did."""


class Found:
    """What a statement will have found."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: list[Any] | None = None

    @property
    def rows(self) -> list[Any]:
        """Raises `NotFetched`."""
        if self._rows is None:
            raise NotFetched
        return self._rows

    def _set(self, rows: list[Any]) -> None:
        self._rows = rows


class UnitOfWork:
    """Collects statements until they are sent together."""

    def __init__(self) -> None:
        self._locks: list[Statement] = []
        self._asked: list[tuple[Statement, Found]] = []
        self._writes: list[Statement] = []
        self._during: list[Callable[[], None]] = []

    def lock(self, *statements: Statement) -> None:
        """What is to be waited for before anything is read."""
        self._locks += statements

    def read(self, statement: Statement) -> Found:
        """Its rows are there after the next `fetch`."""
        found = Found()
        self._asked.append((statement, found))
        return found

    def fetch(self) -> None:
        """Sends what was asked for, the locks first. Raises what Django's cursors raise."""
        locks, self._locks = self._locks, []
        asked, self._asked = self._asked, []
        answers = fetch(*locks, *(statement for statement, _ in asked))[len(locks) :]
        for (_, found), rows in zip(asked, answers, strict=True):
            found._set(rows)  # noqa: SLF001

    def write(self, *statements: Statement) -> None:
        """Written with the next `flush` or `commit`, in the order in which they were given."""
        self._writes += statements

    def flush(self) -> None:
        """Writes, and goes on in the same transaction."""
        writes, self._writes = self._writes, []
        if writes:
            fetch(*writes)
        # What would be done during the commit is done as well by whoever commits without us.
        self._run_callbacks()

    def during_commit(self, *callbacks: Callable[[], None]) -> None:
        """Called while the database commits, in place of just waiting. They must not use the database, and what they
        raise is only logged: it is too late to undo anything."""
        self._during += callbacks

    def commit(self) -> None:
        """Writes what is left, as the transaction's last: its commit travels with it, if there is no block around."""
        writes, self._writes = self._writes, []
        execute_and_commit(*writes, during_commit=self._run_callbacks if self._during else None)

    def _run_callbacks(self) -> None:
        callbacks, self._during = self._during, []
        for callback in callbacks:
            callback()
