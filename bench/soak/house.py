"""The whole product for a soak: web, worker where there is Redis, simulator, and agents for the robots."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from bench.soak.plan import OWN_LINES, own_line
from simulator.config import DEFAULT_NUMBERS
from tests.browser.stack import Stack

PASSWORD = "soak-robot-3141"
_NAMES = ("robot", "supervisor")
_MAKE_AGENTS = """
from agents.models import Agent, Team
from routing.models import Line, Route, RouteVersion
# A caller who hears something first is answered before any agent is: the log says when an agent answered.
Line.objects.update(ring_seconds=5, route=None)
# Short: whoever wraps up takes no call, and is given none.
Team.objects.update(wrap_up_seconds=1)
teams = list(Team.objects.order_by("name"))
for number in range({count}):
    agent = Agent.objects.create_user(
        f"robot{{number}}", password="{password}", first_name=f"Robot {{number}}", may_take_second_call=True
    )
    team = teams[number % len(teams)]
    agent.teams.add(team)
    # Who calls there rings at this agent alone, also during a call.
    route = Route.objects.create(name=f"Robot {{number}}")
    steps = [
        {{"id": "own", "kind": "agent", "agent": agent.pk, "ring_seconds": 20, "next": "box"}},
        {{"id": "box", "kind": "voicemail"}},
    ]
    route.current = RouteVersion.objects.create(route=route, number=1, steps={{"first": "own", "steps": steps}})
    route.save()
    Line.objects.create(number=f"{own_lines}{{number:02}}", name=f"Robot {{number}}", team=team, route=route)
    print(f"robot{{number}} {{agent.pk}} {{team.pk}}")
# Of all teams, and never offered a caller.
for number in range({supervisors}):
    agent = Agent.objects.create_user(
        f"supervisor{{number}}", password="{password}", first_name=f"Supervisor {{number}}", role="supervisor",
        availability="busy",
    )
    agent.teams.set(teams)
    print(f"supervisor{{number}} {{agent.pk}} {{teams[0].pk}}")
"""


class House(Stack):
    """A `Stack` with agents and supervisors for robots, that can be killed."""

    def __init__(self, folder: Path, *, agents: int, supervisors: int = 0, **changes: str) -> None:
        own = [f"{own_line(number)} Robot {number}" for number in range(agents)]
        super().__init__(folder, **{"SIMULATOR_NUMBERS": ",".join([DEFAULT_NUMBERS, *own])} | changes)
        self._numbers = {"count": agents, "supervisors": supervisors, "own_lines": OWN_LINES}
        #: Of each robot, its own id and its team's.
        self.ids: dict[str, tuple[int, int]] = {}

    def __enter__(self) -> House:
        super().__enter__()
        try:
            made = self.shell(_MAKE_AGENTS.format(password=PASSWORD, **self._numbers))
            for name, agent, team in (line.split() for line in made.splitlines() if line.startswith(_NAMES)):
                self.ids[name] = (int(agent), int(team))
        except BaseException:
            self.__exit__()
            raise
        return self

    def kill_product(self) -> None:
        """As a power cut would: nothing is said, nothing is closed."""
        for name in ("web", "worker"):
            if name in self.processes:
                process = self.processes.pop(name)
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def start_product(self) -> None:
        self.start_web()
        if self.settings["REDIS_URL"]:
            self.start_worker()

    def database_connections(self) -> int | None:
        """How many are open to the product's database; None with SQLite, whose connections are files."""
        url = self.settings["DATABASE_URL"]
        if not url.startswith("postgres"):
            return None
        with psycopg.connect(url) as connection:
            name = urlsplit(url).path.lstrip("/")
            found = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name]).fetchone()
            return int((found or [0])[0])

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
