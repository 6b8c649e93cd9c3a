"""Indexes that find part of a word, for migrations. PostgreSQL has them, by its own extension pg_trgm."""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError, migrations, transaction

logger = logging.getLogger(__name__)


def trigram_index(name: str, *, table: str, column: str) -> migrations.RunPython:
    """Makes one on PostgreSQL; elsewhere, or where the database's user may not, the column is read through instead."""

    def make(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql" and _has_extension(schema_editor):
            schema_editor.execute(f"CREATE INDEX {name} ON {table} USING gin ({column} gin_trgm_ops)")

    def drop(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")

    return migrations.RunPython(make, drop)


def _has_extension(schema_editor: Any) -> bool:
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError as error:
        logger.warning("PostgreSQL has no pg_trgm here (%s): searching long lists will take longer", error)
        return False
    return True
