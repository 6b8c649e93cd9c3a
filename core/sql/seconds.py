"""Seconds between two times, counted by the database."""

from __future__ import annotations

from typing import Any

from django.db.models import Func, IntegerField


class Seconds(Func):
    """`Seconds(later, earlier)`: whole ones, rounded."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # Django's own difference of times calls Python for each row.
        return self.as_sql(
            compiler,
            connection,
            template="CAST(ROUND(86400.0 * (julianday(%(expressions)s))) AS INTEGER)",
            arg_joiner=") - julianday(",
        )

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler,
            connection,
            template="CAST(ROUND(EXTRACT(EPOCH FROM (%(expressions)s))) AS INTEGER)",
            arg_joiner=" - ",
        )
