"""Inserting many rows at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model


def rows_insert(model: type[Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Inserts rows of these fields, which are of plain kinds; all others get what the database has for them.

    Faster by far than `bulk_create`, which makes a model of each row and one long text of all: PostgreSQL is sent them
    as COPY. Raises what the database raises. In a transaction.
    """
    meta = model._meta  # noqa: SLF001 (Django's documented API)
    known: list[Any] = [meta.get_field(name) for name in fields]
    names = ", ".join(connection.ops.quote_name(field.column) for field in known)
    table = connection.ops.quote_name(meta.db_table)
    raw: Any = connection.connection
    with connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            with raw.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" for _ in known)
            adapt = [field.get_db_prep_save for field in known]
            values = ([turn(value, connection) for turn, value in zip(adapt, row, strict=True)] for row in rows)
            raw.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)  # noqa: S608 (our own names)
