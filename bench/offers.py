"""P11 and P12: from an agent who is free to the ring, and how fast it is decided who gets whom while 1,000 wait."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import services
from bench.figures import percentile
from bench.goals import Goal, Report, median
from bench.servers import COMMON
from tests.browser.stack import ROOT

_SIZES = (10, 100, 1_000)
_PROCESSES = 2


def measure(folder: Path, *, rounds: int, quick: bool) -> list[Report]:
    if services.missing():
        return []
    with ExitStack() as stack:
        postgres = stack.enter_context(services.Postgres(folder))
        redis = stack.enter_context(services.Redis(folder))
        house = _House(postgres, redis)
        return [_rings(house, 2 if quick else rounds, quick=quick), _decisions(house, 1 if quick else min(rounds, 3))]


class _House:
    def __init__(self, postgres: services.Postgres, redis: services.Redis) -> None:
        self._postgres, self._redis, self._made = postgres, redis, 0

    def environment(self) -> dict[str, str]:
        """With an empty database."""
        self._made += 1
        made = {
            **os.environ, **COMMON,
            "DATABASE_URL": self._postgres.create(f"offers{self._made}"),
            "REDIS_URL": self._redis.url(self._made % 16),
            "DJANGO_SETTINGS_MODULE": "config.settings.base",
            "SPOOL_DIR": "/tmp/ringdesk-bench-spool",  # noqa: S108 (nothing is put there)
        }  # fmt: skip
        _finished(_begun(made, "manage.py", "migrate", "-v0", "--skip-checks"))
        return made


def _begun(environment: dict[str, str], *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _finished(process: subprocess.Popen[str]) -> str:
    said, problem = process.communicate()
    if process.returncode:
        raise SystemExit(problem[-3000:])
    return said


def _job(environment: dict[str, str], step: str, **told: Any) -> subprocess.Popen[str]:
    return _begun(environment, "-m", "bench.offers_job", step, json.dumps(told))


def _answer(process: subprocess.Popen[str]) -> Any:
    return json.loads(_finished(process).splitlines()[-1])


# --- P11 --------------------------------------------------------------------------------------------------------------


def _rings(house: _House, rounds: int, *, quick: bool) -> Report:
    found: dict[int, list[float]] = {size: [] for size in _SIZES}
    for _round in range(rounds):
        for size in _SIZES:
            found[size] += _answer(_job(house.environment(), "ring", agents=size, turns=15 if quick else 40))["ms"]
    report = Report("P11: from the webhook that frees an agent to the answer that rings; PostgreSQL", ("p50", "p95"))
    for size in _SIZES:
        row = [percentile(found[size], 0.5), percentile(found[size], 0.95)]
        report.rows.append((f"{size:,} agents in one team, ms", row))
    ratio = percentile(found[_SIZES[-1]], 0.95) / percentile(found[_SIZES[0]], 0.95)
    report.goals.append(Goal("p95 with 1,000 agents ÷ with 10", ratio, "≤", 1.5, stretch=1.2))
    return report


# --- P12 --------------------------------------------------------------------------------------------------------------


def _decisions(house: _House, rounds: int) -> Report:
    report = Report(
        "P12: 1,000 wait for 200 agents, events at random; PostgreSQL, 2 processes", ("p50", "p95", "max", "events")
    )
    runs = [_run(house.environment(), seed=turn, seconds=30.0) for turn in range(rounds)]
    events = [event for run in runs for event in run["decided"]]
    for kind in ("", *sorted({kind for kind, _ in events})):
        times = [ms for name, ms in events if kind in ("", name)]
        row = [percentile(times, 0.5), percentile(times, 0.95), max(times), len(times)]
        report.rows.append((f"an agent or caller {kind}, ms" if kind else "all events, ms", row))
    for name, what in (("rounds", "a round, ms"), ("looks", "a look at the queues, for desks, ms")):
        times = [ms for run in runs for ms in run[name]]
        report.rows.append((what, [percentile(times, 0.5), percentile(times, 0.95), max(times), len(times)]))
    for run in runs:
        waits = run["waits"]
        report.notes.append(
            f"{waits['served']} of {waits['callers']} got an agent after {waits['wait']:.1f} s on average; "
            f"ideally {waits['ideally']} after {waits['ideal wait']:.1f} s; events came {1000 * run['late']:.0f} ms "
            "late at most"
        )
    report.goals += [
        Goal("decided, p95", percentile([ms for _, ms in events], 0.95), "≤", 50, stretch=20, unit=" ms"),
        Goal(
            "waits of those who got an agent ÷ an ideal scheduler's",
            median([run["waits"]["wait"] / run["waits"]["ideal wait"] for run in runs]),
            "≤",
            1.05,
        ),
        Goal(
            "agents given ÷ an ideal scheduler's",
            median([run["waits"]["served"] / run["waits"]["ideally"] for run in runs]),
            "≥",
            0.95,
        ),
    ]
    return report


def _run(environment: dict[str, str], *, seed: int, seconds: float) -> dict[str, Any]:
    _answer(_job(environment, "prepare", seed=seed))
    told = {"count": _PROCESSES, "begins": time.time() + 6, "seconds": seconds, "seed": seed}
    offices = [_job(environment, "decide", index=index, **told) for index in range(_PROCESSES)]
    answers = [_answer(office) for office in offices]
    waits = _answer(_job(environment, "collect", began=told["begins"], until=told["begins"] + seconds))
    return {
        "decided": [event for answer in answers for event in answer["decided"]],
        "rounds": [ms for answer in answers for ms in answer["rounds"]],
        "looks": [ms for answer in answers for ms in answer["looks"]],
        "late": max(answer["late"] for answer in answers),
        "waits": waits,
    }
