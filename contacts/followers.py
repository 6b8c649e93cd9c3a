"""What names contacts otherwise than by a foreign key, and follows them when two become one, and two again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Follower:
    """`moved` is given the id of a contact that becomes part of another, and the other's. It returns, fit for JSON,
    what `moved_back` is given when they become two again, with the ids that are found and those that are to be."""

    moved: Callable[[int, int], list[Any]]
    moved_back: Callable[[list[Any], int, int], None]


_followers: dict[str, Follower] = {}


def declare_follower(label: str, follower: Follower) -> None:
    """`label`: as a column is named, table and all. What can be undone is kept under it."""
    _followers[label] = follower


def followers() -> dict[str, Follower]:
    return dict(_followers)
