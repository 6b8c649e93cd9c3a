"""SQLite's write-ahead log is emptied by a task of the web server's."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from config.server import checkpoints

PATIENCE = 10


@pytest.fixture
def database(tmp_path) -> Path:
    return tmp_path / "log.sqlite3"


@pytest.fixture
def writer(database) -> Iterator[sqlite3.Connection]:
    """Commits without ever emptying the log."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.executescript("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE call (sid text)")
        yield connection


def in_the_file(database: Path) -> int:
    """How many calls are in the database without its log."""
    alone = database.with_name("alone.sqlite3")
    shutil.copyfile(database, alone)
    with closing(sqlite3.connect(alone)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM call").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


def test_what_is_in_the_log_is_copied_into_the_database(database, writer):
    writer.execute("INSERT INTO call VALUES ('CA1'), ('CA2')")
    assert in_the_file(database) == 0

    assert checkpoints.checkpoint(str(database)) == 0

    assert in_the_file(database) == 2


def test_it_waits_for_nobody(database, writer):
    checkpoints.checkpoint(str(database))
    with closing(sqlite3.connect(database, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM call").fetchall()
        writer.execute("INSERT INTO call VALUES ('CA1')")
        writer.execute("BEGIN IMMEDIATE")

        # Somebody reads what was, somebody writes.
        assert checkpoints.checkpoint(str(database)) > 0

        writer.execute("COMMIT")
    assert checkpoints.checkpoint(str(database)) == 0
    assert in_the_file(database) == 1


def test_what_cannot_be_copied_is_left_to_the_next_commit(tmp_path, caplog):
    assert checkpoints.checkpoint(str(tmp_path / "no" / "such" / "folder")) == 0

    assert "could not be written into the database" in caplog.text


def test_the_servers_task_empties_it(database, writer, monkeypatch):
    monkeypatch.setattr(checkpoints, "_PAUSE", 0.01)
    writer.execute("INSERT INTO call VALUES ('CA1')")

    copy = checkpoints.checkpoint

    async def serve() -> None:
        looked, loop = asyncio.Event(), asyncio.get_running_loop()
        monkeypatch.setattr(checkpoints, "checkpoint", lambda name: [copy(name), loop.call_soon_threadsafe(looked.set)])
        task = asyncio.create_task(checkpoints._watch(str(database)))
        await asyncio.wait_for(looked.wait(), PATIENCE)
        task.cancel()

    asyncio.run(serve())
    assert in_the_file(database) == 1


def test_a_log_in_which_nothing_was_written_is_left_alone(monkeypatch):
    now = time.time_ns()
    # Not there yet; long ago; a moment ago, when the same tick may bring more.
    times = [None, None, 1, 1, 2, 2, now, now + 10**12, now + 10**12]
    looks = []

    def written_at(log: Path) -> int | None:
        if not times:
            raise EOFError
        return times.pop(0)

    monkeypatch.setattr(checkpoints, "_PAUSE", 0)
    monkeypatch.setattr(checkpoints, "_written_at", written_at)
    monkeypatch.setattr(checkpoints, "checkpoint", lambda name: looks.append(len(times)))

    with pytest.raises(EOFError):
        asyncio.run(checkpoints._watch("any"))

    assert looks == [6, 4, 2, 1, 0]


def test_a_database_server_needs_no_help(monkeypatch):
    monkeypatch.setattr(checkpoints, "connection", SimpleNamespace(vendor="postgresql"))

    asyncio.run(asyncio.wait_for(checkpoints.checkpoint_forever(), PATIENCE))
