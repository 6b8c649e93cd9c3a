"""Writing texts, and keeping what comes of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from core.sql import prepared  # noqa: F401 (knows `__in_array`)
from messaging import changes, outbox
from messaging.models import Direction, Message, MessageMedia, Origin, Step, Thread
from messaging.segments import count
from routing.models import Line
from telephony.party import same_party

if TYPE_CHECKING:
    from agents.models import Agent


def thread_with(line: Line, number: str, *, last_at: datetime | None = None) -> Thread:
    """The thread of a number and a line, however the number is written there; made when there is none."""
    written = same_party(number)
    if len(written) > 1:
        known = {thread.number: thread for thread in Thread.objects.filter(line=line, number__in=written)}
        if found := next((known[one] for one in written if one in known), None):
            return found
    return Thread.objects.get_or_create(line=line, number=number, defaults={"last_at": last_at} if last_at else {})[0]


def threads_with(line: Line, numbers: Collection[str], *, last_at: datetime) -> dict[str, int]:
    """The threads of many numbers with a line by the numbers, as `thread_with` finds or makes each."""
    found = _threads_found(line, numbers)
    missing = [number for number in numbers if number not in found]
    if missing:
        new = [Thread(line=line, number=number, last_at=last_at) for number in missing]
        Thread.objects.bulk_create(new, ignore_conflicts=True)
        found |= _threads_found(line, missing)
    return found


def _threads_found(line: Line, numbers: Collection[str]) -> dict[str, int]:
    written = list({same for number in numbers for same in same_party(number)})
    known = dict(Thread.objects.filter(line=line, number__in_array=written).order_by().values_list("number", "pk"))
    found = {number: next((known[one] for one in same_party(number) if one in known), None) for number in numbers}
    return {number: pk for number, pk in found.items() if pk is not None}


@transaction.atomic
def message_write(
    line: Line,
    number: str,
    body: str,
    *,
    origin: Origin,
    by: Agent | None = None,
    key: str | None = None,
    media: Sequence[MessageMedia] = (),
) -> Message:
    """Puts a text on the work list; it is sent once this is committed. The same `key` is the same text.

    Raises `IntegrityError` when somebody else puts one with that key there at the same moment.
    """
    if key is not None and (known := Message.objects.filter(key=key).first()):
        return known
    thread = thread_with(line, number)
    message = Message.objects.create(
        thread=thread,
        direction=Direction.OUTBOUND,
        sender=line.number,
        recipient=number,
        body=body,
        # Through a messaging service, Twilio takes a text before it counts them. With a file it is one message.
        num_segments=1 if media else count(body).segments,
        origin=origin,
        written_by=by,
        key=key,
        step=Step.WAITING,
    )
    for position, file in enumerate(media):
        if file.message_id is not None:
            # Sent once more with another text: the same file on disk.
            file.pk = None
            file._state.adding = True  # noqa: SLF001 - Django's documented way to copy a row
        file.message, file.position, file.source_url = message, position, ""
        file.save()
    Thread.objects.filter(pk=thread.pk).update(
        last_message=message, last_at=message.created_at, revision=F("revision") + 1
    )
    changes.messages_new([message.pk])
    outbox.ring()
    return message
