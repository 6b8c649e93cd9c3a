"""What the log can be asked for, and by whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.models import Agent
from calls.models import CallOffer
from tests import factories
from tests.calls.log.test_call_api import sids, signed_in
from tests.twilio import SUPPORT, sid

pytestmark = pytest.mark.django_db

URL = "/api/v1/calls/"
DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def hedy(team) -> Agent:
    return factories.make_agent("hedy", team=team, role="supervisor")


@pytest.fixture
def root(db) -> Agent:
    return factories.make_agent("root", is_superuser=True)


class TestWhoSeesWhat:
    @pytest.fixture(autouse=True)
    def calls(self, ada, grace, stranger, line):
        self.sales = factories.make_line(team=stranger.teams.get(), number="+12025550101", name="Sales")
        factories.make_call(1, line=line, agent=grace)
        factories.make_call(2, line=line, agent=grace, status="in-progress")
        factories.make_call(3, line=line, status="ringing")
        factories.make_call(4, line=self.sales, agent=stranger)
        factories.make_call(5, line=self.sales, agent=ada, status="in-progress")
        factories.make_call(6, agent=ada)
        factories.make_call(7, line=line, agent=ada, status="in-progress")
        # A route of the other team's line led callers here.
        factories.make_call(10, line=self.sales, led_to=line.team, result="voicemail")
        factories.make_call(11, line=self.sales, led_to=line.team, status="ringing")

    def test_an_agent_sees_the_own_ones_and_finished_ones_of_the_team(self, ada):
        assert sorted(sids(signed_in(ada))) == [1, 5, 6, 7, 10]
        assert sids(signed_in(ada), scope="voicemail") == [10]

    def test_an_agent_sees_a_call_that_rings_here(self, ada):
        CallOffer.objects.create(call_id=sid("CA", 3), agent=ada)

        assert sorted(sids(signed_in(ada))) == [1, 3, 5, 6, 7, 10]
        assert sids(signed_in(ada), status="ringing") == [3]

    def test_a_call_that_rang_here_and_was_taken_by_a_colleague_is_the_colleagues(self, ada):
        CallOffer.objects.create(call_id=sid("CA", 2), agent=ada, state="canceled")

        assert 2 not in sids(signed_in(ada))

    def test_a_supervisor_sees_the_teams_living_ones_too(self, hedy):
        assert sorted(sids(signed_in(hedy))) == [1, 2, 3, 7, 10, 11]

    def test_an_admin_sees_all(self, root):
        assert sorted(sids(signed_in(root))) == [1, 2, 3, 4, 5, 6, 7, 10, 11]

    def test_a_call_that_was_led_here_is_still_the_lines(self, stranger):
        assert sorted(sids(signed_in(stranger))) == [4, 10]

    def test_an_agent_without_a_team_sees_the_own_ones(self, db):
        alone = factories.make_agent("alone")
        factories.make_call(8, agent=alone)

        assert sids(signed_in(alone)) == [8]

    @pytest.mark.parametrize("who", ["ada", "hedy", "root", "stranger"])
    def test_the_list_and_the_single_call_agree_whatever_is_asked_for(self, who, ada, hedy, root, stranger, line):
        client = signed_in(Agent.objects.get(username=who))
        every = {*range(1, 8), 10, 11}
        seen = {n for n in every if client.get(f"{URL}{sid('CA', n)}/", secure=True).status_code == 200}

        assert set(sids(client)) == seen
        for query, fits in {
            ("agent", ada.pk): {5, 6, 7},
            ("agent", stranger.pk): {4},
            ("line", line.pk): {1, 2, 3, 7},
            ("line", self.sales.pk): {4, 5, 10, 11},
            ("status", "in-progress"): {2, 5, 7},
            ("status", "completed"): {1, 4, 6, 10},
            ("result", "voicemail"): {10},
            ("direction", "inbound"): every,
            ("party", SUPPORT): every,
            ("search", SUPPORT): every,
        }.items():
            assert set(sids(client, **{query[0]: query[1]})) == seen & fits, query


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"outcome": "spam"}, [2]),
        ({"outcome": "other"}, []),
        ({"party": "(202) 555-0177"}, [4, 2]),
        ({"party": "+12025550177"}, [4, 2]),
        ({"party": "client:agent_77"}, [4]),
        ({"party": "+12025550199"}, []),
        ({"result": "missed", "line": "LINE"}, [3, 2]),
        ({"scope": "missed", "after": "2026-01-03T00:00:00Z"}, [3]),
        ({"scope": "mine", "result": "answered"}, [1]),
        ({"scope": "mine", "agent": "0"}, []),
        ({"outcome": "spam", "search": "refund"}, [2]),
        ({"search": "REFUND"}, [2]),
        ({"search": "efun"}, [2]),
        ({"search": "555-0177"}, [4, 2]),
        ({"search": "Okonkwo"}, [1]),
        ({"search": "refund", "before": "2026-01-02T00:00:00Z"}, []),
        ({"after": "2026-01-02T00:00:00Z", "before": "2026-01-03T00:00:00Z"}, [2]),
    ],
)
def test_the_log_can_be_narrowed_further(ada, line, query, found):
    factories.make_call(
        1, line=line, agent=ada, contact=factories.make_contact(company="O & Co"), result="answered", start_time=DAY
    )
    factories.make_call(
        2, line=line, caller="+12025550177", result="missed", outcome="spam", note="Asked for a refund.",
        start_time=DAY + timedelta(days=1),
    )  # fmt: skip
    factories.make_call(3, line=line, caller="anonymous", result="missed", start_time=DAY + timedelta(days=2))
    factories.make_call(
        4,
        agent=ada,
        caller="client:agent_77",
        called="+12025550177",
        result="reached",
        start_time=DAY + timedelta(days=3),
    )
    query = {name: str(line.pk) if value == "LINE" else value for name, value in query.items()}

    assert sids(signed_in(ada), **query) == found


@pytest.mark.parametrize("query", [{"party": "maya"}, {"party": "12"}, {"outcome": "happy"}, {"cursor": "x"}])
def test_a_question_that_makes_no_sense_is_explained(ada, query):
    answer = signed_in(ada).get(URL, query, secure=True)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == list(query)


def test_a_search_looks_at_everything_near_the_top_and_at_indexes_beyond(ada, line):
    contact = factories.make_contact("Maya Okonkwo", "+12025550150")
    facts = {
        1: {"contact": contact}, 2: {"caller": "+12025550151"}, 3: {"caller_name": "JULIUS"},
        4: {"note": "A rare wombat."},
    }  # fmt: skip
    for number, values in facts.items():
        factories.make_call(number, line=line, start_time=DAY + timedelta(minutes=number), **values)
    for number in range(10, 16):
        factories.make_call(number, line=line, start_time=DAY + timedelta(hours=number))
    client = signed_in(ada)
    words = 4 if connection.vendor == "postgresql" else None

    near = [sids(client, search=text) for text in ("okonkwo", "+12025550151", "julius", "wombat")]
    with patch("calls.log.search.WINDOW", 5):
        far = [sids(client, search=text) for text in ("okonkwo", "+12025550151", "julius", "wombat")]
        moved = sids(client, search="julius", before=(DAY + timedelta(hours=1)).isoformat())

    assert near == [[1], [2], [3], [4]]
    assert far == [[1], [2], [], [words] if words else []]
    assert moved == [3]


@pytest.mark.parametrize(
    "query", [{}, {"search": "202555"}, {"party": SUPPORT}, {"result": "answered"}, {"search": "maya"}]
)
@pytest.mark.parametrize("who", ["ada", "root"])
def test_pages_follow_each_other_there_and_back_also_through_calls_of_one_moment(ada, root, line, who, query):
    contact = factories.make_contact("Maya")
    for number in range(1, 12):
        factories.make_call(
            number, line=line, agent=ada, result="answered", contact=contact,
            start_time=DAY + timedelta(seconds=number // 4),
        )  # fmt: skip
    client = signed_in(Agent.objects.get(username=who))

    def read(url: str, way: str) -> list[list[int]]:
        pages = []
        while url:
            page = client.get(url, secure=True).json()
            pages.append([int(call["sid"][2:], 16) for call in page["results"]])
            last, url = url, page[way]
        self_seen.append(last)
        return pages

    self_seen: list[str] = []
    query_string = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in query.items())
    with patch("calls.log.search.WINDOW", 3):
        there = read(f"{URL}?page_size=3&{query_string}", "next")
        back = read(self_seen[0], "previous")

    assert there == [[11, 10, 9], [8, 7, 6], [5, 4, 3], [2, 1]]
    assert back == [[2, 1], [5, 4, 3], [8, 7, 6], [11, 10, 9]]


def test_a_call_that_comes_while_the_log_is_read_moves_nothing(ada, line):
    for number in range(1, 5):
        factories.make_call(number, line=line, start_time=DAY + timedelta(minutes=number))
    client = signed_in(ada)
    first = client.get(f"{URL}?page_size=2", secure=True).json()

    factories.make_call(9, line=line, start_time=DAY + timedelta(hours=1))

    second = client.get(first["next"], secure=True).json()
    assert [int(call["sid"][2:], 16) for call in second["results"]] == [2, 1]
    newer = client.get(second["previous"], secure=True).json()
    assert [int(call["sid"][2:], 16) for call in newer["results"]] == [4, 3]
    assert newer["previous"] is not None


NAMES = ["agent", "line", "contact", "party", "direction", "status", "result", "outcome", "scope", "after", "before",
         "search", "cursor", "page_size"]  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.dictionaries(st.sampled_from(NAMES), st.text(st.characters(codec="utf-8"), max_size=30), max_size=4))
def test_whatever_is_asked_is_answered(ada, line, query):
    answer = signed_in(ada).get(URL, query, secure=True)

    assert answer.status_code in (200, 400), answer.content


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", '"', "a" * 5000, "\x00", "or", "-", '"unclosed', "<->", "!"])
def test_a_search_for_signs_is_a_search(ada, line, text):
    factories.make_call(1, line=line, note="plain")

    assert sids(signed_in(ada), search=text) in ([], [1])


def test_the_log_is_read_with_few_queries_whatever_is_asked(ada, line, django_assert_max_num_queries):
    contact = factories.make_contact()
    for number in range(1, 21):
        factories.make_call(number, line=line, agent=ada, contact=contact)
    client = signed_in(ada)

    for query in ({"search": "Maya"}, {"party": SUPPORT}, {"contact": contact.pk}, {"status": "completed"}):
        with django_assert_max_num_queries(11):
            assert len(sids(client, **query)) == 20


def test_nobody_reads_the_log_without_a_log_in(db):
    for path in (URL, f"{URL}{sid('CA', 1)}/", f"{URL}{sid('CA', 1)}/recordings/RE1/"):
        assert Client().get(path, secure=True).status_code in (401, 403)
