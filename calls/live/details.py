"""Calls as they are shown, from what was read with their tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calls.live.call_tree import CallTree
from calls.models import Call


def attach_details(trees: Sequence[CallTree]) -> None:
    """Gives root calls what `with_details` would have read. Nearly all of it was read with the trees."""
    calls = [call for tree in trees for call in (tree.root, *tree.legs)]
    for name in ("agent", "colleague", "line", "contact"):
        _attach(name, calls)
    for tree in trees:
        tree.root.known_legs, tree.root.known_recordings = tree.legs, tree.recordings


def _attach(name: str, calls: Sequence[Call]) -> None:
    """As `select_related` leaves it."""
    field: Any = Call._meta.get_field(name)  # noqa: SLF001
    bare = [call for call in calls if getattr(call, f"{name}_id") and not field.is_cached(call)]
    if not bare:
        return
    model: Any = field.related_model
    found = model.objects.in_bulk({getattr(call, f"{name}_id") for call in bare})
    for call in bare:
        field.set_cached_value(call, found.get(getattr(call, f"{name}_id")))
