"""A call log to measure with: people, lines, contacts, and as many calls as are asked for, the same each time."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

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


class People:
    """Who works here, who calls, and on which lines."""

    def __init__(self) -> None:
        from agents.models import Agent, Team
        from contacts.models import Contact, ContactNumber
        from routing.models import Line

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


def columns() -> dict[str, Any]:
    """The columns of a call, each with what stands there when nothing is said of it."""
    from calls.models import Call

    return {field.column: field.get_default() for field in Call._meta.concrete_fields}  # noqa: SLF001


def rows(people: People, begin: int, end: int) -> Iterator[dict[str, Any]]:
    """A root call and its leg for each number of the range: what is said of them, by column."""
    from core.folding import fold

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
        name = f"CALLER {number % 5003}" if not outgoing else ""
        root = f"CA{number * 2:032x}"
        of_both = {
            "account_sid": "AC",
            "caller": caller,
            "status": STATUS.get(result, "completed"),
            "sequence_number": 3,
            "start_time": start,
            "answer_time": start if talked else None,
            "end_time": ended,
            "duration": 60 if talked else None,
            "city": "CHICAGO",
            "state": "IL",
            "country": "US",
            "created_at": start,
            "updated_at": start,
        }
        yield of_both | {
            "sid": root,
            "direction": "inbound",
            "called": called,
            "agent_id": owner,
            "line_id": people.lines[line_at].pk,
            "contact_id": people.contacts[contact_at].pk if contact_at is not None else None,
            "caller_name": name,
            "searched_name": fold(name),
            "result": result,
            "revision": 5,
            "note": note,
            "searched_note": fold(note),
            "outcome": rng.choice(OUTCOMES) if noted else "",
        }
        yield of_both | {
            "sid": f"CA{number * 2 + 1:032x}",
            "parent_call_sid": root,
            "direction": "outbound-dial",
            "called": called if outgoing else f"client:agent_{agent.pk}",
            "agent_id": None if outgoing else agent.pk,
        }


def fill(people: People, begin: int, end: int) -> None:
    from django.db import connection

    began = time.perf_counter()
    usual = columns()
    names = ", ".join(usual)
    lines = (tuple((usual | row).values()) for row in rows(people, begin, end))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY calls_call ({names}) FROM STDIN") as copy:
                for line in lines:
                    copy.write_row(line)
            # As autovacuum does by itself, some minutes later.
            cursor.execute("VACUUM ANALYZE")
        else:
            marks = ", ".join("?" * len(usual))
            plain = (
                tuple(value.strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, datetime) else value for value in line)
                for line in lines
            )
            connection.ensure_connection()
            connection.connection.execute("BEGIN")
            connection.connection.executemany(f"INSERT INTO calls_call ({names}) VALUES ({marks})", plain)  # noqa: S608
            connection.connection.execute("COMMIT")
    print(f"{end:,} calls in the log ({time.perf_counter() - began:.0f} s to add)", flush=True)
