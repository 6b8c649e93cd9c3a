"""A migrated database with the demo's data, and the collected files: made once in a test run, copied for each stack.

Making them takes four times as long as starting the product on them.
"""

from __future__ import annotations

import atexit
import fcntl
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

# All processes of a run have their folders below this one, which pytest removes some runs later.
_OF_RUN = re.compile(r"pytest-\d+\Z")


def shared_folder(folder: Path) -> Path | None:
    """Where the stacks of one test run find what was made for all of them; None outside of a test run."""
    run = next((parent for parent in folder.parents if _OF_RUN.search(parent.name)), None)
    if run is None:
        return None
    shared = run / "prepared"
    shared.mkdir(exist_ok=True)
    return shared


def once(target: Path, make: Callable[[str], None]) -> Path:
    """The folder, which `make` fills: once for all that ask."""
    with _alone(target.parent):
        if not target.exists():
            being_made = target.with_suffix(".new")
            make(str(being_made))
            being_made.rename(target)
    return target


def copied(shared: Path, database_url: str, make: Callable[[str], None]) -> None:
    """Fills an empty database with what `make` does to one, which is called once for all that ask.

    `make` is given the URL of a database that does not exist yet (SQLite) or is empty (PostgreSQL).
    """
    with _alone(shared):
        if database_url.startswith("sqlite"):
            _copy_file(shared / "desk.sqlite3", Path(database_url.removeprefix("sqlite:///")), make)
        else:
            _copy_on_server(shared, database_url, make)


def _copy_file(template: Path, target: Path, make: Callable[[str], None]) -> None:
    if not template.exists():
        being_made = template.with_suffix(".new")
        make(f"sqlite:///{being_made}")
        with closing(sqlite3.connect(being_made)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        being_made.rename(template)
    shutil.copyfile(template, target)
    target.chmod(0o600)


def _copy_on_server(shared: Path, database_url: str, make: Callable[[str], None]) -> None:
    """Each server has a template of its own, which ends with the process that made it."""
    url = urlsplit(database_url)
    if url.path == "/postgres":
        # A whole server for one stack.
        make(database_url)
        return
    name, mark = f"prepared_{shared.parent.name}".replace("-", "_"), shared / f"{url.hostname}-{url.port}"
    template = url._replace(path=f"/{name}").geturl()
    server = url._replace(path="/postgres").geturl()
    identifier = sql.Identifier(name)
    with closing(psycopg.connect(server, autocommit=True)) as connection:
        if not _exists(connection, name) or not mark.exists():
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(identifier))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
            atexit.register(_drop, server, name, shared)
            make(template)
            mark.touch()
        target = sql.Identifier(url.path.lstrip("/"))
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(target))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(target, identifier))


def _exists(connection: psycopg.Connection[tuple[int]], name: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _drop(server: str, name: str, shared: Path) -> None:
    """The server may have ended before."""
    try:
        with _alone(shared), closing(psycopg.connect(server, autocommit=True)) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    except (OSError, psycopg.Error):
        return


@contextmanager
def _alone(shared: Path) -> Iterator[None]:
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
