"""People who were chosen for a send by their number or as a contact: found, and taken out of what was chosen."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.db.models import F, Q, TextField
from django.db.models.functions import Cast

from messaging.group_sends.audience import audience_of
from messaging.group_sends.payloads import summary_of
from messaging.group_sends.progress import locked
from messaging.models import GroupSend, SendState

IsTheirs = Callable[[str], bool]


def sends_choosing(numbers: Collection[str], contact_ids: Collection[int], *, is_theirs: IsTheirs) -> list[GroupSend]:
    """Sends for which one of these was chosen. `is_theirs` says it of a number as it was typed. Reads all sends."""
    wanted = Q(pk__in=[])
    for number in numbers:
        wanted |= Q(numbers_text__contains=number.lstrip("+"))
    for pk in contact_ids:
        wanted |= Q(contacts_text__contains=str(pk))
    rows = GroupSend.objects.select_related("line").alias(
        numbers_text=Cast("numbers", TextField()), contacts_text=Cast("contact_ids", TextField())
    )
    return [
        send
        for send in rows.filter(wanted).order_by("pk")
        if any(map(is_theirs, send.numbers)) or not set(contact_ids).isdisjoint(send.contact_ids)
    ]


def choices_forget(send_id: int, contact_ids: Collection[int], *, is_theirs: IsTheirs) -> None:
    """Takes them out of what was chosen for a send, whatever state it is in. In a transaction."""
    send = locked(send_id)
    if send is None:
        return
    send.numbers = [number for number in send.numbers if not is_theirs(number)]
    send.contact_ids = [pk for pk in send.contact_ids if pk not in contact_ids]
    values = {"numbers": send.numbers, "contact_ids": send.contact_ids}
    if send.chosen_ids is not None:
        # Started, and its recipients are not kept yet.
        values["chosen_ids"] = [pk for pk in send.chosen_ids if pk not in contact_ids]
    if send.state == SendState.DRAFT:
        # What was started says for how many it was: a figure names nobody.
        values["summary"] = summary_of(send, audience_of(send))
    GroupSend.objects.filter(pk=send_id).update(revision=F("revision") + 1, **values)
