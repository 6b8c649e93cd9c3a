"""How the call log's list answers as the log grows: 100,000 calls, then 1,000,000, each with a leg.

    python -m bench.call_list [--small 100000] [--large 1000000] [--rounds 20] [--every]

Fills the empty database at DATABASE_URL, or an SQLite file of its own that is gone afterwards, and asks for the list
as an agent, a supervisor and an admin with each common filter, through Django's test client. Prints the median and the
95th percentile at both sizes and how much slower the larger is, and fails when a role's p95 grows more than 1.5 times.
With --every, each filter's figures, too. Takes about three minutes.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.figures import Row, percentile, print_table

AGENTS, TEAMS, LINES, CONTACTS = 40, 8, 12, 20_000
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
STEP = timedelta(seconds=30)
RESULTS = {
    "answered": 50, "reached": 18, "missed": 14, "voicemail": 8, "no-answer": 4, "busy": 2, "failed": 2, "canceled": 2,
}  # fmt: skip
STATUS = {"missed": "no-answer", "no-answer": "no-answer", "busy": "busy", "failed": "failed", "canceled": "canceled"}
OUTCOMES = ["resolved", "resolved", "follow-up", "call-back", "wrong-number", "spam", "other"]
WORDS = [
    "sofa",
    "table",
    "delivery",
    "late",
    "refund",
    "invoice",
    "asks",
    "wants",
    "promised",
    "Monday",
    "order",
    "chair",
]
RARE = "Zanzibar"
FIELDS = (
    "sid, parent_call_sid, account_sid, direction, caller, called, status, sequence_number, start_time, "
    "answer_time, end_time, duration, sip_response_code, error_code, agent_id, line_id, contact_id, caller_name, "
    "city, state, country, stir_verstat, forwarded_from, result, revision, problem, note, outcome, created_at, "
    "updated_at"
)
# The floor is a request that has nothing to do with the log: what its figures do between the two, the machine did.
ROLES = ("floor", "agent", "supervisor", "admin")
GOAL = 1.5


def set_up(folder: Path) -> None:
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder / 'calls.sqlite3'}")
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from calls.models import Call

    if Call.objects.exists():
        raise SystemExit("The database at DATABASE_URL has calls. Name an empty one.")


class People:
    """Who works here, who calls, and on which lines."""

    def __init__(self) -> None:
        from agents.models import Agent, Team
        from calls.models import Line
        from contacts.models import Contact, ContactNumber

        teams = [Team.objects.create(name=f"Team {n}") for n in range(TEAMS)]
        self.agents = [Agent.objects.create(username=f"agent{n}", first_name=f"Agent {n}") for n in range(AGENTS)]
        for n, agent in enumerate(self.agents):
            agent.teams.add(teams[n % TEAMS])
        self.supervisor = Agent.objects.create(username="supervisor", role="supervisor")
        self.supervisor.teams.set(teams[:3])
        self.admin = Agent.objects.create(username="admin", is_superuser=True)
        self.lines = [
            Line.objects.create(name=f"Line {n}", number=f"+1202555{n:04}", team=teams[n % TEAMS]) for n in range(LINES)
        ]
        self.contacts = Contact.objects.bulk_create(
            Contact(name=f"Person {n}", company=f"Company {n % 997}") for n in range(CONTACTS)
        )
        numbers = [
            ContactNumber(contact=contact, number=f"+1312{n:07}") for n, contact in enumerate(self.contacts, 2_000_000)
        ]
        ContactNumber.objects.bulk_create(numbers)
        self.numbers = [number.number for number in numbers]


def rows(people: People, begin: int, end: int) -> Iterator[tuple[Any, ...]]:
    """A root call and its leg for each number of the range."""
    rng = random.Random(begin)
    results = rng.choices(list(RESULTS), list(RESULTS.values()), k=end - begin)
    for number, result in zip(range(begin, end), results, strict=True):
        start = BEGIN + STEP * number
        line_at = rng.randrange(LINES)
        agent = people.agents[(line_at % TEAMS) + TEAMS * rng.randrange(AGENTS // TEAMS)]
        contact_at = int(CONTACTS * rng.random() ** 2) if rng.random() < 0.5 else None
        party = people.numbers[contact_at] if contact_at is not None else f"+1415{rng.randrange(2_000_000, 5_000_000)}"
        outgoing = result not in ("answered", "missed", "voicemail")
        talked = result in ("answered", "reached", "voicemail")
        owner = None if result in ("missed", "voicemail") else agent.pk
        caller, called = f"client:agent_{agent.pk}", party
        if not outgoing:
            caller, called = party, people.lines[line_at].number
        noted = owner and rng.random() < 0.12
        note = " ".join(rng.choices(WORDS, k=12)) + (f" {RARE}" if number % 40_000 == 77 else "") if noted else ""
        ended = start + timedelta(seconds=rng.randrange(5, 600))
        facts = (
            STATUS.get(result, "completed"), 3, start, start if talked else None, ended, 60 if talked else None, "", "",
        )  # fmt: skip
        place = ("CHICAGO", "IL", "US", "", "")
        contact = people.contacts[contact_at].pk if contact_at is not None else None
        yield (
            f"CA{number * 2:032x}", None, "AC", "inbound", caller, called, *facts, owner, people.lines[line_at].pk,
            contact, f"CALLER {number % 5003}" if not outgoing else "", *place, result, 5, "", note,
            rng.choice(OUTCOMES) if noted else "", start, start,
        )  # fmt: skip
        leg_called = called if outgoing else f"client:agent_{agent.pk}"
        yield (
            f"CA{number * 2 + 1:032x}", f"CA{number * 2:032x}", "AC", "outbound-dial", caller, leg_called, *facts,
            None if outgoing else agent.pk, None, None, "", *place, "", 0, "", "", "", start, start,
        )  # fmt: skip


def fill(people: People, begin: int, end: int) -> None:
    from django.db import connection

    began = time.perf_counter()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY calls_call ({FIELDS}) FROM STDIN") as copy:
                for row in rows(people, begin, end):
                    copy.write_row(row)
            # As autovacuum does by itself, some minutes later.
            cursor.execute("VACUUM ANALYZE")
        else:
            marks = ", ".join("?" * len(FIELDS.split()))
            plain = (
                tuple(value.strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, datetime) else value for value in row)
                for row in rows(people, begin, end)
            )
            connection.ensure_connection()
            connection.connection.execute("BEGIN")
            connection.connection.executemany(f"INSERT INTO calls_call ({FIELDS}) VALUES ({marks})", plain)  # noqa: S608
            connection.connection.execute("COMMIT")
    print(f"{end:,} calls in the log ({time.perf_counter() - began:.0f} s to add)", flush=True)


def questions(people: People, calls: int) -> dict[str, dict[str, str]]:
    """What is asked of the list. Agent 0 and the supervisor are of team 0; agent 1 and line 1 are another team's."""
    end = BEGIN + STEP * calls
    busy, quiet = people.contacts[10], people.contacts[15_000]
    return {
        "everything": {},
        "scope=mine": {"scope": "mine"},
        "scope=missed": {"scope": "missed"},
        "scope=voicemail": {"scope": "voicemail"},
        "agent, a colleague": {"agent": str(people.agents[TEAMS].pk)},
        "agent, of another team": {"agent": str(people.agents[5].pk)},
        "line, own": {"line": str(people.lines[0].pk)},
        "line, of another team": {"line": str(people.lines[5].pk)},
        "line and result": {"line": str(people.lines[0].pk), "result": "missed"},
        "contact, calls a lot": {"contact": str(busy.pk)},
        "contact, calls little": {"contact": str(quiet.pk)},
        "party": {"party": people.numbers[20]},
        "status=completed": {"status": "completed"},
        "status=failed": {"status": "failed"},
        "status=in-progress (none)": {"status": "in-progress"},
        "result=busy": {"result": "busy"},
        "outcome=call-back": {"outcome": "call-back"},
        "direction=inbound": {"direction": "inbound"},
        "direction=outbound-api (none)": {"direction": "outbound-api"},
        "a week, a month ago": {
            "after": (end - timedelta(days=32)).isoformat(), "before": (end - timedelta(days=25)).isoformat()
        },
        "missed, before a month ago": {"scope": "missed", "before": (end - timedelta(days=30)).isoformat()},
        "search: a contact": {"search": "Person 15007"},
        "search: a whole number": {"search": people.numbers[30]},
        "search: part of a number": {"search": "312 200"},
        "search: a caller's name": {"search": "caller 47"},
        "search: a common word of notes": {"search": "refund"},
        "search: a rare word of notes": {"search": RARE.lower()},
        "search: nothing fits": {"search": "xylophone"},
        "page after a month": {"before": (end - timedelta(days=30)).isoformat(), "page_size": "25"},
    }  # fmt: skip


