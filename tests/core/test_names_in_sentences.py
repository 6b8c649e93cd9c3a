"""What others are called cannot turn the rest of our sentences round."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from calls.answering.prompts import asks_for_message
from calls.models import Call, CallEvent
from calls.recorder.timeline import call_timeline
from contacts.import_checks import rows_checked
from contacts.import_rows import BadRow, Unreadable, rows_from_csv
from contacts.services import NumberTaken, contact_create
from core.text import in_sentence, without_directions
from telephony.models import Webhook
from tests import factories
from tests.twilio import sid

OVERRIDE, ISOLATE, POP = "\u202e", "\u2068", "\u2069"
HOSTILE = f"Eve{POP}{OVERRIDE}gpj.exe"
HEBREW = "נועה"
_OPENING = {"LRE", "RLE", "LRO", "RLO", "LRI", "RLI", "FSI"}


def is_in_order(sentence: str) -> bool:
    """Whether what stands before and after every name is read as it is written."""
    depth = 0
    for letter in sentence:
        kind = unicodedata.bidirectional(letter)
        if kind in _OPENING - {"FSI"} or kind == "PDF" or letter in "\u061c\u200e\u200f":
            return False
        depth += (kind == "FSI") - (kind == "PDI")
        if depth not in (0, 1) or (kind in ("R", "AL", "AN") and depth == 0):
            return False
    return depth == 0


@given(st.text())
def test_any_name_leaves_a_sentence_in_order(name):
    assert is_in_order(f"{in_sentence(name)} answered.")


@given(st.text(st.characters(blacklist_categories=["Cf"])))
def test_no_letter_of_a_name_is_lost(name):
    assert without_directions(name) == name
    assert in_sentence(name).strip(ISOLATE + POP) == name


@pytest.mark.parametrize("name", ["Maya Okonkwo", "Leïla Benali", "Мария", "陳大文", "O'Brien (Ltd.)"])
def test_a_name_that_turns_nothing_round_is_as_it_was(name):
    assert in_sentence(name) == name


@pytest.fixture(params=[HOSTILE, HEBREW])
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def test_the_time_line_stands_in_order(db, line, name):
    agent = factories.make_agent("eve", first_name=name)
    root = factories.make_call(1, line=line, agent=agent, caller="client:agent_1", called="+12025550142")
    factories.make_call(2, parent=root, agent=agent, called=f"client:{agent.identity}", status="busy")
    twiml = f"<Response><Say>You have reached {name}.</Say><Dial><Client>{agent.identity}</Client></Dial></Response>"
    for kind in ("outgoing", "status", "incoming"):
        Webhook.objects.create(sid=sid("CA", 1), kind=kind, status=name[:32], params={}, answer=twiml)
    CallEvent.objects.create(call_sid=sid("CA", 1), kind="action", name="answer", agent=agent)
    CallEvent.objects.create(call_sid=sid("CA", 1), kind="incident", name="incoming", detail={"answer": twiml})

    entries = call_timeline(root, viewer=agent)

    named = [entry for entry in entries if without_directions(name) in entry.title + entry.detail]
    assert len(named) >= 6
    assert [text for entry in entries for text in (entry.title, entry.detail) if not is_in_order(text)] == []


def test_the_apis_sentence_stands_in_order(db, name):
    values: dict[str, Any] = {"name": name, "numbers": [{"number": "+12025550142", "label": ""}]}
    contact_create(values=values)

    with pytest.raises(NumberTaken) as refused:
        contact_create(values=values | {"name": "Maya"})

    assert without_directions(name) in str(refused.value)
    assert is_in_order(str(refused.value))


@pytest.mark.parametrize("make", [factories.make_contact, lambda name: factories.make_agent(first_name=name)])
def test_what_admin_calls_a_row_stands_in_order(db, make, name):
    assert is_in_order(f"The row “{make(name)}” was changed.")


def test_admin_shows_calls_with_such_names_in_order(db, line, name):
    contact = factories.make_contact(name)
    factories.make_call(1, line=line, contact=contact)
    client = Client()
    client.force_login(factories.make_agent("root", is_staff=True, is_superuser=True))

    page = client.get("/admin/calls/call/", secure=True).content.decode()

    assert without_directions(name) in page
    assert OVERRIDE not in page
    assert POP + OVERRIDE not in page


@pytest.mark.parametrize(
    "csv",
    ["name,number,{}\nMaya,+12025550142,x", "name,,number\nMaya,{},+12025550142"],
    ids=["an unknown column", "a cell of no column"],
)
def test_why_a_file_cannot_be_imported_is_said_in_order(name, csv):
    try:
        [(_, row)] = rows_from_csv(csv.format(name).encode())
    except Unreadable as error:
        said = str(error)
    else:
        assert isinstance(row, BadRow)
        said = row.detail

    assert without_directions(name).lower() in said.lower()
    assert is_in_order(said)


def test_an_unknown_field_is_named_in_order(db, name):
    _, [error] = rows_checked([(1, {"name": "Maya", "number": "+12025550142", name: "x"})])

    assert without_directions(name) in error.detail
    assert is_in_order(error.detail)


def test_a_greeting_holds_nothing_that_only_a_page_needs(name):
    spoken = asks_for_message(name, "en").text

    assert without_directions(name) in spoken
    assert not any(letter in spoken for letter in (OVERRIDE, ISOLATE, POP))


def test_a_call_is_named_in_order(db, name):
    call = Call(caller=name, called="+12025550100")

    assert is_in_order(str(call))
