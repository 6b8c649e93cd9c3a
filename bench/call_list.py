"""How the call log's list answers as the log grows: 100,000 calls, then 1,000,000, each with a leg.

    python -m bench.call_list [--small 100000] [--large 1000000] [--rounds 10] [--every]

Fills the empty database at TEST_DATABASE_URL, or an SQLite file of its own that is gone afterwards, and asks for the
list as an agent, a supervisor and an admin with each common filter, through Django's test client. Prints the median and
the 95th percentile at both sizes and how much slower the larger is, and fails when a role's p95 grows more than 1.5
times.
With --every, each filter's figures, too. Takes about three minutes.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.call_rows import BEGIN, RARE, STEP, TEAMS, People, fill
from bench.figures import Row, percentile, print_table

# The floor is a request that has nothing to do with the log: what its figures do between the two, the machine did.
ROLES = ("floor", "agent", "supervisor", "admin")
GOAL = 1.5


def set_up(folder: Path) -> None:
    os.environ.setdefault("TEST_DATABASE_URL", f"sqlite:///{folder / 'calls.sqlite3'}")
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from calls.models import Call

    if Call.objects.exists():
        raise SystemExit("The database at TEST_DATABASE_URL has calls. Name an empty one.")


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


def measure(folder: Path, *, small: int = 100_000, large: int = 1_000_000, rounds: int = 10) -> list[Row]:
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
    parser.add_argument("--rounds", type=int, default=10)
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
    return 0 if all(growth(pair) <= GOAL for pair in pairs[1 : len(ROLES)]) else 1


if __name__ == "__main__":
    sys.exit(main())
