"""Whom a file of contacts changes, from what to what: what people see before it is imported."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from hypothesis import assume, example, given
from hypothesis import strategies as st

from contacts import import_changes
from contacts.import_changes import FieldChange
from contacts.models import Contact, ContactField, ContactNumber, Group
from tests import factories

pytestmark = pytest.mark.django_db

URL = "/api/v1/contacts/imports/"


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(factories.make_agent("hedy", role="supervisor", is_staff=True, is_superuser=True))
    return client


def opened(client: Client, text: str, **headers: str) -> dict[str, Any]:
    file = SimpleUploadedFile("our.csv", text.encode())
    answer = client.post(URL, {"file": file}, secure=True, headers=headers)
    assert answer.status_code == 201, answer.content
    return answer.json()


def fields(change: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(each["name"], each["was"], each["becomes"]) for each in change["fields"]]


def test_a_wrong_number_shows_whom_it_renames(client):
    factories.make_contact("Maya", "+12025550142")

    preview = opened(client, "name,number,company\nEva,2025550144,\nTom,2025550142,Oak\n")

    assert preview["changes"] == [
        {
            "row": 3, "contact": "Maya", "number": "+12025550142", "display": "(202) 555-0142",
            "fields": [
                {"name": "name", "label": "Name", "was": "Maya", "becomes": "Tom"},
                {"name": "company", "label": "Company", "was": "", "becomes": "Oak"},
            ],
        },
    ]  # fmt: skip
    assert preview["changes_total"] == 1
    assert Contact.objects.get().name == "Maya"


def test_two_rows_of_one_contact_go_on_from_each_other(client):
    maya = factories.make_contact("Maya", "+12025550142")
    ContactNumber.objects.create(contact=maya, number="+12025550143", label="Home")

    preview = opened(client, "name,number,label\nMia,2025550142,\nMaja,2025550143,Office\n")

    shown = [(each["row"], each["contact"], fields(each)) for each in preview["changes"]]
    assert shown == [
        (2, "Maya", [("name", "Maya", "Mia")]),
        (3, "Maya", [("name", "Mia", "Maja"), ("label", "Home", "Office")]),
    ]
    client.post(f"{URL}{preview['id']}/confirm/", secure=True)
    assert Contact.objects.get().name == "Maja"


def test_an_extension_that_ends_texts_is_plain(client):
    factories.make_contact("Maya", "+12025550142")
    tom = factories.make_contact("Tom", "+12025550143")
    tom.numbers.update(extension="7")

    preview = opened(client, "name,number\nTom,2025550143 x12\nMaya,2025550142 x12\n")

    assert [(each["number"], each["display"], fields(each)) for each in preview["changes"]] == [
        ("+12025550143", "(202) 555-0143 ext. 7", [("extension", "7", "12")]),
        ("+12025550142", "(202) 555-0142", [("extension", "", "12")]),
    ]
    assert preview["changes"][0]["fields"][0]["label"] == "Extension"


def test_groups_are_named_that_a_contact_was_not_in(client):
    maya = factories.make_contact("Maya", "+12025550142")
    ContactNumber.objects.create(contact=maya, number="+12025550143")
    Group.objects.create(name="Old").members.add(maya)
    Group.objects.create(name="Trade")

    preview = opened(client, 'name,number,group\nMaya,2025550142,"Old, Trade"\nMaya,2025550143,Trade\n')

    assert [(each["row"], fields(each)) for each in preview["changes"]] == [(2, [("group", "", "Trade")])]


def test_own_fields_are_named_as_people_read_them(client):
    field = ContactField.objects.create(name="Customer no.", key="customer_no")
    factories.make_contact("Maya", "+12025550142", own={"customer_no": "TR-0"})

    preview = opened(client, "name,number,customer_no\nMaya,2025550142,TR-1\n")

    shown = {"name": "own.customer_no", "label": "Customer no.", "was": "TR-0", "becomes": "TR-1"}
    assert preview["changes"][0]["fields"] == [shown]
    field.delete()
    again = client.get(f"{URL}{preview['id']}/", secure=True).json()
    assert again["changes"][0]["fields"] == [shown | {"label": "own.customer_no"}]


def test_fields_are_named_in_the_language_of_whoever_asks(client):
    factories.make_contact("Maya", "+12025550142")

    with translation.override(None):
        preview = opened(client, "name,number\nMaya,2025550142 x12\n", accept_language="de")

    assert preview["changes"][0]["fields"][0]["label"] == "Durchwahl"


def test_a_number_that_nobody_has_makes_a_contact_and_changes_none(client):
    maya = factories.make_contact("Maya", "+12025550142", company="Oak", email="maya@example.com")

    rows = "Maya,Oak,maya@example.com,2025550143\nMaya,Oak,maya@example.com,2025550144\n"
    preview = opened(client, f"name,company,email,number\n{rows}")

    # The second row is another number of the contact that the first makes.
    assert (preview["created"], preview["updated"], preview["changes_total"], preview["changes"]) == (1, 1, 0, [])
    client.post(f"{URL}{preview['id']}/confirm/", secure=True)
    assert maya.numbers.get().number == "+12025550142"


def many(client: Client, count: int) -> str:
    contact = factories.make_contact("P", "+12025559999")
    ContactNumber.objects.bulk_create(
        ContactNumber(contact=contact, number=f"+1202555{number:04}") for number in range(count)
    )
    return "name,number,label\n" + "".join(f"P,+1202555{number:04},L{number}\n" for number in reversed(range(count)))


def test_of_more_than_a_hundred_the_first_are_shown_and_all_counted(client, django_assert_max_num_queries):
    text = many(client, 130)

    with django_assert_max_num_queries(20):
        preview = opened(client, text)

    assert (len(preview["changes"]), preview["changes_total"], preview["updated"]) == (100, 130, 130)
    assert [each["row"] for each in preview["changes"]] == list(range(2, 102))


@pytest.mark.parametrize("changed", [{"name": "Mia"}, {"company": "Elm"}])
def test_nothing_is_imported_when_something_else_is_lost_than_was_shown(client, changed):
    maya = factories.make_contact("Maya", "+12025550142", company="Oak")
    preview = opened(client, "name,number,company\nMaya Okonkwo,2025550142,Okonkwo\n")
    Contact.objects.filter(pk=maya.pk).update(**changed)

    answer = client.post(f"{URL}{preview['id']}/confirm/", secure=True)

    assert answer.status_code == 409
    maya.refresh_from_db()
    assert (maya.name, maya.company) == tuple(({"name": "Maya", "company": "Oak"} | changed).values())
    (change,) = client.get(f"{URL}{preview['id']}/", secure=True).json()["changes"]
    assert change["contact"] == maya.name
    assert fields(change) == [("name", maya.name, "Maya Okonkwo"), ("company", maya.company, "Okonkwo")]
    assert client.post(f"{URL}{preview['id']}/confirm/", secure=True).status_code == 200


def test_what_nobody_was_shown_may_change_meanwhile(client):
    maya = factories.make_contact("Maya", "+12025550142")
    preview = opened(client, "name,number,company\nMaya,2025550142,Okonkwo\n")
    Contact.objects.filter(pk=maya.pk).update(note="Rings at noon.")

    assert client.post(f"{URL}{preview['id']}/confirm/", secure=True).status_code == 200


class TestLongTexts:
    def test_the_beginning_is_shown(self):
        change = FieldChange.of("note", "x" * 201, "y" * 200)

        assert (change.was, change.becomes) == ("x" * 200 + "…", "y" * 200)

    def test_they_are_shown_where_they_differ(self):
        alike = "a" * 1000

        change = FieldChange.of("note", alike + "old" + "b" * 300, alike + "new")

        assert change.was == "…" + "a" * 40 + "old" + "b" * 157 + "…"
        assert change.becomes == "…" + "a" * 40 + "new"

    @pytest.mark.parametrize("whole", ["e\u0301", "👩\u200d🌾", "👍🏽", "🇩🇪", "न\u093f"])
    @pytest.mark.parametrize("before", range(190, 201))
    def test_characters_stay_whole(self, whole, before):
        change = FieldChange.of("note", "", "a" * before + whole * 40)

        rest = change.becomes.removesuffix("…").removeprefix("a" * before)
        assert rest == whole * (len(rest) // len(whole))

    @given(
        st.text(st.sampled_from("ab\u0301\u200d🇩🏽"), min_size=1, max_size=20),
        st.integers(min_value=0, max_value=600),
        st.text(max_size=250),
        st.text(max_size=250),
    )
    @example("a" + "\u0301" * 249, 499, "old", "new")
    @example("\u0301", 900, "", "\u0301")
    def test_what_differs_is_in_sight(self, unit, length, was, becomes):
        assume(was != becomes)
        alike = (unit * length)[:length]

        change = FieldChange.of("note", alike + was, alike + becomes)

        assert change.was != change.becomes
        longest = import_changes._LONGEST + 2
        assert len(change.was) <= longest
        assert len(change.becomes) <= longest


class TestAdmin:
    URL = "/admin/contacts/contact/import/"

    def page(self, client: Client, text: str) -> str:
        answer = client.post(self.URL, {"file": SimpleUploadedFile("our.csv", text.encode())}, secure=True)
        return answer.content.decode()

    def test_what_changes_is_a_table(self, client):
        factories.make_contact("<i>Maya", "+12025550142")

        page = self.page(client, "name,number\nTom & Eva,2025550142 x12\n")

        assert "<h2>What changes</h2>" in page
        assert '<td rowspan="2">2</td><td rowspan="2"><bdi>&lt;i&gt;Maya</bdi>' in page
        assert "<td><bdi>Name</bdi></td><td><bdi>&lt;i&gt;Maya</bdi></td><td><bdi>Tom &amp; Eva</bdi></td>" in page
        assert "<td><bdi>Extension</bdi></td><td><em>nothing</em></td><td><bdi>12</bdi></td>" in page
        assert "more row" not in page

    def test_it_says_how_many_more_there_are(self, client):
        page = self.page(client, many(client, 103))

        assert "And 3 more rows that change contacts." in page
        assert page.count("<td><bdi>Label</bdi></td>") == 100

    def test_where_nothing_changes_there_is_no_table(self, client):
        assert "What changes" not in self.page(client, "name,number\nTom,2025550142\n")
