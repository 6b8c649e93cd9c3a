"""What must not grow: files, sockets and threads of the processes, tasks and sockets of the simulator."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

from bench.soak.house import House

#: A database connection a thread keeps, or a thread of a pool that was not needed until now, is no leak. Nor are
#: connections of web to the simulator, kept for the next request: as many as ran at once (fourteen threads ask).
SLACK = {"files": 4, "sockets": 6, "threads": 4, "pipes": 2, "open_files": 6}
#: Of the database, by web and worker: their pools fill as they need, but not beyond that.
POOLS = 20
#: Threads of the web process when all its pools are full, which they become as calls need it, and not beyond that:
#: eight for webhooks, eight for pages, two for log-ins, four that fetch callers, two for rooms, six of the event loop
#: and as many of asgiref's, and a dozen that are alone.
FULL = 48


def held_by(pid: int) -> Counter[str]:
    """Open files (SQLite's apart), sockets, pipes and threads of a process. Empty where there is no `/proc`."""
    held: Counter[str] = Counter()
    folder = Path(f"/proc/{pid}")
    if not folder.exists():
        return held
    for entry in (folder / "fd").iterdir():
        try:
            target = os.readlink(entry)
        except OSError:
            continue
        kind = target.partition(":")[0]
        if ".sqlite3" in target:
            held["database files"] += 1
        else:
            held[{"socket": "sockets", "pipe": "pipes"}.get(kind, "files")] += 1
    held["threads"] = len(list((folder / "task").iterdir()))
    return held


def snapshot(house: House) -> dict[str, dict[str, Any]]:
    """What each process holds now, and what the simulator counts."""
    found: dict[str, dict[str, Any]] = {name: dict(held_by(p.pid)) for name, p in house.processes.items()}
    health = house.bench("GET", "/sim/health")
    counts = {key: value for key, value in health.items() if isinstance(value, int)}
    voice = {f"voice {key}": value for key, value in (health.get("voice") or {}).items() if isinstance(value, int)}
    found["simulator's health"] = counts | voice
    connections = house.database_connections()
    if connections is not None:
        found["database"] = {"connections": connections}
    return found


def growth(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> list[str]:
    """A sentence for everything that is more than before."""
    pooled = after.get("database", {}).get("connections", 0) - before.get("database", {}).get("connections", 0)
    grown = []
    for name, then in before.items():
        for kind, number in after.get(name, {}).items():
            allowed = then.get(kind, 0) + _slack(kind, name) + (max(0, pooled) if kind == "sockets" else 0)
            if name == "web":
                # Every thread that touches SQLite holds the file, its log and its index.
                allowed = max(allowed, {"threads": FULL, "database files": 3 * FULL}.get(kind, 0))
            if number > (POOLS if kind == "connections" else allowed):
                grown.append(f"{name}: {kind} were {then.get(kind, 0)} after the warm-up and are {number}")
    return grown


def _slack(kind: str, name: str) -> int:
    if name == "simulator's health" and kind != "open_files":
        return 0
    return 3 * SLACK["threads"] if kind == "database files" else SLACK.get(kind, 0)
