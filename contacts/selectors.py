"""Reading contacts."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q, QuerySet

from contacts.models import Contact, ContactNumber
from core.folding import fold
from core.sql.prepared import Param, Prepared
from core.sql.statements import Statement, fetch
from telephony.number_search import digits_wanted, numbers_wanted
from telephony.numbers import language_of_region, time_zone_of
from telephony.party import same_party


def contact_by_number(number: str) -> Contact | None:
    """Whose number it is. Only E.164 numbers belong to anybody."""
    return contacts_by_number([number]).get(number)


def contacts_by_number(numbers: Iterable[str]) -> dict[str, Contact]:
    """Whose numbers they are, for those that are somebody's."""
    (found,) = fetch(contacts_with(numbers))
    return by_number(found)


def contacts_with(numbers: Iterable[str]) -> Statement:
    """The same, to be sent together with others: `by_number` reads its answer."""
    return _NUMBERS(numbers={same for number in numbers if number.startswith("+") for same in same_party(number)})


def by_number(found: Iterable[ContactNumber]) -> dict[str, Contact]:
    """Also by the other ways to write their numbers, where these are nobody else's."""
    rows = list(found)
    others = {same: row.contact for row in rows for same in same_party(row.number)[1:]}
    return others | {row.number: row.contact for row in rows}


_NUMBERS = Prepared(lambda: ContactNumber.objects.select_related("contact").filter(number__in_array=Param("numbers")))


def contact_ids_with(number: Param) -> QuerySet[ContactNumber, int]:
    """To be prepared: whose number it is."""
    return ContactNumber.objects.filter(number=number).order_by().values_list("contact", flat=True)


def contact_ids_among(numbers: QuerySet[Any, Any]) -> QuerySet[ContactNumber, int]:
    """Whose numbers they are: a query in a query."""
    return ContactNumber.objects.filter(number__in=numbers).order_by().values_list("contact", flat=True)


def contact_get(contact_id: int) -> Contact | None:
    return Contact.objects.select_related("owner").prefetch_related("numbers").filter(pk=contact_id).first()


def language_guessed(contact: Contact) -> str:
    """The code of the language of its first number's country, or ""."""
    return next((language_of_region(row.region) for row in contact.numbers.all()), "")


def time_zone_guessed(contact: Contact) -> str:
    """Of its first number, or ""."""
    return next((time_zone_of(row.number) for row in contact.numbers.all()), "")


def time_zones_said(numbers: Collection[str]) -> dict[str, str]:
    """The time zones that the contacts with these numbers are said to be in."""
    rows = ContactNumber.objects.filter(number__in=numbers).exclude(contact__time_zone="")
    return dict(rows.order_by().values_list("number", "contact__time_zone"))


def contact_search(text: str) -> QuerySet[Contact]:
    """Contacts whose name, company or number holds the text; all of them when it is empty."""
    contacts = Contact.objects.select_related("owner").prefetch_related("numbers")
    text = text.strip()
    if not text:
        return contacts
    condition = Q(searched__contains=fold(text))
    if digits := digits_wanted(text):
        numbers = Q(number__icontains=digits) | Q(number__in=numbers_wanted(text))
        condition |= Q(pk__in=ContactNumber.objects.filter(numbers).values("contact"))
    return contacts.filter(condition)


def contact_ids_matching(text: str) -> QuerySet[Contact, int]:
    return contact_search(text).values_list("pk", flat=True)


def contact_numbers_matching(text: str) -> QuerySet[ContactNumber, str]:
    """The numbers of contacts whose name or company holds the text."""
    numbers = ContactNumber.objects.filter(contact__searched__contains=fold(text))
    return numbers.order_by().values_list("number", flat=True)
