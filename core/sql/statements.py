"""SQL that runs with every webhook, sent several statements at a time.

On PostgreSQL, statements that do not need each other's answers travel together (libpq's pipeline mode), and their plans
are made once for a connection. SQLite, which is in the process, runs them one by one.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache, partial
from operator import itemgetter
from typing import Any, TypeVar

import orjson
from django.db import connection
from django.db.models import AutoField, JSONField, Model
from django.db.models.base import ModelState

from core.sql.pipeline import Asked, Pipeline, Row

logger = logging.getLogger(__name__)

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with its values, and what makes of its rows what the sender wants."""

    sql: str
    values: Sequence[Any]
    read: Callable[[list[Row]], list[Any]] = list


def fetch(*statements: Statement) -> list[list[Any]]:
    """Runs them in their order, in one round trip; what each of them found. Raises what Django's cursors raise."""
    found = _run(statements)
    return [statement.read(rows) for statement, rows in zip(statements, found, strict=True)]


def _run(statements: Sequence[Statement], during_commit: Callable[[], None] | None = None) -> list[list[Row]]:
    if _thread.is_busy:
        raise DatabaseBusy
    connection.ensure_connection()
    if on_postgresql() and not connection.queries_logged:
        return _pipelined(statements, during_commit)
    found = (_logged if connection.queries_logged else _one_by_one)(statements)
    if during_commit:
        during_commit()
    return found


def _logged(statements: Sequence[Statement]) -> list[list[Row]]:
    """For who looks at a connection's queries: a developer, or a test that counts them."""
    found = []
    with connection.cursor() as cursor:
        for one in statements:
            cursor.execute(one.sql, one.values)
            found.append(cursor.fetchall() if cursor.description else [])
    return found


def _one_by_one(statements: Sequence[Statement]) -> list[list[Row]]:
    # SQLite's own: Django's cursor reads the whole text again each time.
    raw: Any = connection.connection
    with connection.wrap_database_errors:
        return [raw.execute(_with_question_marks(one.sql), one.values).fetchall() for one in statements]


@lru_cache(maxsize=256)
def _with_question_marks(sql: str) -> str:
    return sql.replace("%s", "?").replace("%%", "%")


def execute_and_commit(*statements: Statement, during_commit: Callable[[], None] | None = None) -> None:
    """Runs the last statements of a transaction: their commit travels with them, if there is no block around this one.

    `during_commit` is called while PostgreSQL works on them. It is too late then to undo anything, so what it raises is
    only logged; it gets `DatabaseBusy` when it asks for something.

    Nothing changes for Django: it finds that there is nothing left to commit, and goes on to what is due `on_commit`.
    """
    is_outermost = len(connection.atomic_blocks) == 1 and not connection.needs_rollback
    commit = [_COMMIT] if on_postgresql() and is_outermost else []
    _run([*statements, *commit], during_commit and partial(_logging, during_commit))


def _logging(work: Callable[[], None]) -> None:
    try:
        work()
    except Exception:
        logger.exception("what was to be done during the commit failed")


_COMMIT = Statement("COMMIT", [])


class _Thread(threading.local):
    by_index = False
    is_busy = False
    pipeline: Pipeline | None = None


_thread = _Thread()


def disable_seq_scans() -> None:
    """Said by a thread whose SQL, all of it and as long as it lives, finds its rows by an index."""
    _thread.by_index = True


class DatabaseBusy(Exception):
    """The database was asked for something while it works on something else."""


def _pipelined(statements: Sequence[Statement], during_commit: Callable[[], None] | None) -> list[list[Row]]:
    raw: Any = connection.connection
    pipeline = _thread.pipeline
    if pipeline is None or pipeline.raw is not raw:
        pipeline = _thread.pipeline = Pipeline(raw, by_index=_thread.by_index)
    with connection.wrap_database_errors:
        if during_commit is None:
            return pipeline.run(_asked(statements))
        with _busy():
            return pipeline.run(_asked(statements), during_commit)


@contextmanager
def _busy() -> Iterator[None]:
    """Nothing else uses the connection: it would wait for ever."""
    _thread.is_busy = True
    try:
        with connection.execute_wrapper(_refuse):
            yield
    finally:
        _thread.is_busy = False


def _refuse(*_: Any) -> Any:
    raise DatabaseBusy


def _asked(statements: Sequence[Statement]) -> list[Asked]:
    return [(one.sql, one.values) for one in statements]


@cache
def on_postgresql() -> bool:
    """Asked often. A process has one database."""
    return connection.vendor == "postgresql"


def in_array(values: str) -> str:
    """SQL after a column: that it is one of a list, which `as_list` makes."""
    if on_postgresql():
        return f"= ANY({values})"
    return f"IN (SELECT value FROM json_each({values}))"  # noqa: S608


