"""P1 to P3: what a second of Twilio's webhooks costs, beside the floor and the ordinary ways."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import correctness, services
from bench.contenders import Contender, on_postgres, on_sqlite
from bench.goals import Goal, Report, median, ratio

COLUMNS = ("req/s", "p50 ms", "p95 ms", "p99 ms", "CPU µs/req", "errors")
_NAMES = {
    "nothing": "bare ASGI, answers",
    "signature": "bare ASGI, checks the signature",
    "postgres": "bare ASGI, signature and one UPSERT",
    "naive": "plain Django view, CONN_MAX_AGE=0",
    "naive60": "plain Django view, CONN_MAX_AGE=60",
    "library": "django-twilio, CONN_MAX_AGE=60",
    "product": "Ringdesk",
    "guarded": "Ringdesk with HTTP credentials",
}
_PRODUCT = "on PostgreSQL"
Rounds = dict[str, list[dict[str, Any]]]


def run_rounds(contenders: dict[str, Contender], *, rounds: int, seconds: float) -> Rounds:
    """Starts all, lets each have its turn in every round, after a warm-up that does not count."""
    found: Rounds = {name: [] for name in contenders}
    with contextlib.ExitStack() as stack:
        for contender in contenders.values():
            stack.enter_context(contender.server)
            contender.warm_up()
        for _ in range(rounds):
            for name, contender in contenders.items():
                found[name].append(contender.measure(seconds))
    return found


def _figures(found: Rounds, name: str, phase: str, key: str) -> list[float]:
    return [one[phase][key] for one in found.get(name, []) if one[phase]]


def errors(found: Rounds, name: str, phase: str) -> int:
    """Answers that are no success, and requests without an answer."""
    return sum(
        number
        for one in found[name]
        for status, number in one[phase].get("statuses", {}).items()
        if not 200 <= int(status) < 300
    )


def _rows(report: Report, found: Rounds, phase: str, names: tuple[str, ...]) -> None:
    for name in names:
        keys = ("rate", "p50_ms", "p95_ms", "p99_ms", "cpu_us")
        cells: list[Any] = [median(_figures(found, name, phase, key)) for key in keys]
        report.rows.append((_NAMES[name], [*cells, errors(found, name, phase)]))


def status_report(found: Rounds) -> Report:
    report = Report("P1  Status callbacks on PostgreSQL, 2 processes, 16 connections", COLUMNS)
    _rows(report, found, "status", ("nothing", "signature", "postgres", "naive", "naive60", "product", "guarded"))
    rate = {name: _figures(found, name, "status", "rate") for name in found}
    cpu = {name: _figures(found, name, "status", "cpu_us") for name in found}
    for name, what in (("product", "Ringdesk"), ("guarded", "Ringdesk with HTTP credentials")):
        of_floor = ratio(rate[name], rate["postgres"])
        report.goals += [
            Goal(f"{what}: requests, of CONN_MAX_AGE=0", ratio(rate[name], rate["naive"]), "≥", 8),
            Goal(f"{what}: requests, of CONN_MAX_AGE=60", ratio(rate[name], rate["naive60"]), "≥", 2),
            Goal(f"{what}: requests, of the PostgreSQL floor", of_floor, "≥", 0.25, stretch=0.6),
            Goal(f"{what}: CPU, of CONN_MAX_AGE=60", ratio(cpu[name], cpu["naive60"]), "≤", 0.45),
        ]
    return report


def incoming_report(found: Rounds) -> Report:
    report = Report("P2  Incoming calls: TwiML that rings an agent", COLUMNS)
    names = ("nothing", "signature", "library", "naive", "naive60", "product", "guarded")
    _rows(report, found, "incoming", names)
    library = _figures(found, "library", "incoming", "rate")
    for name, what in (("product", "Ringdesk"), ("guarded", "Ringdesk with HTTP credentials")):
        ours = _figures(found, name, "incoming", "rate")
        report.goals.append(Goal(f"{what}: requests, of django-twilio", ratio(ours, library), "≥", 2, stretch=5))
    return report


def sqlite_report(found: Rounds) -> Report:
    report = Report("P3  Status callbacks on SQLite, as each comes, 16 connections", COLUMNS)
    _rows(report, found, "status", ("naive", "product"))
    rate = {name: _figures(found, name, "status", "rate") for name in found}
    slowest = {name: _figures(found, name, "status", "p99_ms") for name in found}
    failed = errors(found, "product", "status") + errors(found, "product", "incoming")
    report.goals += [
        Goal("requests, of the plain view's", ratio(rate["product"], rate["naive"]), "≥", 3),
        Goal("99th percentile, of the plain view's", ratio(slowest["product"], slowest["naive"]), "≤", 0.25),
        Goal("requests that failed (lock errors)", float(failed), "=", 0, unit=""),
    ]
    return report


def load_note(found: Rounds) -> str:
    shares = [one["own_cpu_share"] for rounds in found.values() for one in rounds]
    return f"The load generator used {median(shares):.0%} of one core (median), {max(shares):.0%} at the most."


def measure(folder: Path, *, rounds: int, quick: bool) -> Iterator[Report]:
    """Each report as soon as it is known; without PostgreSQL and Redis, what SQLite does alone."""
    seconds, calls = (1.5, 48) if quick else (3.0, 150)
    outcomes: dict[str, correctness.Outcome] = {}
    if not services.missing():
        with services.Postgres(folder) as postgres, services.Redis(folder) as redis:
            contenders = on_postgres(folder, postgres, redis)
            found = run_rounds(contenders, rounds=rounds, seconds=seconds)
            report = status_report(found)
            report.notes.append(load_note(found))
            yield report
            yield incoming_report(found)
            for name, what, database in (("naive60", "plain Django view", "naive"), ("product", _PRODUCT, "product")):
                query = functools.partial(postgres.query, database)
                outcomes[what] = correctness.try_out(contenders[name], query, calls=calls, product=name == "product")
    contenders = on_sqlite(folder)
    yield sqlite_report(run_rounds(contenders, rounds=rounds, seconds=seconds))
    query = correctness.sqlite_query(folder / "product.sqlite3")
    outcomes["on SQLite"] = correctness.try_out(contenders["product"], query, calls=calls, product=True)
    yield correctness.report(outcomes, tuple(name for name in outcomes if name != "plain Django view"))
