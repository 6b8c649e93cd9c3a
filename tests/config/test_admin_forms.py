"""A form of admin changes what its user changed, and nothing that somebody else did meanwhile."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib import admin as django_admin
from django.test import Client

from agents.models import Agent, Team
from contacts.models import Contact, ContactNumber
from core.admin import SavesChanges
from routing.models import Line
from tests import factories
from tests.desk.desk_socket import DeskSocket, run
from tests.packages import is_of_the_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(db: None) -> Client:
    client = Client()
    client.force_login(factories.make_agent("root", is_staff=True, is_superuser=True))
    return client


class _Fields(HTMLParser):
    """What a browser would send of a page's forms."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.fields.setdefault(self._select, []).append(given["value"])
        elif tag == "textarea":
            self._textarea = name
            self.fields.setdefault(name, [""])
        elif tag == "input" and name and given.get("type") not in ("submit", "button", "file"):
            is_box = given.get("type") in ("checkbox", "radio")
            if not is_box or "checked" in given:
                self.fields.setdefault(name, []).append(given.get("value", "on" if is_box else ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.fields[self._textarea] = [self.fields[self._textarea][0] + data.removeprefix("\r\n")]


def opened(admin: Client, path: str) -> dict[str, list[str]]:
    page = admin.get(path, secure=True)
    assert page.status_code == 200
    parser = _Fields()
    parser.feed(page.content.decode())
    for name in ("_selected_action", "q", "action"):
        parser.fields.pop(name, None)
    return parser.fields


def saved(admin: Client, path: str, fields: dict[str, Any]) -> None:
    response = admin.post(path, fields, secure=True)
    assert response.status_code == 302, response.context["errors"]


def test_an_agents_page_saves_an_email_and_no_old_availability_team_or_right(admin, ada, team):
    path = f"/admin/agents/agent/{ada.pk}/change/"
    sales = Team.objects.create(name="Sales")
    fields = opened(admin, path)
    # Meanwhile, at the desk and in another admin's browser.
    Agent.objects.filter(pk=ada.pk).update(availability="away", may_make_calls=False, password="!new")
    ada.teams.set([sales])

    saved(admin, path, fields | {"email": "ada@example.com"})

    ada.refresh_from_db()
    assert (ada.email, ada.availability, ada.may_make_calls, ada.password) == ("ada@example.com", "away", False, "!new")
    assert list(ada.teams.all()) == [sales]


def test_what_is_changed_is_saved_also_back_to_nothing(admin, ada, team):
    path = f"/admin/agents/agent/{ada.pk}/change/"
    fields = opened(admin, path)
    del fields["may_make_calls"], fields["teams"]

    saved(admin, path, fields | {"availability": "busy", "first_name": ""})

    ada.refresh_from_db()
    assert (ada.availability, ada.may_make_calls, ada.first_name) == ("busy", False, "")
    assert not ada.teams.exists()


def test_a_page_that_was_opened_before_a_first_team_was_joined_does_not_take_it_away(admin, team):
    loner = factories.make_agent("loner")
    path = f"/admin/agents/agent/{loner.pk}/change/"
    fields = opened(admin, path)
    loner.teams.add(team)

    saved(admin, path, fields | {"email": "loner@example.com"})

    assert list(loner.teams.all()) == [team]


def test_saving_what_was_not_touched_writes_nothing(admin, ada):
    path = f"/admin/agents/agent/{ada.pk}/change/"
    fields = opened(admin, path)
    Agent.objects.filter(pk=ada.pk).update(availability="away", first_name="Augusta")

    saved(admin, path, fields)

    ada.refresh_from_db()
    assert (ada.availability, ada.first_name) == ("away", "Augusta")


_UNFIT, _CLEAN = "Ada\x0bB\uffff", "Ada B\ufffd"


@pytest.mark.parametrize(
    ("model", "field", "typed", "kept"),
    [
        ("agents/agent", "first_name", _UNFIT, _CLEAN),
        ("agents/team", "name", _UNFIT, _CLEAN),
        ("routing/line", "name", _UNFIT, _CLEAN),
        ("contacts/contact", "company", _UNFIT, _CLEAN),
        ("contacts/contact", "note", f"one\r\n{_UNFIT}", f"one\n{_CLEAN}"),
    ],
)
def test_what_no_text_may_hold_is_cleaned_as_by_rest(admin, ada, team, line, model, field, typed, kept):
    row: Any = {
        "agents/agent": ada,
        "agents/team": team,
        "routing/line": line,
        "contacts/contact": factories.make_contact("Maya"),
    }[model]
    path = f"/admin/{model}/{row.pk}/change/"

    saved(admin, path, opened(admin, path) | {field: typed})

    row.refresh_from_db()
    assert getattr(row, field) == kept


def test_the_label_of_a_number_is_cleaned_too(admin):
    contact = factories.make_contact("Maya")
    path = f"/admin/contacts/contact/{contact.pk}/change/"

    saved(admin, path, opened(admin, path) | {"numbers-0-label": _UNFIT})

    assert contact.numbers.get().label == _CLEAN


def test_a_zero_byte_is_refused(admin):
    contact = factories.make_contact("Maya")
    path = f"/admin/contacts/contact/{contact.pk}/change/"

    response = admin.post(path, opened(admin, path) | {"company": "a\x00b"}, secure=True)

    assert "Null characters are not allowed." in response.content.decode()


def test_a_lines_page_keeps_what_another_admin_changed(admin, line):
    path = f"/admin/routing/line/{line.pk}/change/"
    fields = opened(admin, path)
    Line.objects.update(ring_seconds=45, takes_voicemail=False)

    saved(admin, path, fields | {"name": "Help"})

    line.refresh_from_db()
    assert (line.name, line.ring_seconds, line.takes_voicemail) == ("Help", 45, False)


def test_a_contact_that_was_renamed_is_found_by_the_new_name(admin):
    contact = factories.make_contact("Maya")
    path = f"/admin/contacts/contact/{contact.pk}/change/"

    saved(admin, path, opened(admin, path) | {"name": "Мария"})

    contact.refresh_from_db()
    assert contact.searched == "мария"


def test_a_contacts_page_keeps_a_note_and_a_number_that_came_meanwhile(admin):
    contact = factories.make_contact("Maya")
    path = f"/admin/contacts/contact/{contact.pk}/change/"
    before = contact.updated_at
    fields = opened(admin, path)
    Contact.objects.update(note="Wants a call.")
    ContactNumber.objects.update(number="+12025550199")

    saved(admin, path, fields | {"company": "Okonkwo", "numbers-0-label": "Office"})

    contact.refresh_from_db()
    assert (contact.company, contact.note) == ("Okonkwo", "Wants a call.")
    assert (contact.numbers.get().number, contact.numbers.get().label) == ("+12025550199", "Office")
    # The contact's version: who read it before must read it again.
    assert contact.updated_at > before


def test_every_form_of_admin_that_can_be_saved_is_of_this_kind(admin, rf):
    request = rf.get("/")
    request.user = Agent.objects.get(username="root")
    for model, page in django_admin.site._registry.items():
        # Devices' pages have only fields to be read.
        if is_of_the_product(model) and page.has_change_permission(request) and page.get_fields(request):
            editable = set(page.get_fields(request)) - set(page.get_readonly_fields(request))
            assert isinstance(page, SavesChanges) or not editable, model


@pytest.mark.django_db(transaction=True)
def test_a_change_in_admin_is_at_the_desks_at_once(admin, ada, grace):
    path = f"/admin/agents/agent/{ada.pk}/change/"
    desk, colleague = DeskSocket(ada), DeskSocket(grace)

    async def scenario() -> None:
        from asgiref.sync import sync_to_async

        await desk.open()
        await colleague.open()
        fields = await sync_to_async(opened)(admin, path)
        await sync_to_async(saved)(admin, path, fields | {"availability": "busy"})
        for socket in (desk, colleague):
            assert (await socket.until("presence.changed"))["presence"]["state"] == "busy"
            # An agent's own desk is told by way of the team, too.
            await socket.nothing_of("desk.snapshot")
        await sync_to_async(saved)(admin, path, fields | {"email": "ada@example.com"})
        await desk.nothing_of("presence.changed", "desk.snapshot")
        await desk.close()
        await colleague.close()

    run(scenario)
