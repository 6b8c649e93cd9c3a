"""A call's page in Django admin reads as one story."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.admin.utils import flatten_fieldsets
from django.test import Client
from django.utils import timezone

from agents.models import LoginRecord
from calls.admin.calls import CallAdmin
from calls.models import Call, Participant, Room, Transfer
from tests import factories
from tests.twilio import sid

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    client = Client()
    client.force_login(factories.make_agent("root", is_staff=True, is_superuser=True))
    return lambda path: unescape(client.get(path, secure=True).content.decode())


def heading(html: str) -> str:
    return re.findall(r"<h1>(.*?)</h1>", html)[0]


def call_page(number: int = 1) -> str:
    return f"/admin/calls/call/{sid('CA', number)}/change/"


def test_its_title_names_who_called_whom(page, line, ada):
    contact = factories.make_contact("Maya Okonkwo")
    factories.make_call(1, line=line, contact=contact)
    factories.make_call(
        2, line=line, contact=contact, agent=ada, caller=f"client:{ada.identity}", called="+12025550142"
    )

    assert heading(page(call_page(1))) == "Incoming call: Maya Okonkwo → Support"
    assert heading(page(call_page(2))) == "Outgoing call: Ada → Maya Okonkwo"


def test_a_call_has_one_word_for_its_direction(page, line, ada):
    factories.make_call(1, line=line, agent=ada, caller=f"client:{ada.identity}", called="+12025550142")

    html = page(call_page()) + page("/admin/calls/call/")

    assert "Outgoing" in html
    assert "Inbound" not in html


def test_a_table_without_rows_is_not_there(page, line, ada):
    root = factories.make_call(1, line=line)
    for title in ("Legs", "Recordings", "Who listened"):
        assert title not in page(call_page(1))

    factories.make_call(2, parent=root, agent=ada, called=f"client:{ada.identity}")
    html = page(call_page(1))
    assert "Legs" in html
    assert f'href="{call_page(2)}"' in html
    assert "Recordings" not in html


def test_a_call_list_breaks_no_number_in_two(page, line):
    factories.make_call(1, line=line, contact=factories.make_contact("Maya Okonkwo"))

    assert 'Maya Okonkwo <span class="nowrap">(202) 555-0142</span>' in page("/admin/calls/call/")


def test_what_happened_at_one_moment_stands_in_the_order_of_things(page, line, ada):
    now = timezone.now()
    times = {"start_time": now - timedelta(seconds=9), "end_time": now, "answer_time": now - timedelta(seconds=5)}
    root = factories.make_call(2, line=line, agent=ada, **times)
    factories.make_call(1, parent=root, agent=ada, called=f"client:{ada.identity}", **times)

    html = page(call_page(2))

    order = [
        "The call began",
        "Twilio began to call Ada's phone",
        "Ada answered",
        "to Ada's phone ended",
        "The call ended",
    ]
    assert sorted(order, key=html.index) == order


def test_every_page_writes_dates_alike(page, ada):
    LoginRecord.objects.create(kind="failed", username="ada")

    assert re.search(r"\d\d [A-Z][a-z]{2} \d{4}, \d\d:\d\d:\d\d", page("/admin/agents/loginrecord/"))


def test_when_somebody_joined_cannot_be_edited(page, ada):
    html = page(f"/admin/agents/agent/{ada.pk}/change/")

    assert 'name="date_joined' not in html
    assert 'name="last_login' not in html
    assert not re.search(r"\bhis\b", html)


# Columns that the page shows by another name (`way`, `began`, `why` …), and what is of no use to whoever reads it.
_BY_ANOTHER_NAME = {
    "direction",
    "start_time",
    "answer_time",
    "end_time",
    "duration",
    "result",
    "problem",
    "outcome",
}
_NOT_SHOWN = {
    "account_sid",
    "sequence_number",
    "revision",
    "created_at",
    "updated_at",
    "waiting_since",
    "searched_name",
    "searched_note",
    "is_handled",
    "round",
    "leg_end_time",
    "help_since",
}


def test_every_column_of_a_call_is_on_its_page_or_is_said_not_to_be():
    shown = set(flatten_fieldsets(CallAdmin.fieldsets))
    columns = {field.name for field in Call._meta.concrete_fields}

    assert columns - shown == _BY_ANOTHER_NAME | _NOT_SHOWN


@pytest.fixture
def handled(line, ada, grace):
    """Ada's call, which Hedy listened to, and which Ada gave to Grace."""
    call = factories.make_call(1, line=line, agent=grace, is_handled=True)
    hedy = factories.make_agent("hedy", role="supervisor")
    room = Room.objects.create(call=call, name="r" * 32, state="over", held_seconds=75)
    for label, facts in enumerate(
        (
            {"role": "customer", "number": "+12025550142", "name": "Maya Okonkwo"},
            {"role": "agent", "agent": ada},
            {"role": "supervisor", "agent": hedy, "mode": "listen", "muted": True},
        )
    ):
        at = timezone.now()
        Participant.objects.create(room=room, label=f"p{label}", state="left", joined_at=at, left_at=at, **facts)
    Transfer.objects.create(call=call, mode="blind", state="handed-over", from_agent=ada, to_agent=grace)
    return call


def test_a_calls_page_leads_to_who_was_in_it_and_says_who_handed_it_over(page, handled):
    html = page(call_page())

    assert f'href="/admin/calls/room/{handled.sid}/change/"' in html
    assert re.search(r"Transfers.*Ada.*Grace.*Blind.*Handed over", html, re.DOTALL)


def test_a_rooms_page_says_who_was_in_it_held_when_and_who_supervised(page, handled):
    html = page(f"/admin/calls/room/{handled.sid}/change/")

    for words in (
        "Maya Okonkwo",
        "+12025550142",
        "Customer",
        "Ada",
        "Hedy",
        "Supervisor",
        "Listens",
        "1:15",
        "to Grace",
    ):
        assert words in html
    assert '<input type="submit"' not in html


def test_rooms_are_on_no_menu_and_cannot_be_changed(page, handled):
    assert "/admin/calls/room/" not in page("/admin/")
    client = Client()
    client.force_login(factories.make_agent("root2", is_staff=True, is_superuser=True))
    assert client.post(f"/admin/calls/room/{handled.sid}/change/", {}, secure=True).status_code == 403


def test_a_call_that_was_in_no_room_leads_to_none(page, line):
    factories.make_call(1, line=line)

    assert "/admin/calls/room/" not in page(call_page())
