"""P4: what is in the database after callbacks that raced, came the last one first, came twice, or were forged."""

# ruff: noqa: S608  The sids in the statements are our own.

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.contenders import CONNECTIONS, Contender, run_job
from bench.goals import Goal, Report

Query = Callable[[str], list[tuple[Any, ...]]]
_COLUMNS = ("calls", "callbacks", "wrong end", "5xx", "refused", "forged", "let in")


@dataclass(slots=True)
class Outcome:
    """How one server did: `wrong` calls ended as they should not have, `written` is what forgeries left behind."""

    calls: int = 0
    callbacks: int = 0
    wrong: int = 0
    lost: int = 0
    failed: int = 0
    refused: int = 0
    forged: int = 0
    let_in: int = 0
    written: int = 0


def sqlite_query(path: Path) -> Query:
    def ask(sql: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(path, timeout=20)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    return ask


def try_out(contender: Contender, query: Query, *, calls: int, product: bool) -> Outcome:
    """Both ways of delivery to a server that is not running yet."""
    outcome = Outcome()
    with contender.server as server:
        for seed, racing in enumerate((True, False)):
            job = {"ports": server.ports, "desks": contender.desks, "connections": CONNECTIONS, "seed": seed}
            told = run_job("bench.delivery", job | {"racing": racing, "calls": calls})
            _count(outcome, told)
            (_check_product if product else _check_naive)(outcome, told, query)
    return outcome


def _count(outcome: Outcome, told: dict[str, Any]) -> None:
    good = [*told["incoming"].items(), *told["callbacks"].items()]
    outcome.calls += told["calls"]
    outcome.callbacks += sum(told["callbacks"].values())
    outcome.failed += sum(number for status, number in good if status.startswith("5") or status == "0")
    outcome.refused += sum(number for status, number in good if status.startswith("4"))
    outcome.forged += sum(told["forged"].values())
    outcome.let_in += sum(number for status, number in told["forged"].items() if status != "403")


def _check_naive(outcome: Outcome, told: dict[str, Any], query: Query) -> None:
    span = f"sid >= '{told['first_sid']}' AND sid <= '{told['last_sid']}'"
    right = query(f"SELECT count(*) FROM ordinary_call WHERE {span} AND status = 'completed'")[0][0]
    outcome.wrong += told["calls"] * 2 - right


def _check_product(outcome: Outcome, told: dict[str, Any], query: Query) -> None:
    def number(sql: str) -> int:
        return int(query(sql)[0][0])

    ours = f">= '{told['first_sid']}' AND {{0}} <= '{told['last_sid']}'"
    strange = f">= '{told['strangers_from']}' AND {{0}} <= '{told['strangers_to']}'"
    roots = number(
        f"SELECT count(*) FROM calls_call WHERE sid {ours.format('sid')} AND parent_call_sid IS NULL "
        "AND status = 'completed' AND result = 'answered' AND agent_id IS NOT NULL AND duration = 14"
    )
    legs = number(
        f"SELECT count(*) FROM calls_call WHERE sid {ours.format('sid')} AND parent_call_sid IS NOT NULL "
        "AND status = 'completed' AND duration = 9 AND answer_time IS NOT NULL AND end_time IS NOT NULL"
    )
    outcome.wrong += told["calls"] * 2 - roots - legs
    kept = f"FROM telephony_webhook WHERE kind = 'status' AND sid {ours.format('sid')}"
    different = number(f"SELECT count(*) FROM (SELECT DISTINCT sid, status {kept}) AS told")
    outcome.lost += told["calls"] * 5 - different
    outcome.written += max(0, number(f"SELECT count(*) {kept}") - sum(told["callbacks"].values()))
    outcome.written += number(f"SELECT count(*) {kept} AND status = 'failed'")
    outcome.written += number(f"SELECT count(*) FROM calls_call WHERE sid {strange.format('sid')}")
    outcome.written += number(f"SELECT count(*) FROM telephony_webhook WHERE sid {strange.format('sid')}")


def report(outcomes: dict[str, Outcome], products: tuple[str, ...]) -> Report:
    found = Report("P4  Callbacks that race, or come the last one first; one in ten twice; some forged", _COLUMNS)
    for name, one in outcomes.items():
        cells = (one.calls, one.callbacks, one.wrong, one.failed, one.refused, one.forged, one.let_in)
        found.rows.append((name, cells))
    for name in products:
        one = outcomes[name]
        found.goals += [
            Goal(f"{name}: legs with a wrong end", float(one.wrong), "=", 0, unit=""),
            Goal(f"{name}: callbacks that are not in the database", float(one.lost), "=", 0, unit=""),
            Goal(f"{name}: requests that failed or were wrongly refused", one.failed + one.refused, "=", 0, unit=""),
            Goal(f"{name}: forgeries let in, and rows they wrote", one.let_in + one.written, "=", 0, unit=""),
        ]
    return found
