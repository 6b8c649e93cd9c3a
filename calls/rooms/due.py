"""That there is something to ask of Twilio for a room: known at once in this process, found by the net in others."""

from __future__ import annotations

import threading

from django.db import transaction

_due = threading.Event()


def after_commit() -> None:
    transaction.on_commit(_due.set, robust=True)


def taken() -> bool:
    """Whether there was something since the last time that it was asked."""
    found = _due.is_set()
    _due.clear()
    return found
