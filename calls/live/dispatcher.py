"""When it is decided anew who is offered what: after each event that can change the answer, and every few seconds.

A web process has one (`dispatch_forever`), beside its other chores. Elsewhere `wake` does nothing: the net of some web
process finds what there is to do.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

_wakers: list[Callable[[], None]] = []
_onlookers: list[Callable[[], None]] = []


def listen(waker: Callable[[], None]) -> Callable[[], None]:
    """Has `waker` called whenever there may be something to do; returns what ends that."""
    _wakers.append(waker)
    return lambda: _wakers.remove(waker)


def look_on(onlooker: Callable[[], None]) -> Callable[[], None]:
    """Has `onlooker` called whenever what is shown of calls and agents may be different; returns what ends that. It is
    called by whoever changes something, a webhook too, and may do no more than note it."""
    _onlookers.append(onlooker)
    return lambda: _onlookers.remove(onlooker)


def wake() -> None:
    for waker in list(_wakers):
        waker()
    notice()


def notice() -> None:
    """Something has changed that is shown, though nobody is to be offered anybody because of it."""
    for onlooker in list(_onlookers):
        onlooker()


def wake_after_commit() -> None:
    """What this transaction changes may change who is offered what."""
    if _wakers or _onlookers:
        transaction.on_commit(wake, robust=True)
