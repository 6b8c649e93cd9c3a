"""PATCH /api/v1/calls/{sid}/: what an agent notes of a call."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.models import Agent
from calls.models import Call, CallEvent, CallOutcome
from core.text import cleaned_lines
from tests import factories
from tests.desk.desk_socket import DeskSocket, run
from tests.twilio import sid

pytestmark = pytest.mark.django_db(transaction=True)

URL = f"/api/v1/calls/{sid('CA', 1)}/"


@pytest.fixture
def call(ada, line) -> Call:
    return factories.make_call(1, line=line, agent=ada, result="answered")


def signed_in(agent: Agent) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def patch(client: Client, body: Any, **headers: str):
    data = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return client.patch(URL, data, content_type="application/json", secure=True, headers=headers)


def test_the_agent_notes_what_the_call_came_to(ada, call):
    client = signed_in(ada)

    answer = patch(client, {"note": "Wants a new date.\nCall Monday.", "outcome": "call-back"})

    assert answer.status_code == 200
    assert (answer.json()["note"], answer.json()["outcome"]) == ("Wants a new date.\nCall Monday.", "call-back")
    assert answer.json() == client.get(URL, secure=True).json()
    assert answer.json()["revision"] == call.revision + 1


@pytest.mark.parametrize("body", [{"note": "New"}, {"outcome": "spam"}])
def test_what_is_left_out_stays_as_it_is(ada, call, body):
    Call.objects.update(note="Old", outcome="resolved")

    answer = patch(signed_in(ada), body).json()

    assert {"note": answer["note"], "outcome": answer["outcome"]} == {"note": "Old", "outcome": "resolved"} | body


def test_both_can_be_taken_away_again(ada, call):
    Call.objects.update(note="Old", outcome="resolved")

    answer = patch(signed_in(ada), {"note": "", "outcome": ""}).json()

    assert (answer["note"], answer["outcome"]) == ("", "")


def test_each_change_is_recorded_with_who_made_it(ada, call):
    patch(signed_in(ada), {"note": "New", "outcome": "spam"})

    events = CallEvent.objects.filter(call_sid=call.sid, kind="action")
    assert [(event.name, event.outcome, event.agent) for event in events] == [
        ("note", "", ada),
        ("outcome", "spam", ada),
    ]
    assert [event.detail for event in events] == [{"before": "", "after": "New"}, {"before": "", "after": "spam"}]


@pytest.mark.parametrize("body", [{}, {"note": "Old"}, {"note": "Old", "outcome": ""}])
def test_what_says_nothing_new_is_no_change(ada, call, body):
    Call.objects.update(note="Old")
    before = signed_in(ada).get(URL, secure=True)

    answer = patch(signed_in(ada), body)

    assert (answer.json(), answer["ETag"]) == (before.json(), before["ETag"])
    assert not CallEvent.objects.exists()


def test_the_desks_hear_of_it(ada, grace, call):
    desk, client = DeskSocket(grace), signed_in(ada)

    async def scenario() -> None:
        await desk.open()
        await sync_to_async(patch)(client, {"outcome": "follow-up"})
        frame = await desk.until("log.changed")
        assert (frame["call"]["outcome"], frame["call"]["revision"]) == ("follow-up", call.revision + 1)
        await desk.close()

    run(scenario)


class TestWhoMayNote:
    def status(self, agent: Agent) -> int:
        return int(patch(signed_in(agent), {"note": "Hello"}).status_code)

    def test_nobody_who_is_not_signed_in(self, call):
        assert patch(Client(), {"note": "Hello"}).status_code in (401, 403)

    def test_a_colleague_may_read_but_not_note(self, grace, call):
        assert signed_in(grace).get(URL, secure=True).status_code == 200
        answer = patch(signed_in(grace), {"note": "Hello"})
        assert answer.status_code == 403
        assert answer.json()["detail"].endswith("can note this.")

    def test_for_an_agent_of_another_team_there_is_no_such_call(self, stranger, call):
        assert self.status(stranger) == 404

    def test_a_supervisor_of_the_lines_team_may(self, team, call):
        assert self.status(factories.make_agent("hedy", team=team, role="supervisor")) == 200

    def test_a_supervisor_of_another_team_may_not(self, call):
        sales = factories.make_team("Sales")
        assert self.status(factories.make_agent("boss", team=sales, role="supervisor")) == 404

    def test_a_supervisor_who_sees_the_call_as_its_agent_may(self, call):
        boss = factories.make_agent("boss", team=factories.make_team("Sales"), role="supervisor")
        Call.objects.update(agent=boss)
        assert self.status(boss) == 200

    def test_an_admin_may(self, call):
        assert self.status(factories.make_agent("root", is_superuser=True)) == 200

    def test_a_leg_is_no_call_of_the_log(self, ada, call):
        factories.make_call(2, parent_id=call.sid, agent=ada)
        leg = f"/api/v1/calls/{sid('CA', 2)}/"
        assert signed_in(ada).patch(leg, "{}", content_type="application/json", secure=True).status_code == 404


class TestVersions:
    def test_a_note_on_what_was_read_is_taken(self, ada, call):
        client = signed_in(ada)
        etag = client.get(URL, secure=True)["ETag"]

        answer = patch(client, {"note": "New"}, **{"If-Match": etag})

        assert answer.status_code == 200
        assert answer["ETag"] != etag
        assert answer["ETag"] == client.get(URL, secure=True)["ETag"]

    def test_a_note_on_what_has_changed_since_is_refused(self, ada, call):
        client = signed_in(ada)
        etag = client.get(URL, secure=True)["ETag"]
        patch(signed_in(factories.make_agent("root", is_superuser=True)), {"note": "Quicker"})

        answer = patch(client, {"note": "Slower"}, **{"If-Match": etag})

        assert answer.status_code == 412
        assert answer.json()["detail"] == "This was changed meanwhile. Read it again, then repeat your change."
        assert Call.objects.get(pk=call.sid).note == "Quicker"

    @pytest.mark.parametrize("tag", ["W/{etag}", '"0-0"', "", "nonsense", '"é"'])
    def test_what_is_not_its_version_does_not_match(self, ada, call, tag):
        client = signed_in(ada)
        tag = tag.format(etag=client.get(URL, secure=True)["ETag"])

        assert patch(client, {"note": "New"}, **{"If-Match": tag}).status_code == 412

    def test_a_star_matches_whatever_is_there(self, ada, call):
        assert patch(signed_in(ada), {"note": "New"}, **{"If-Match": "*"}).status_code == 200


class TestBadInput:
    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"note": "x" * 5001}, "note"),
            ({"note": "a\x00b"}, "note"),
            ({"note": "\ud800"}, "note"),
            ({"note": None}, "note"),
            ({"note": ["x"]}, "note"),
            ({"outcome": "happy"}, "outcome"),
            ({"outcome": "\ud800"}, "outcome"),
            ({"outcome": {}}, "outcome"),
            ({"status": "completed"}, "status"),
            ({"note": "fine", "nota": "?"}, "nota"),
        ],
    )
    def test_it_is_explained_by_field_and_nothing_is_kept(self, ada, call, body, field):
        answer = patch(signed_in(ada), body)

        assert answer.status_code == 400
        assert field in answer.content.decode()
        assert Call.objects.get(pk=call.sid).revision == call.revision

    @pytest.mark.parametrize("body", ["{", "[]", "null", "[" * 100_000, b"\xff\xfe", '"note"'])
    def test_what_is_no_object_is_refused(self, ada, call, body):
        assert patch(signed_in(ada), body).status_code == 400

    def test_a_huge_body_is_refused(self, ada, call):
        assert patch(signed_in(ada), {"note": "x" * 2_000_000}).status_code == 413

    def test_a_form_is_not_taken(self, ada, call):
        answer = signed_in(ada).patch(URL, "note=x", content_type="application/x-www-form-urlencoded", secure=True)
        assert answer.status_code == 415

    @pytest.mark.parametrize("name", ["CA\x00", "%ED%A0%80", "x" * 500])
    def test_a_call_that_cannot_be_is_not_found(self, ada, name):
        answer = signed_in(ada).patch(f"/api/v1/calls/{name}/", "{}", content_type="application/json", secure=True)
        assert answer.status_code == 404

    @settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(note=st.text(st.characters(), max_size=40), outcome=st.sampled_from(["", *CallOutcome.values]) | st.text())
    def test_whatever_is_noted_is_kept_or_refused(self, ada, call, note, outcome):
        answer = patch(signed_in(ada), {"note": note, "outcome": outcome})

        assert answer.status_code in (200, 400), answer.content
        if answer.status_code == 200:
            assert Call.objects.get(pk=call.sid).note == cleaned_lines(note).strip()
