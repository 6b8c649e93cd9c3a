"""Taking the newest of several queries, each of which an index has in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from calls.models import Call


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the log a page begins: after this call, or before it when reading backwards."""

    start_time: datetime
    sid: str


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of the log is read. Backwards: towards the newest."""

    size: int
    place: Place | None = None
    backwards: bool = False

    def order(self, calls: QuerySet[Call]) -> QuerySet[Call]:
        """The calls from the place on, the nearest first."""
        calls = calls.order_by(*(("start_time", "sid") if self.backwards else ("-start_time", "-sid")))
        if self.place is None:
            return calls
        way = "gt" if self.backwards else "lt"
        beyond = Q(**{f"start_time__{way}": self.place.start_time}) | Q(**{f"sid__{way}": self.place.sid})
        return calls.filter(beyond, **{f"start_time__{way}e": self.place.start_time})


def first_of(streams: Sequence[QuerySet[Call]], page: Page) -> list[str]:
    """The sids that come first of all streams, in one statement."""
    parts: list[str] = []
    values: list[Any] = []
    for stream in streams:
        query = page.order(stream)[: page.size].values_list("start_time", "sid").query
        try:
            sql, params = query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            continue
        # In brackets of its own: SQLite takes ORDER BY and LIMIT in no other place of a UNION.
        parts.append(f"SELECT * FROM ({sql}) AS part{len(parts)}")  # noqa: S608 (Django's own)
        values += params
    if not parts:
        return []
    order = "1, 2" if page.backwards else "1 DESC, 2 DESC"
    with connection.cursor() as cursor:
        cursor.execute(f"{' UNION '.join(parts)} ORDER BY {order} LIMIT {page.size:d}", values)
        return [row[1] for row in cursor.fetchall()]
