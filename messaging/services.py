"""Writing texts, and keeping what comes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from messaging import outbox
from messaging.models import Direction, Message, Origin, Step, Thread
from routing.models import Line

if TYPE_CHECKING:
    from agents.models import Agent


def thread_with(line: Line, number: str) -> Thread:
    """The thread of a number and a line, made when there is none."""
    return Thread.objects.get_or_create(line=line, number=number)[0]


@transaction.atomic
def message_write(
    line: Line, number: str, body: str, *, origin: Origin, by: Agent | None = None, key: str | None = None
) -> Message:
    """Puts a text on the work list; it is sent once this is committed. The same `key` is the same text."""
    if key is not None and (known := Message.objects.filter(key=key).first()):
        return known
    thread = thread_with(line, number)
    message = Message.objects.create(
        thread=thread,
        direction=Direction.OUTBOUND,
        sender=line.number,
        recipient=number,
        body=body,
        origin=origin,
        written_by=by,
        key=key,
        step=Step.WAITING,
    )
    Thread.objects.filter(pk=thread.pk).update(last_message=message, last_at=message.created_at)
    outbox.ring()
    return message
