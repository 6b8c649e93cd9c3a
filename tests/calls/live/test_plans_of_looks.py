"""What every web process looks at every few seconds costs what waits, and not what ever waited."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from calls.live.dispatch import somebody_waits
from calls.live.mending import Mender
from calls.log.to_do import missed_to_call_back
from calls.models import Call, Conversation
from tests import factories
from tests.twilio import sid

pytestmark = pytest.mark.django_db

TABLE = Conversation._meta.db_table
LOOKS: dict[str, Callable[[], Any]] = {
    "mend": lambda: Mender().look(),
    "wait": somebody_waits,
    "to call back": lambda: list(missed_to_call_back(Call.objects.all())),
}


@pytest.fixture
def waiting(line, ada) -> None:
    for number, state in enumerate(["waiting", "call-back", *["ended"] * 300], start=1):
        is_over = state == "ended"
        factories.make_call(number, line=line, status="completed" if is_over else "in-progress")
        Conversation.objects.create(
            call_id=sid("CA", number), state=state, team=line.team, waiting_since=timezone.now(), turn=1
        )
    # Nothing of ours has SQLite count its rows.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def plans_of(look: Callable[[], Any]) -> list[str]:
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().startswith("SELECT") and TABLE in sql:
            asked.append((sql, params))
        return execute(sql, params, many, context)

    # Logged, they all go by Django's cursor.
    with CaptureQueriesContext(connection), connection.execute_wrapper(note):
        look()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        plans = []
        for sql, params in asked:
            cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{sql}", params)
            plans.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
    return plans


@pytest.mark.parametrize("name", LOOKS)
def test_a_look_at_who_waits_reads_no_conversation_that_is_over(waiting, name):
    plans = plans_of(LOOKS[name])

    assert plans
    for plan in plans:
        # By an alias as well: `U0` and the like stand for a subquery's table.
        assert not re.search(rf"SCAN ({TABLE}|[UV]\d)\b(?!.* USING)|Seq Scan on {TABLE}", plan), plan
