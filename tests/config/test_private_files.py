"""What the product writes to disk is for its own user alone, whatever the umask."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from config.sqlite.base import keep_private
from telephony.webhooks.spool import spool_append, spool_drain
from tests.packages import ROOT


@pytest.fixture(autouse=True)
def _careless_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    return {path.name: oct(path.stat().st_mode & 0o777) for path in folder.iterdir()}


def run(database: Path, code: str) -> str:
    """What a program of ours prints with that database."""
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{database}", "REDIS_URL": "", "DJANGO_SETTINGS_MODULE": "config.settings.base",
    }  # fmt: skip
    program = f"import django, os\ndjango.setup()\nfrom django.db import connection as db\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_a_new_sqlite_database_is_private_with_its_log(tmp_path):
    code = """
from pathlib import Path
db.cursor().execute("CREATE TABLE notes (text)")
path = Path(db.settings_dict["NAME"])
print(*sorted((each.name, oct(each.stat().st_mode & 0o777)) for each in path.parent.iterdir()))
"""

    assert run(tmp_path / "desk.sqlite3", code).split("\n")[0] == (
        "('desk.sqlite3', '0o600') ('desk.sqlite3-shm', '0o600') ('desk.sqlite3-wal', '0o600')"
    )


def test_a_database_that_was_readable_is_closed(tmp_path):
    database = tmp_path / "desk.sqlite3"
    with closing(sqlite3.connect(database)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE notes (text)")
        other.commit()
        assert set(modes(tmp_path).values()) == {"0o644"}

        keep_private(str(database))

        assert set(modes(tmp_path).values()) == {"0o600"}


def test_closing_it_takes_no_lock_away(tmp_path):
    """Opening and closing the file would: POSIX drops a process's locks at the first close."""
    database = tmp_path / "desk.sqlite3"
    with closing(sqlite3.connect(database, isolation_level=None)) as ours:
        ours.execute("CREATE TABLE notes (text)")
        ours.execute("BEGIN EXCLUSIVE")

        keep_private(str(database))

        others = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"
        done = subprocess.run(
            [sys.executable, "-c", others, str(database)], capture_output=True, text=True, check=False
        )
        assert "database is locked" in done.stderr


def test_a_database_where_none_can_be_made_is_sqlites_to_refuse(tmp_path):
    keep_private(str(tmp_path / "nowhere" / "desk.sqlite3"))

    assert modes(tmp_path) == {}


@pytest.mark.parametrize("exists", [False, True], ids=["a new folder", "a folder that was open"])
def test_the_spool_is_private(settings, tmp_path, exists):
    folder = tmp_path / "deep" / "spool"
    settings.SPOOL_DIR = str(folder)
    if exists:
        folder.mkdir(parents=True, mode=0o755)

    spool_append({"number": 1})
    spool_append({"number": 2})

    assert folder.stat().st_mode & 0o777 == 0o700
    assert set(modes(folder).values()) == {"0o600"}


def test_what_is_put_back_into_the_spool_is_private_too(settings, tmp_path):
    settings.SPOOL_DIR = str(tmp_path / "spool")
    spool_append({"number": 1})

    def away(entry: object) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        spool_drain(away)

    assert list(modes(tmp_path / "spool").values()) == ["0o600", "0o600"]