def as_list(values: Iterable[Any]) -> Any:
    return list(values) if on_postgresql() else json.dumps(list(values))


def literal(value: Any) -> str:
    """A constant of our own as SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''").replace("%", "%%") + "'"
    raise TypeError(f"{value!r} cannot stand in the text: send it as a value, in a Param.")


def fields_of(model: type[Model]) -> list[Any]:
    """A model's fields that have columns."""
    return list(model._meta.concrete_fields)  # noqa: SLF001


def new_row(model: type[M], **values: Any) -> M:
    """A model as its class would make it of these, for a `Write`, in a fraction of the time: it is made for values that
    may be anything, these are our own. Relations are told by their ids (`agent_id`)."""
    constants, made = _defaults_of(model)
    row = model.__new__(model)
    row.__dict__.update(constants)
    for name, make in made:
        if name not in values:
            row.__dict__[name] = make()
    row.__dict__.update(values, _state=ModelState())
    return row


def relate(row: Model, **related: Model | None) -> None:
    """Sets relations of a row, as attributes would, but without asking which database which of them belongs to."""
    for name, other in related.items():
        row.__dict__[f"{name}_id"] = None if other is None else other.pk
        row._state.fields_cache[name] = other  # noqa: SLF001


@cache
def _defaults_of(model: type[Model]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    made = [field for field in fields_of(model) if field.has_default() and callable(field.default)]
    constants = {field.attname: field.get_default() for field in fields_of(model) if field not in made}
    return constants, [(field.attname, field.default) for field in made]


class Write:
    """A statement that takes any number of a model's rows: in its SQL, `{rows}` is a table `new` of these columns.

    The statement is the same for any number of rows, and for any mixture of values and nulls: to PostgreSQL each column
    travels as an array, to SQLite, which has none, all rows as one JSON text.
    """

    def __init__(self, model: type[Model], columns: Iterable[str], sql: str) -> None:
        self._fields = {field.column: field for field in fields_of(model)}
        self._names = list(columns)
        # Of a model's attributes, which must all have been read.
        self._values = itemgetter(*(self._fields[column].attname for column in self._names))
        self._of_json = [
            place for place, column in enumerate(self._names) if isinstance(self._fields[column], JSONField)
        ]
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
    def update(cls, model: type[Model], *, key: str, columns: Sequence[str], made_of: Mapping[str, str] = {}) -> Write:
        """Writes these columns of the rows that have the key: each as it is in `new`, or what the SQL in `made_of`
        makes of it."""
        table = model._meta.db_table  # noqa: SLF001
        sources = {column: f'new."{column}"' for column in columns} | dict(made_of)
        changes = ", ".join(f'"{column}" = {source}' for column, source in sources.items())
        sql = f'UPDATE "{table}" SET {changes} FROM {{rows}} WHERE "{table}"."{key}" = new."{key}"'  # noqa: S608
        return cls(model, [key, *columns], sql)

    def __call__(self, rows: Iterable[Model]) -> Statement:
        if not self._sql:
            self._sql = self._template.replace("{rows}", self._arrays() if on_postgresql() else self._json())
        values = [self._values(row.__dict__) for row in rows]
        return Statement(self._sql, self._as_arrays(values) if on_postgresql() else [self._as_json(values)])

    def _arrays(self) -> str:
        columns = ", ".join(f'unnest(%s::{_array_of(self._fields[name])}) AS "{name}"' for name in self._names)
        return f"(SELECT {columns}) AS new"

    def _as_arrays(self, rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
        columns = list(map(list, zip(*rows, strict=True))) or [[] for _ in self._names]
        for place in self._of_json:
            columns[place] = [orjson.dumps(value).decode() for value in columns[place]]
        return columns

    def _json(self) -> str:
        columns = ", ".join(f"json_extract(value, '$.{column}') AS \"{column}\"" for column in self._names)
        return f"(SELECT {columns} FROM json_each(%s)) AS new"  # noqa: S608

    def _as_json(self, rows: Sequence[Sequence[Any]]) -> str:
        named = [dict(zip(self._names, row, strict=True)) for row in rows]
        return orjson.dumps(named, default=_as_text, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()


def _as_text(value: Any) -> str:
    """What JSON has no form for: times and money."""
    if isinstance(value, Decimal):
        return str(value)
    return str(connection.ops.adapt_datetimefield_value(value))


def _array_of(field: Any) -> str:
    """The type of an array of a field's values. Without a text's length: what is too long is to be refused, not cut."""
    kind: str = field.db_type(connection)
    return "text[]" if kind.startswith("varchar") else f"{kind}[]"
