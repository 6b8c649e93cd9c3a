"""P9 and P10: texts to many, beside a Celery task for each, and single texts without a broker."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import services
from bench.goals import Goal, Report, median
from bench.servers import COMMON, Server, uvicorn
from tests.browser.stack import ROOT

_WORKERS, _THREADS = 4, 25
_FLOOR_THREADS = 50


class Api:
    """The bare Twilio of `bench.floors.messages_api`."""

    def __init__(self, folder: Path) -> None:
        self.server = Server("texts-api", uvicorn("bench.floors.messages_api:application"), folder)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def taken(self) -> list[tuple[float, str]]:
        return [tuple(one) for one in self._get("/taken")["taken"]]

    def forget(self) -> None:
        self._get("/forget")

    def wait_for(self, number: int, seconds: float = 600.0) -> list[tuple[float, str]]:
        until = time.monotonic() + seconds
        while len(taken := self.taken()) < number:
            if time.monotonic() > until:
                raise SystemExit(f"Only {len(taken)} of {number} texts came.")
            time.sleep(0.5)
        return taken

    def _get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            return json.loads(answer.read())


def _rate(taken: list[tuple[float, str]]) -> float:
    """Texts a second, from the first to the last but for the slowest and quickest of them."""
    times = sorted(at for at, _ in taken)
    cut = len(times) // 20
    inner = times[cut : len(times) - cut]
    return len(inner) / max(0.001, inner[-1] - inner[0])


def _environment(api: Api, database: str, redis_url: str, threads: int = _THREADS) -> dict[str, str]:
    return {
        **COMMON,
        "DATABASE_URL": database,
        "REDIS_URL": redis_url,
        "TWILIO_API_BASE_URL": api.url,
        # That this address is not Twilio's is what is found wrong.
        "CELERY_SKIP_CHECKS": "true",
        "MESSAGE_SEGMENTS_PER_SECOND": "100000",
        "MESSAGE_CONCURRENCY": str(threads),
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "SPOOL_DIR": "/tmp/ringdesk-bench-spool",  # noqa: S108 (nothing is put there)
    }


def _run(environment: dict[str, str], *command: str) -> str:
    import os

    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return done.stdout


def _job(environment: dict[str, str], step: str, number: int) -> Any:
    return json.loads(_run(environment, "-m", "bench.texts_job", step, str(number)).splitlines()[-1])


def _processes(environment: dict[str, str], commands: list[list[str]], folder: Path, stack: ExitStack) -> None:
    import os

    for index, command in enumerate(commands):
        log = (folder / f"worker-{index}.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env={**os.environ, **environment}, stdout=log, stderr=log
        )
        stack.callback(process.wait, 20)
        stack.callback(process.terminate)
    # Until they listen.
    time.sleep(8)


def measure(folder: Path, *, rounds: int, quick: bool) -> list[Report]:
    number = 2_000 if quick else 10_000
    reports = []
    with ExitStack() as stack:
        api = Api(folder)
        api.server.start()
        stack.callback(api.server.stop)
        postgres = stack.enter_context(services.Postgres(folder))
        redis = stack.enter_context(services.Redis(folder))
        rates: dict[str, list[float]] = {}
        for turn in range(1 if quick else min(rounds, 3)):
            own = folder / f"round-{turn}"
            own.mkdir()
            for name, values in _round(own, api, postgres, redis, number, turn).items():
                rates.setdefault(name, []).extend(values)
        reports.append(_report(rates, number))
        reports.append(_report_alone(rates, number))
    return reports


def _round(
    folder: Path, api: Api, postgres: services.Postgres, redis: services.Redis, number: int, turn: int
) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    broker = f"redis://127.0.0.1:{redis.port}/{2 * turn + 1}"
    floor = {"BENCH_BROKER": broker, "BENCH_API": api.url}
    with ExitStack() as stack:
        worker = ["celery", "-A", "bench.floors.one_by_one", "worker", "--pool", "threads"]
        _processes(floor, [[*worker, "-c", str(_FLOOR_THREADS), "--loglevel", "error"]], folder, stack)
        enqueue = (
            "import time\nfrom bench.floors.one_by_one import text\nbegan = time.perf_counter()\n"
            f"for index in range({number}): text.delay(f'+1202{{2000000 + index}}')\n"
            "print(time.perf_counter() - began)"
        )
        api.forget()
        found["enqueued one by one"] = [number / float(_run(floor, "-c", enqueue))]
        found["drained by fifty threads"] = [_rate(api.wait_for(number))]
    own = folder / "product"
    own.mkdir()
    product = _environment(api, postgres.create(f"texts{turn}"), f"redis://127.0.0.1:{redis.port}/{2 * turn + 2}")
    _run(product, "manage.py", "migrate", "-v0", "--skip-checks")
    _job(product, "prepare", number)
    with ExitStack() as stack:
        worker = ["celery", "-A", "config", "worker", "--pool", "threads", "-c", "4", "--loglevel", "error"]
        commands = [[*worker, "-n", f"bench{index}@%h"] for index in range(_WORKERS)]
        commands[0] += ["--beat", "--schedule", str(own / "beat")]
        _processes(product, commands, own, stack)
        api.forget()
        started = _job(product, "start", number)
        taken = api.wait_for(number)
        assert len({to for _, to in taken}) == len(taken) == number
        found["enqueued"] = [number / started["seconds"]]
        found["drained"] = [_rate(taken)]
        found["ms to the first text"] = [1000 * (min(at for at, _ in taken) - started["at"])]
    # As many connections as the four workers have together.
    alone = _environment(api, f"sqlite:///{folder / 'alone.sqlite3'}", "", _WORKERS * _THREADS)
    _run(alone, "manage.py", "migrate", "-v0", "--skip-checks")
    _job(alone, "prepare", number)
    api.forget()
    job = _job(alone, "embedded", number)
    taken = api.taken()
    came = {to: at for at, to in taken}
    found["drained without a broker"] = [_rate([one for one in taken if not one[1].startswith("+12028")])]
    found["ms to begin"] = sorted(1000 * (came[to] - at) for at, to in job["singles"])
    return found


def _report(rates: dict[str, list[float]], number: int) -> Report:
    report = Report(f"P9: a text to {number:,}, with an API that takes 50 ms; PostgreSQL and Redis", ("texts/s",))
    for name in ("enqueued one by one", "enqueued", "drained by fifty threads", "drained"):
        report.rows.append((name, [median(rates[name])]))
    limit = _WORKERS * _THREADS / 0.05
    first = median(rates["ms to the first text"])
    report.notes.append(f"From the answer to the first text: {first:,.0f} ms, in which a worker keeps who gets it.")
    report.notes.append(f"{_WORKERS} workers with {_THREADS} connections each: at most {limit:,.0f} a second.")
    report.goals += [
        Goal("enqueued ÷ one by one", median(rates["enqueued"]) / median(rates["enqueued one by one"]), "≥", 30),
        Goal(
            "drained ÷ a task for each on fifty threads",
            median(rates["drained"]) / median(rates["drained by fifty threads"]),
            "≥",
            1.5,
        ),
    ]
    return report


def _report_alone(rates: dict[str, list[float]], number: int) -> Report:
    waits = sorted(rates["ms to begin"])
    p95 = waits[int(len(waits) * 0.95)]
    report = Report(f"P10: without a broker: SQLite, one process; a text to {number:,}, then single ones", ("",))
    report.rows.append(("drained, texts/s", [median(rates["drained without a broker"])]))
    report.rows.append(("written to begun, ms p50", [waits[len(waits) // 2]]))
    report.rows.append(("written to begun, ms p95", [p95]))
    report.goals += [
        Goal("written to begun, p95", p95, "≤", 50, unit=" ms"),
        Goal("drained ÷ with Redis", median(rates["drained without a broker"]) / median(rates["drained"]), "≥", 0.8),
    ]
    return report
