"""One after the other, for all who change the same call."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable

from core.sql.statements import Statement, as_list, fetch, on_postgresql


def locking(keys: Iterable[str]) -> list[Statement]:
    """What holds the keys (a root call's sid) until the transaction ends, in an order that cannot deadlock.

    Locks of names, not of rows: a leg may be told of before its call has a row. SQLite has one writer at a time
    anyway, since every transaction of ours begins as a writer. To be sent before the statements that read what is
    locked: each sees what was committed by the time that it begins.
    """
    numbers = sorted({_number(key) for key in keys})
    if not (on_postgresql() and numbers):
        return []
    sql = "SELECT pg_advisory_xact_lock(key) FROM (SELECT unnest(%s::bigint[]) AS key ORDER BY 1) AS keys"
    return [Statement(sql, [numbers])]


def locking_teams(numbers: Collection[str]) -> list[Statement]:
    """The same for the teams that answer these lines. To be sent after the calls' own locks, by everybody."""
    if not (on_postgresql() and numbers):
        return []
    return [Statement(_LOCK_TEAMS, [as_list(numbers)])]


# Keys of two numbers never meet those of one. Of a team's id, what fits into the second is enough. Most lines may have
# no route: said like this, PostgreSQL does not look them all up by that, instead of these few by their numbers.
_LOCK_TEAMS = """
SELECT pg_advisory_xact_lock(1, key) FROM (
    SELECT (team_id & 2147483647)::int AS key FROM routing_line
    WHERE number = ANY(%s) AND is_active AND (route_id IS NULL) IS TRUE ORDER BY 1
) AS keys
"""


def locking_offers() -> list[Statement]:
    """The same for whoever decides who is offered what: agents are in several teams, so one decides at a time. To be
    sent last of all: whoever holds it waits for nobody."""
    return [Statement("SELECT pg_advisory_xact_lock(2, 0)", [])] if on_postgresql() else []


def try_lock(key: str) -> bool:
    """Holds the key if nobody else does. For who must not wait, as it holds what others wait for."""
    if not on_postgresql():
        return True
    ((held,),) = fetch(Statement("SELECT pg_try_advisory_xact_lock(%s::bigint)", [_number(key)]))[0]
    return bool(held)


def try_locks(keys: Iterable[str]) -> list[str]:
    """Those of the keys that it could hold, as `try_lock`, in one trip."""
    wanted = {_number(key): key for key in keys}
    if not on_postgresql() or not wanted:
        return list(wanted.values())
    sql = "SELECT key FROM unnest(%s::bigint[]) AS key WHERE pg_try_advisory_xact_lock(key)"
    return [wanted[number] for (number,) in fetch(Statement(sql, [list(wanted)]))[0]]


def lock(keys: Iterable[str]) -> None:
    fetch(*locking(keys))


def _number(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)
