"""Adding, changing and removing contacts over REST."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.models import Agent
from calls.models import Call
from contacts.models import Contact, ContactField, ContactNumber, Group
from tests import factories

pytestmark = pytest.mark.django_db

URL = "/api/v1/contacts/"


def signed_in(agent: Agent) -> Client:
    client = Client()
    client.force_login(agent)
    return client


@pytest.fixture
def client(ada: Agent) -> Client:
    return signed_in(ada)


@pytest.fixture
def supervisor(team) -> Client:
    return signed_in(factories.make_agent("hedy", team=team, role="supervisor"))


def send(client: Client, method: str, path: str, body: Any = None, **headers: str):
    data = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return client.generic(method, path, data, "application/json", secure=True, headers=headers)


def test_a_contact_is_added_with_numbers_in_whatever_form_they_are_written(client):
    body = {"name": "Tom Reed", "company": "Reed & Sons", "email": "tom@reed.example", "note": "Likes mornings."}

    answer = send(client, "POST", URL, body | {"numbers": [{"number": "(202) 555-0143", "label": "Office"}]})

    assert answer.status_code == 201, answer.content
    found = answer.json()
    assert body.items() <= found.items()
    assert found["numbers"] == [
        {
            "number": "+12025550143", "extension": "", "display": "(202) 555-0143", "label": "Office",
            "line_type": "", "region": "US",
        }
    ]  # fmt: skip
    assert answer["ETag"] == client.get(f"{URL}{found['id']}/", secure=True)["ETag"]


def test_a_number_that_somebody_has_is_refused_with_the_name_of_who_has_it(client):
    maya = factories.make_contact("Maya Okonkwo", "+12025550142")

    answer = send(client, "POST", URL, {"name": "Tom", "numbers": [{"number": "202 555 0142"}]})

    assert answer.status_code == 409
    assert answer.json()["detail"] == f"(202) 555-0142 belongs to Maya Okonkwo (contact {maya.pk}) already."
    assert list(Contact.objects.values_list("name", flat=True)) == ["Maya Okonkwo"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "Tom\x00"}, "name"),
        ({"name": "Tom", "email": "nobody"}, "email"),
        ({"name": "Tom", "note": "x" * 5001}, "note"),
        ({"name": "Tom", "nmae": "Tom"}, "nmae"),
        ({"name": "Tom", "numbers": [{"number": "12"}]}, "numbers"),
        ({"name": "Tom", "numbers": [{"number": "maya"}]}, "numbers"),
        ({"name": "Tom", "numbers": [{}]}, "numbers"),
        ({"name": "Tom", "numbers": "+12025550142"}, "numbers"),
        ({"name": "Tom", "numbers": [{"number": "+12025550142"}, {"number": "(202) 555-0142"}]}, "numbers"),
        ({"name": "Tom", "numbers": [{"number": f"+1202555{n:04}"} for n in range(101)]}, "numbers"),
    ],
)
def test_what_is_wrong_is_said_by_field_and_nothing_is_kept(client, body, field):
    answer = send(client, "POST", URL, body)

    assert answer.status_code == 400
    assert field in answer.content.decode()
    assert not Contact.objects.exists()


def test_a_change_leaves_the_rest_as_it_is(client):
    maya = factories.make_contact(company="Okonkwo Interiors")

    answer = send(client, "PATCH", f"{URL}{maya.pk}/", {"note": "Prefers e-mail."})

    assert answer.status_code == 200
    found = answer.json()
    assert (found["name"], found["company"], found["note"]) == ("Maya Okonkwo", "Okonkwo Interiors", "Prefers e-mail.")
    assert [item["number"] for item in found["numbers"]] == ["+12025550142"]


def test_numbers_are_replaced_all_together(client):
    maya = factories.make_contact()
    ContactNumber.objects.create(contact=maya, number="+12025550150")
    numbers = [{"number": "+12025550150", "label": "Mobile"}, {"number": "+12025550151"}]

    answer = send(client, "PATCH", f"{URL}{maya.pk}/", {"numbers": numbers})

    assert [(item["number"], item["label"]) for item in answer.json()["numbers"]] == [
        ("+12025550150", "Mobile"),
        ("+12025550151", ""),
    ]


def test_a_contact_can_be_sent_back_as_it_was_answered(client):
    maya = factories.make_contact(owner=Agent.objects.get())
    ContactField.objects.create(name="Customer no.", key="customer_no")
    maya.own = {"customer_no": "TR-20418"}
    maya.save()
    Group.objects.create(name="Trade").members.add(maya)
    Group.objects.create(
        name="Interiors", rule={"match": "all", "conditions": [{"field": "owner", "is": "filled", "value": ""}]}
    )
    read = client.get(f"{URL}{maya.pk}/", secure=True).json()

    answer = send(client, "PATCH", f"{URL}{maya.pk}/", read).json()

    assert answer | {"updated_at": None} == read | {"updated_at": None}
    assert [(group["name"], group["by_rule"]) for group in read["groups"]] == [("Interiors", True), ("Trade", False)]


def test_a_number_cannot_be_taken_from_somebody_else(client):
    factories.make_contact()
    tom = factories.make_contact("Tom", "+12025550143")

    answer = send(client, "PATCH", f"{URL}{tom.pk}/", {"name": "Thomas", "numbers": [{"number": "+12025550142"}]})

    assert answer.status_code == 409
    tom.refresh_from_db()
    assert (tom.name, tom.numbers.get().number) == ("Tom", "+12025550143")


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_who_was_slower_than_somebody_else_is_told_and_changes_nothing(client, supervisor, method):
    maya = factories.make_contact()
    url = f"{URL}{maya.pk}/"
    etag = client.get(url, secure=True)["ETag"]
    send(client, "PATCH", url, {"numbers": []})

    answer = send(supervisor, method, url, {"name": "Mia"}, **{"If-Match": etag})

    assert answer.status_code == 412
    assert Contact.objects.get().name == "Maya Okonkwo"


@pytest.mark.parametrize("sent", ["{etag}", "*", '"other", {etag}'])
def test_who_has_read_the_newest_may_change_it(client, sent):
    maya = factories.make_contact()
    url = f"{URL}{maya.pk}/"
    etag = client.get(url, secure=True)["ETag"]

    answer = send(client, "PATCH", url, {"name": "Mia"}, **{"If-Match": sent.format(etag=etag)})

    assert (answer.status_code, answer.json()["name"]) == (200, "Mia")
    assert answer["ETag"] != etag


def test_supervisors_and_admins_remove_contacts_and_the_calls_stay(supervisor, line):
    maya = factories.make_contact()
    factories.make_call(1, line=line, contact=maya)

    assert send(supervisor, "DELETE", f"{URL}{maya.pk}/").status_code == 204
    assert not Contact.objects.exists()
    assert Call.objects.get().contact is None


def test_an_agent_cannot_remove_a_contact(client):
    maya = factories.make_contact()

    answer = send(client, "DELETE", f"{URL}{maya.pk}/")

    assert (answer.status_code, answer.json()["detail"]) == (403, "Only supervisors and admins can do this.")
    assert Contact.objects.exists()


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("pk", ["0", "4711", "9" * 30])
def test_a_contact_that_is_not_there_is_not_found(supervisor, method, pk):
    assert send(supervisor, method, f"{URL}{pk}/", {"name": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"), [("POST", ""), ("GET", "1/"), ("PATCH", "1/"), ("DELETE", "1/"), ("POST", "import/")]
)
def test_contacts_need_a_log_in(db, method, path):
    assert send(Client(), method, f"{URL}{path}", {}).status_code in (401, 403)


@pytest.mark.parametrize("body", ["", "{", "[" * 100_000, b"\xff", '{"name": NaN}', "null", "[]", "7"])
def test_what_is_not_a_contact_at_all_is_refused(client, body):
    assert send(client, "POST", URL, body).status_code == 400


def test_a_body_is_bounded(client):
    assert send(client, "POST", URL, {"name": "x" * 1_100_000}).status_code == 413


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters()),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = st.sampled_from(["name", "company", "email", "note", "numbers", "id", "\ud800"])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(FIELDS, ANYTHING) | ANYTHING)
def test_whatever_is_sent_is_answered(client, body):
    answer = send(client, "POST", URL, body)

    assert answer.status_code in (201, 400, 409), answer.content


@pytest.mark.parametrize("name", ["\u200b", "\u202e", " \u2060 "])
def test_a_name_that_nobody_can_see_is_none(client, name):
    answer = send(client, "POST", URL, {"name": name, "numbers": [{"number": "+12025550142"}]})

    assert answer.status_code == 400
    assert not Contact.objects.exists()


@pytest.mark.parametrize(("one", "other"), [("+5491123456789", "+541123456789"), ("+541123456789", "+5491123456789")])
def test_a_telephone_with_two_numbers_belongs_to_one_contact(client, one, other):
    first = send(client, "POST", URL, {"name": "Maya", "numbers": [{"number": one}]})
    second = send(client, "POST", URL, {"name": "Tom", "numbers": [{"number": other}]})

    assert (first.status_code, second.status_code) == (201, 409)
    assert "Maya" in second.content.decode()
