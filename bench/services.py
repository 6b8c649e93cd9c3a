"""A PostgreSQL and a Redis of the benchmark's own, in a folder of their own, on free ports. Gone when it ends."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.browser.stack import free_port

PATIENCE_SECONDS = 20
_DEBIANS = Path("/usr/lib/postgresql")


def _program(name: str) -> str | None:
    """Where a program of PostgreSQL's is. Debian keeps the server's outside PATH."""
    found = shutil.which(name)
    if found:
        return found
    versions = sorted(_DEBIANS.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    return str(versions[-1]) if versions else None


def missing() -> list[str]:
    """What the parts with PostgreSQL and Redis need and this machine has not."""
    lacking = []
    if not (_program("initdb") and _program("pg_ctl")):
        lacking.append("PostgreSQL's server (on Debian: apt-get install postgresql)")
    if shutil.which("redis-server") is None:
        lacking.append("redis-server (on Debian: apt-get install redis-server)")
    return lacking


class Postgres:
    """An empty cluster with safe writes (fsync is on): `url(name)` for a database in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "postgres"
        self.port = free_port()
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            self._as = {"user": "postgres", "group": pwd.getpwnam("postgres").pw_gid, "extra_groups": []}

    def __enter__(self) -> Postgres:
        self.folder.mkdir()
        if self._as:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-A", "trust", "-U", "ringdesk", "-E", "UTF8", "--no-instructions")
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} -c max_connections=200"
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")
        return self

    def __exit__(self, *_: object) -> None:
        self._run("pg_ctl", "-m", "immediate", "-w", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(_program(program)), "-D", str(self.folder), *arguments]
        # Its output goes to a file: a server that inherits a pipe keeps it open.
        with (self.folder.parent / "postgres.log").open("ab") as log:
            done = subprocess.run(command, stdout=log, stderr=log, cwd=self.folder, check=False, **self._as)
        if done.returncode:
            raise SystemExit(f"{program} failed:\n{(self.folder.parent / 'postgres.log').read_text()[-2000:]}")

    def create(self, name: str) -> str:
        """A new database; returns its URL."""
        import psycopg

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def url(self, name: str) -> str:
        return f"postgres://ringdesk@127.0.0.1:{self.port}/{name}"

    def query(self, name: str, sql: str) -> list[tuple[Any, ...]]:
        import psycopg

        with psycopg.connect(self.url(name)) as connection:
            return connection.execute(sql).fetchall()


class Redis:
    """An empty Redis that writes nothing to disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()

    def __enter__(self) -> Redis:
        arguments = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        arguments += ["--dir", str(self.folder), "--logfile", str(self.folder / "redis.log")]
        self.process = subprocess.Popen(["redis-server", *arguments], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("redis-server did not start.")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE_SECONDS)

    def _answers(self) -> bool:
        import redis

        try:
            return bool(self.client().ping())
        except redis.ConnectionError:
            return False

    def client(self) -> Any:
        import redis

        return redis.Redis(port=self.port)

    def url(self, number: int = 0) -> str:
        return f"redis://127.0.0.1:{self.port}/{number}"
