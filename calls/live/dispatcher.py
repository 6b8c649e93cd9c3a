"""When it is decided anew who is offered what: after each event that can change the answer, and every few seconds.

A web process has one (`dispatch_forever`), beside its other chores. Elsewhere `wake` does nothing: the net of some web
process finds what there is to do.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

_wakers: list[Callable[[], None]] = []


def listen(waker: Callable[[], None]) -> Callable[[], None]:
    """Has `waker` called whenever there may be something to do; returns what ends that."""
    _wakers.append(waker)
    return lambda: _wakers.remove(waker)


def wake() -> None:
    for waker in list(_wakers):
        waker()


def wake_after_commit() -> None:
    """What this transaction changes may change who is offered what."""
    if _wakers:
        transaction.on_commit(wake, robust=True)
