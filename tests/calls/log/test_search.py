"""Searching people and calls as people type, on every database."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.test import Client

from calls.log import search
from calls.models import Call
from contacts.models import Contact
from tests import factories
from tests.calls.test_webhooks_incoming import INCOMING, STATUS
from tests.contacts.test_contact_import import as_json
from tests.twilio import incoming, root_status, sid

pytestmark = pytest.mark.django_db

TYPED = [
    ("Мария Петрова", "мария"), ("Мария Петрова", "ПЕТРОВА"), ("Leïla", "leila"), ("Leïla", "LEÏLA"),
    ("Lei\u0308la", "leïla"), ("Leïla", "lei\u0308la"), ("Nguyễn", "nguyen"), ("Straße", "STRASSE"),
]  # fmt: skip


@pytest.fixture
def boss(team) -> Client:
    client = Client()
    client.force_login(factories.make_agent("boss", team=team, is_staff=True, is_superuser=True))
    return client


def found(client: Client, search: str) -> list[str]:
    answer = client.get("/api/v1/calls/", {"search": search}, secure=True)
    return [call["sid"] for call in answer.json()["results"]]


@pytest.mark.parametrize(("name", "typed"), TYPED)
def test_a_contact_is_found_over_rest_and_in_admin(boss, name, typed):
    factories.make_contact(name)
    factories.make_contact("Tom", "+12025550143", company=name)
    factories.make_contact("Somebody else", "+12025550144")

    answer = boss.get("/api/v1/contacts/", {"search": typed}, secure=True).json()
    page = boss.get("/admin/contacts/contact/", {"q": typed}, secure=True)

    assert sorted(item["name"] for item in answer["results"]) == sorted([name, "Tom"])
    assert {contact.name for contact in page.context["cl"].queryset} == {name, "Tom"}


@pytest.mark.parametrize(("name", "typed"), TYPED)
@pytest.mark.parametrize("window", [search.WINDOW, 0])
def test_a_call_is_found_by_its_contact_however_far_back(boss, line, monkeypatch, window, name, typed):
    monkeypatch.setattr(search, "WINDOW", window)
    factories.make_call(1, line=line, contact=factories.make_contact(name))
    factories.make_call(2, line=line)

    assert found(boss, typed) == [sid("CA", 1)]


@pytest.mark.parametrize(("name", "typed"), TYPED)
def test_a_call_is_found_by_the_name_that_was_sent_and_by_its_note(twilio, boss, line, ada, name, typed):
    twilio.webhook(INCOMING, incoming(CallerName=name))
    twilio.webhook(STATUS, root_status("completed") | {"CallSid": sid("CA", 2), "CallerName": name})
    factories.make_call(3, line=line, agent=ada)
    client = Client()
    client.force_login(ada)
    client.patch(
        f"/api/v1/calls/{sid('CA', 3)}/", {"note": f"Asked for {name}."}, content_type="application/json", secure=True
    )
    factories.make_call(4, line=line)
    page = boss.get("/admin/calls/call/", {"q": typed}, secure=True)

    assert sorted(found(boss, typed)) == [sid("CA", number) for number in (1, 2, 3)]
    assert sorted(call.sid for call in page.context["cl"].queryset) == [sid("CA", number) for number in (1, 2, 3)]


def test_a_note_that_is_changed_is_found_by_its_new_words_only(boss, line):
    factories.make_call(1, line=line, note="Über Größen")
    url = f"/api/v1/calls/{sid('CA', 1)}/"

    boss.patch(url, {"outcome": "spam"}, content_type="application/json", secure=True)
    assert found(boss, "grossen") == [sid("CA", 1)]
    boss.patch(url, {"note": "Élan"}, content_type="application/json", secure=True)

    assert (found(boss, "grossen"), found(boss, "elan")) == ([], [sid("CA", 1)])


def test_a_contact_that_is_changed_is_found_by_its_new_name_only(boss):
    zoe = factories.make_contact("Zoë")
    body = {"name": "Søren", "company": "Ærø"}

    boss.patch(f"/api/v1/contacts/{zoe.pk}/", body, content_type="application/json", secure=True)
    as_json(boss, [{"name": "Søren", "number": "+12025550142", "company": "Ålborg"}])

    def names(typed: str) -> list[str]:
        answer = boss.get("/api/v1/contacts/", {"search": typed}, secure=True)
        return [item["name"] for item in answer.json()["results"]]

    assert {typed: names(typed) for typed in ("zoe", "soren", "ærø", "alborg")} == {
        "zoe": [],
        "soren": ["Søren"],
        "ærø": [],
        "alborg": ["Søren"],
    }


def test_what_was_there_before_is_found_as_well(boss, line):
    """The migrations' fill."""
    factories.make_contact("Мария")
    factories.make_call(1, line=line, caller_name="LEÏLA", caller="sip:+12025550142@carrier.example")
    factories.make_call(2, line=line, note="Größe", caller="sip:anonymous@anonymous.invalid", called="12025550100")
    factories.make_call(3, line=line, caller="client:agent_1", called="CALL ME")
    Contact.objects.update(searched="")
    Call.objects.update(searched_name="", searched_note="")

    importlib.import_module("contacts.migrations.0002_searched").fill(apps, None)
    importlib.import_module("calls.migrations.0008_searched").fill(apps, None)

    assert Contact.objects.get(searched="мария").name == "Мария"
    assert list(Call.objects.order_by("sid").values_list("caller", "called", "searched_name", "searched_note")) == [
        ("+12025550142", "+12025550100", "leila", ""),
        ("anonymous", "+12025550100", "", "grosse"),
        ("client:agent_1", "CALL ME", "", ""),
    ]
