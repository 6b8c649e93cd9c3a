"""Recording our requests to Twilio in the flight recorder."""

from __future__ import annotations

import logging
import re
from typing import Any

from django.db import DatabaseError, transaction

from calls.models import CallEvent
from calls.recorder.masking import MaskingPolicy, Role, text_masked

logger = logging.getLogger(__name__)

_RESOURCE = re.compile(r"^/?(?:[\w.-]+\.twilio\.com/)?(?:2010-04-01/)?(?:Accounts/[^/]+/)?(.*?)(?:\.json)?(?:\?.*)?\Z")
# Rows hold no credential, whoever may read them later.
_AS_KEPT = MaskingPolicy(Role.ADMIN, numbers=True)


def rest_request_record(
    sender: Any,
    *,
    method: str,
    path: str,
    status: int | None,
    code: int | None,
    milliseconds: float | None,
    attempt: int,
    call_sid: str,
    purpose: str = "",
    **_: Any,
) -> None:
    """Keeps a request about a call. It never fails: the request itself has been made and must not be undone."""
    if not call_sid:
        return
    match = _RESOURCE.match(path)
    resource = text_masked(match[1] if match else path, _AS_KEPT)
    detail: dict[str, Any] = {"attempt": attempt, "status": status} | ({"code": code} if code else {})
    if purpose:
        detail["purpose"] = purpose
    try:
        # A point to go back to: a failure here must not spoil the transaction of whoever asked.
        with transaction.atomic():
            CallEvent.objects.create(
                call_sid=call_sid[:64],
                kind=CallEvent.Kind.REST,
                name=f"{method} {resource}"[:120],
                outcome=_outcome(status, code),
                detail=detail,
                milliseconds=milliseconds,
            )
    except DatabaseError:
        logger.exception("a request to Twilio could not be recorded: call=%s", call_sid)


def _outcome(status: int | None, code: int | None) -> str:
    if not status:
        return "no answer"
    return f"{status}, Twilio's error {code}" if code else str(status)
