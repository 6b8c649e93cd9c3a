"""How PostgreSQL finds what runs with every webhook."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from django.db import connection, transaction

from agents.models import Team
from contacts.models import Contact, ContactNumber
from core.sql.statements import Statement, disable_seq_scans, fetch
from routing.models import Line
from telephony.webhooks.fast_request import form_read
from telephony.webhooks.inbox import webhook_take
from telephony.webhooks.kinds import kind_named
from telephony.webhooks.received import Received
from tests import factories
from tests.calls.live.lifecycles import Story, tell

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite takes the index that there is"),
]
# So few that PostgreSQL would rather read them all.
FEW = 300
ANSWERED = Story("incoming", ("canceled", "busy"), 0, False, False, "completed", 3, 20)


def in_a_thread_of_webhooks(work: Callable[[], Any]) -> Any:
    """What it returned, with a connection of its own."""
    found: list[Any] = []

    def run() -> None:
        disable_seq_scans()
        try:
            found.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


def setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return str(cursor.fetchone()[0])


def test_webhooks_look_up_what_they_need_in_tables_that_are_small():
    agents = [factories.make_agent(f"agent{n}", team=factories.make_team(), reachable=True) for n in range(2)]
    factories.make_line()
    teams = Team.objects.bulk_create(Team(name=f"Team {n}") for n in range(FEW))
    Line.objects.bulk_create(Line(name="x", number=f"+1202556{n:04d}", team=team) for n, team in enumerate(teams))
    contacts = Contact.objects.bulk_create(Contact(name="x") for _ in range(FEW))
    ContactNumber.objects.bulk_create(
        ContactNumber(contact=contact, number=f"+1301555{n:04d}") for n, contact in enumerate(contacts)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    told = tell(ANSWERED, agents)

    def plans() -> dict[str, str]:
        for request in told.requests:
            kind = request.path.strip("/").rpartition("/")[2]
            webhook_take(Received.of(form_read(urlencode(request.fields).encode()), kind_named(kind)))
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, statement, cardinality(parameter_types) FROM pg_prepared_statements")
            found = {}
            for name, statement, count in cursor.fetchall():
                if "calls_" in statement or "telephony_" in statement or "contacts_" in statement:
                    cursor.execute(f"EXPLAIN EXECUTE {name}({', '.join(['NULL'] * count)})")
                    found[statement] = "\n".join(line for (line,) in cursor.fetchall())
        return found

    found = in_a_thread_of_webhooks(plans)

    assert len(found) > 10
    for statement, plan in found.items():
        assert not re.search("Seq Scan|Hash Join|Merge Join", plan), f"{statement}\n{plan}"


def test_what_a_thread_of_webhooks_sets_outlives_a_transaction_and_concerns_nobody_else():
    def undone_at_once() -> tuple[str, str]:
        with transaction.atomic():
            fetch(Statement("SELECT 1", []))
            transaction.set_rollback(True)
        return setting("enable_seqscan"), setting("plan_cache_mode")

    assert in_a_thread_of_webhooks(undone_at_once) == ("off", "force_generic_plan")
    assert setting("enable_seqscan") == "on"


def test_nothing_is_set_in_a_session_that_others_get_next(monkeypatch):
    # PgBouncer says a number of its own.
    monkeypatch.setattr(psycopg.ConnectionInfo, "backend_pid", property(lambda _: 1))

    def looks_up() -> tuple[str, str]:
        fetch(Statement("SELECT 1", []))
        return setting("enable_seqscan"), setting("plan_cache_mode")

    assert in_a_thread_of_webhooks(looks_up) == ("on", "auto")


def test_what_had_to_be_set_within_a_transaction_is_set_again_after_it():
    def begun_before() -> str:
        with transaction.atomic():
            Team.objects.count()
            fetch(Statement("SELECT 1", []))
            transaction.set_rollback(True)
        fetch(Statement("SELECT 1", []))
        return setting("enable_seqscan")

    assert in_a_thread_of_webhooks(begun_before) == "off"
