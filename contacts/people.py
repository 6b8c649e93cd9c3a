"""Contacts as they are written to: many at a time, and no more of each than that needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from django.db.models import QuerySet

from contacts.groups import members_of
from contacts.models import Contact, ContactField, ContactNumber, Group
from core.sql import prepared  # noqa: F401 (knows `__in_array`)

_AT_ONCE = 5000


class Person(NamedTuple):
    """`own`: the values of the admin's own fields, by their keys. `numbers`: each with its kind of line and its
    extension, in order."""

    contact_id: int
    name: str
    company: str
    own: Mapping[str, Any]
    time_zone: str
    numbers: tuple[tuple[str, str, str], ...]


def people_of(group_ids: Collection[int], contact_ids: Collection[int], *, with_own: bool = True) -> list[Person]:
    """Who belongs to these groups or is one of these contacts, each once, by name; `with_own`: with what the admin's
    own fields say, if there are any."""
    rows: dict[int, tuple[Any, ...]] = {}
    if group_ids:
        rows |= _rows(members_of(group_ids), with_own)
    for some in _parts(contact_ids):
        rows |= _rows(Contact.objects.filter(pk__in_array=some), with_own)
    numbers: dict[int, list[tuple[str, str, str]]] = {}
    for some in _parts(rows):
        found = ContactNumber.objects.filter(contact__pk__in_array=some).order_by("position", "pk")
        for contact_id, number, line_type, extension in found.values_list(
            "contact_id", "number", "line_type", "extension"
        ):
            numbers.setdefault(contact_id, []).append((number, line_type, extension))
    people = [
        Person(pk, name, company, own, time_zone, tuple(numbers.get(pk, ())))
        for pk, (name, company, time_zone, own) in rows.items()
    ]
    return sorted(people, key=lambda person: (person.name, person.contact_id))


def contact_ids_of(group_ids: Collection[int], contact_ids: Collection[int]) -> list[int]:
    """The contacts who belong to these groups or are these contacts, each once."""
    found: set[int] = set()
    if group_ids:
        found.update(members_of(group_ids).prefetch_related(None).order_by().values_list("pk", flat=True))
    for some in _parts(contact_ids):
        found.update(Contact.objects.filter(pk__in_array=some).order_by().values_list("pk", flat=True))
    return sorted(found)


def _rows(contacts: QuerySet[Contact], with_own: bool) -> dict[int, tuple[Any, ...]]:
    found = contacts.prefetch_related(None).order_by()
    if with_own:
        rows = found.values_list("pk", "name", "company", "time_zone", "own")
        return {row[0]: row[1:] for row in rows}
    return {row[0]: (*row[1:], {}) for row in found.values_list("pk", "name", "company", "time_zone")}


def _parts(ids: Collection[int]) -> Iterator[set[int]]:
    """SQLite takes no more than so many values in one query. Sets: each value of a list is looked at by Django."""
    every = list(ids)
    for begin in range(0, len(every), _AT_ONCE):
        yield set(every[begin : begin + _AT_ONCE])


def own_keys() -> list[str]:
    """The admin's own fields, as texts name them."""
    return list(ContactField.objects.values_list("key", flat=True))


def group_names(group_ids: Collection[int]) -> dict[int, str]:
    """The names of those of these groups that there are."""
    return dict(Group.objects.filter(pk__in=group_ids).values_list("pk", "name"))


def contact_names(contact_ids: Collection[int]) -> dict[int, str]:
    """The names of those of these contacts that there are."""
    names: dict[int, str] = {}
    for some in _parts(contact_ids):
        names |= dict(Contact.objects.filter(pk__in=some).values_list("pk", "name"))
    return names
