"""Found by Django as the backend `config.sqlite`."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db.backends.sqlite3 import base

from config.sqlite.turns import Turns, turns_of

# What writes outside a transaction, and takes a turn of its own.
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class DatabaseWrapper(base.DatabaseWrapper):
    """Sees to the files' modes before each connection, and that the threads of a process write one after another."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        # The turn that this connection has, until its transaction is over.
        self._turn: Turns | None = None
        self.execute_wrappers.append(self._in_turn)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        database = str(conn_params["database"])
        if database != ":memory:" and not database.startswith("file:"):
            keep_private(database)
        return super().get_new_connection(conn_params)

    def _take_turn(self) -> None:
        turns = turns_of(str(self.settings_dict["NAME"]))
        if turns is not None and self._turn is None and turns.take(self._patience):
            self._turn = turns

    def _give_turn(self) -> None:
        if self._turn is not None:
            turns, self._turn = self._turn, None
            turns.give()

    @property
    def _patience(self) -> float:
        """Seconds; as long as SQLite would wait for its lock."""
        return float(self.settings_dict["OPTIONS"].get("timeout", 5))

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_turn()
            raise

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _in_turn(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """A statement by itself."""
        if self.in_atomic_block or self._turn is not None or not sql.startswith(_WRITES):
            return execute(sql, params, many, context)
        self._take_turn()
        try:
            return execute(sql, params, many, context)
        finally:
            self._give_turn()


def keep_private(database: str) -> None:
    """0600 for the file and those beside it. Makes the file when there is none: its log gets its mode from SQLite."""
    # Never opened when it is there: closing it would take the locks away that SQLite holds in this process
    # (https://sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
    with suppress(OSError):
        os.close(os.open(database, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    for path in (database, f"{database}-wal", f"{database}-shm", f"{database}-journal"):
        # Not there, or somebody else's.
        with suppress(OSError):
            if os.stat(path).st_mode & 0o077:
                os.chmod(path, 0o600)
