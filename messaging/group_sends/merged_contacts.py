"""Sends name the contacts that were chosen for them by their ids: they follow a contact that becomes part of another,
and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q, QuerySet, TextField
from django.db.models.functions import Cast

from messaging.models import GroupSend

LABEL = "messaging.groupsend.contact_ids"


def moved(old: int, new: int) -> list[Any]:
    """Has sends name the new one; returns which did, each with whether it named the new one already."""
    found = []
    for send in _naming(old):
        named = {*send.contact_ids, *(send.chosen_ids or ())}
        if old in named:
            found.append([send.pk, new in named])
            _save(send, {old: [new]})
    return found


def moved_back(rows: list[Any], old: int, new: int) -> None:
    """Has these sends name the one that was gone again; the other stays where it was named beside it."""
    both = {int(pk): bool(was_there) for pk, was_there in rows}
    for send in GroupSend.objects.select_for_update().filter(pk__in=both).order_by("pk"):
        _save(send, {old: [old, new] if both[send.pk] else [new]})


def _naming(contact_id: int) -> QuerySet[GroupSend]:
    """All that may: whether they do, their lists say."""
    rows = GroupSend.objects.select_for_update().alias(
        chosen=Cast("contact_ids", TextField()), fixed=Cast("chosen_ids", TextField())
    )
    part = str(contact_id)
    return rows.filter(Q(chosen__contains=part) | Q(fixed__contains=part)).order_by("pk")


def _save(send: GroupSend, instead: dict[int, list[int]]) -> None:
    values: dict[str, Any] = {"contact_ids": _replaced(send.contact_ids, instead)}
    if send.chosen_ids is not None:
        # Started, and its recipients are not kept yet.
        values["chosen_ids"] = _replaced(send.chosen_ids, instead)
    GroupSend.objects.filter(pk=send.pk).update(revision=F("revision") + 1, **values)


def _replaced(ids: Sequence[int], instead: dict[int, list[int]]) -> list[int]:
    return list(dict.fromkeys(one for pk in ids for one in instead.get(pk, [pk])))
