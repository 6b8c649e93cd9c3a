"""Texts by the hundred thousand, as a busy year leaves them: threads, their messages, and one send to everybody."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
STEP = timedelta(seconds=20)
# So many messages are in each thread, and so many of them wait to be sent, however many there are.
EACH, WAITING = 10, 1_000
LINES, TEAMS, AGENTS = 12, 4, 20
RARE = "zanzibar"
_WORDS = ("sofa", "delivery", "late", "refund", "invoice", "monday", "order", "chair", "table", "promised", "thanks")


class People:
    """Who works here, on which lines, and the send."""

    def __init__(self) -> None:
        from agents.models import Agent, Team
        from messaging.models import GroupSend, SendState
        from routing.models import Line

        teams = [Team.objects.create(name=f"Team {n}") for n in range(TEAMS)]
        self.agents = [Agent.objects.create(username=f"agent{n}", first_name=f"Agent {n}") for n in range(AGENTS)]
        for n, agent in enumerate(self.agents):
            agent.teams.add(teams[n % TEAMS])
        self.admin = Agent.objects.create(username="admin", is_superuser=True)
        self.lines = [
            Line.objects.create(name=f"Line {n}", number=f"+1202555{n:04}", team=teams[n % TEAMS]) for n in range(LINES)
        ]
        self.send = GroupSend.objects.create(
            title="Everybody", line=self.lines[0], body="Hello", state=SendState.FINISHED, started_at=BEGIN
        )


def number_of(thread: int) -> str:
    return f"+1312{2_000_000 + thread}"


def _said(n: int) -> str:
    words = [_WORDS[(n * step) % len(_WORDS)] for step in (1, 3, 7, 11)]
    return " ".join([*words, RARE] if n % 50_000 == 77 else words)


def _threads(people: People, begin: int, end: int) -> Iterator[dict[str, Any]]:
    for n in range(begin, end):
        yield {
            "id": n + 1,
            "line_id": people.lines[n % LINES].pk,
            "number": number_of(n),
            "assigned_to_id": people.agents[n % AGENTS].pk if n % 5 == 0 else None,
            "last_message_id": n * EACH + EACH,
            "last_at": BEGIN + STEP * (n * EACH + EACH),
            "unread": 1 if n % 400 == 0 else 0,
            "created_at": BEGIN,
        }


def _messages(people: People, begin: int, end: int) -> Iterator[dict[str, Any]]:
    for n in range(begin, end):
        thread = n // EACH
        ours, party = people.lines[thread % LINES].number, number_of(thread)
        incoming = n % 3 == 1
        at = BEGIN + STEP * n
        failed = not incoming and n % 40 == 0
        yield {
            "id": n + 1,
            "thread_id": thread + 1,
            "direction": "inbound" if incoming else "outbound",
            "sid": f"SM{n:032x}",
            "sender": party if incoming else ours,
            "recipient": ours if incoming else party,
            "body": _said(n),
            "searched": _said(n),
            "num_segments": 1,
            "status": "received" if incoming else "undelivered" if failed else "delivered",
            "error_code": "30003" if failed else "",
            "step": "" if incoming else "taken",
            "due_at": at,
            "created_at": at,
            "sent_at": at,
        }


def _recipients(people: People, begin: int, end: int) -> Iterator[dict[str, Any]]:
    """Each has the message of its own number."""
    for n in range(begin, end):
        left_out = n % 50 == 7
        yield {
            "send_id": people.send.pk,
            "name": f"Person {n} Smith",
            "searched": f"person {n} smith",
            "number": f"+1415{2_000_000 + n}",
            "body": "Hello",
            "segments": 1,
            "state": "left-out" if left_out else "handed",
            "reason": "blocked" if left_out else "",
            "due_at": BEGIN,
            "message_id": None if left_out else n + 1,
        }


def _copy(model: Any, rows: Iterator[dict[str, Any]]) -> None:
    from django.db import connection

    usual = {field.column: field.get_default() for field in model._meta.concrete_fields if field.column != "id"}  # noqa: SLF001
    first = next(rows)
    names: Sequence[str] = [*usual, *(["id"] if "id" in first else [])]
    copied = f"COPY {model._meta.db_table} ({', '.join(names)}) FROM STDIN"  # noqa: SLF001
    with connection.cursor() as cursor, cursor.cursor.copy(copied) as copy:
        for row in chain([first], rows):
            whole = usual | row
            copy.write_row(tuple(whole[name] for name in names))


def fill(people: People, begin: int, end: int) -> None:
    """Adds messages of these numbers, their threads, and as many recipients. The newest that go out still wait."""
    from django.db import connection

    from messaging.models import GroupRecipient, Message, Thread

    began = time.perf_counter()
    with connection.cursor() as cursor:
        # What waited in the smaller has been sent.
        cursor.execute("UPDATE messaging_message SET step = 'taken' WHERE step = 'waiting'")
    _copy(Thread, _threads(people, begin // EACH, end // EACH))
    _copy(Message, _messages(people, begin, end))
    _copy(GroupRecipient, _recipients(people, begin, end))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE messaging_message SET step = 'waiting', status = '', sid = NULL WHERE id IN (SELECT id FROM"
            " messaging_message WHERE direction = 'outbound' ORDER BY id DESC LIMIT %s)",
            [WAITING],
        )
        # As autovacuum does by itself, some minutes later.
        cursor.execute("VACUUM ANALYZE")
    print(f"{end:,} messages and recipients ({time.perf_counter() - began:.0f} s to add)", flush=True)
