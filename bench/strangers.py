"""Two unsigned senders at full speed: what a signed webhook's answer takes beside them, and without them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.contenders import desks_of, run_job, seed
from bench.goals import Goal, Report, median, ratio
from bench.servers import Server, product
from bench.traffic import INCOMING, raw

_SENDERS = 2
# The signed load: two callers at a time, which leaves the server idle in between.
_DESKS, _CONNECTIONS = 16, 2
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# What could be a signature, so that the form has to be read before it is known to be none.
_SHAPED = {"X-Twilio-Signature": "0" * 27 + "="}


def _fields(count: int, value: bytes) -> bytes:
    return b"&".join(b"field%d=%s" % (number, value) for number in range(count))


# The worst that was found to be sent, by what is wrong with it.
KINDS: dict[str, tuple[bytes, dict[str, str]]] = {
    "a small form, no signature": (b"CallSid=CA1&From=%2B12025550142", {}),
    "1 MB, 990 fields of percent signs, no signature": (_fields(990, b"%" * 1000), {}),
    "60 KB, 700 quoted fields, a wrong signature": (_fields(700, b"%25%26" * 12), _SHAPED),
    "60 KB of percent signs, a wrong signature": (b"CallToken=" + b"%25" * 20_000, _SHAPED),
}


def _signed(server: Server, desks: list[Any], seconds: float) -> dict[str, Any]:
    job = {
        "ports": server.ports, "pids": server.pids(), "desks": desks, "connections": _CONNECTIONS, "seconds": seconds,
        "repeat": False, "incoming_only": True, "basic": False,
    }  # fmt: skip
    found: dict[str, Any] = run_job("bench.load", job)["incoming"]
    return found


@contextlib.contextmanager
def _beside(server: Server, kind: str, seconds: float) -> Iterator[dict[str, Any]]:
    """Has the strangers post for at least so long; fills in what they were answered when they are done."""
    body, headers = KINDS[kind]
    request = raw("POST", INCOMING, body, _FORM | headers).decode()
    job = {
        "ports": server.ports, "pids": server.pids(), "connections": _SENDERS, "seconds": seconds, "raw": [request],
    }  # fmt: skip
    answered: dict[str, Any] = {}
    sender = threading.Thread(target=lambda: answered.update(run_job("bench.load", job)["raw"]))
    sender.start()
    try:
        yield answered
    finally:
        sender.join()


def measure(folder: Path, *, rounds: int, quick: bool) -> Iterator[Report]:
    seconds = 1.5 if quick else 3.0
    server = Server(
        "ringdesk",
        product(),
        folder,
        DATABASE_URL=f"sqlite:///{folder / 'product.sqlite3'}",
        DJANGO_SETTINGS_MODULE="config.settings.base",
    )
    desks = desks_of(seed(server, _DESKS))
    alone: list[float] = []
    beside: dict[str, list[float]] = {kind: [] for kind in KINDS}
    rates: dict[str, list[float]] = {kind: [] for kind in KINDS}
    wrong = 0
    with server:
        _signed(server, desks, 0.5)
        for _ in range(rounds):
            alone.append(_signed(server, desks, seconds)["p95_ms"])
            for kind in KINDS:
                # Longer than the signed load, whose generator starts meanwhile.
                with _beside(server, kind, seconds + 2) as answered:
                    signed = _signed(server, desks, seconds)
                beside[kind].append(signed["p95_ms"])
                rates[kind].append(answered["rate"])
                wrong += sum(number for status, number in signed["statuses"].items() if status != "200")
                wrong += sum(number for status, number in answered["statuses"].items() if status != "403")
    report = Report(
        "A signed webhook beside two unsigned senders at full speed; SQLite, 1 process", ("p95 ms", "strangers/s")
    )
    report.rows.append(("nobody else", [median(alone), None]))
    report.rows += [(kind, [median(beside[kind]), median(rates[kind])]) for kind in KINDS]
    report.goals += [Goal(f"p95 beside {kind}", ratio(beside[kind], alone), "≤", 2) for kind in KINDS]
    report.goals.append(Goal("answers that are not as they should be", float(wrong), "=", 0, unit=""))
    yield report
