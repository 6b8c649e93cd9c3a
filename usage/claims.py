"""One at a time: who asks Twilio for figures holds the row that says so, and writes only while it does."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from usage.models import UsageRefresh

# A task is ended after five minutes (CELERY_TASK_TIME_LIMIT): who has not come back by then is gone.
_LIFE = timedelta(minutes=6)


class ClaimLost(Exception):
    """It took so long that somebody else began meanwhile: what was found is theirs to write."""


@contextmanager
def claiming(what: str) -> Iterator[str | None]:
    """The claim, to be given up at the end; None when somebody else has it just now."""
    UsageRefresh.objects.get_or_create(what=what)
    now, claim = timezone.now(), str(uuid.uuid4())
    free = Q(claim="") | Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - _LIFE)
    if not UsageRefresh.objects.filter(free, what=what).update(claim=claim, claimed_at=now):
        yield None
        return
    try:
        yield claim
    finally:
        UsageRefresh.objects.filter(what=what, claim=claim).update(claim="", claimed_at=None)


def held(what: str, claim: str) -> UsageRefresh:
    """The row, locked for the rest of the transaction. Raises `ClaimLost`."""
    row = UsageRefresh.objects.select_for_update().filter(what=what, claim=claim).first()
    if row is None:
        raise ClaimLost
    return row
