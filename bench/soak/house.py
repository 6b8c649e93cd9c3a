"""The whole product for a soak: web, worker where there is Redis, simulator, and agents for the robots."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

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


class House(Stack):
    """A `Stack` that uses the PostgreSQL and the Redis of the environment, when there are any, and can be killed."""

    def __init__(self, folder: Path, *, agents: int, **changes: str) -> None:
        outside = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
        super().__init__(folder, **outside, **changes)
        self._agents = agents
        self.has_worker = "REDIS_URL" in outside

    def __enter__(self) -> House:
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
