"""Two who give one number to two contacts at the same time: the slower one is told, and nothing is done by half."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, connections
from django.test import Client

from contacts import import_services, services
from contacts.models import Contact, ContactNumber
from tests import factories

URL = "/api/v1/contacts/"
IMPORT = "/api/v1/contacts/import/"
ADMIN = "/admin/contacts/contact/import/"
MEANWHILE = "Somebody else changed this contact meanwhile. Import this row again."


class Deadlock(Exception):
    sqlstate = "40P01"


class Gone(Exception):
    sqlstate = "57P01"


def failure(cause: Exception) -> OperationalError:
    error = OperationalError("away")
    error.__cause__ = cause
    return error


@pytest.fixture
def client(team) -> Client:
    return signed_in()


def signed_in() -> Client:
    client = Client()
    client.force_login(factories.make_agent("hedy", role="supervisor", is_staff=True, is_superuser=True))
    return client


def post(client: Client, path: str, body: Any):
    return client.post(path, json.dumps(body), "application/json", secure=True)


def rows(*endings: int) -> list[dict[str, str]]:
    return [{"name": f"Import {n}", "number": f"+1202555{n:04d}"} for n in endings]


def names() -> dict[str, str]:
    return {row.number: row.contact.name for row in ContactNumber.objects.select_related("contact")}


@pytest.mark.django_db
class TestOneConnection:
    def test_a_row_whose_number_was_given_away_after_it_was_looked_up_is_named_and_the_others_are_imported(
        self, client
    ):
        known = import_services.numbers_known

        def known_a_moment_ago(numbers):
            found = known(numbers)
            post(client, URL, {"name": "Quick", "numbers": [{"number": "+12025550143"}]})
            return found

        with patch.object(import_services, "numbers_known", autospec=True, side_effect=known_a_moment_ago):
            answer = post(client, IMPORT, rows(142, 143, 144))

        assert answer.status_code == 200
        assert answer.json()["errors"] == [{"row": 2, "detail": MEANWHILE}]
        assert names() == {"+12025550142": "Import 142", "+12025550143": "Quick", "+12025550144": "Import 144"}
        assert Contact.objects.count() == 3

    @pytest.mark.parametrize("whole", [False, True])
    def test_what_somebody_else_changes_meanwhile_stays(self, monkeypatch, whole):
        maya = factories.make_contact("Maya", "+12025550142", company="Okonkwo", own={"size": "8"})
        said = {"number": "+12025550142", "name": "Maya Okonkwo", "email": "maya@example.com", "label": "Office"}
        good = [(1, {**said, "own": {"colour": "blue"}})]
        plan = import_services.contacts_import(rows=good, errors=[], dry_run=True).plan
        known = import_services.numbers_known

        def known_a_moment_ago(numbers):
            found = known(numbers)
            edited = {"company": "Edited Ltd", "note": "Edited", "own": {"size": "9"}, "language": "de"}
            Contact.objects.filter(pk=maya.pk).update(**edited)
            ContactNumber.objects.update(extension="12")
            return found

        monkeypatch.setattr(import_services, "numbers_known", known_a_moment_ago)

        if whole:
            result = import_services.contacts_import_whole(rows=good, expected=plan)
        else:
            result = import_services.contacts_import(rows=good, errors=[], dry_run=False)

        assert (result.updated, result.errors) == (1, [])
        version = maya.updated_at
        maya.refresh_from_db()
        assert (maya.name, maya.email) == ("Maya Okonkwo", "maya@example.com")
        assert (maya.company, maya.note, maya.language) == ("Edited Ltd", "Edited", "de")
        assert maya.own == {"size": "9", "colour": "blue"}
        assert "edited ltd" in maya.searched
        assert maya.updated_at > version
        number = maya.numbers.get()
        assert (number.label, number.extension) == ("Office", "12")

    @pytest.mark.parametrize("whole", [False, True])
    def test_a_contact_that_is_deleted_meanwhile_is_not_brought_back(self, monkeypatch, whole):
        maya = factories.make_contact("Maya", "+12025550142")
        good = [(1, {"number": "+12025550142", "name": "Maya Okonkwo"})]
        plan = import_services.contacts_import(rows=good, errors=[], dry_run=True).plan
        known = import_services.numbers_known

        def known_a_moment_ago(numbers):
            found = known(numbers)
            Contact.objects.filter(pk=maya.pk).delete()
            return found

        monkeypatch.setattr(import_services, "numbers_known", known_a_moment_ago)

        if whole:
            with pytest.raises(import_services.ChangedMeanwhile):
                import_services.contacts_import_whole(rows=good, expected=plan)
        else:
            result = import_services.contacts_import(rows=good, errors=[], dry_run=False)
            assert [error.detail for error in result.errors] == [MEANWHILE]

    def test_the_same_upload_twice_at_once_is_imported_once(self, client):
        known, again = import_services.numbers_known, []

        def sent_again(numbers):
            if not again:
                again.append(None)
                again[0] = post(client, IMPORT, rows(142, 143))
            return known(numbers)

        with patch.object(import_services, "numbers_known", autospec=True, side_effect=sent_again):
            answer = post(client, IMPORT, rows(142, 143))

        assert (answer.status_code, answer.json()["created"]) == (200, 2)
        assert (again[0].status_code, again[0].json()["type"].rpartition("/")[2]) == (409, "conflict")
        assert again[0].json()["detail"] == "The very same rows are being imported just now. Nothing was done."
        assert Contact.objects.count() == 2
        later = post(client, IMPORT, rows(142, 143)).json()
        assert (later["created"], later["skipped"]) == (0, 2), "when that is over it may be sent again"

    def test_an_import_that_fails_keeps_nobody_from_trying_again(self, client):
        with (
            patch.object(import_services, "numbers_known", autospec=True, side_effect=failure(Gone())),
            pytest.raises(OperationalError),
        ):
            post(client, IMPORT, rows(142))

        assert post(client, IMPORT, rows(142)).json()["created"] == 1

    def test_a_row_whose_number_was_taken_away_meanwhile_is_named(self, client):
        maya = factories.make_contact("Maya", "+12025550142")
        known = import_services.numbers_known

        def known_a_moment_ago(numbers):
            found = known(numbers)
            maya.numbers.all().delete()
            return found

        with patch.object(import_services, "numbers_known", autospec=True, side_effect=known_a_moment_ago):
            answer = post(client, IMPORT, [{"name": "Maya", "number": "+12025550142", "label": "Office"}])

        assert (answer.status_code, answer.json()["updated"]) == (200, 0)
        assert answer.json()["errors"] == [{"row": 1, "detail": MEANWHILE}]

    def test_a_row_that_lost_a_deadlock_is_named_and_the_others_are_imported(self, client):
        write = import_services._write

        def write_unless(step):
            if step.row == 2:
                raise failure(Deadlock())
            write(step)

        with patch.object(import_services, "_write", autospec=True, side_effect=write_unless):
            answer = post(client, IMPORT, rows(142, 143, 144))

        assert answer.json()["errors"] == [{"row": 2, "detail": MEANWHILE}]
        assert set(names()) == {"+12025550142", "+12025550144"}

    def test_an_import_that_is_to_be_done_wholly_and_lost_a_deadlock_is_shown_again(self, client):
        file = SimpleUploadedFile("contacts.csv", b"name,number\nMaya,2025550142\n")
        page = client.post(ADMIN, {"file": file}, secure=True)

        with patch.object(import_services, "_write_all", autospec=True, side_effect=failure(Deadlock())):
            again = client.post(ADMIN, {"token": page.context["token"]}, secure=True, follow=True)

        assert "Contacts have changed meanwhile. Nothing was imported." in again.content.decode()
        assert names() == {}

    @pytest.mark.parametrize("method", ["post", "patch"])
    def test_a_contact_that_lost_a_deadlock_is_a_conflict(self, client, method):
        maya = factories.make_contact("Maya", "+12025550142")
        path = URL if method == "post" else f"{URL}{maya.pk}/"
        body = {"name": "Tom", "numbers": [{"number": "+12025550143"}]}

        with patch.object(services, "_numbers_set", autospec=True, side_effect=failure(Deadlock())):
            answer = client.generic(method.upper(), path, json.dumps(body), "application/json", secure=True)

        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "conflict")
        assert answer.json()["detail"] == "Somebody else is changing these contacts just now. Try again."
        assert names() == {"+12025550142": "Maya"}

    def test_a_database_that_is_away_is_not_called_a_conflict(self, client):
        away = patch.object(services, "_numbers_set", autospec=True, side_effect=failure(Gone()))
        with away, pytest.raises(OperationalError):
            post(client, URL, {"name": "Tom", "numbers": [{"number": "+12025550143"}]})

        away = patch.object(import_services, "_write", autospec=True, side_effect=failure(Gone()))
        with away, pytest.raises(OperationalError):
            post(client, IMPORT, rows(142))


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each returned, on a connection of its own."""
    answers: list[Any] = [None] * len(works)

    def do(at: int) -> None:
        try:
            answers[at] = works[at]()
        except Exception as error:
            answers[at] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=(at,)) for at in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
