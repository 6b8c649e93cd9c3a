"""Importing contacts, as CSV or JSON."""

from __future__ import annotations

import json
import time
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.models import Contact, ContactNumber
from tests import factories

pytestmark = pytest.mark.django_db

URL = "/api/v1/contacts/import/"


@pytest.fixture
def client(team) -> Client:
    client = Client()
    client.force_login(factories.make_agent("hedy", team=team, role="supervisor"))
    return client


def as_json(client: Client, rows: Any, query: str = ""):
    body = rows if isinstance(rows, (str, bytes)) else json.dumps(rows)
    return client.generic("POST", URL + query, body, "application/json", secure=True)


def as_csv(client: Client, text: str | bytes, query: str = ""):
    return client.generic("POST", URL + query, text, "text/csv", secure=True)


def counts(answer) -> tuple[int, int, int]:
    assert answer.status_code == 200, answer.content
    found = answer.json()
    return found["created"], found["updated"], found["skipped"]


def names() -> dict[str, str]:
    return {row.number: row.contact.name for row in ContactNumber.objects.select_related("contact")}


CSV = "name,company,number,label,note\nMaya,Okonkwo Interiors,(202) 555-0142,Office,Likes tea\nTom,,+442079460100,,\n"


def test_a_csv_file_makes_contacts(client):
    answer = as_csv(client, CSV)

    assert counts(answer) == (2, 0, 0)
    assert answer.json()["errors"] == []
    assert names() == {"+12025550142": "Maya", "+442079460100": "Tom"}
    maya = Contact.objects.get(name="Maya")
    assert (maya.company, maya.note, maya.numbers.get().label) == ("Okonkwo Interiors", "Likes tea", "Office")


def test_a_file_may_be_uploaded_as_a_form(client):
    answer = client.post(URL, {"file": SimpleUploadedFile("contacts.csv", CSV.encode())}, secure=True)

    assert counts(answer) == (2, 0, 0)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffName;Number\r\nMaya;2025550142\r\n",
        "NUMBER\tNAME\n2025550142\tMaya",
        'name,number\n\n"Maya",2025550142\n,\n',
    ],
)
def test_files_come_as_spreadsheets_write_them(client, text):
    assert counts(as_csv(client, text)) == (1, 0, 0)
    assert names() == {"+12025550142": "Maya"}


def test_the_same_import_twice_changes_nothing_more(client):
    as_csv(client, CSV)

    assert counts(as_csv(client, CSV)) == (0, 0, 2)


def test_a_known_number_changes_its_contact_as_far_as_the_row_says_something(client):
    maya = factories.make_contact("Maya", company="Okonkwo", note="Likes tea")

    answer = as_json(client, [{"name": "Maya O.", "number": "+12025550142", "company": "", "label": "Office"}])

    assert counts(answer) == (0, 1, 0)
    maya.refresh_from_db()
    assert (maya.name, maya.company, maya.note) == ("Maya O.", "Okonkwo", "Likes tea")
    assert maya.numbers.get().label == "Office"


def test_rows_of_one_person_make_one_contact_with_several_numbers(client):
    rows = [{"name": "Maya", "company": "O", "number": f"+1202555014{n}"} for n in range(3)]

    answer = as_json(client, [*rows, {"name": "Maya", "company": "Other", "number": "+12025550149"}])

    assert counts(answer) == (2, 2, 0)
    assert sorted(contact.numbers.count() for contact in Contact.objects.all()) == [1, 3]


def test_two_people_of_one_name_are_not_made_one(client):
    rows = [{"name": "John Smith", "number": f"+1202555014{n}"} for n in range(2)]
    known = [row | {"email": "j@example.com", "number": row["number"][:-1] + str(n + 5)} for n, row in enumerate(rows)]

    assert counts(as_json(client, [*rows, *known])) == (3, 1, 0)
    assert sorted(contact.numbers.count() for contact in Contact.objects.all()) == [1, 1, 2]


def test_rows_that_cannot_be_used_are_named_and_the_others_are_imported(client):
    answer = as_csv(
        client,
        "name,number,email\nMaya,2025550142,\n,2025550143,\nTom,12,\nEva,2025550144,nobody\n"
        "Ida,2025550142,\nKim,2025550145,kim@example.com,more\nLea,2025550146,lea@example.com\n",
    )

    assert counts(answer) == (2, 0, 0)
    assert answer.json()["errors"] == [
        {"row": 3, "detail": "name: This field may not be blank."},
        {"row": 4, "detail": "number: This number is too short for the United States."},
        {"row": 5, "detail": "email: Enter a valid email address."},
        {"row": 6, "detail": "Row 2 has this number already."},
        {"row": 7, "detail": "This row has more cells than the first row."},
    ]
    assert set(names().values()) == {"Maya", "Lea"}


