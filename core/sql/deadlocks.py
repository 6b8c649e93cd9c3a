"""Two transactions that wait for each other: PostgreSQL ends one of them, and nothing of it was done."""

from __future__ import annotations

from django.db import OperationalError

_DEADLOCK = "40P01"


def is_deadlock(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) == _DEADLOCK
