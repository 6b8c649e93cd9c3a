"""How PostgreSQL finds numbers: whole ones by the index that makes them unique, parts of them by their letters."""

from __future__ import annotations

import pytest
from django.db import connection

from contacts.models import Contact, ContactNumber

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no index of parts"),
]


@pytest.fixture(autouse=True)
def _many_numbers() -> None:
    # So many that the wrong index was taken: an index of parts served `=`, too, and cost 3 ms for each number.
    contact = Contact.objects.create(name="x")
    ContactNumber.objects.bulk_create(
        ContactNumber(contact=contact, number=f"+1202{2_000_000 + number}") for number in range(10_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contacts_contactnumber")


def test_whole_numbers_are_not_looked_up_by_their_parts():
    numbers = [f"+1202{2_001_000 + number}" for number in range(88)]

    assert "digits" not in ContactNumber.objects.filter(number__in=numbers, line_type="landline").explain()
    assert "contacts_contactnumber_number" in ContactNumber.objects.filter(number__in=numbers[:1]).explain()


def test_a_part_of_a_number_is_found_by_its_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    assert "contact_number_digits" in ContactNumber.objects.filter(number__icontains="2001234").explain()
