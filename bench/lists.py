"""P13: how lists of texts, and the outbox, answer with 1,000,000 rows beside 100,000.

    python scripts/services.py -- python -m bench.lists [--small 100000] [--large 1000000] [--rounds 20] [--every]

Fills the empty PostgreSQL database at TEST_DATABASE_URL with threads of ten messages and one send to as many people,
asks for pages of them as an agent and an admin through Django's test client, and has the outbox look for what is due.
Prints the median and the 95th percentile at both sizes, and fails when the p95 of one of the lists grows more than 1.5
times. The call log has a bench of its own (`bench.call_list`).
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.call_list import growth
from bench.figures import Row, print_table
from bench.text_rows import EACH, RARE, People, fill, number_of

GOAL = 1.5
Question = Callable[[], Any]


def set_up() -> None:
    if not os.environ.get("TEST_DATABASE_URL", "").startswith("postgres"):
        raise SystemExit("Name an empty PostgreSQL database: TEST_DATABASE_URL, or scripts/services.py.")
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from messaging.models import Message

    if Message.objects.exists():
        raise SystemExit("The database at TEST_DATABASE_URL has messages. Name an empty one.")


def _pages(people: People, rows: int) -> dict[str, dict[str, tuple[str, dict[str, str]]]]:
    """By list: what is asked of it, each by its name; a path and a query."""
    busy = rows // EACH // 2
    threads, send = "/api/v1/threads/", f"/api/v1/group-sends/{people.send.pk}/recipients/"
    return {
        "floor": {"one person": ("/api/v1/me/", {})},
        "threads": {
            "all": (threads, {}),
            "mine": (threads, {"show": "mine"}),
            "nobody's": (threads, {"show": "nobody"}),
            "unread": (threads, {"unread": "true"}),
            "of a line": (threads, {"line": str(people.lines[0].pk)}),
            "of a number": (threads, {"number": number_of(busy)}),
            "search: a whole number": (threads, {"search": number_of(busy)}),
            "search: a rare word": (threads, {"search": RARE}),
            "search: a common word": (threads, {"search": "refund"}),
        },
        "one thread": {
            "it": (f"{threads}{busy + 1}/", {}),
            "its messages": (f"{threads}{busy + 1}/messages/", {}),
            "its time line": (f"{threads}{busy + 1}/timeline/", {}),
        },
        "recipients": {
            "all": (send, {}),
            "to look at": (send, {"show": "to-look-at"}),
            "delivered": (send, {"show": "delivered"}),
            "left out": (send, {"show": "left-out"}),
            "replied": (send, {"show": "replies"}),
            "waiting": (send, {"show": "waiting"}),
            "search: a name": (send, {"search": "Person 5007 "}),
            "search: nobody": (send, {"search": "xylophone"}),
        },
    }


def _outbox(people: People) -> dict[str, Question]:
    from django.utils import timezone

    from messaging.group_sends import feeding
    from messaging.outbox import claims, health, lookups, worker

    now, sender = timezone.now(), people.lines[0].number
    return {
        "whose is due": lambda: claims.senders_waiting(now),
        "what is due": lambda: list(claims._due(sender, now)[:100]),  # noqa: SLF001
        "when the next is due": worker._next_due,  # noqa: SLF001
        "what is to be looked up": lookups.lookups_next_at,
        "room for more": lambda: feeding._space(sender, now),  # noqa: SLF001
        "its health": health.outbox_health,
    }


def ask(people: People, rows: int, rounds: int) -> dict[tuple[str, str], list[float]]:
    """Milliseconds of the answers, by list and question, asked in turns."""
    from django.test import Client

    clients = {"agent": Client(), "admin": Client()}
    clients["agent"].force_login(people.agents[0])
    clients["admin"].force_login(people.admin)
    taken: dict[tuple[str, str], list[float]] = {}
    questions: dict[tuple[str, str], Question] = {}
    for part, asked in _pages(people, rows).items():
        for name, (path, query) in asked.items():
            for who, client in clients.items():

                def page(client: Any = client, path: str = path, query: dict[str, str] = query) -> None:
                    answer = client.get(path, query, secure=True)
                    assert answer.status_code in (200, 404), (path, query, answer.content[:300])

                questions[part, f"{name}, {who}"] = page
    questions |= {("outbox", name): question for name, question in _outbox(people).items()}
    for turn in range(rounds + 1):
        for key, question in questions.items():
            began = time.perf_counter()
            question()
            if turn:  # The first is for the caches.
                taken.setdefault(key, []).append((time.perf_counter() - began) * 1000)
    return taken


def measure(*, small: int = 100_000, large: int = 1_000_000, rounds: int = 20) -> tuple[list[Row], list[Row]]:
    """Rows in pairs, in the small database and in the large one: of each list, and of each question."""
    set_up()
    people = People()
    fill(people, 0, small)
    before = ask(people, small, rounds)
    fill(people, small, large)
    after = ask(people, large, rounds)
    lists, every = [], []
    for part in dict.fromkeys(part for part, _ in before):
        for rows, taken in ((small, before), (large, after)):
            values = [value for (of, _), times in taken.items() if of == part for value in times]
            lists.append(Row(f"{part}, {rows:,} rows", values))
    for part, name in before:
        every += [Row(f"{part}: {name}", before[part, name]), Row("  the same, large", after[part, name])]
    return lists, every


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=100_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--every", action="store_true", help="print every question's figures")
    options = parser.parse_args(arguments)
    lists, every = measure(small=options.small, large=options.large, rounds=options.rounds)
    print_table(lists + every if options.every else lists)
    pairs = list(zip(lists[::2], lists[1::2], strict=True))
    print("p95, large over small: " + ", ".join(f"{a.name.split(',')[0]} ×{growth((a, b)):.2f}" for a, b in pairs))
    steepest = sorted(zip(every[::2], every[1::2], strict=True), key=growth, reverse=True)[:6]
    print("steepest: " + "; ".join(f"{a.name} ×{growth((a, b)):.2f}" for a, b in steepest))
    return 0 if all(growth(pair) <= GOAL for pair in pairs[1:]) else 1


if __name__ == "__main__":
    sys.exit(main())
