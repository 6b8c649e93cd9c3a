"""The threads of one process write one after another, in the order in which they came."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from config.sqlite.turns import Turns, turns_of

PATIENCE = 20.0


@pytest.fixture
def others() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(6) as threads:
        yield threads


def test_whoever_has_waited_for_longest_is_next(others):
    turns, came, order = Turns(), threading.Semaphore(0), []
    assert turns.take(0)

    def one(number: int) -> None:
        came.release()
        assert turns.take(PATIENCE)
        order.append(number)
        turns.give()

    waiting: list[Future[None]] = []
    for number in range(5):
        waiting.append(others.submit(one, number))
        came.acquire()
        _until(lambda: len(turns._waiting) == len(waiting))
    turns.give()
    for each in waiting:
        each.result(PATIENCE)

    assert order == [0, 1, 2, 3, 4]
    assert turns.take(0)


def test_whoever_gave_up_is_not_given_it_any_more():
    turns = Turns()
    assert turns.take(0)

    assert not turns.take(0.01)

    turns.give()
    assert turns.take(0)


@pytest.fixture
def databases(tmp_path: Path, db: None) -> Iterator[ConnectionHandler]:
    """Each thread has its own connection. SQLite itself waits for nobody here."""
    options = {"transaction_mode": "IMMEDIATE", "timeout": PATIENCE, "init_command": "PRAGMA journal_mode=WAL;"}
    found = ConnectionHandler(
        {"default": {"ENGINE": "config.sqlite", "NAME": str(tmp_path / "one.sqlite3"), "OPTIONS": options}}
    )
    with found["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE one (number INTEGER)")
    yield found
    found["default"].close()


def _in_own_connection(databases: ConnectionHandler, act: Callable[[Any], None]) -> None:
    connection = databases["default"]
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout=0")
        act(connection)
    finally:
        connection.close()


def _begin(connection: Any) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def _insert(connection: Any, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO one VALUES (%s)", [number])


def _in_transaction(connection: Any, number: int) -> None:
    _begin(connection)
    _insert(connection, number)
    connection.commit()
    connection.set_autocommit(True)


@pytest.mark.parametrize("writes", [_in_transaction, _insert])
@pytest.mark.parametrize("ends", ["commit", "rollback", "close"])
def test_a_second_writer_waits_for_the_first_and_is_never_refused(databases, others, writes, ends):
    first = databases["default"]
    _begin(first)
    _insert(first, 1)

    second = others.submit(_in_own_connection, databases, lambda own: writes(own, 2))
    turns = turns_of(first.settings_dict["NAME"])
    assert turns is not None
    _until(lambda: bool(turns._waiting))
    getattr(first, ends)()
    second.result(PATIENCE)

    first.close()
    with first.cursor() as cursor:
        found = {number for (number,) in cursor.execute("SELECT number FROM one").fetchall()}
    assert found == ({1, 2} if ends == "commit" else {2})


def test_a_transaction_that_another_program_holds_up_leaves_the_turn_to_others(databases, others):
    name = databases["default"].settings_dict["NAME"]
    program = sqlite3.connect(name, isolation_level=None, check_same_thread=False)
    program.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        _in_own_connection(databases, _begin)
    program.execute("COMMIT")
    program.close()

    turns = turns_of(name)
    assert turns is not None
    assert turns.take(0)


def _until(check: Callable[[], bool]) -> None:
    gone = threading.Event()
    for _again in range(2000):
        if check():
            return
        gone.wait(0.01)
    raise AssertionError("never happened")
