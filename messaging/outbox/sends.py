"""What the outbox asks of the group sends that its texts are part of.

Whatever happened to a text, it only goes out while its send is at work: one that was with a worker, or not known of,
when its send was stopped may be sent again only once the send goes on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from messaging.models import GroupSend, Message, SendState, Step
from messaging.outbox.due import Due
from messaging.outbox.hours import Hours

_HALTED = (SendState.PAUSED, SendState.STOPPED, SendState.CANCELED)


class SendOf(NamedTuple):
    is_halted: bool
    hours: Hours | None


def sends_of(rows: Iterable[Due]) -> dict[int, SendOf]:
    """The sends of these texts."""
    ids = {row.group_send_id for row in rows if row.group_send_id is not None}
    if not ids:
        return {}
    found = GroupSend.objects.filter(pk__in=ids).order_by()
    return {
        pk: SendOf(state in _HALTED, Hours(begin, end) if keeps_hours else None)
        for pk, state, keeps_hours, begin, end in found.values_list(
            "pk", "state", "keeps_hours", "hours_from", "hours_until"
        )
    }


def halt(texts: Mapping[int, Collection[int]], now: datetime) -> None:
    """Holds what waits of these sends that were paused or stopped, and takes back what waits of those that were
    canceled. In a transaction. A send that somebody else changes just now is left as it is, for the next look."""
    sends = GroupSend.objects.filter(pk__in=list(texts), state__in=_HALTED).order_by()
    if connection.features.has_select_for_update:
        # Not waited for: whoever has it may be waiting for these texts.
        sends = sends.select_for_update(skip_locked=True)
    for pk, state in sends.values_list("pk", "state"):
        waiting = Message.objects.filter(pk__in_array=list(texts[pk]), step=Step.WAITING)
        if state == SendState.CANCELED:
            waiting.update(step=Step.CANCELED, ended_at=now)
        else:
            waiting.update(step=Step.HELD)


def waiting_again(ids: Collection[int], now: datetime) -> None:
    """Of texts that wait again: halts those whose send does not go on. In a transaction."""
    rows = Message.objects.filter(pk__in_array=list(ids), step=Step.WAITING, group_send__state__in=_HALTED)
    texts: dict[int, list[int]] = {}
    for send, pk in rows.order_by().values_list("group_send", "pk"):
        texts.setdefault(send, []).append(pk)
    if texts:
        halt(texts, now)
