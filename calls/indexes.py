"""The indexes that the log's pages are read by (`calls.log.selectors`), each in the order that it is read in."""

from __future__ import annotations

from django.db.models import Index, Q

_NEWEST = ("-start_time", "-sid")


def _log_index(name: str, *fields: str, only: Q | None = None) -> Index:
    """The log's calls, without their legs, newest first among those that have the same `fields`."""
    condition = Q(parent__isnull=True)
    if only is not None:
        condition &= only
    return Index(fields=[*fields, *_NEWEST], name=f"call_log_{name}", condition=condition)


def _log_index_of(name: str) -> Index:
    """The same for those that belong to something, for whoever deletes that, too: legs belong to no such thing."""
    return Index(fields=[name, *_NEWEST], name=f"call_log_{name}", condition=Q(**{f"{name}__isnull": False}))


LOG_INDEXES = [
    _log_index("newest"),
    _log_index_of("line"),
    _log_index("line_result", "line", "result"),
    _log_index("agent_line", "agent", "line", only=Q(agent__isnull=False)),
    _log_index("agent_result", "agent", "result", only=Q(agent__isnull=False)),
    _log_index("result", "result"),
    _log_index("status", "status"),
    _log_index_of("contact"),
    _log_index_of("colleague"),
    _log_index_of("led_to"),
    _log_index("led_to_result", "led_to", "result", only=Q(led_to__isnull=False)),
    # Those of all agents, which are few beside those with people outside.
    _log_index("internal", only=Q(colleague__isnull=False)),
    _log_index("caller", "caller"),
    _log_index("called", "called"),
    # What is rare: few rows, however long the log is.
    _log_index("outcome", "outcome", only=Q(outcome__gt="")),
    _log_index("direction", "direction", only=Q(direction__gt="inbound")),
]
