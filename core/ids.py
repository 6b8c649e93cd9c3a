"""Ids as addresses and forms bring them: texts of digits, of which no database holds the longest."""

from __future__ import annotations

from collections.abc import Iterable

#: So many digits fit into a column of 64 bits.
LONGEST_ID = 18


def id_in(text: str) -> int | None:
    """None for what is no id."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else None


def ids_in(texts: Iterable[str]) -> tuple[int, ...]:
    """Each once, of those that may be one."""
    return tuple(dict.fromkeys(pk for pk in map(id_in, texts) if pk is not None))