class TestTwoConnections:
    ENDINGS = tuple(range(100, 200))

    @pytest.fixture
    def together(self, monkeypatch):
        """Two look the numbers up before either writes."""
        both, looks = threading.Barrier(2), itertools.count()
        for module in (import_services, services):
            known = module.numbers_known

            def known_to_both(numbers, known=known):
                found = known(numbers)
                if next(looks) < 2:
                    both.wait(20)
                return found

            monkeypatch.setattr(module, "numbers_known", known_to_both)

    def test_two_imports_of_the_same_rows_in_another_order(self, together, monkeypatch):
        client = signed_in()
        deadlocks: list[OperationalError] = []
        monkeypatch.setattr(import_services, "is_deadlock", lambda error: deadlocks.append(error) or True)
        one, other = at_once(
            lambda: post(client, IMPORT, rows(*self.ENDINGS)),
            lambda: post(client, IMPORT, rows(*reversed(self.ENDINGS))),
        )

        found = [one.json(), other.json()]
        assert sum(answer["created"] for answer in found) == len(self.ENDINGS)
        assert sum(len(answer["errors"]) for answer in found) == len(self.ENDINGS)
        assert {error["detail"] for answer in found for error in answer["errors"]} == {MEANWHILE}
        assert Contact.objects.count() == ContactNumber.objects.count() == len(self.ENDINGS)
        # Each costs PostgreSQL a second to find.
        assert deadlocks == []

    def test_two_imports_that_are_to_be_done_wholly(self, monkeypatch):
        works = []
        for endings in (self.ENDINGS, tuple(reversed(self.ENDINGS))):
            good = [(at, row) for at, row in enumerate(rows(*endings))]
            plan = import_services.contacts_import(rows=good, errors=[], dry_run=True).plan
            works.append(lambda good=good, plan=plan: import_services.contacts_import_whole(rows=good, expected=plan))
        both = threading.Barrier(2)
        write = import_services._write_all
        monkeypatch.setattr(import_services, "_write_all", lambda steps: (both.wait(20), write(steps)))

        answers = at_once(*works)

        assert sorted(type(answer).__name__ for answer in answers) == ["ChangedMeanwhile", "ImportResult"]
        assert Contact.objects.count() == len(self.ENDINGS)

    def test_an_import_and_a_contact_that_is_added(self, together):
        client = signed_in()
        numbers = [{"number": row["number"]} for row in rows(*range(119, 99, -1))]
        imported, added = at_once(
            lambda: post(client, IMPORT, rows(*range(100, 120))),
            lambda: post(client, URL, {"name": "Quick", "numbers": numbers}),
        )

        # Each began at its own end: PostgreSQL may end either.
        assert (imported.status_code, added.status_code) in [(200, 201), (200, 409)]
        result = imported.json()
        assert result["created"] + len(result["errors"]) == 20
        assert Contact.objects.count() == result["created"] + (added.status_code == 201)
        assert ContactNumber.objects.count() == (20 if added.status_code == 201 else result["created"])
