"""Indexes that find part of a word, for migrations. PostgreSQL has them, by its own extension pg_trgm."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, migrations, transaction

logger = logging.getLogger(__name__)


def trigram_index(name: str, *, table: str, column: str) -> migrations.RunPython:
    """Makes one on PostgreSQL; elsewhere, or where the database's user may not, the column is read through instead.

    `column` may be an expression. A column whose whole value is looked up as well is indexed as `upper(column)`, which
    `__icontains` finds: an index of the column itself serves `=`, too, and PostgreSQL takes it for the cheaper one,
    though it needs 3 ms for each value.
    """
    return migrations.RunPython(_making(name, table, column), _dropping(name))


def no_trigram_index(name: str, *, table: str, column: str) -> migrations.RunPython:
    """Drops one."""
    return migrations.RunPython(_dropping(name), _making(name, table, column))


def _making(name: str, table: str, column: str) -> Callable[[Any, Any], None]:
    def make(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql" and _has_extension(schema_editor):
            schema_editor.execute(f"CREATE INDEX {name} ON {table} USING gin (({column}) gin_trgm_ops)")

    return make


def _dropping(name: str) -> Callable[[Any, Any], None]:
    def drop(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")

    return drop


def _has_extension(schema_editor: Any) -> bool:
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError as error:
        logger.warning("PostgreSQL has no pg_trgm here (%s): searching long lists will take longer", error)
        return False
    return True
