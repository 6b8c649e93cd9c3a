"""That messages are new, or have changed: told once it is committed, to whoever listens (`threads.broadcasts`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from django.db import transaction

Listener = Callable[[Sequence[int], bool], None]

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """`listener` is given the ids of messages, and whether they are new. Said when the app is ready."""
    if listener not in _listeners:
        _listeners.append(listener)


def messages_new(ids: Iterable[int]) -> None:
    _tell_later(ids, is_new=True)


def messages_changed(ids: Iterable[int]) -> None:
    _tell_later(ids, is_new=False)


def _tell_later(ids: Iterable[int], *, is_new: bool) -> None:
    if found := list(ids):
        transaction.on_commit(partial(_tell, found, is_new), robust=True)


def _tell(ids: Sequence[int], is_new: bool) -> None:
    for listener in _listeners:
        listener(ids, is_new)
