"""P5 and P6: from a webhook to the frame in a browser, for one desk and for five hundred."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench import services
from bench.contenders import PROCESSES, seed
from bench.correctness import sqlite_query
from bench.figures import percentile
from bench.goals import Goal, Report
from bench.servers import Server, product, uvicorn
from tests.browser.stack import ROOT

_SIZES = (1, 50, 500)
_STAY = 100
_IDLE_SECONDS = 8
_GONE_SECONDS = 30
_NAMES = {"hub": "floor", "redis": "Ringdesk, Redis", "memory": "Ringdesk, in memory"}

_FLOOR = "POST → Redis → bare WebSocket (floor)"
_ALONE = {
    "published": "publish → Redis → bare WebSocket",
    "redis-in": "Ringdesk, Redis: a call comes in",
    "redis-on": "Ringdesk, Redis: it is answered",
    "memory-in": "Ringdesk, in memory: a call comes in",
    "memory-on": "Ringdesk, in memory: it is answered",
}


class Audience:
    """A process with open desks, which does as it is told."""

    def __init__(self, **job: Any) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.audience"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._write(json.dumps(job))

    def __enter__(self) -> Audience:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def _write(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def tell(self, order: str, number: int) -> dict[str, Any]:
        assert self.process.stdout is not None
        self._write(f"{order} {number}")
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit("The desks' process stopped; its last words are above.")
        found: dict[str, Any] = json.loads(answer)
        return found


class Stage:
    """The three servers, and who sits before each: `alone`, an agent in a team each, or `together` in one team."""

    def __init__(self, folder: Path, postgres: services.Postgres, redis: services.Redis) -> None:
        self.redis = redis
        settings = {"DJANGO_SETTINGS_MODULE": "config.settings.base"}
        on_servers = {"DATABASE_URL": postgres.create("push"), "REDIS_URL": redis.url(0)}
        in_memory = {"DATABASE_URL": f"sqlite:///{folder / 'push.sqlite3'}"}
        self.servers = {
            "hub": Server("push floor", uvicorn("bench.floors.hub:application"), folder, REDIS_URL=redis.url(1)),
            "redis": Server("push", product(), folder, copies=PROCESSES, **settings | on_servers),
            "memory": Server("push in memory", product(), folder, **settings | in_memory),
        }
        self.people = {name: seed(self.servers[name], _SIZES[-1]) for name in ("redis", "memory")}
        self.ask: dict[str, Callable[[str], Any]] = {
            "redis": lambda sql: postgres.query("push", sql),
            "memory": sqlite_query(folder / "push.sqlite3"),
        }

    def audience(self, name: str, kind: str) -> Audience:
        server = self.servers[name]
        if name == "hub":
            groups = [number if kind == "alone" else "everybody" for number in range(_SIZES[-1])]
            people = [{"path": f"/ws/{group}", "session": "", "id": group} for group in groups]
            return Audience(ports=server.ports, floor=True, people=people, redis=self.redis.port)
        found = self.people[name]
        people = found["alone"] if kind == "alone" else found["together"]["agents"]
        people = [one | {"path": "/ws/desk/"} for one in people]
        line, supervisor = found["together"]["line"], found["supervisor"]
        return Audience(ports=server.ports, floor=False, people=people, line=line, supervisor=supervisor)

    def members(self, name: str) -> tuple[int, int]:
        """How many desks the product believes to be open: in the database, and in Redis."""
        desks = self.ask[name]("SELECT count(*) FROM agents_desk WHERE channel_name NOT LIKE 'bench-%'")[0][0]
        channels = len(self.redis.client().pubsub_channels("ringdesk*")) if name == "redis" else 0
        return int(desks), channels


def alone_report(stage: Stage, *, rounds: int, samples: int) -> Report:
    report = Report("P5  From a webhook to its agent's open desk, ms", ("desks", "p50", "p95", "lost"))
    with contextlib.ExitStack() as stack:
        audiences = {name: stack.enter_context(stage.audience(name, "alone")) for name in stage.servers}
        _open_boards(audiences)
        for size in _SIZES:
            times: dict[str, list[float]] = {name: [] for name in ("hub", *_ALONE)}
            lost = dict.fromkeys(times, 0)
            for audience in audiences.values():
                audience.tell("open", size)
                audience.tell("latency", 3)
            for _ in range(rounds):
                for name, audience in audiences.items():
                    told = audience.tell("latency", samples)
                    if name == "hub":
                        parts = [(name, told), ("published", audience.tell("published", samples))]
                    else:
                        parts = [(f"{name}-in", told["rings"]), (f"{name}-on", told)]
                    for part, figures in parts:
                        times[part] += figures["ms"]
                        lost[part] += figures["lost"]
            _alone_rows(report, size, times, lost)
    return report


def _alone_rows(report: Report, size: int, times: dict[str, list[float]], lost: dict[str, int]) -> None:
    for name, values in times.items():
        shares = [percentile(values, share) if values else None for share in (0.5, 0.95)]
        report.rows.append((_ALONE.get(name, _FLOOR), (size, *shares, lost[name])))
    for place, middle, late in (("redis", 5, 6), ("memory", 4, 5)):
        values = times[f"{place}-in"] + times[f"{place}-on"]
        for share, goal in ((0.5, middle), (0.95, late)):
            figure = percentile(values, share) / percentile(times["hub"], share) if values else None
            what = f"{_NAMES[place]}, {size} desks: p{share * 100:.0f} of both, of the bare hop's"
            report.goals.append(Goal(what, figure, "≤", goal, stretch=3))


def together_report(stage: Stage, *, rounds: int, samples: int) -> Report:
    report = Report(
        "P6  From a webhook to the last of 500 open desks, ms", ("p50", "p95", "lost", "twice", "closed", "ghosts")
    )
    with contextlib.ExitStack() as stack:
        audiences = {name: stack.enter_context(stage.audience(name, "together")) for name in stage.servers}
        _open_boards(audiences)
        few = {}
        for name, audience in audiences.items():
            audience.tell("open", _STAY)
            if name != "hub":
                few[name] = stage.members(name)
            audience.tell("open", _SIZES[-1])
            audience.tell("fanout", 2)
        times: dict[str, list[float]] = {name: [] for name in audiences}
        worse: dict[str, list[int]] = {name: [0, 0, 0, 0] for name in audiences}
        for _ in range(rounds):
            for name, audience in audiences.items():
                told = audience.tell("fanout", samples)
                times[name] += told["ms"]
                worse[name][0] += told["lost"]
                worse[name][1] += told["doubles"]
        for name, audience in audiences.items():
            worse[name][2] = audience.tell("idle", _IDLE_SECONDS)["closed"]
            audience.tell("drop", _STAY)
            if name != "hub":
                worse[name][3] = _ghosts(stage, name, few[name])
            told = audience.tell("fanout", 3)
            worse[name][0] += told["lost"]
            worse[name][1] += told["doubles"]
    _together_rows(report, times, worse)
    return report


def _open_boards(audiences: dict[str, Audience]) -> None:
    """A supervisor watches the large team, and fifty others, all the time."""
    for name, audience in audiences.items():
        if name != "hub":
            audience.tell("board", 1)


def _ghosts(stage: Stage, name: str, few: tuple[int, int]) -> int:
    """How many more members there are than sockets, once the server had the time to notice."""
    deadline = time.monotonic() + _GONE_SECONDS
    while True:
        left = max(0, *(now - then for now, then in zip(stage.members(name), few, strict=True)))
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.2)


def _together_rows(report: Report, times: dict[str, list[float]], worse: dict[str, list[int]]) -> None:
    floor = percentile(times["hub"], 0.95)
    for name, values in times.items():
        what = "bare hub in one process (floor)" if name == "hub" else _NAMES[name]
        shares = [percentile(values, share) if values else None for share in (0.5, 0.95)]
        report.rows.append((what, (*shares, *worse[name])))
        if name == "hub":
            continue
        figure = percentile(values, 0.95) / floor if values else None
        report.goals += [
            Goal(f"{_NAMES[name]}: last desk's p95, of the floor's", figure, "≤", 7, stretch=3),
            Goal(f"{_NAMES[name]}: frames lost, or come twice", float(sum(worse[name][:2])), "=", 0, unit=""),
            Goal(f"{_NAMES[name]}: closed while idle, ghosts of 400", float(sum(worse[name][2:])), "=", 0, unit=""),
        ]


def measure(folder: Path, *, rounds: int, quick: bool) -> Iterator[Report]:
    if services.missing():
        return
    with services.Postgres(folder) as postgres, services.Redis(folder) as redis, contextlib.ExitStack() as stack:
        stage = Stage(folder, postgres, redis)
        for server in stage.servers.values():
            stack.enter_context(server)
        yield alone_report(stage, rounds=rounds, samples=8 if quick else 20)
        yield together_report(stage, rounds=rounds, samples=3 if quick else 8)
