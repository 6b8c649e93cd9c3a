"""That messages are new, or have changed: told once it is committed, to whoever listens (`threads.broadcasts`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from django.db import transaction

Listener = Callable[[Sequence[int], bool], None]

_listeners: list[Listener] = []
_taken_listeners: list[Callable[[Sequence[int]], None]] = []


def listen(listener: Listener) -> None:
    """`listener` is given the ids of messages, and whether they are new. Said when the app is ready."""
    if listener not in _listeners:
        _listeners.append(listener)


def listen_taken(listener: Callable[[Sequence[int]], None]) -> None:
    """`listener` is given the ids of messages whose sids are known from now on."""
    if listener not in _taken_listeners:
        _taken_listeners.append(listener)


def messages_taken(ids: Iterable[int]) -> None:
    """Twilio is known to have these, and by which sids."""
    if found := list(ids):
        transaction.on_commit(partial(_tell_taken, found), robust=True)


def _tell_taken(ids: Sequence[int]) -> None:
    for listener in _taken_listeners:
        listener(ids)


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
