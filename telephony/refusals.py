"""How often Twilio refused us for a limit or a permission: the doctor says so."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from telephony.models import TwilioRefusal

logger = logging.getLogger(__name__)

TOO_MANY_REQUESTS = 20429
# Of a call that is made, and of somebody who is to come into a conference: Twilio's error pages 10004 and 16021.
TOO_MANY_CALLS = frozenset({10004, 16021})
# Error page 16020.
CONFERENCE_FULL = 16020
# Of a call that REST makes, and of a number that is dialled.
NO_PERMISSION = frozenset({21215, 13227})
COUNTED = frozenset({TOO_MANY_REQUESTS, CONFERENCE_FULL}) | TOO_MANY_CALLS | NO_PERMISSION
_KEPT = timedelta(days=30)


def refusal_count(sender: Any, *, code: int | None, status: int | None, **_: Any) -> None:
    """Counts an attempt that was refused. It never fails: whoever asked Twilio goes on as if nobody counted."""
    code = code or (TOO_MANY_REQUESTS if status == 429 else None)
    if code not in COUNTED:
        return
    now = timezone.now()
    try:
        # A point to go back to: a failure here must not spoil the transaction of whoever asked.
        with transaction.atomic():
            row, is_new = TwilioRefusal.objects.get_or_create(
                day=now.date(), code=code, defaults={"count": 1, "first_at": now, "last_at": now}
            )
            if is_new:
                TwilioRefusal.objects.filter(day__lt=(now - _KEPT).date()).delete()
            else:
                TwilioRefusal.objects.filter(pk=row.pk).update(count=F("count") + 1, last_at=now)
    except DatabaseError:
        logger.exception("a refusal could not be counted: code=%s", code)
