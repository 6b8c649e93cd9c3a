"""Several statements in one trip to PostgreSQL: libpq's pipeline mode, with every statement prepared.

psycopg's own pipeline costs more than most of these statements take: it looks at the type of each value, and sends
each statement by itself. Here the connection, the waiting, the errors and the reading of rows are psycopg's. But the
statements leave together, and their values are text whose type PostgreSQL knows from where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

import orjson
import psycopg
from psycopg import generators, pq
from psycopg.adapt import Transformer

Row: TypeAlias = tuple[Any, ...]
# SQL with `%s` for each of its values.
Asked: TypeAlias = tuple[str, Sequence[Any]]

# The plans do not depend on the values: planning anew each time would cost more than most of them take.
_ONE_PLAN = "plan_cache_mode = force_generic_plan"
# Of a small table PostgreSQL would rather read all rows, or join all of it: for a few hundred rows that takes ten times
# as long as to look up those that are asked for, and it grows with the table.
_BY_INDEX = ("enable_seqscan = off", "enable_hashjoin = off", "enable_mergejoin = off", "enable_memoize = off")
# What looks dear, because it reads much or looks up much, PostgreSQL would compile, which takes a quarter of a second:
# longer than any of these statements.
_NOT_COMPILED = "jit = off"

_TimeLoader: Any = psycopg.adapters.get_loader(psycopg.adapters.types["timestamptz"].oid, pq.Format.TEXT)


@dataclass(slots=True)
class _Trip:
    """Which answers will come: how many, which of them were asked for, and which say that something is prepared."""

    length: int = 0
    asked: list[int] = field(default_factory=list)
    prepared: dict[int, str] = field(default_factory=dict)


class Pipeline:
    """A connection's way to send statements together. It knows what is prepared there.

    `by_index` says that nobody uses the connection but to look rows up by an index: then PostgreSQL is told so for all
    that it plans there, else only for the first plan of each statement.
    """

    def __init__(self, raw: psycopg.Connection[Any], *, by_index: bool = False) -> None:
        self.raw = raw
        self._by_index = by_index
        context = psycopg.Cursor(raw)
        # Django's own reading of times is in Python, and the hottest of all; psycopg's says UTC, too.
        context.adapters.register_loader("timestamptz", _TimeLoader)
        self._transformer = Transformer.from_context(context)
        # Not when they are switched off: then the next statement may meet another session (PgBouncer).
        self._prepares = raw.prepare_threshold is not None
        self._is_set_up = not self._prepares
        settings = [_ONE_PLAN, _NOT_COMPILED, *(_BY_INDEX if by_index else ())]
        self._settings = "; ".join(f"SET {setting}" for setting in settings).encode()
        self._names: dict[str, bytes] = {}
        self._count = 0

    def run(
        self,
        statements: Sequence[Asked],
        during_commit: Callable[[], None] | None = None,
    ) -> list[list[Row]]:
        """What each of them found. Begins a transaction where psycopg would. Raises `psycopg.Error`.

        `during_commit`, which raises nothing and uses another connection or none, is called while PostgreSQL works on
        them.
        """
        # First, for this may fail: nothing is sent yet.
        asked = _as_texts(statements)
        pg = self.raw.pgconn
        trip = _Trip()
        with self.raw.lock:
            try:
                if not self._is_set_up and pg.transaction_status != pq.TransactionStatus.INERROR:
                    self._set_up(pg)
                pg.enter_pipeline_mode()
                if pg.transaction_status == pq.TransactionStatus.IDLE and not self.raw.autocommit:
                    self._send(pg, trip, _begin(self.raw), [])
                self._ask(pg, trip, asked)
                pg.pipeline_sync()
                if during_commit is not None:
                    pg.flush()
                    during_commit()
                results = self.raw.wait(_results(pg, trip.length))
                pg.exit_pipeline_mode()
            except BaseException:
                # What else comes would be taken for the answer to something else.
                self.raw.close()
                raise
        self._raise_first(trip, results)
        return [self._rows(results[place]) for place in trip.asked]

    def _set_up(self, pg: pq.abc.PGconn) -> None:
        """Trips of its own, once: what is set in a transaction is undone when that is."""
        is_idle = pg.transaction_status == pq.TransactionStatus.IDLE
        if self._alone(pg, b"SELECT pg_backend_pid()").get_value(0, 0) != b"%d" % self.raw.info.backend_pid:
            # PgBouncer, which has a number of its own: what is set would stay in a session that others get next.
            self._by_index, self._is_set_up = False, True
            return
        self._alone(pg, self._settings)
        self._is_set_up = is_idle

    def _alone(self, pg: pq.abc.PGconn, sql: bytes) -> pq.abc.PGresult:
        pg.send_query(sql)
        results: list[pq.abc.PGresult] = self.raw.wait(generators.execute(pg))
        self._raise_first(_Trip(), results)
        return results[0]

    def _ask(self, pg: pq.abc.PGconn, trip: _Trip, asked: Sequence[tuple[str, list[bytes | None]]]) -> None:
        """Sends what was asked for, and what has to go along."""
        for sql, values in asked:
            # A table that is still empty would be read from end to end by this plan when it is full. PostgreSQL makes
            # another once it has counted the rows (autovacuum).
            plans = self._prepares and not self._by_index and sql not in self._names
            if plans:
                self._send_alone(pg, trip, b"SET enable_seqscan = off")
            self._send(pg, trip, sql, values)
            trip.asked.append(trip.length - 1)
            if plans:
                self._send_alone(pg, trip, b"RESET enable_seqscan")

    def _send(self, pg: pq.abc.PGconn, trip: _Trip, sql: str, values: list[bytes | None]) -> None:
        if not self._prepares:
            pg.send_query_params(_numbered(sql), values)
        else:
            if sql not in self._names:
                self._count += 1
                self._names[sql] = b"ringdesk_%d" % self._count
                pg.send_prepare(self._names[sql], _numbered(sql))
                trip.prepared[trip.length] = sql
                trip.length += 1
            pg.send_query_prepared(self._names[sql], values)
        trip.length += 1

    def _send_alone(self, pg: pq.abc.PGconn, trip: _Trip, sql: bytes) -> None:
        pg.send_query_params(sql, None)
        trip.length += 1

    def _raise_first(self, trip: _Trip, results: list[pq.abc.PGresult]) -> None:
        error = next((result for result in results if result.status == pq.ExecStatus.FATAL_ERROR), None)
        if error is None:
            return
        # What was prepared stays, if it came to that.
        for place, sql in trip.prepared.items():
            if results[place].status != pq.ExecStatus.COMMAND_OK:
                del self._names[sql]
        raise psycopg.errors.error_from_result(error, encoding=self.raw.info.encoding)

    def _rows(self, result: pq.abc.PGresult) -> list[Row]:
        if not result.nfields:
            return []
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, tuple)


def _results(pg: pq.abc.PGconn, count: int) -> Generator[Any, Any, list[pq.abc.PGresult]]:
    """To be waited for by a connection: the answers, and what says that there are no more."""
    yield from generators.send(pg)
    results = []
    for _ in range(count):
        (result,) = yield from generators.fetch_many(pg)
        results.append(result)
    yield from generators.fetch_many(pg)
    return results


def _begin(raw: psycopg.Connection[Any]) -> str:
    level = raw.isolation_level
    return "BEGIN" if level is None else f"BEGIN ISOLATION LEVEL {level.name.replace('_', ' ')}"


@lru_cache(maxsize=256)
def _numbered(sql: str) -> bytes:
    """`$1` for the first `%s`, and so on, as PostgreSQL wants it."""
    parts = [part.replace("%%", "%") for part in sql.split("%s")]
    numbered = [f"${number}{part}" for number, part in enumerate(parts[1:], 1)]
    return "".join([parts[0], *numbered]).encode()


def _as_texts(statements: Sequence[Asked]) -> list[tuple[str, list[bytes | None]]]:
    return [(sql, [_as_text(value) for value in values]) for sql, values in statements]


def _as_text(value: Any) -> bytes | None:
    """A value as PostgreSQL reads it. Raises `psycopg.DataError` for what no text can hold."""
    if value is None:
        return None
    if isinstance(value, list):
        return _as_array(value)
    text = str(value).encode()
    if b"\x00" in text:
        raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return text


def _as_array(values: list[Any]) -> bytes:
    """A list of texts or numbers."""
    try:
        text = orjson.dumps(values)
    except TypeError:
        text = b""
    # Nearly never is there one at all.
    if text and (b"\\" not in text or b"\\" not in text.replace(rb"\\", b"").replace(rb"\"", b"")):
        # But for its brackets, what PostgreSQL reads; and made in a tenth of the time. It does not know JSON's other
        # escapes, such as that of a line's end.
        return b"{%b}" % text[1:-1]
    texts = [_as_text(value) for value in values]
    quoted = [b"NULL" if text is None else _quoted(text) for text in texts]
    return b"{%b}" % b",".join(quoted)


def _quoted(text: bytes) -> bytes:
    return b'"%b"' % text.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
