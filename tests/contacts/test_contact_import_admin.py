"""Importing contacts in Django admin."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from contacts.models import Contact, ContactNumber
from tests import factories

pytestmark = pytest.mark.django_db

URL = "/admin/contacts/contact/import/"
CSV = (
    "name,company,number,note\nMaya O.,Okonkwo,2025550142,\nTom,Oak,2025550143 x12,Likes tea\n"
    "Tom,Oak,2025550144,\nEva,,12,\nIda,,2025550143,\n"
)


@pytest.fixture
def client(db) -> Client:
    client = Client()
    client.force_login(factories.make_agent("boss", is_staff=True, is_superuser=True))
    return client


def upload(client: Client, text: str | bytes = CSV) -> HttpResponse:
    data = text if isinstance(text, bytes) else text.encode()
    return client.post(URL, {"file": SimpleUploadedFile("our contacts.csv", data)}, secure=True)


def confirm(client: Client, page: HttpResponse) -> HttpResponse:
    return client.post(URL, {"token": page.context["token"]}, secure=True, follow=True)


def names() -> dict[str, str]:
    return {str(row): row.contact.name for row in ContactNumber.objects.select_related("contact")}


def test_a_file_is_looked_at_first_and_imported_when_that_is_confirmed(client):
    maya = factories.make_contact("Maya")
    assert URL in client.get("/admin/contacts/contact/", secure=True).content.decode()
    assert client.get(URL, secure=True).status_code == 200

    page = upload(client)

    text = page.content.decode()
    assert "1 new, 2 changed" in text
    assert "This number is too short for the United States." in text
    assert "Row 3 has this number already." in text
    assert names() == {"+12025550142": "Maya"}

    done = confirm(client, page)

    assert "Imported our_contacts.csv: 1 added, 2 changed." in done.content.decode()
    assert names() == {"+12025550142": "Maya O.", "+12025550143;ext=12": "Tom", "+12025550144": "Tom"}
    maya.refresh_from_db()
    assert (maya.company, maya.searched) == ("Okonkwo", "maya o.\nokonkwo")
    assert Contact.objects.get(name="Tom").note == "Likes tea"


def test_what_was_imported_is_not_imported_again(client):
    page = upload(client)
    confirm(client, page)

    again = confirm(client, page)

    assert "Look at the list whether it was imported already" in again.content.decode()
    assert Contact.objects.count() == 2


def test_nothing_is_imported_when_contacts_have_changed_meanwhile(client):
    page = upload(client)
    factories.make_contact("Somebody", "+12025550144")

    again = confirm(client, page)

    assert "Nothing was imported." in again.content.decode()
    assert names() == {"+12025550144": "Somebody"}
    confirm(client, again)
    assert names() == {"+12025550142": "Maya O.", "+12025550143;ext=12": "Tom", "+12025550144": "Tom"}


def test_nothing_is_half_imported(client, monkeypatch):
    page = upload(client)

    def fail(*args, **kwargs):
        raise RuntimeError("the database is away")

    monkeypatch.setattr(ContactNumber.objects, "bulk_create", fail)
    with pytest.raises(RuntimeError):
        confirm(client, page)

    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The submitted file is empty."),
        ("name\nMaya\n", "Choose which column is: number"),
        ('name,number\n"Maya,1\n', "Row 2: a quotation mark is missing"),
        ("x" * 4_200_000, "Import at most 4 MB at a time."),
        ("name,number\nZoë,1\n".encode("latin-1"), "UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_explained(client, text, words):
    assert words in upload(client, text).content.decode()


@pytest.mark.parametrize("group", ["9" * 30, "9" * 5000])
def test_a_group_that_there_cannot_be_counts_for_nothing(client, group):
    page = upload(client)
    answer = client.post(URL, {"token": page.context["token"], "choose": "1", "group": group}, secure=True)

    assert (answer.status_code, answer.context["preview"].groups) == (200, [])


def test_texts_of_a_file_are_texts_on_the_page(client):
    page = upload(client, 'name,number\n<script>x</script>,2025550142\n<b>Tom</b>,1\n"<i>",2025550143,,<u>\n')

    assert not [tag for tag in ("<script>x", "<b>", "<i>", "<u>") if tag in page.content.decode()]


def test_a_thousand_rows_are_few_statements(client, django_assert_max_num_queries):
    page = upload(client, "name,number\n" + "".join(f"P{n},+1202555{n:04}\n" for n in range(1000)))

    with django_assert_max_num_queries(60):
        assert "1000 added, 0 changed." in confirm(client, page).content.decode()


def test_somebody_elses_file_cannot_be_imported(client):
    page = upload(client)
    other = Client()
    other.force_login(factories.make_agent("other", is_staff=True, is_superuser=True))

    confirm(other, page)

    assert not Contact.objects.exists()


@pytest.mark.parametrize("permission", ["add_contact", "change_contact", "view_contact"])
def test_who_may_not_add_and_change_contacts_may_not_import(permission):
    clerk = factories.make_agent("clerk", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename=permission))
    client = Client()
    client.force_login(clerk)

    assert client.get(URL, secure=True).status_code == 403
    assert upload(client).status_code == 403
    assert "Import from CSV" not in client.get("/admin/contacts/contact/", secure=True).content.decode()
