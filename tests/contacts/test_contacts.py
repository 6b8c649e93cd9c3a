"""Finding people by name and number."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from contacts.models import ContactNumber
from contacts.selectors import contact_by_number, contact_search
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_caller_is_known_by_number():
    maya = factories.make_contact()

    assert contact_by_number("+12025550142") == maya


@pytest.mark.parametrize("number", ["", "anonymous", "client:agent_1", "2025550142", "+1202555014"])
def test_nothing_else_makes_a_caller_known(number):
    factories.make_contact()

    assert contact_by_number(number) is None


def test_a_number_belongs_to_one_contact_in_whatever_form_it_is_written():
    factories.make_contact()
    other = ContactNumber(contact=factories.make_contact("Tom", "+12025550143"), number="(202) 555-0142")

    with pytest.raises(ValidationError, match="already exists"):
        other.full_clean()


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", ["Leïla", "Maya"]),
        ("may", ["Maya"]),
        ("interiors", ["Maya"]),
        ("555-0142", ["Maya"]),
        ("x", []),
        ("%", []),
        ("\x00", ["Leïla", "Maya"]),
    ],
)
def test_contacts_are_searched_by_name_company_and_number(ada, search, found):
    factories.make_contact("Maya", company="Okonkwo Interiors")
    factories.make_contact("Leïla", "+12025550144")
    client = Client()
    client.force_login(ada)

    answer = client.get("/api/v1/contacts/", {"search": search}, secure=True).json()

    assert [item["name"] for item in answer["results"]] == found


@pytest.mark.parametrize("search", ["020 7946 0018", "020 79", "+44 (0)20 7946 0018"])
def test_contacts_are_found_by_a_number_as_it_is_shown(ada, settings, search):
    settings.HOME_REGION = "GB"
    factories.make_contact("Maya", "+442079460018")
    factories.make_contact("Leïla", "+12025550144")

    assert [contact.name for contact in contact_search(search)] == ["Maya"]


def test_contacts_need_a_log_in():
    assert Client().get("/api/v1/contacts/", secure=True).status_code == 403
