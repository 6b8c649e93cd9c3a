"""Queries that run with every webhook: written with the ORM, and compiled once.

Most of what a small ORM query costs is its compilation. Here it is paid once in a process; `core.sql.statements` saves
the most of the rest.

    _NEWEST = Prepared(lambda: Call.objects.filter(pk__in_array=Param("sids")).order_by("-start_time"))
    (calls,) = fetch(_NEWEST(sids=["CA…", "CA…"]))
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Expression, Field, Lookup, Model, QuerySet, Subquery
from django.db.models.base import ModelState
from django.db.models.lookups import IsNull
from django.db.models.query import ModelIterable

from core.sql.pipeline import Row
from core.sql.statements import Statement, as_list, in_array, literal, on_postgresql

M = TypeVar("M", bound=Model)


class Param(Expression):
    """The place of a value that is known only when the query is sent."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", (self,)


@Field.register_lookup
class InArray(Lookup[Any]):
    """`field__in_array=Param(name)`: is one of a list. Unlike `__in`, the same SQL however long the list is.

    Also of a list itself, of texts or whole numbers as the database has them: a hundred values travel as one, which
    spares Django and the database to look at each of them.

    Of a queryset: its rows are found first, and then looked up; after `__in`, PostgreSQL may read the whole table.
    """

    lookup_name = "in_array"

    def __init__(self, lhs: Any, rhs: Any) -> None:
        # A list is not looked at, value by value.
        self.prepare_rhs = not isinstance(rhs, list | tuple | set | frozenset)
        super().__init__(lhs, rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, left_params = self.process_lhs(compiler, connection)
        if not self.prepare_rhs:
            return f"{left} {in_array('%s')}", (*left_params, _numbers_or_list(list(self.rhs)))
        right, right_params = self.process_rhs(compiler, connection)
        if isinstance(self.rhs, Param):
            text = in_array(right)
        else:
            text = f"= ANY(ARRAY{right})" if on_postgresql() else f"IN {right}"
        return f"{left} {text}", (*left_params, *right_params)


#: What stands in PostgreSQL's text of an array as it is: telephone numbers.
_PLAIN_ARRAY = re.compile(r"[0-9+,]+\Z")


def _numbers_or_list(values: list[Any]) -> Any:
    """The list as `in_array` takes it. Of each text in one, psycopg asks whether it needs quotes: of ten thousand
    telephone numbers none does, which is seen at once."""
    if on_postgresql() and values and all(isinstance(one, str) and one for one in values):
        text = ",".join(values)
        if text.count(",") == len(values) - 1 and _PLAIN_ARRAY.match(text) is not None:
            return f"{{{text}}}"
    return as_list(values)


def exists_by_index(rows: QuerySet[Any]) -> IsNull:
    """A condition on an outer row: that there is one of these, which refer to it. Like `Exists`, but always looked up
    in an index, row by row. Of `Exists`, PostgreSQL makes a join or a table of all rows when it thinks that there are
    few, and thinks so from a time when there were."""
    return IsNull(Subquery(rows.order_by().values("pk")[:1]), False)


class Prepared(Generic[M]):
    """A queryset with `Param`s. `varies` says what else its SQL depends on, such as a setting.

    Its rows are what iterating over the queryset would give: models, with their related ones and annotations, or
    tuples after `values_list`.
    """

    def __init__(self, build: Callable[[], QuerySet[M, Any]], *, varies: Callable[[], Any] = lambda: None) -> None:
        self._build = build
        self._varies = varies
        self._compiled: dict[Any, Compiled] = {}

    def __call__(self, **slots: Any) -> Statement:
        key = self._varies()
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = Compiled(self._build())
        values = [_adapted(slots[name]) for name in compiled.slots]
        return Statement(compiled.sql, values, compiled.read)


class Compiled:
    """A queryset's SQL, with `%s` for the values of its `slots`, in their order; and what makes of rows that begin with
    its columns what iterating over it gives."""

    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        self._compiler: Any = queryset.query.get_compiler(connection=connection)
        sql, params = self._compiler.as_sql()
        self.slots = [param.name for param in params if isinstance(param, Param)]
        # What never changes stands in the text: only so can the planner see that a partial index will do.
        self.sql: str = sql % tuple("%s" if isinstance(param, Param) else literal(param) for param in params)
        columns = [column for column, _, _ in self._compiler.select]
        self._converters = self._compiler.get_converters(columns)
        as_models = issubclass(queryset._iterable_class, ModelIterable)  # noqa: SLF001
        self.read: Callable[[list[Row]], list[Any]] = self._models if as_models else self._rows
        if as_models:
            self._root = _Part(self._compiler.klass_info, self._compiler)
            self._annotations = list(self._compiler.annotation_col_map.items())

    def _rows(self, rows: list[Row]) -> list[Any]:
        if not self._converters:
            return rows
        return [tuple(row) for row in self._compiler.apply_converters(rows, self._converters)]

    def _models(self, rows: list[Row]) -> list[Any]:
        found = []
        for row in self._compiler.apply_converters(rows, self._converters) if self._converters else rows:
            model = self._root.model_in(row)
            for name, at in self._annotations:
                setattr(model, name, row[at])
            found.append(model)
        return found


class _Part:
    """Where in a row a model is, and those that `select_related` joined to it."""

    def __init__(self, info: dict[str, Any], compiler: Any) -> None:
        first, last = info["select_fields"][0], info["select_fields"][-1]
        self._class = info["model"]
        self._span = slice(first, last + 1)
        self._names = [column.target.attname for column, _, _ in compiler.select[self._span]]
        self._key = first + self._names.index(self._class._meta.pk.attname)  # noqa: SLF001
        self._related = [
            (part["local_setter"], part["remote_setter"], _Part(part, compiler))
            for part in info.get("related_klass_infos", [])
        ]

    def model_in(self, row: Row) -> Any:
        """As `Model.from_db` makes it, but without `__init__`, which takes several times as long: it is made for
        values that may be anything, these come from the database."""
        if row[self._key] is None:
            return None
        model = self._class.__new__(self._class)
        state = ModelState()
        state.adding, state.db = False, DEFAULT_DB_ALIAS
        # What is not in here was not asked for, and is read when it is needed (a deferred field).
        model.__dict__.update(zip(self._names, row[self._span], strict=True), _state=state)
        for set_on_model, set_on_related, part in self._related:
            related = part.model_in(row)
            set_on_model(model, related)
            if related is not None:
                set_on_related(related, model)
        return model


def _adapted(value: Any) -> Any:
    """As the database takes it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return as_list(value) if isinstance(value, Collection) and not isinstance(value, str) else value
