"""Making two contacts one, with nothing lost, and making them two again.

Whatever refers to a contact is moved, also from tables that this app does not know: Django knows them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import OperationalError, transaction
from django.db.models import ForeignKey, Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.followers import followers
from contacts.models import (
    LAST,
    MOST_NOTE,
    MOST_NUMBERS,
    Contact,
    ContactField,
    ContactMerge,
    ContactNote,
    ContactNumber,
    Group,
)
from contacts.services import ContactConflict, at_once
from core.retention import delete_in_batches
from core.sql.deadlocks import is_deadlock
from core.text import in_sentence

if TYPE_CHECKING:
    from agents.models import Agent

UNDO_FOR = timedelta(days=30)
# What the remaining contact takes over where it says nothing itself.
_TAKEN_OVER = ("company", "email", "note", "owner_id", "language", "time_zone")
_WRITTEN_DOWN = ("company", "email", "note", "owner", "language", "time_zone")
_BATCH = 500


class CannotMerge(ContactConflict):
    """Its text is a sentence that says why."""


class CannotUndo(ContactConflict):
    """Its text is a sentence that says why."""


def contacts_merge(
    *, survivor_id: int, gone_id: int, by: Agent | None, check: Callable[[Contact], None] = lambda _: None
) -> ContactMerge:
    """Makes the second a part of the first, and returns what can be undone.

    What both say differently is written down in a note, so that nothing is lost. `check` is given the first as it is
    now, and may raise. Raises `CannotMerge`, another `ContactConflict`, and `Contact.DoesNotExist`.
    """
    if survivor_id == gone_id:
        raise CannotMerge(_("Choose another contact: these are one and the same."))
    try:
        with transaction.atomic():
            return _merge(*_locked(survivor_id, gone_id), by=by, check=check)
    except OperationalError as error:
        if is_deadlock(error):
            raise at_once() from None
        raise


def _locked(survivor_id: int, gone_id: int) -> tuple[Contact, Contact]:
    """Always in one order, whichever is to remain: two merges at once do not wait for each other."""
    ids = (survivor_id, gone_id)
    found = {row.pk: row for row in Contact.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    if len(found) < len(ids):
        raise Contact.DoesNotExist
    return found[survivor_id], found[gone_id]


def _merge(survivor: Contact, gone: Contact, *, by: Agent | None, check: Callable[[Contact], None]) -> ContactMerge:
    check(survivor)
    kept: dict[str, Any] = {
        "contact": {name: getattr(gone, name) for name in ("name", *_TAKEN_OVER, "own")}
        | {"created_at": gone.created_at.isoformat()},
        "positions": dict(gone.numbers.values_list("pk", "position")),
        "taken_over": {},
        "own": {},
    }
    if survivor.numbers.count() + gone.numbers.count() > MOST_NUMBERS:
        raise CannotMerge(_("Together they would have more than %(count)d numbers.") % {"count": MOST_NUMBERS})
    behind = max(survivor.numbers.values_list("position", flat=True), default=-1) + 1
    for at, number in enumerate(gone.numbers.all()):
        ContactNumber.objects.filter(pk=number.pk).update(position=min(behind + at, LAST))
    kept["moved"] = {_label(field): _move(field, gone.pk, survivor.pk) for field in _references()}
    kept["moved"] |= {label: follower.moved(gone.pk, survivor.pk) for label, follower in followers().items()}
    picked = set(gone.groups.values_list("pk", flat=True))
    kept["groups"] = sorted(picked)
    kept["joined"] = sorted(picked - set(survivor.groups.values_list("pk", flat=True)))
    survivor.groups.add(*kept["joined"])
    differs = list(_differences(survivor, gone))
    for name in _TAKEN_OVER:
        if getattr(gone, name) and not getattr(survivor, name):
            setattr(survivor, name, getattr(gone, name))
            kept["taken_over"][name] = getattr(gone, name)
    kept["own"] = {key: value for key, value in gone.own.items() if key not in survivor.own}
    survivor.own = survivor.own | kept["own"]
    survivor.save()
    if differs:
        said = _("From %(name)s, with whom this contact was merged:") % {"name": in_sentence(gone.name)}
        # The newest stands first on the contact's page.
        texts = reversed(_as_notes(said, "\n".join(differs)))
        kept["notes"] = [ContactNote.objects.create(contact=survivor, author=by, text=text).pk for text in texts]
    merged = ContactMerge.objects.create(survivor=survivor, gone_id=gone.pk, gone_name=gone.name, kept=kept, by=by)
    gone.delete()
    return merged


def _differences(survivor: Contact, gone: Contact) -> Iterator[str]:
    """What the other says that would be nowhere, line by line."""
    fields = {name: Contact._meta.get_field(name) for name in ("name", *_WRITTEN_DOWN)}  # noqa: SLF001
    for name, field in fields.items():
        value, remains = getattr(gone, name), getattr(survivor, name)
        if value and remains and value != remains:
            label = str(getattr(field, "verbose_name", name))
            yield f"{label[:1].upper()}{label[1:]}: {value}"
    names = dict(ContactField.objects.values_list("key", "name"))
    for key, value in gone.own.items():
        if survivor.own.get(key, value) != value:
            yield f"{names.get(key, key)}: {value}"


def _as_notes(head: str, text: str) -> list[str]:
    """The text as notes under one heading, none longer than a note may be: longer ones could not be changed any more.
    Parted between lines or words, as far as there are some."""
    most = MOST_NOTE - len(head) - 1
    texts = []
    while len(text) > most:
        parted = max(text.rfind("\n", most // 2, most + 1), text.rfind(" ", most // 2, most + 1))
        end = parted if parted > 0 else most
        texts.append(text[:end])
        text = text[end:].lstrip()
    return [f"{head}\n{one}" for one in (*texts, text) if one]


def merge_undo(merge_id: int, *, contact_id: int) -> Contact:
    """Makes them two again; returns the one that was gone. What was added to the remaining one since stays there.

    Raises `CannotUndo`, another `ContactConflict`, and `ContactMerge.DoesNotExist`.
    """
    try:
        with transaction.atomic():
            survivor = Contact.objects.select_for_update().filter(pk=contact_id).first()
            found = ContactMerge.objects.select_for_update().filter(pk=merge_id, survivor__pk=contact_id).first()
            if survivor is None or found is None:
                raise ContactMerge.DoesNotExist
            return _undo(found, survivor)
    except OperationalError as error:
        if is_deadlock(error):
            raise at_once() from None
        raise


def _undo(merged: ContactMerge, survivor: Contact) -> Contact:
    if merged.at < timezone.now() - UNDO_FOR:
        raise CannotUndo(_("This was merged more than 30 days ago."))
    if Contact.objects.filter(pk=merged.gone_id).exists():
        raise CannotUndo(_("These are two contacts again already."))
    kept = merged.kept
    of_contact = dict(kept["contact"])
    created_at = of_contact.pop("created_at")
    owner_id = of_contact.pop("owner_id")
    gone = Contact(pk=merged.gone_id, **of_contact)
    # Who looked after it may be gone by now.
    gone.owner = get_user_model().objects.filter(pk=owner_id).first()
    gone.save(force_insert=True)
    Contact.objects.filter(pk=gone.pk).update(created_at=created_at)
    for field in _references():
        _move_back(field, kept["moved"].get(_label(field), []), survivor.pk, gone.pk)
    for label, follower in followers().items():
        follower.moved_back(kept["moved"].get(label, []), survivor.pk, gone.pk)
    for pk, position in kept["positions"].items():
        ContactNumber.objects.filter(pk=int(pk), contact=gone.pk).update(position=position)
    gone.groups.add(*Group.objects.filter(pk__in=kept["groups"]))
    brought = _brought(merged, survivor)
    survivor.groups.remove(*brought["joined"])
    for name, value in brought["taken_over"].items():
        if getattr(survivor, name) == value:
            setattr(survivor, name, _nothing_in(name))
    survivor.own = {key: value for key, value in survivor.own.items() if brought["own"].get(key) != value}
    survivor.save()
    # Of merges that were made before a note had a most, there is one.
    notes = kept["notes"] if "notes" in kept else [kept.get("note")]
    ContactNote.objects.filter(pk__in=notes, contact=survivor.pk, edited_at=None).delete()
    merged.delete()
    return gone


def _brought(merged: ContactMerge, survivor: Contact) -> dict[str, Any]:
    """What the remaining contact has of it. Where the two that were merged became part of a third since, that one may
    have had some of it before; and the one in between is kept without it, for when it comes back, too."""
    brought = {name: merged.kept[name] for name in ("taken_over", "own", "joined")}
    moved_with = _label(ContactMerge._meta.get_field("survivor"))  # noqa: SLF001
    for later in survivor.merges.exclude(pk=merged.pk).order_by("at", "pk"):
        if merged.pk not in later.kept["moved"].get(moved_with, []):
            continue
        between, kept = later.kept["contact"], later.kept
        for name, value in brought["taken_over"].items():
            if between.get(name) == value:
                between[name] = _nothing_in(name)
        between["own"] = {key: value for key, value in between["own"].items() if brought["own"].get(key) != value}
        kept["groups"] = [pk for pk in kept["groups"] if pk not in brought["joined"]]
        brought = {
            "taken_over": {k: v for k, v in brought["taken_over"].items() if kept["taken_over"].pop(k, None) == v},
            "own": {key: value for key, value in brought["own"].items() if kept["own"].pop(key, None) == value},
            "joined": [pk for pk in brought["joined"] if pk in kept["joined"]],
        }
        kept["joined"] = [pk for pk in kept["joined"] if pk not in brought["joined"]]
        later.save(update_fields=["kept"])
    return brought


def _nothing_in(name: str) -> str | None:
    return None if name == "owner_id" else ""


def merges_undoable(contact: Contact) -> QuerySet[ContactMerge]:
    """What became part of this contact, and may be undone yet; the newest first."""
    return contact.merges.filter(at__gte=timezone.now() - UNDO_FOR).select_related("by")


def merges_forget() -> int:
    """Deletes what can be undone no more; returns how many."""
    return delete_in_batches(ContactMerge.objects.filter(at__lt=timezone.now() - UNDO_FOR))


def _references() -> list[ForeignKey[Any, Any]]:
    """Every column of any table that names a contact, but for groups' own: there, both may stand already."""
    relations: Any = Contact._meta.get_fields(include_hidden=True)  # noqa: SLF001
    return [
        relation.field
        for relation in relations
        if relation.auto_created
        and relation.one_to_many
        and isinstance(relation.field, ForeignKey)
        and relation.related_model is not Group.members.through
    ]


def _label(field: ForeignKey[Any, Any]) -> str:
    return f"{field.model._meta.label_lower}.{field.name}"  # noqa: SLF001


def _rows(field: ForeignKey[Any, Any]) -> QuerySet[Model]:
    return field.model._base_manager.all()  # noqa: SLF001


def _move(field: ForeignKey[Any, Any], old: int, new: int) -> list[Any]:
    """The keys of the rows that name the new one from now on."""
    rows = _rows(field).filter(**{field.name: old})
    pks = list(rows.values_list("pk", flat=True))
    rows.update(**{field.name: new})
    return pks


def _move_back(field: ForeignKey[Any, Any], pks: list[Any], old: int, new: int) -> None:
    for at in range(0, len(pks), _BATCH):
        _rows(field).filter(pk__in=pks[at : at + _BATCH], **{field.name: old}).update(**{field.name: new})
