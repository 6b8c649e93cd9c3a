"""Queries for what runs with every webhook: written with the ORM, compiled once, sent several at a time.

Most of a small ORM query's cost is its compilation, the round trip and the database's planning. Here the first is paid
once in a process; the other two are shared: on PostgreSQL, queries that do not need each other's answers travel
together (libpq's pipeline mode) and are prepared statements. SQLite, which is in the process, runs them one by one.

    _NEWEST = Prepared(lambda: Call.objects.filter(pk__among=Slot("sids")).order_by("-start_time"))
    (calls,) = fetch(_NEWEST(sids=["CA…", "CA…"]))
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import psycopg
from django.db import connection
from django.db.models import AutoField, Expression, Field, Lookup, Model, QuerySet
from django.db.models.query import ModelIterable, get_related_populators

# SQLite's lists travel as JSON.
_EACH = "(SELECT value FROM json_each(%s))"

M = TypeVar("M", bound=Model)
Row = tuple[Any, ...]


class Slot(Expression):
    """The place of a value that is known only when the query is sent."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", (self,)


@Field.register_lookup
class Among(Lookup[Any]):
    """`field__among=Slot(name)`: is one of a list. Unlike `__in`, the same SQL however long the list is.

    Of a queryset: its rows are found first, and then looked up; after `__in`, PostgreSQL may read the whole table.
    """

    lookup_name = "among"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        is_slot = isinstance(self.rhs, Slot)
        if connection.vendor == "postgresql":
            text = f"= ANY({right})" if is_slot else f"= ANY(ARRAY{right})"
        else:
            text = f"IN {_EACH % right}" if is_slot else f"IN {right}"
        return f"{left} {text}", (*left_params, *right_params)


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with its values, and what makes of its rows what the sender wants."""

    sql: str
    values: Sequence[Any]
    read: Callable[[list[Row]], list[Any]] = list


def fetch(*statements: Statement) -> list[list[Any]]:
    """Runs them in their order, in one round trip; what each of them found. Raises what Django's cursors raise."""
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        found = _pipelined(statements)
    else:
        found = []
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement.sql, statement.values)
                found.append(cursor.fetchall() if cursor.description else [])
    return [statement.read(rows) for statement, rows in zip(statements, found, strict=True)]


def _pipelined(statements: Sequence[Statement]) -> list[list[Row]]:
    raw: Any = connection.connection
    session = _session(raw)
    with connection.wrap_database_errors:
        # One alone needs no more than its own trip.
        with raw.pipeline() if len(statements) > 1 else nullcontext():
            cursors = [session.execute(at, statement) for at, statement in enumerate(statements)]
        return [cursor.fetchall() if cursor.pgresult and cursor.pgresult.nfields else [] for cursor in cursors]


class _Session:
    """A connection's cursors, made once. Not Django's, which write the values into the text: then no two statements
    would be the same."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self._cursors: list[psycopg.Cursor[Any]] = []
        self._planned: set[str] = set()
        # The plans do not depend on the values: planning anew each time would cost more than most of them take.
        raw.cursor().execute("SET plan_cache_mode = force_generic_plan")

    def execute(self, at: int, statement: Statement) -> psycopg.Cursor[Any]:
        if at == len(self._cursors):
            cursor: psycopg.Cursor[Any] = psycopg.Cursor(self.raw)
            # Django's own reading of times is in Python, and the hottest of all; psycopg's says UTC, too.
            cursor.adapters.register_loader("timestamptz", _TimeLoader)
            self._cursors.append(cursor)
        if statement.sql in self._planned:
            return self._cursors[at].execute(statement.sql, statement.values, prepare=True)
        # A table that is still empty would be read from end to end by this plan when it is full. PostgreSQL makes
        # another once it has counted the rows (autovacuum).
        self.raw.cursor().execute("SET enable_seqscan = off")
        found = self._cursors[at].execute(statement.sql, statement.values, prepare=True)
        self.raw.cursor().execute("RESET enable_seqscan")
        self._planned.add(statement.sql)
        return found


_thread = threading.local()
_TimeLoader: Any = psycopg.adapters.get_loader(psycopg.adapters.types["timestamptz"].oid, psycopg.pq.Format.TEXT)


def _session(raw: Any) -> _Session:
    found: _Session | None = getattr(_thread, "session", None)
    if found is None or found.raw is not raw:
        found = _thread.session = _Session(raw)
    return found


class Prepared(Generic[M]):
    """A queryset with `Slot`s. `varies` says what else its SQL depends on, such as a setting.

    Its rows are what iterating over the queryset would give: models, with their related ones and annotations, or
    tuples after `values_list`.
    """

    def __init__(self, build: Callable[[], QuerySet[M, Any]], *, varies: Callable[[], Any] = lambda: None) -> None:
        self._build = build
        self._varies = varies
        self._compiled: dict[Any, _Compiled] = {}

    def __call__(self, **slots: Any) -> Statement:
        key = self._varies()
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = _Compiled(self._build())
        values = [_adapted(slots[name]) for name in compiled.slots]
        return Statement(compiled.sql, values, compiled.read)


class _Compiled:
    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        self._compiler: Any = queryset.query.get_compiler(connection=connection)
        sql, params = self._compiler.as_sql()
        self.slots = [param.name for param in params if isinstance(param, Slot)]
        # What never changes stands in the text: only so can the planner see that a partial index will do.
        self.sql: str = sql % tuple("%s" if isinstance(param, Slot) else _literal(param) for param in params)
        columns = [column for column, _, _ in self._compiler.select]
        self._converters = self._compiler.get_converters(columns)
        as_models = issubclass(queryset._iterable_class, ModelIterable)  # noqa: SLF001
        self.read: Callable[[list[Row]], list[Any]] = self._models if as_models else self._rows
        if as_models:
            self._know_model()

    def _know_model(self) -> None:
        compiler = self._compiler
        fields = compiler.klass_info["select_fields"]
        self._model = compiler.klass_info["model"]
        self._span = slice(fields[0], fields[-1] + 1)
        self._names = [column.target.attname for column, _, _ in compiler.select[self._span]]
        self._populators = get_related_populators(compiler.klass_info, compiler.select, connection.alias)  # type: ignore[call-arg]
        self._annotations = list(compiler.annotation_col_map.items())

    def _rows(self, rows: list[Row]) -> list[Any]:
        if not self._converters:
            return rows
        return [tuple(row) for row in self._compiler.apply_converters(rows, self._converters)]

    def _models(self, rows: list[Row]) -> list[Any]:
        found = []
        for row in self._compiler.apply_converters(rows, self._converters) if self._converters else rows:
            model = self._model.from_db(connection.alias, self._names, row[self._span])
            for populator in self._populators:
                populator.populate(row, model)
            for name, at in self._annotations:
                setattr(model, name, row[at])
            found.append(model)
        return found


def _literal(value: Any) -> str:
    """A constant of our own as SQL."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''").replace("%", "%%") + "'"
    raise TypeError(f"Use a Slot for {value!r}.")


