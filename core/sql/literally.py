"""Conditions of partial indexes, in queries that are to use these indexes."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import BooleanField, F, Func

_PLAIN = re.compile(r"[a-z-]+\Z")


class Literally(Func):
    """That a field is one of these values, which stand in the text of the query, as in the text of the index.

    Django's conditions carry their values as parameters. SQLite makes its plan without looking at them, and cannot know
    that a partial index holds all that is asked for: it reads the whole table.
    """

    output_field = BooleanField()

    def __init__(self, field: str, *values: str, **extra: Any) -> None:
        if not all(_PLAIN.match(value) for value in values):
            raise ValueError(values)
        listed = ", ".join(f"'{value}'" for value in values)
        extra.setdefault(
            "template", f"%(expressions)s IN ({listed})" if len(values) > 1 else f"%(expressions)s = {listed}"
        )
        super().__init__(F(field), **extra)
