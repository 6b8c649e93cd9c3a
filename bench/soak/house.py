"""The whole product for a soak: web, worker where there is Redis, simulator, and agents for the robots."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.browser.stack import ROOT, Stack

PASSWORD = "soak-robot-3141"
_MAKE_AGENTS = """
from agents.models import Agent, Team
from calls.models import Line
Line.objects.update(ring_seconds=5)
teams = list(Team.objects.order_by("name"))
for number in range({count}):
    agent = Agent.objects.create_user(f"robot{{number}}", password="{password}", first_name=f"Robot {{number}}")
    agent.teams.add(teams[number % len(teams)])
"""


class ScratchDatabase:
    """A database on a PostgreSQL server that is there for one soak only: what else is there is left alone."""

    def __init__(self, server: str) -> None:
        parts = urlsplit(server)
        self._server = server
        self._name = f"ringdesk_soak_{secrets.token_hex(4)}"
        self.url = urlunsplit(parts._replace(path=f"/{self._name}"))

    def create(self) -> None:
        self._run(f'CREATE DATABASE "{self._name}"')

    def drop(self) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(statement)

    def connections(self) -> int:
        """How many connections to it are open."""
        with psycopg.connect(self._server, autocommit=True) as connection:
            found = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [self._name])
            return int((found.fetchone() or [0])[0])


class House(Stack):
    """A `Stack` with agents for robots, and a worker where there is Redis, that can be killed."""

    def __init__(self, folder: Path, *, agents: int, database: str = "", redis: str = "", **changes: str) -> None:
        """`database` is a PostgreSQL server's URL, where it makes a database of its own; without it SQLite is used."""
        self._scratch = ScratchDatabase(database) if database else None
        outside = {"REDIS_URL": redis, **({"DATABASE_URL": self._scratch.url} if self._scratch else {})}
        super().__init__(folder, **outside, **changes)
        self._agents = agents
        self.has_worker = bool(redis)

    def __enter__(self) -> House:
        if self._scratch:
            self._scratch.create()
        for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"], ["load_demo_data"]):
            self.manage(*command)
        self.manage("shell", "-v0", "-c", _MAKE_AGENTS.format(count=self._agents, password=PASSWORD))
        try:
            self.start_simulator()
            self.start_product()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        if self._scratch:
            self._scratch.drop()

    def start_product(self) -> None:
        if self.has_worker:
            self.start_worker()
        self.start_web()

    def start_worker(self) -> None:
        """The worker with its clock, as `make run` starts it. Nothing needs to wait for it."""
        schedule = ["--schedule", str(self.folder / "beat")]
        command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--beat", "--pool", "threads", *schedule]
        log = (self.folder / "worker.log").open("ab")
        self.processes["worker"] = subprocess.Popen(
            [*command, "--loglevel", "warning"],
            cwd=ROOT,
            env=self.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def kill_product(self) -> None:
        """As a power cut would: nothing is said, nothing is closed."""
        for name in ("web", "worker"):
            if name in self.processes:
                process = self.processes.pop(name)
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def database_connections(self) -> int | None:
        """How many there are; None with SQLite, whose connections are files."""
        return self._scratch.connections() if self._scratch else None

    def whole_log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def quiet(self, seconds: float = 60.0) -> dict[str, Any]:
        """The simulator's health as soon as it has nothing more to do; as it is when the time is over."""
        deadline = time.monotonic() + seconds
        while True:
            health: dict[str, Any] = self.bench("GET", "/sim/health")
            if not (health["legs"] or health["tasks"]) or time.monotonic() > deadline:
                return health
            time.sleep(0.2)