def _adapted(value: Any) -> Any:
    """As the database takes it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, Collection) and not isinstance(value, str):
        return list(value) if connection.vendor == "postgresql" else json.dumps(list(value))
    return value


def fields_of(model: type[Model]) -> list[Any]:
    """A model's fields that have columns."""
    return list(model._meta.concrete_fields)  # noqa: SLF001


# --- Writing -----------------------------------------------------------------------------------------------------


class Write:
    """A statement that takes any number of a model's rows: in its SQL, `{rows}` is a table `new` of these columns.

    The rows travel as one JSON text, so that the statement is the same for any number of them, and for any mixture of
    values and nulls.
    """

    def __init__(self, model: type[Model], columns: Iterable[str], sql: str) -> None:
        self._model = model
        self._fields = {field.column: field for field in fields_of(model)}
        self._columns = {column: self._fields[column].attname for column in columns}
        self._template = sql
        self._sql = ""

    @classmethod
    def insert(cls, model: type[Model], *, on_conflict: str = "") -> Write:
        """Inserts rows; a key that counts up is left to the database."""
        columns = [field.column for field in fields_of(model) if not isinstance(field, AutoField)]
        names = ", ".join(f'"{column}"' for column in columns)
        table = model._meta.db_table  # noqa: SLF001
        # Without WHERE, SQLite takes ON CONFLICT for part of a join.
        sql = f'INSERT INTO "{table}" ({names}) SELECT {names} FROM {{rows}} WHERE true {on_conflict}'  # noqa: S608
        return cls(model, columns, sql)

    @classmethod
    def update(cls, model: type[Model], *, key: str, columns: Sequence[str]) -> Write:
        """Writes these columns of the rows that have the key."""
        table = model._meta.db_table  # noqa: SLF001
        changes = ", ".join(f'"{column}" = new."{column}"' for column in columns)
        sql = f'UPDATE "{table}" SET {changes} FROM {{rows}} WHERE "{table}"."{key}" = new."{key}"'  # noqa: S608
        return cls(model, [key, *columns], sql)

    def __call__(self, rows: Iterable[Model]) -> Statement:
        if not self._sql:
            self._sql = self._template.replace("{rows}", self._table())
        values = [{column: getattr(row, name) for column, name in self._columns.items()} for row in rows]
        # What JSON has no form for is a time.
        as_text = str if connection.vendor == "postgresql" else connection.ops.adapt_datetimefield_value
        return Statement(self._sql, [json.dumps(values, default=as_text)])

    def _table(self) -> str:
        if connection.vendor == "postgresql":
            columns = ", ".join(f'"{column}" {self._fields[column].db_type(connection)}' for column in self._columns)
            return f"json_to_recordset(%s::json) AS new({columns})"
        columns = ", ".join(f"json_extract(value, '$.{column}') AS \"{column}\"" for column in self._columns)
        return f"(SELECT {columns} FROM json_each(%s)) AS new"  # noqa: S608
