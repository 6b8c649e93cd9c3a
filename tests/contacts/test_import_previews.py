"""A file of contacts that is looked at before it is imported, at the desk and by programs."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contacts.models import Contact, ContactField, ContactNumber, Group
from tests import factories

pytestmark = pytest.mark.django_db

URL = "/api/v1/contacts/imports/"
CSV = "Full name;Phone;Firma;Customer no.;Shoe size\nMaya;2025550142;Okonkwo;TR-1;44\nTom;12;;;\n=Eva;2025550144;;;\n"


@pytest.fixture
def client() -> Client:
    ContactField.objects.create(name="Customer no.", key="customer_no")
    return _signed_in("hedy", role="supervisor")


def _signed_in(name: str, **values: Any) -> Client:
    client = Client()
    client.force_login(factories.make_agent(name, **values))
    return client


def opened(client: Client, text: str = CSV) -> dict[str, Any]:
    answer = client.post(URL, {"file": SimpleUploadedFile("our.csv", text.encode())}, secure=True)
    assert answer.status_code == 201, answer.content
    return answer.json()


def send(client: Client, preview: dict[str, Any], rest: str = "", body: Any = None, method: str = "POST"):
    path = f"{URL}{preview['id']}/{rest}"
    return client.generic(method, path, json.dumps(body or {}), "application/json", secure=True)


def test_columns_are_guessed_and_nothing_is_imported_yet(client):
    preview = opened(client)

    guessed = [(column["header"], column["target"]) for column in preview["columns"]]
    assert guessed == [
        ("Full name", "name"), ("Phone", "number"), ("Firma", "company"),
        ("Customer no.", "own.customer_no"), ("Shoe size", ""),
    ]  # fmt: skip
    assert (preview["created"], preview["problem"]) == (2, "")
    assert [(error["row"], error["detail"]) for error in preview["errors"]] == [
        (3, "number: This number is too short for the United States.")
    ]
    assert not Contact.objects.exists()


def test_it_is_imported_when_it_is_confirmed_and_only_once(client):
    trade = Group.objects.create(name="Trade")
    preview = opened(client)
    send(client, preview, body={"groups": [trade.pk]}, method="PATCH")

    assert send(client, preview, "confirm/").json()["created"] == 2
    assert send(client, preview, "confirm/").status_code == 404

    maya = Contact.objects.get(name="Maya")
    assert (maya.company, maya.own) == ("Okonkwo", {"customer_no": "TR-1"})
    assert trade.members.count() == 2


def test_columns_are_chosen_and_what_is_missing_is_said(client):
    preview = opened(client, "A,B\nMaya,2025550142\n")
    assert preview["problem"] == "Choose which column is: name, number."
    assert send(client, preview, "confirm/").status_code == 409

    chosen = send(client, preview, body={"columns": ["name", "number"]}, method="PATCH").json()
    assert (chosen["problem"], chosen["created"]) == ("", 1)

    twice = send(client, preview, body={"columns": ["name", "name"]}, method="PATCH").json()
    assert twice["problem"] == "Two columns are taken for name. Choose one."


def test_groups_that_stand_in_the_file_are_picked_and_unknown_ones_named(client):
    trade = Group.objects.create(name="Trade customers")
    text = "name,number,group\nMaya,2025550142,trade customers\nTom,2025550143,Nobody\n"

    preview = opened(client, text)

    assert [error["detail"] for error in preview["errors"]] == ["group: There is no group “Nobody”."]
    send(client, preview, "confirm/")
    assert [contact.name for contact in trade.members.all()] == ["Maya"]


def test_a_known_contact_is_picked_and_keeps_what_the_file_does_not_say(client):
    maya = factories.make_contact("Maya", "+12025550142", company="Okonkwo", own={"customer_no": "TR-0", "old": "x"})
    trade = Group.objects.create(name="Trade")
    preview = opened(client, "name,number,customer_no\nMaya,2025550142,TR-1\n")
    chosen = send(client, preview, body={"groups": [trade.pk]}, method="PATCH").json()
    assert (chosen["created"], chosen["updated"]) == (0, 1)

    send(client, preview, "confirm/")

    maya.refresh_from_db()
    assert (maya.company, maya.own) == ("Okonkwo", {"customer_no": "TR-1", "old": "x"})
    assert maya.groups.get() == trade
    again = opened(client, "name,number,customer_no\nMaya,2025550142,TR-1\n")
    assert (again["updated"], again["skipped"]) == (0, 1)


def test_bad_rows_are_a_file_with_their_reasons_in_which_no_formula_runs(client):
    preview = opened(client, "name,number\n=1+1,12\n")

    answer = client.get(f"{URL}{preview['id']}/errors/", secure=True)

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows == [
        ["Row", "Why", "name", "number"],
        ["2", "number: This number is too short for the United States.", "'=1+1", "12"],
    ]


def test_when_contacts_changed_meanwhile_nothing_is_imported(client):
    preview = opened(client)
    factories.make_contact("Somebody", "+12025550142")

    answer = send(client, preview, "confirm/")

    assert answer.status_code == 409
    assert [contact.name for contact in Contact.objects.all()] == ["Somebody"]
    assert client.get(f"{URL}{preview['id']}/", secure=True).json()["updated"] == 1


def test_a_file_is_seen_by_whoever_sent_it_alone(client):
    preview = opened(client)
    other = _signed_in("other", role="supervisor")

    assert other.get(f"{URL}{preview['id']}/", secure=True).status_code == 404
    assert send(other, preview, "confirm/").status_code == 404


@pytest.mark.parametrize("text", ["", "\n\n", "\x00", '"name'])
def test_a_file_that_cannot_be_read_is_refused_in_words(client, text):
    answer = client.post(URL, text, content_type="text/csv", secure=True)

    assert (answer.status_code, answer.json()["code"]) == (400, "validation")


def test_what_is_exported_can_be_imported_again(client):
    maya = factories.make_contact("=Maya", "+12025550142", company="+Co", own={"customer_no": "-1"})
    ContactNumber.objects.create(contact=maya, number="+12025550143", label="@Home")
    Group.objects.create(name="Trade").members.add(maya)
    staff = _signed_in("boss", is_staff=True, is_superuser=True)

    answer = staff.get("/admin/contacts/contact/export/", secure=True)
    text = b"".join(answer.streaming_content).decode()

    assert "'=Maya" in text
    assert "'+12025550142" in text
    preview = opened(client, text)
    assert (preview["errors"], preview["created"], preview["updated"], preview["skipped"]) == ([], 0, 0, 2)


def test_only_what_the_list_shows_is_exported():
    factories.make_contact("Maya", "+12025550142")
    factories.make_contact("Tom", "+12025550143")
    staff = _signed_in("boss", is_staff=True, is_superuser=True)

    answer = staff.get("/admin/contacts/contact/export/?q=tom", secure=True)

    assert [line.split(",")[0] for line in b"".join(answer.streaming_content).decode().split("\r\n")[1:]] == ["Tom", ""]
