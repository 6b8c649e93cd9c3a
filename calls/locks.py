"""One after the other, for all who change the same call."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db import connection


def lock(keys: Iterable[str]) -> None:
    """Holds the keys (a root call's sid, `team:3`) until the transaction ends, in an order that cannot deadlock.

    Locks of names, not of rows: a leg may be told of before its call has a row. SQLite has one writer at a time
    anyway, since every transaction of ours begins as a writer.
    """
    if connection.vendor != "postgresql":
        return
    numbers = sorted({_number(key) for key in keys})
    if numbers:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(key) FROM (SELECT unnest(%s::bigint[]) AS key ORDER BY 1) AS keys",
                [numbers],
            )
            cursor.fetchall()


def _number(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)