def ask(people: People, calls: int, rounds: int) -> dict[tuple[str, str], list[float]]:
    """Milliseconds of each role's answers to each question, asked in turns."""
    from django.test import Client

    clients = {"agent": Client(), "supervisor": Client(), "admin": Client()}
    for client, user in zip(clients.values(), (people.agents[0], people.supervisor, people.admin), strict=True):
        client.force_login(user)
    asked = questions(people, calls)
    taken: dict[tuple[str, str], list[float]] = {(role, name): [] for role in clients for name in asked}
    taken["floor", "one contact"] = []
    for turn in range(rounds + 1):
        for _ in range(len(asked) if turn else 0):
            began = time.perf_counter()
            assert clients["admin"].get(f"/api/v1/contacts/{people.contacts[0].pk}/", secure=True).status_code == 200
            taken["floor", "one contact"].append((time.perf_counter() - began) * 1000)
        for name, query in asked.items():
            for role, client in clients.items():
                began = time.perf_counter()
                answer = client.get("/api/v1/calls/", query, secure=True)
                milliseconds = (time.perf_counter() - began) * 1000
                assert answer.status_code == 200, (name, answer.content[:300])
                if turn:  # The first is for the caches.
                    taken[role, name].append(milliseconds)
    return taken


def measure(folder: Path, *, small: int = 100_000, large: int = 1_000_000, rounds: int = 20) -> list[Row]:
    """Rows in pairs: a role or one of its filters in the small log, then in the large one."""
    set_up(folder)
    people = People()
    fill(people, 0, small)
    before = ask(people, small, rounds)
    fill(people, small, large)
    after = ask(people, large, rounds)
    found = []
    for role in ROLES:
        for calls, taken in ((small, before), (large, after)):
            values = [value for (who, _), times in taken.items() if who == role for value in times]
            found.append(Row(f"{role}, {calls:,} calls", values))
    for role, name in list(before)[:-1]:
        found += [Row(f"{role}: {name}", before[role, name]), Row("  the same, large", after[role, name])]
    return found


def growth(pair: tuple[Row, Row]) -> float:
    return percentile(pair[1].values, 0.95) / percentile(pair[0].values, 0.95)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=100_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--every", action="store_true", help="print every filter's figures")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), small=options.small, large=options.large, rounds=options.rounds)
    print_table(found if options.every else found[: 2 * len(ROLES)])
    pairs = list(zip(found[::2], found[1::2], strict=True))
    steepest = sorted(pairs[len(ROLES) :], key=growth, reverse=True)[:5]
    print(
        "p95, large over small: "
        + ", ".join(f"{a.name.split(',')[0]} ×{growth((a, b)):.2f}" for a, b in pairs[: len(ROLES)])
    )
    print("steepest: " + "; ".join(f"{a.name} ×{growth((a, b)):.2f}" for a, b in steepest))
    return 0 if all(growth(pair) <= GOAL for pair in pairs[: len(ROLES)]) else 1


if __name__ == "__main__":
    sys.exit(main())