def test_a_dry_run_says_the_same_and_writes_nothing(client):
    factories.make_contact("Maya", "+12025550142")
    rows = [
        {"name": "Maya O.", "number": "+12025550142"},
        {"name": "Tom", "number": "+12025550143"},
        {"name": "Eva", "number": "1"},
    ]

    rehearsed = as_json(client, rows, "?dry_run=true").json()

    assert names() == {"+12025550142": "Maya"}
    assert rehearsed == as_json(client, rows).json() | {"dry_run": True}
    assert names() == {"+12025550142": "Maya O.", "+12025550143": "Tom"}


def test_a_row_whose_number_was_added_meanwhile_fails_alone_and_wholly(client):
    save = ContactNumber.save

    def save_unless_taken(number: ContactNumber, *args: Any, **kwargs: Any) -> None:
        if number.number == "+12025550143":
            raise IntegrityError
        save(number, *args, **kwargs)

    rows = [{"name": name, "number": f"+1202555014{n}"} for n, name in enumerate(["Tom", "Maya", "Eva", "Kim", "Kim"])]
    with patch.object(ContactNumber, "save", autospec=True, side_effect=save_unless_taken):
        answer = as_json(client, rows)

    assert counts(answer) == (4, 0, 0)
    assert [error["row"] for error in answer.json()["errors"]] == [4]
    assert sorted(Contact.objects.values_list("name", flat=True)) == ["Eva", "Kim", "Maya", "Tom"]
    assert Contact.objects.get(name="Kim").numbers.get().number == "+12025550144"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Send a list of rows"),
        ("\n", "must name the columns"),
        ("name\nMaya\n", "missing: number"),
        ("name,number,shoe size\nMaya,2025550142,38\n", "shoe size"),
        ("name,number,name\n", "twice"),
        ('name,number\n"Maya,2025550142\n', "quotation mark"),
        ("name,number\nZoë,2025550142\n".encode("latin-1"), "UTF-8"),
        ("name,number\n" + "Maya,2025550142\n" * 5001, "more than 5,000 rows"),
    ],
)
def test_a_file_that_cannot_be_read_is_explained(client, text, words):
    answer = as_csv(client, text)

    assert answer.status_code == 400
    assert words in answer.content.decode()


@pytest.mark.parametrize("body", ["{}", "7", "null", "[" * 100_000, '{"file": "x"}'])
def test_json_that_is_no_list_is_explained(client, body):
    assert as_json(client, body).status_code == 400


def test_a_rehearsal_that_is_misspelt_is_no_import(client):
    assert as_csv(client, CSV, "?dry_run=yes").status_code == 400
    assert not Contact.objects.exists()


def test_a_form_without_a_file_is_explained(client):
    assert client.post(URL, {"other": "x"}, secure=True).status_code == 400


@pytest.mark.parametrize("kind", ["application/json", "text/csv", "multipart/form-data; boundary=x"])
def test_the_body_is_bounded(client, kind):
    answer = client.generic("POST", URL, b"[" + b" " * 4_200_000 + b"]", kind, secure=True)

    assert answer.status_code == 413


def test_five_thousand_rows_are_few_statements_each(client, django_assert_max_num_queries):
    rows = [{"name": f"Person {n}", "number": f"+1202{5550000 + n}"} for n in range(400)]

    with django_assert_max_num_queries(4 * 400 + 30):
        assert counts(as_json(client, rows)) == (400, 0, 0)


def test_an_agent_cannot_import(ada):
    client = Client()
    client.force_login(ada)

    assert as_csv(client, CSV).status_code == 403
    assert not Contact.objects.exists()


CELL = st.text(st.characters(codec="utf-8"), max_size=20)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.lists(CELL, max_size=8), max_size=5))
def test_whatever_a_file_holds_is_answered(client, lines):
    text = "name,number,company,email,note,label\n" + "\n".join(",".join(cells) for cells in lines)

    answer = as_csv(client, text.encode())

    assert answer.status_code in (200, 400), answer.content


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.none() | st.integers() | st.dictionaries(
            st.sampled_from(["name", "number", "email", "label", "\ud800"]),
            st.text(st.characters(), max_size=20) | st.integers() | st.lists(st.none(), max_size=1),
        ),
        max_size=4,
    )
)  # fmt: skip
def test_whatever_rows_hold_is_answered(client, rows):
    answer = as_json(client, rows)

    assert answer.status_code == 200, answer.content


