"""What everybody who looks at the board should know beside calls: said by capabilities that the board does not know."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """`text`: a sentence or two, in the language that is spoken when they are said. `urgent`: something has stopped."""

    text: str
    urgent: bool


# Asked each time that a board is told: hardly a query, and no REST.
_sources: list[Callable[[], Iterable[Notice]]] = []


def register(source: Callable[[], Iterable[Notice]]) -> None:
    """Said by a capability when it is ready."""
    if source not in _sources:
        _sources.append(source)


def notices_now() -> list[Notice]:
    return [notice for source in _sources for notice in source()]
