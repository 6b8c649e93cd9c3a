"""Importing contacts: what each row means is worked out first, then written in short transactions.

Webhooks need the database, too, and SQLite has one writer: an import must never hold it for long.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from django.core.cache import cache
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.import_changes import MOST_SHOWN, Change
from contacts.import_steps import OWN, Step, changes_of, mark_of
from contacts.models import MOST_NUMBERS, TOO_MANY_NUMBERS, Contact, ContactNumber, Group
from contacts.services import numbers_known
from core.folding import folded_of
from core.sql.deadlocks import is_deadlock
from telephony.party import same_party

_AT_ONCE = 100
_FIELDS = ("name", "company", "email", "note")
_OF_NUMBERS = ("label", "extension")
# Longer than any import takes; a process that is killed holds its file up for no longer.
_RUNS_SECONDS = 300


# Checked: texts by the names of fields, `own` by keys, `group` as ids.
Rows: TypeAlias = "list[tuple[int, dict[str, Any]]]"
Plan: TypeAlias = "list[tuple[int, int | None, bool, tuple[str, ...], str]]"


@dataclass(frozen=True, slots=True)
class RowError:
    row: int
    detail: str


@dataclass(slots=True)
class ImportResult:
    dry_run: bool
    created: int = 0
    updated: int = 0
    skipped: int = 0
    errors: list[RowError] = field(default_factory=list)
    # What each row does: its number, the contact that it changes, what is new about it, and a mark of what it was.
    plan: Plan = field(default_factory=list)
    # Of a dry run: the first rows that change contacts that are there, in their order, and how many there are in all.
    # They are not `updated`, which counts further numbers of new contacts, too.
    changes: list[Change] = field(default_factory=list)
    changes_total: int = 0


def contacts_import(*, rows: Rows, errors: list[RowError], dry_run: bool, groups: Collection[int] = ()) -> ImportResult:
    """Adds and changes contacts by their numbers; `errors` are of rows that were refused before. All of them are picked
    for these `groups`.

    A known number changes its contact, as far as the row says something; an unknown one makes a new contact, or goes to
    the one of an earlier row with the same name, company and e-mail, of which there is more than the name. Each row is
    done wholly or not at all. Of contacts that are there, only what the rows say is written: what somebody else changes
    meanwhile stays.

    Raises `ImportRuns`.
    """
    if not dry_run:
        with _once_at_a_time(rows, groups):
            return _import(rows, errors, groups, dry_run=False)
    return _import(rows, errors, groups, dry_run=True)


class ImportRuns(Exception):
    """The very same rows are being imported just now. Nothing was done."""


@contextmanager
def _once_at_a_time(rows: Rows, groups: Collection[int]) -> Iterator[None]:
    """Whoever sends a file twice at once has it imported once: two imports that get into each other's way could make
    two contacts of one whose numbers stand in two rows."""
    said = json.dumps([rows, sorted(groups)], sort_keys=True, default=str)
    key = f"contacts.import.{hashlib.sha256(said.encode()).hexdigest()}"
    if not cache.add(key, True, _RUNS_SECONDS):
        raise ImportRuns
    try:
        yield
    finally:
        cache.delete(key)


def _import(rows: Rows, errors: list[RowError], groups: Collection[int], *, dry_run: bool) -> ImportResult:
    result = ImportResult(dry_run=dry_run, errors=list(errors))
    steps = list(_plan(rows, result, groups))
    if dry_run:
        for step in steps:
            _count(step, result)
        changing = [step for step in steps if step.changed]
        result.changes, result.changes_total = changes_of(changing[:MOST_SHOWN]), len(changing)
    steps = _in_order(steps)
    for begin in range(0, 0 if dry_run else len(steps), _AT_ONCE):
        with transaction.atomic():
            for step in steps[begin : begin + _AT_ONCE]:
                _try(step, result)
    result.errors.sort(key=lambda error: error.row)
    return result


class ChangedMeanwhile(Exception):
    """An import would do something else than it was expected to. Nothing was done."""


def contacts_import_whole(*, rows: Rows, expected: Plan, groups: Collection[int] = ()) -> ImportResult:
    """The same at once, wholly or not at all, and only if it does what was `expected`: the plan of a dry run.

    Raises `ChangedMeanwhile`.
    """
    result = ImportResult(dry_run=False)
    try:
        with transaction.atomic():
            steps = list(_plan(rows, result, groups))
            for step in steps:
                _count(step, result)
            if result.plan != expected:
                raise ChangedMeanwhile
            _write_all(steps)
    except IntegrityError:
        raise ChangedMeanwhile from None
    except OperationalError as error:
        if not is_deadlock(error):
            raise
        raise ChangedMeanwhile from None
    return result


def _write_all(steps: list[Step]) -> None:
    """In a handful of statements: SQLite has one writer, for whom webhooks wait."""
    now = timezone.now()
    steps = _in_order(steps)
    Contact.objects.bulk_create([step.contact for step in steps if step.makes_contact], batch_size=_AT_ONCE)
    new = [step for step in steps if step.is_new_number]
    for step in new:
        step.number.contact = step.contact
    ContactNumber.objects.bulk_create([step.number for step in new], batch_size=_AT_ONCE)
    changed = [step for step in steps if step.changed]
    _update_contacts(changed, now)
    _update_numbers([step for step in changed if not step.is_new_number])
    _pick(steps)


def _update_contacts(steps: list[Step], now: datetime) -> None:
    """Held until the end, and as they are by then."""
    held = Contact.objects.select_for_update().filter(pk__in={step.contact.pk for step in steps}).order_by("pk")
    contacts = {contact.pk: contact for contact in held}
    fields: dict[int, set[str]] = defaultdict(set)
    for step in steps:
        contact = contacts.get(step.contact.pk)
        if contact is None:
            # Deleted since it was looked up.
            raise ChangedMeanwhile
        # The contact's version, for a label as well.
        contact.updated_at = now
        fields[contact.pk] |= {*_apply(step, contact), "updated_at"}
    alike: dict[frozenset[str], list[Contact]] = defaultdict(list)
    for pk, names in fields.items():
        alike[frozenset(names)].append(contacts[pk])
    for names_alike, rows in alike.items():
        Contact.objects.bulk_update(rows, sorted(names_alike), batch_size=_AT_ONCE)


def _apply(step: Step, contact: Contact) -> set[str]:
    """Gives the contact what the row brings; which fields are to be written."""
    for name, value in step.brings.items():
        setattr(contact, name, value)
    fields = set(step.brings)
    if step.brings_own:
        contact.own = contact.own | step.brings_own
        fields.add("own")
    if fields & {"name", "company"}:
        contact.searched = folded_of(contact.name, contact.company)
        fields.add("searched")
    return fields


def _update_numbers(steps: list[Step]) -> None:
    alike: dict[frozenset[str], list[ContactNumber]] = defaultdict(list)
    for step in steps:
        if step.brings_number:
            alike[frozenset(step.brings_number)].append(step.number)
    for names, rows in alike.items():
        ContactNumber.objects.bulk_update(rows, sorted(names), batch_size=_AT_ONCE)


def _pick(steps: list[Step]) -> None:
    """For groups. One that was deleted meanwhile picks nobody."""
    through = Group.members.through
    there = set(Group.objects.filter(pk__in={pk for step in steps for pk in step.groups}).values_list("pk", flat=True))
    rows = [through(contact_id=step.contact.pk, group_id=pk) for step in steps for pk in step.groups if pk in there]
    # The same contact may stand in two rows.
    through.objects.bulk_create(rows, batch_size=_AT_ONCE, ignore_conflicts=True)


def _in_order(steps: list[Step]) -> list[Step]:
    """By number, whatever the order of the rows: two imports at once seldom wait for each other then.

    What belongs to one contact stays together and as it came: so its numbers are shown.
    """
    first: dict[int, str] = {}
    for step in steps:
        key = id(step.contact)
        first[key] = min(first.get(key, step.number.number), step.number.number)
    return sorted(steps, key=lambda step: (first[id(step.contact)], step.row))


def _count(step: Step, result: ImportResult) -> None:
    result.plan.append((step.row, step.contact.pk, step.is_new_number, tuple(step.changed), mark_of(step)))
    if step.makes_contact:
        result.created += 1
    elif step.changed or step.is_new_number:
        result.updated += 1
    else:
        result.skipped += 1


def _plan(rows: Rows, result: ImportResult, groups: Collection[int]) -> Iterator[Step]:
    known = numbers_known(values["number"] for _, values in rows)
    by_id = {row.contact_id: row.contact for row in known.values()}
    through = Group.members.through
    picked = set(through.objects.filter(contact__in=by_id).values_list("contact", "group"))
    called = {pk: contact.name for pk, contact in by_id.items()}
    new: dict[tuple[object, ...], Contact] = {}
    seen: dict[str, int] = {}
    numbers: dict[tuple[object, ...], int] = {}
    for row, values in rows:
        written = same_party(values["number"])
        earlier = seen.setdefault(min(written), row)
        if earlier != row:
            result.errors.append(RowError(row, _("Row %(row)d has this number already.") % {"row": earlier}))
            continue
        wanted = sorted({*groups, *values.get("group", ())})
        number = next((known[one] for one in written if one in known), None)
        if number is not None:
            # Two numbers of one contact: one object, so that no row undoes another's change.
            step = _change(row, by_id[number.contact_id], number, values)
            step.called = called[number.contact_id]
            step.groups = tuple(pk for pk in wanted if (number.contact_id, pk) not in picked)
            picked.update((number.contact_id, pk) for pk in wanted)
            step.changed += [f"group.{pk}" for pk in step.groups]
            yield step
            continue
        key = _whose(row, values)
        is_new = key not in new
        numbers[key] = numbers.get(key, 0) + 1
        if numbers[key] > MOST_NUMBERS:
            result.errors.append(RowError(row, str(TOO_MANY_NUMBERS % {"count": MOST_NUMBERS})))
            continue
        contact = new.setdefault(key, Contact(**{name: values.get(name, "") for name in _FIELDS}))
        contact.own = {name: text for name, text in values.get("own", {}).items() if text} | contact.own
        number = ContactNumber(
            number=values["number"], extension=values.get("extension", ""), label=values.get("label", "")
        )
        yield Step(
            row=row,
            contact=contact,
            number=number,
            changed=[],
            is_new_number=True,
            makes_contact=is_new,
            groups=tuple(wanted),
        )


def _whose(row: int, values: dict[str, Any]) -> tuple[object, ...]:
    """The same for rows that are about one person: a name is not enough, which two people may have. Two contacts can be
    merged; what was one is hard to take apart."""
    name, *more = (values.get(name, "").casefold() for name in ("name", "company", "email"))
    return (name, *more) if any(more) else (row,)


def _change(row: int, contact: Contact, number: ContactNumber, values: dict[str, Any]) -> Step:
    """What is empty in the row stays as it is."""
    changed = [name for name in _FIELDS if values.get(name) and values[name] != getattr(contact, name)]
    was = {name: str(getattr(contact, name)) for name in changed}
    for name in changed:
        setattr(contact, name, values[name])
    brings = {name: values[name] for name in changed}
    own = {key: text for key, text in values.get("own", {}).items() if text and contact.own.get(key) != text}
    if own:
        was |= {f"{OWN}{key}": str(contact.own.get(key, "")) for key in own}
        contact.own = contact.own | own
        changed += [f"{OWN}{key}" for key in own]
    of_number = {
        name: values[name] for name in _OF_NUMBERS if values.get(name) and values[name] != getattr(number, name)
    }
    extended = number.extension
    was |= {name: str(getattr(number, name)) for name in of_number}
    for name, value in of_number.items():
        setattr(number, name, value)
    changed += of_number
    return Step(
        row=row,
        contact=contact,
        number=number,
        changed=changed,
        brings=brings,
        brings_own=own,
        brings_number=of_number,
        extended=extended,
        was=was,
    )


def _try(step: Step, result: ImportResult) -> None:
    """Does what one row says, wholly or not at all."""
    contact_pk, number_pk = step.contact.pk, step.number.pk
    # An earlier row of the same new contact may have failed: then this one makes it.
    step.makes_contact = contact_pk is None
    try:
        with transaction.atomic():
            _write(step)
    except (IntegrityError, OperationalError, Contact.DoesNotExist) as error:
        if isinstance(error, OperationalError) and not is_deadlock(error):
            raise
        # The contact may have been written before its number was refused, and is gone again.
        step.contact.pk, step.number.pk = contact_pk, number_pk
        result.errors.append(
            RowError(step.row, _("Somebody else changed this contact meanwhile. Import this row again."))
        )
    else:
        _count(step, result)


def _write(step: Step) -> None:
    if step.makes_contact:
        step.contact.save(force_insert=True)
    elif step.changed:
        # As it is by now, and held. The contact's version changes for a label as well.
        contact = Contact.objects.select_for_update().get(pk=step.contact.pk)
        contact.save(update_fields=[*_apply(step, contact), "updated_at"])
    if step.is_new_number:
        step.number.contact = step.contact
        step.number.save(force_insert=True)
        _pick([step])
        return
    _pick([step])
    of_number = step.brings_number
    if of_number and not ContactNumber.objects.filter(pk=step.number.pk).update(**of_number):
        raise Contact.DoesNotExist