def errors(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [f"{error['row']} {error['detail']}" for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    "text",
    [
        "name,number,,,\nMaya,2025550142,,,\n",
        "name;number;;\nMaya;2025550142;;\n",
        "sep=;\nname;number\nMaya;2025550142\n",
        '"sep=;"\r\nname;number\r\nMaya;2025550142\r\n',
        "\ufeffsep=\t\nname\tnumber\nMaya\t2025550142\n",
        "\nname,number\nMaya,2025550142\n",
        ";;\n\n;;\nname;number;\nMaya;2025550142;\n",
        "name,number\nMaya,'2025550142\n",
        "name,number\nMaya,'+12025550142\n",
        'name,number\nMaya,"=""2025550142"""\n',
        "name,,number\nMaya,,2025550142\n",
        "name,number\rMaya,2025550142\r",
        "name,number\nMaya,2025550142" + "\n" * 1000,
    ],
)
def test_what_spreadsheets_add_is_taken_away(client, text):
    answer = as_csv(client, text)

    assert (counts(answer), errors(answer)) == ((1, 0, 0), [])
    assert names() == {"+12025550142": "Maya"}


@pytest.mark.parametrize("written", ["+1 202 555 0142 x12", "(202) 555-0142;ext=12", '"2025550142,,12"'])
def test_an_extension_is_kept(client, written):
    assert counts(as_csv(client, f"name,number\nMaya,{written}\n")) == (1, 0, 0)

    number = ContactNumber.objects.get()
    assert (number.number, number.extension) == ("+12025550142", "12")
    assert counts(as_csv(client, f"name,number\nMaya,{written}\n")) == (0, 0, 1)
    assert counts(as_csv(client, "name,number\nMaya,2025550142 x13\n")) == (0, 1, 0)
    number.refresh_from_db()
    assert number.extension == "13"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("Maya,2025550142 / 2025550143", "2 number: These are two numbers. Write one."),
        ('Maya,"2025550142, 2025550143"', "2 number: These are two numbers. Write one."),
        ("Maya,12345678901234567890", "2 number: This number is too long."),
        ("Maya,2.02556E+11", "2 number: A spreadsheet has shortened this number to 2.02556E+11. Format the column as"
         " text, and write the number anew."),
        ('"Maya\nTom",2025550142', "2 name: This cell has a line break. Perhaps a quotation mark is missing."),
        ("Maya,2025550142,,lost", "2 “lost” stands in column 4, which has no name in the first row."),
        ("Maya,2025550142,,,lost,more", "2 This row has more cells than the first row."),
    ],
)  # fmt: skip
def test_nothing_is_lost_without_a_word(client, row, sentence):
    answer = as_csv(client, f"name,number,label,,note\n{row}\nTom,2025550150\n")

    assert errors(answer) == [sentence]
    assert names() == {"+12025550150": "Tom"}


@pytest.mark.parametrize("row", ['"Maya,2025550142', '"Maya" O,2025550142', 'Maya,"2025550142'])
def test_a_stray_quotation_mark_is_named_by_its_row(client, row):
    answer = as_csv(client, f"\nname,number\nTom,2025550150\n{row}\nEva,2025550151\n")

    assert answer.status_code == 400
    assert "Row 4: a quotation mark is missing or out of place." in answer.content.decode()
    assert names() == {}


def test_a_cell_that_is_too_long_is_not_called_a_stray_quotation_mark(client):
    answer = as_csv(client, f"name,number\n{'A' * 200_000},2025550142\n")

    assert answer.status_code == 400
    assert "Row 2: a cell is longer than 131,072 characters" in answer.content.decode()


def test_a_telephone_with_two_numbers_is_one_contact(client):
    as_csv(client, "name,number\nMaya,+5491123456789\n")
    as_csv(client, "name,number\nMaya Okonkwo,+541123456789\n")
    answer = as_csv(client, "name,number\nTom,+525512345678\nEva,+5491123456780\nIda,+541123456780\n")

    assert "Row 3 has this number already." in answer.content.decode()
    assert names() == {
        "+5491123456789": "Maya Okonkwo",
        "+525512345678": "Tom",
        "+5491123456780": "Eva",
    }


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 4_000_000,
        "name,number\n" + "\n" * 4_000_000 + "Maya,2025550142\n",
        "name,number\n" + ",\n" * 2_000_000,
        "," * 4_000_000,
        "a," * 2_000_000,
        "name,number\n" + "x,1\n" * 1_000_000,
        'name,number\n"' + "x\n" * 2_000_000,
    ],
    ids=["newlines", "newlines within", "empty cells", "commas", "columns", "rows", "a quotation mark"],
)
def test_a_large_file_of_nonsense_is_answered_at_once(client, text):
    began = time.process_time()

    answer = as_csv(client, text)

    assert answer.status_code == 400
    assert time.process_time() - began < 1
