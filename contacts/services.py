"""Changing contacts. A number belongs to one contact, so that a caller has one name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contacts.models import Contact, ContactNote, ContactNumber
from core.sql.deadlocks import is_deadlock
from core.text import in_sentence
from telephony.party import same_party
from telephony.phone import display

if TYPE_CHECKING:
    from agents.models import Agent

_FIELDS = ("name", "company", "email", "note", "owner_id", "language", "time_zone")
_OF_NUMBERS = ("extension", "label")
_AT_ONCE = gettext_noop("Somebody else is changing these contacts just now. Try again.")


class ContactConflict(Exception):
    """Somebody else's change stands in the way. Its text is a sentence that says so."""


class NumberTaken(ContactConflict):
    """Another contact has the number. Its text is a sentence that names it."""

    def __init__(self, number: str, owner: Contact | None) -> None:
        shown = display(number, home_region=settings.HOME_REGION)
        if owner is None:
            super().__init__(_("%(number)s belongs to another contact already.") % {"number": shown})
            return
        said = _("%(number)s belongs to %(name)s (contact %(id)d) already.")
        super().__init__(said % {"number": shown, "name": in_sentence(owner.name), "id": owner.pk})


def at_once() -> ContactConflict:
    return ContactConflict(_(_AT_ONCE))


def contact_create(*, values: Mapping[str, Any]) -> Contact:
    """Raises `NumberTaken`, or another `ContactConflict`."""
    numbers = values.get("numbers", [])
    try:
        with transaction.atomic():
            contact = Contact(**{name: values[name] for name in _FIELDS if name in values})
            _own_set(contact, values)
            contact.save(force_insert=True)
            _numbers_set(contact, numbers)
            _groups_set(contact, values)
    except IntegrityError:
        raise _taken_meanwhile(numbers) from None
    except OperationalError as error:
        if is_deadlock(error):
            raise at_once() from None
        raise
    return contact


def contact_update(*, contact_id: int, values: Mapping[str, Any], check: Callable[[Contact], None]) -> None:
    """Changes what is named. `check` is given the contact as it is now, and may raise.

    Raises `NumberTaken`, or another `ContactConflict`, and `Contact.DoesNotExist`.
    """
    try:
        with transaction.atomic():
            contact = Contact.objects.select_for_update().get(pk=contact_id)
            check(contact)
            for name in _FIELDS:
                if name in values:
                    setattr(contact, name, values[name])
            _own_set(contact, values)
            if "numbers" in values:
                _numbers_set(contact, values["numbers"])
            _groups_set(contact, values)
            # Also when only a number changed: the contact's version is its `updated_at`.
            contact.save()
    except IntegrityError:
        raise _taken_meanwhile(values.get("numbers", [])) from None
    except OperationalError as error:
        if is_deadlock(error):
            raise at_once() from None
        raise


@transaction.atomic
def contact_delete(*, contact_id: int, check: Callable[[Contact], None]) -> None:
    """Its calls stay in the log, without its name. Raises `Contact.DoesNotExist`."""
    contact = Contact.objects.select_for_update().get(pk=contact_id)
    check(contact)
    contact.delete()


def _own_set(contact: Contact, values: Mapping[str, Any]) -> None:
    """Of its own fields those that are named; one that is emptied is gone."""
    own = contact.own | values.get("own", {})
    contact.own = {key: value for key, value in own.items() if value}


def _groups_set(contact: Contact, values: Mapping[str, Any]) -> None:
    """Those that it is picked for by hand."""
    if "groups" in values:
        contact.groups.set(values["groups"])


def _numbers_set(contact: Contact, numbers: Sequence[Mapping[str, str]]) -> None:
    """Gives the contact these numbers and no others, the first choice first. What is not said of a known one, its kind
    of line, stays."""
    wanted = {item["number"]: item for item in numbers}
    contact.numbers.exclude(number__in=wanted).delete()
    known = numbers_known(wanted)
    for position, (number, item) in enumerate(wanted.items()):
        facts: dict[str, Any] = {name: item.get(name, "") for name in _OF_NUMBERS} | {"position": position}
        if "line_type" in item:
            facts["line_type"] = item["line_type"]
        row = known.get(number)
        twins = [known[written] for written in same_party(number) if written in known]
        if row is None and all(twin.contact_id == contact.pk for twin in twins):
            ContactNumber.objects.create(contact=contact, number=number, **facts)
        elif row is None or row.contact_id != contact.pk:
            raise NumberTaken(number, (row or twins[0]).contact)
        elif changed := [name for name, value in facts.items() if getattr(row, name) != value]:
            for name in changed:
                setattr(row, name, facts[name])
            row.save(update_fields=changed)


def numbers_known(numbers: Iterable[str]) -> dict[str, ContactNumber]:
    """The rows of these numbers, however they are written there, by the number that each has."""
    written = {same for number in numbers for same in same_party(number)}
    return {row.number: row for row in ContactNumber.objects.select_related("contact").filter(number__in=written)}


def _taken_meanwhile(numbers: Sequence[Mapping[str, str]]) -> NumberTaken:
    """Two requests gave one number to two contacts, and the other was quicker."""
    wanted = [item["number"] for item in numbers]
    row = ContactNumber.objects.select_related("contact").filter(number__in=wanted).first()
    return NumberTaken(row.number if row else wanted[0], row.contact if row else None)


def note_add(contact: Contact, *, text: str, by: Agent | None) -> ContactNote:
    return ContactNote.objects.create(contact=contact, text=text, author=by)


def note_change(note: ContactNote, *, text: str) -> None:
    note.text, note.edited_at = text, timezone.now()
    note.save(update_fields=["text", "edited_at"])
