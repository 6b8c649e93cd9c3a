"""Times as they travel."""

from __future__ import annotations

from datetime import UTC, datetime


def time_json(time: datetime | None) -> str | None:
    """ISO 8601 in UTC with `Z`, whatever the server's own time zone."""
    return time.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z" if time else None
