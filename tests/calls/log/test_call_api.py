"""GET /api/v1/calls/ and its neighbours."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone
from twilio.base.exceptions import TwilioRestException
from twilio.rest.api.v2010.account.call import CallContext

from agents.models import Agent
from tests import factories
from tests.twilio import sid

pytestmark = pytest.mark.django_db

URL = "/api/v1/calls/"


def signed_in(agent: Agent) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def sids(client: Client, **query: object) -> list[int]:
    response = client.get(URL, query, secure=True)
    assert response.status_code == 200, response.content
    return [int(call["sid"][2:], 16) for call in response.json()["results"]]


def test_the_log_needs_a_log_in(db):
    assert Client().get(URL, secure=True).status_code in (401, 403)


def test_a_call_has_the_promised_fields(ada, line):
    contact = factories.make_contact(company="Okonkwo Interiors")
    factories.make_call(1, line=line, agent=ada, contact=contact, duration=42, result="answered")
    factories.make_call(2, parent_id=sid("CA", 1), agent=ada, direction="outbound-dial", called=ada.identity)

    call = signed_in(ada).get(f"{URL}{sid('CA', 1)}/", secure=True).json()

    promised = "sid parent_call_sid direction caller called status start_time answer_time end_time duration"
    assert set(promised.split()) | {"agent", "line", "contact", "legs"} <= set(call)
    assert call["duration"] == 42
    assert call["agent"] == {"id": ada.pk, "identity": ada.identity, "name": "Ada"}
    assert call["line"]["number"] == "+12025550100"
    assert call["contact"]["name"] == "Maya Okonkwo"
    assert [(leg["sid"], leg["parent_call_sid"]) for leg in call["legs"]] == [(sid("CA", 2), sid("CA", 1))]


def test_the_newest_calls_come_first_and_legs_are_not_calls(ada, line):
    now = timezone.now()
    for number in range(1, 4):
        factories.make_call(number, line=line, start_time=now + timedelta(minutes=number))
    factories.make_call(9, line=line, parent_id=sid("CA", 1))

    assert sids(signed_in(ada)) == [3, 2, 1]


def test_an_agent_sees_the_own_and_the_teams_calls_only(ada, grace, stranger, line):
    theirs = factories.make_line(team=stranger.teams.get(), number="+12025550101", name="Sales")
    factories.make_call(1, line=line, agent=grace)
    factories.make_call(2, line=theirs, agent=stranger)
    factories.make_call(3, line=theirs, agent=ada)
    admin = factories.make_agent("admin", is_superuser=True)

    assert sorted(sids(signed_in(ada))) == [1, 3]
    assert sorted(sids(signed_in(stranger))) == [2, 3]
    assert sorted(sids(signed_in(admin))) == [1, 2, 3]
    assert signed_in(ada).get(f"{URL}{sid('CA', 2)}/", secure=True).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"scope": "mine"}, [1]),
        ({"scope": "missed"}, [2]),
        ({"scope": "voicemail"}, [3]),
        ({"result": "missed"}, [2]),
        ({"status": "no-answer"}, [2]),
        ({"direction": "inbound"}, [3, 2, 1]),
        ({"direction": "outbound-api"}, []),
        ({"search": "okonkwo"}, [1]),
        ({"search": "(202) 555-0177"}, [2]),
        ({"search": "Harbour"}, [3]),
        ({"search": "nobody"}, []),
        ({"search": "%"}, []),
        ({"after": "2026-01-02T00:00:00Z"}, [3, 2]),
        ({"before": "2026-01-02T00:00:00Z"}, [1]),
        ({"page_size": "1"}, [3]),
    ],
)
def test_the_log_can_be_narrowed(ada, line, query, found):
    day = timezone.datetime(2026, 1, 1, 12, tzinfo=timezone.get_default_timezone())
    contact = factories.make_contact()
    factories.make_call(1, line=line, agent=ada, contact=contact, result="answered", start_time=day)
    factories.make_call(
        2, line=line, caller="+12025550177", result="missed", status="no-answer", start_time=day + timedelta(days=1)
    )
    factories.make_call(
        3, line=line, caller="anonymous", caller_name="HARBOUR", result="voicemail", start_time=day + timedelta(days=2)
    )

    assert sids(signed_in(ada), **query) == found


@pytest.mark.parametrize(
    "query",
    [
        {"agent": "x"},
        {"line": "9" * 40},
        {"contact": "-1"},
        {"direction": "sideways"},
        {"status": "exploded"},
        {"scope": "theirs"},
        {"after": "yesterday"},
        {"before": "2026-13-45"},
        {"after": "\x00"},
    ],
)
def test_a_filter_that_makes_no_sense_is_explained(ada, query):
    response = signed_in(ada).get(URL, query, secure=True)

    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == list(query)


@pytest.mark.parametrize("query", [{"search": "\x00"}, {"search": "x" * 5000}, {"page_size": "-1"}, {"page_size": "x"}])
def test_odd_queries_are_answered(ada, query):
    assert signed_in(ada).get(URL, query, secure=True).status_code == 200


def test_a_broken_cursor_is_explained(ada):
    assert signed_in(ada).get(URL, {"cursor": "bm9uc2Vuc2U9MQ==x"}, secure=True).status_code == 400


def test_pages_follow_each_other(ada, line):
    for number in range(1, 6):
        factories.make_call(number, line=line)
    client = signed_in(ada)
    seen, url = [], f"{URL}?page_size=2"
    while url:
        page = client.get(url, secure=True).json()
        seen += [int(call["sid"][2:], 16) for call in page["results"]]
        url = page["next"]

    assert seen == [5, 4, 3, 2, 1]


def test_the_number_of_queries_does_not_grow_with_the_log(ada, line, django_assert_max_num_queries):
    contact = factories.make_contact()
    for number in range(1, 21):
        factories.make_call(number, line=line, agent=ada, contact=contact)
        factories.make_call(number + 100, parent_id=sid("CA", number), agent=ada)
    client = signed_in(ada)

    with django_assert_max_num_queries(8):
        sids(client)


class TestHangUp:
    def hang_up(self, client: Client, number: int = 1):
        return client.post(f"{URL}{sid('CA', number)}/hang-up/", secure=True)

    def test_it_ends_the_call_at_twilio(self, ada, line):
        factories.make_call(1, line=line, agent=ada, status="in-progress")

        with patch.object(CallContext, "update", autospec=True) as update:
            response = self.hang_up(signed_in(ada))

        assert response.status_code == 202
        assert update.call_args.kwargs == {"status": "completed"}

    def test_it_says_so_when_the_call_is_over(self, ada, line):
        factories.make_call(1, line=line, agent=ada, status="completed")

        assert self.hang_up(signed_in(ada)).status_code == 409

    def test_a_colleagues_call_is_not_mine_to_end(self, ada, grace, line):
        factories.make_call(1, line=line, agent=grace, status="in-progress")

        assert self.hang_up(signed_in(ada)).status_code == 404

    @pytest.mark.parametrize(("code", "status"), [(20404, 409), (21220, 409), (20429, 503), (20003, 502), (20500, 502)])
    def test_twilios_refusals_become_sentences(self, ada, line, code, status):
        factories.make_call(1, line=line, agent=ada, status="in-progress")
        error = TwilioRestException(int(str(code)[2:]) if code < 21000 else 400, "/uri", "secret words", code=code)

        with patch.object(CallContext, "update", autospec=True, side_effect=error):
            response = self.hang_up(signed_in(ada))

        assert response.status_code == status
        assert "secret words" not in response.content.decode()
        assert response.json()["detail"].endswith(".")
