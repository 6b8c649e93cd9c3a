"""The unit tests' database, migrated once for all processes that test one state of the code, and copied for each.

Running all migrations takes many times as long as copying what they make.
"""

from __future__ import annotations

import fcntl
import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import psycopg
from django.db import connection
from psycopg import sql

from tests.services import DATABASE_SERVER

ROOT = Path(__file__).parents[1]
# What decides how a migrated database looks.
_DECIDE = ("*/migrations/*.py", "core/**/*.py", "requirements/test.txt")


def lend(folder: Path) -> Template:
    """Before Django makes the test database: it begins as a copy, if there is something to copy.

    Until `keep` is called on what is returned, other processes wait here: the first makes it for all.
    """
    lock = (folder / "lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    template = (_OnServer if DATABASE_SERVER else _InFile)(folder, _key(), lock)
    template.begin()
    return template


def _key() -> str:
    found = hashlib.sha256()
    for path in sorted(path for pattern in _DECIDE for path in ROOT.glob(pattern)):
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:20]


class Template:
    """A migrated database without rows of anybody's."""

    def __init__(self, folder: Path, key: str, lock: IO[str]) -> None:
        self.folder, self.key, self._lock = folder, key, lock

    def begin(self) -> None:
        """Has the test database made as a copy of this one, if there is one."""
        raise NotImplementedError

    def keep(self) -> None:
        """Once the test database is migrated: it is copied from now on."""
        self.store()
        self._lock.close()

    def store(self) -> None:
        raise NotImplementedError


class _InFile(Template):
    """For SQLite, whose test database is in memory."""

    _held: sqlite3.Connection | None = None

    @property
    def _path(self) -> Path:
        return self.folder / f"{self.key}.sqlite3"

    def begin(self) -> None:
        if not self._path.exists():
            return
        creation: Any = connection.creation
        create = creation._create_test_db

        def create_as_copy(*arguments: Any, **options: Any) -> str:
            name = str(create(*arguments, **options))
            # It is in memory for as long as somebody holds it.
            self._held = sqlite3.connect(name, uri=True)
            with closing(sqlite3.connect(self._path)) as template:
                template.backup(self._held)
            return name

        creation._create_test_db = create_as_copy

    def store(self) -> None:
        if self._held is not None:
            connection.ensure_connection()
            self._held.close()
            return
        for old in self.folder.glob("*.sqlite3"):
            old.unlink()
        being_made = self._path.with_suffix(".new")
        with closing(sqlite3.connect(being_made)) as template:
            connection.ensure_connection()
            connection.connection.backup(template)
        being_made.rename(self._path)


class _OnServer(Template):
    """For PostgreSQL."""

    _is_new = False

    @property
    def _name(self) -> str:
        return f"tests_{self.key}"

    def begin(self) -> None:
        with self._server() as server:
            known = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self._name]).fetchone()
        self._is_new = known is None
        if known is not None:
            connection.settings_dict["TEST"]["TEMPLATE"] = self._name

    def store(self) -> None:
        if not self._is_new:
            return
        source = connection.settings_dict["NAME"]
        # Nobody may be in it while it is copied.
        connection.close()
        with self._server() as server:
            names = sql.Identifier(self._name), sql.Identifier(source)
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))

    def _server(self) -> Any:
        return psycopg.connect(urlsplit(DATABASE_SERVER)._replace(path="/postgres").geturl(), autocommit=True)
