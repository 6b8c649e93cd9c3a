"""Who is measured, each in processes of its own: the floors, the ordinary ways, and the product."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.servers import WEBHOOK_PASSWORD, WEBHOOK_USERNAME, Server, gunicorn, product, uvicorn
from bench.services import Postgres, Redis
from tests.browser.stack import ROOT

CONNECTIONS, PROCESSES = 16, 2
# So many that the product, too, gets phases as long as that (seconds).
PEOPLE = 512
_PHASE_SECONDS = 0.3
_FLOOR = "bench.floors.bare:application"
_ORDINARY = "bench.floors.ordinary.wsgi:application"
_TABLE = "CREATE TABLE floor_call (sid text PRIMARY KEY, status text NOT NULL, rank smallint NOT NULL)"


@dataclass(slots=True)
class Contender:
    """A server and the load that suits it: calls to its desks, over and over."""

    server: Server
    desks: list[tuple[str, str, int]]
    # How many of the desks get a call at a time; more for a fast server, so that a phase is long enough to time.
    at_once: int = CONNECTIONS
    # What keeps no state may get the same calls again: nothing more need be signed.
    repeat: bool = False
    incoming_only: bool = False
    basic: bool = False

    def measure(self, seconds: float) -> dict[str, Any]:
        """One round: what the load generator counted."""
        job = {
            "ports": self.server.ports,
            "pids": self.server.pids(),
            "desks": self.desks[: self.at_once],
            "connections": CONNECTIONS,
            "seconds": seconds,
            "repeat": self.repeat,
            "incoming_only": self.incoming_only,
            "basic": self.basic,
        }
        return run_job("bench.load", job)

    def warm_up(self) -> None:
        """Short rounds that do not count, and from which the size of the next ones follows. The first finds it cold."""
        for _ in range(2):
            figures = self.measure(0.3)
            rate = min(phase["rate"] for phase in (figures["incoming"], figures["status"]) if phase)
            wires = int(rate * _PHASE_SECONDS) // CONNECTIONS
            self.at_once = min(len(self.desks), max(1, wires) * CONNECTIONS)


def run_job(module: str, job: dict[str, Any]) -> dict[str, Any]:
    """Runs a generator: lets it prepare, then go; returns what it printed."""
    with subprocess.Popen(
        [sys.executable, "-m", module], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(job) + "\n")
        process.stdin.flush()
        if process.stdout.readline() != "ready\n":
            raise SystemExit(f"{module} stopped; its last words are above.")
        process.stdin.write("go\n")
        process.stdin.close()
        found: dict[str, Any] = json.loads(process.stdout.read())
        return found


def seed(server: Server, count: int) -> dict[str, Any]:
    """Makes the product's tables and people; says who they are."""
    server.run("manage.py", "migrate", "-v0")
    found: dict[str, Any] = json.loads(server.run("-m", "bench.seed", str(count)))
    return found


def desks_of(people: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(one["line"], one["caller"], one["id"]) for one in people["alone"]]


def strangers(count: int) -> list[tuple[str, str, int]]:
    """Desks for a server that knows nobody."""
    return [(f"+1202555{number:04d}", f"+1301555{number:04d}", number + 1) for number in range(count)]


def floor(folder: Path, level: str, **environment: str) -> Contender:
    server = Server(f"floor {level}", uvicorn(_FLOOR), folder, copies=PROCESSES, BENCH_LEVEL=level, **environment)
    return Contender(server, strangers(PEOPLE), repeat=True)


def ordinary(folder: Path, name: str, url: str, **environment: str) -> Contender:
    server = Server(name, gunicorn(_ORDINARY), folder, DATABASE_URL=url, **environment)
    server.environment["DJANGO_SETTINGS_MODULE"] = "bench.floors.ordinary.settings"
    return Contender(server, strangers(PEOPLE))


def make_tables(server: Server) -> None:
    server.run("-m", "django", "migrate", "-v0")
    # Its own models have no migrations, and refer to tables that have.
    server.run("-m", "django", "migrate", "--run-syncdb", "-v0")


def on_postgres(folder: Path, postgres: Postgres, redis: Redis) -> dict[str, Contender]:
    """All servers that are compared with PostgreSQL. None is started yet."""
    import psycopg

    least = postgres.create("floor")
    with psycopg.connect(least, autocommit=True) as connection:
        connection.execute(_TABLE)
    naive = postgres.create("naive")
    found = {
        "nothing": floor(folder, "nothing"),
        "signature": floor(folder, "signature"),
        "postgres": floor(folder, "postgres", DATABASE_URL=least),
        "naive": ordinary(folder, "naive", naive),
        "naive60": ordinary(folder, "naive60", naive, CONN_MAX_AGE="60"),
        "library": ordinary(folder, "django-twilio", naive, CONN_MAX_AGE="60", BENCH_LIBRARY="1"),
    }
    found["postgres"].repeat = False
    found["library"].incoming_only = True
    make_tables(found["naive"].server)
    settings = {"DATABASE_URL": postgres.create("product"), "REDIS_URL": redis.url(0)}
    settings["DJANGO_SETTINGS_MODULE"] = "config.settings.base"
    ours = Server("ringdesk", product(), folder, copies=PROCESSES, **settings)
    desks = desks_of(seed(ours, PEOPLE))
    guarded = Server("ringdesk with HTTP credentials", product(), folder, copies=PROCESSES, **settings)
    guarded.environment |= {"TWILIO_WEBHOOK_USERNAME": WEBHOOK_USERNAME, "TWILIO_WEBHOOK_PASSWORD": WEBHOOK_PASSWORD}
    found["product"] = Contender(ours, desks)
    found["guarded"] = Contender(guarded, desks, basic=True)
    return found


def on_sqlite(folder: Path) -> dict[str, Contender]:
    """The default of both: a file, nothing else to install."""
    naive = ordinary(folder, "naive on SQLite", f"sqlite:///{folder / 'naive.sqlite3'}")
    make_tables(naive.server)
    ours = Server(
        "ringdesk on SQLite",
        product(),
        folder,
        DATABASE_URL=f"sqlite:///{folder / 'product.sqlite3'}",
        DJANGO_SETTINGS_MODULE="config.settings.base",
    )
    return {"naive": naive, "product": Contender(ours, desks_of(seed(ours, PEOPLE)))}
