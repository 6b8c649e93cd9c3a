"""Keeping the recipients of a send that was started: what each gets, who is left out, and why.

Starting is answered at once, however many they are; this is done by the worker that is told of it, before it feeds the
send. It is one transaction: a worker that is killed in it leaves nothing, and the next one begins anew.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop

from core.folding import folded_of
from core.sql.bulk import rows_insert
from messaging.group_sends import broadcasts
from messaging.group_sends.audience import Audience, Row, audience_of
from messaging.group_sends.payloads import summary_of
from messaging.group_sends.progress import locked
from messaging.models import GroupRecipient, GroupSend, RecipientState, SendState

logger = logging.getLogger(__name__)

NOBODY = gettext_noop("Nobody would get this text: everybody is left out.")
NOT_PREPARED = gettext_noop("Who gets this text could not be worked out. Resume it, or ask your admin.")


def prepare_all() -> None:
    """Prepares the sends that were started and that nobody else prepares just now. Raises what the database raises."""
    waiting = GroupSend.objects.filter(state=SendState.PREPARING).order_by("pk")
    for send_id in waiting.values_list("pk", flat=True):
        recipients_keep(send_id)


def recipients_keep(send_id: int, *, wait: bool = False) -> None:
    """Keeps the recipients of one send, unless that is done. `wait`: also until somebody else has done it, who does so
    just now. Raises what the database raises; anything else stops the send, and no other."""
    if not GroupSend.objects.filter(pk=send_id, state=SendState.PREPARING).exists():
        return
    # Where rows can be locked nobody works it out twice. Elsewhere everybody would have to wait for it.
    with transaction.atomic() if connection.features.has_select_for_update else nullcontext():
        send = locked(send_id, wait=wait)
        if send is None or send.state != SendState.PREPARING:
            return
        try:
            audience = audience_of(send)
            summary = summary_of(send, audience)
        except DatabaseError:
            raise
        except Exception:
            logger.exception("group send %d cannot be prepared", send_id)
            _move(send_id, state=SendState.STOPPED, problem=NOT_PREPARED)
            return
        if summary["recipients"]:
            _keep(send_id, audience, summary)
        else:
            _move(send_id, state=SendState.STOPPED, problem=NOBODY, summary=summary, counts={})


def state_at(send: GroupSend, now: datetime) -> SendState:
    """Of one that is started or resumed now."""
    is_later = send.scheduled_for is not None and send.scheduled_for > now
    return SendState.SCHEDULED if is_later else SendState.RUNNING


@transaction.atomic
def _keep(send_id: int, audience: Audience, summary: dict[str, Any]) -> None:
    send = locked(send_id)
    if send is None or send.state != SendState.PREPARING:
        return
    _recipients_insert(send, audience)
    total = summary["recipients"]
    counts = {"total": total, "waiting": total, "seconds_left": round(summary["seconds"])}
    _move(send_id, state=state_at(send, timezone.now()), chosen_ids=None, summary=summary, counts=counts)


@transaction.atomic
def _move(send_id: int, **values: Any) -> None:
    moved = GroupSend.objects.filter(pk=send_id, state=SendState.PREPARING)
    moved.update(**values, revision=F("revision") + 1)
    transaction.on_commit(lambda: broadcasts.progress(send_id), robust=True)


_COLUMNS = (
    *("send", "contact", "name", "searched", "number", "time_zone", "body", "segments"),
    *("state", "reason", "due_at", "attempts", "message"),
)


def _recipients_insert(send: GroupSend, audience: Audience) -> None:
    due_at = max(filter(None, (send.scheduled_for, send.started_at)))

    def values(row: Row) -> Sequence[Any]:
        state = RecipientState.LEFT_OUT if row.reason else RecipientState.PENDING
        # What nobody gets need not be kept.
        body = "" if row.reason else row.body
        return (
            *(send.pk, row.contact_id, row.name, folded_of(row.name), row.number[:32], row.time_zone, body),
            *(row.segments, str(state), row.reason, due_at, 0, None),
        )

    rows_insert(GroupRecipient, _COLUMNS, map(values, audience.rows))
