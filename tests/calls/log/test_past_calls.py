"""The last calls with the same party."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from calls.log.past_calls import Party, past_calls_asked, past_calls_of, past_calls_with
from calls.log.past_calls_cache import past_calls_cache
from contacts.models import ContactNumber
from core.sql.statements import fetch
from tests import factories
from tests.twilio import CALLER, sid

pytestmark = pytest.mark.django_db

OTHER = "+12025550188"
NOW = timezone.now()


def make_call(number, *, minutes_ago=0, **values):
    return factories.make_call(number, start_time=NOW - timedelta(minutes=minutes_ago), **values)


def sids_of(*parties):
    past = past_calls_of(fetch(*past_calls_asked(parties)))
    return {found: [row[0] for row in rows] for found, rows in past.items()}


def test_the_newest_three_of_each_party_newest_first():
    for number in range(1, 6):
        make_call(number, minutes_ago=number)
    make_call(8, caller=OTHER)

    found = sids_of(Party(sid("CA", 90), CALLER), Party(sid("CA", 91), OTHER), Party(sid("CA", 92), "+12025550199"))

    assert found == {sid("CA", 90): [sid("CA", 1), sid("CA", 2), sid("CA", 3)], sid("CA", 91): [sid("CA", 8)]}


def test_calls_from_and_to_the_number_and_with_the_contact_are_counted_once():
    contact = factories.make_contact()
    ContactNumber.objects.create(contact=contact, number=OTHER)
    make_call(1, minutes_ago=1, contact=contact)
    make_call(2, minutes_ago=2, caller="client:agent_1", called=CALLER)
    make_call(3, minutes_ago=3, caller=OTHER, contact=contact)

    assert sids_of(Party(sid("CA", 9), CALLER)) == {sid("CA", 9): [sid("CA", 1), sid("CA", 2), sid("CA", 3)]}
    # The contact's other number, and a contact that is said to be none of ours.
    assert sids_of(Party(sid("CA", 9), OTHER)) == {sid("CA", 9): [sid("CA", 1), sid("CA", 3)]}
    assert sids_of(Party(sid("CA", 9), OTHER, 0)) == {sid("CA", 9): [sid("CA", 3)]}


def test_no_living_call_no_leg_and_not_the_call_itself():
    make_call(1, status="in-progress")
    make_call(2, parent_id=sid("CA", 1))
    make_call(3)

    assert sids_of(Party(sid("CA", 3), CALLER)) == {}


def test_with_each_comes_who_talked_and_what_was_noted():
    ada = factories.make_agent("ada", last_name="Lovelace")
    # Who waited for five minutes before.
    times = {"answer_time": timezone.now() - timedelta(seconds=61), "end_time": timezone.now(), "duration": 361}
    past = make_call(1, minutes_ago=6, agent=ada, result="answered", note="Call Monday.", outcome="call-back", **times)

    found = past_calls_with([factories.make_call(2, status="ringing")])

    talked = (past.sid, past.direction, CALLER, "answered", past.start_time, past.answer_time, past.end_time, ada.pk)
    assert found == {sid("CA", 2): [(*talked, "Call Monday.", "call-back", "ada", "Ada", "Lovelace")]}
    ((shown,),) = past_calls_cache.get([factories.make_call(3, status="ringing")])
    assert (shown["duration"], shown["agent"]["name"]) == (61, "Ada Lovelace")


def test_the_desk_is_shown_what_was_noted_and_of_a_long_note_its_beginning():
    make_call(1, minutes_ago=1, note="Wants a date. " * 100, outcome="follow-up")
    make_call(2, minutes_ago=2, note="Called back.")

    [shown] = past_calls_cache.get([factories.make_call(3, status="ringing")])

    assert [(past["outcome"], past["note"][:14]) for past in shown] == [
        ("follow-up", "Wants a date. "), ("", "Called back."),
    ]  # fmt: skip
    assert shown[0]["note"].endswith("…")
    assert len(shown[0]["note"]) <= 280


def test_who_withholds_the_number_has_no_past():
    make_call(1, caller="anonymous")

    assert past_calls_asked([Party(sid("CA", 2), "anonymous")]) == []


def test_a_call_that_is_asked_for_twice_is_told_of_once():
    make_call(1)
    twice = [Party(sid("CA", 2), CALLER)] * 2

    assert sids_of(*twice) == {sid("CA", 2): [sid("CA", 1)]}


def test_a_call_of_our_own_shows_whom_it_was_made_to():
    make_call(1, called=OTHER, caller="client:agent_1")
    ours = factories.make_call(2, caller="client:agent_1", called=OTHER, status="ringing")

    assert [row[0] for row in past_calls_with([ours])[ours.sid]] == [sid("CA", 1)]


# --- Nobody is shown more than the log would show ---


@pytest.fixture
def sales(stranger):
    """Another team's line."""
    return factories.make_line(team=stranger.teams.get(), number="+12025550101", name="Sales")


def pasts_of(call):
    return [row[0] for row in past_calls_with([call]).get(call.sid, [])]


def test_a_caller_of_another_teams_line_is_not_told_of(line, sales):
    make_call(1, minutes_ago=1, line=sales)
    make_call(2, minutes_ago=2, line=line)
    make_call(3, minutes_ago=3)
    ringing = factories.make_call(9, status="ringing", line=line)

    assert pasts_of(ringing) == [sid("CA", 2)]
    assert sids_of(Party(sid("CA", 9), CALLER, line_number=line.number)) == {sid("CA", 9): [sid("CA", 2)]}


def test_what_others_may_not_see_takes_no_place_of_what_they_may(line, sales):
    for number in range(1, 6):
        make_call(number, minutes_ago=number, line=sales)
    make_call(6, minutes_ago=60, line=line)

    assert pasts_of(factories.make_call(9, status="ringing", line=line)) == [sid("CA", 6)]


def test_calls_on_another_line_of_the_team_are_told_of(line, team):
    other = factories.make_line(team=team, number="+12025550109", name="Support at night")
    make_call(1, line=other)

    assert pasts_of(factories.make_call(9, status="ringing", line=line)) == [sid("CA", 1)]


def test_an_agent_who_calls_out_sees_the_teams_calls_and_his_own(line, sales, ada, stranger):
    make_call(1, minutes_ago=1, line=sales, agent=ada)
    make_call(2, minutes_ago=2, line=line)
    make_call(3, minutes_ago=3, line=sales, agent=stranger)
    out = {"caller": f"client:{ada.identity}", "called": CALLER, "status": "ringing", "agent": ada}

    assert pasts_of(factories.make_call(8, line=line, **out)) == [sid("CA", 1), sid("CA", 2)]
    assert pasts_of(factories.make_call(9, **out)) == [sid("CA", 1)]


def test_many_callers_of_different_lines_each_have_their_own_past(line, sales):
    make_call(1, line=line)
    make_call(2, line=sales)

    found = sids_of(
        Party(sid("CA", 8), CALLER, line_number=line.number), Party(sid("CA", 9), CALLER, line_number=sales.number)
    )

    assert found == {sid("CA", 8): [sid("CA", 1)], sid("CA", 9): [sid("CA", 2)]}


def test_a_number_says_only_how_many_calls_the_log_would_show(line, sales, ada, stranger, client):
    make_call(1, line=line)
    make_call(2, line=line)
    make_call(3, line=sales)
    admin = factories.make_agent("root", is_superuser=True)

    counts = {}
    for agent in (ada, stranger, admin):
        client.force_login(agent)
        response = client.get("/api/v1/numbers/check/", {"number": CALLER}, secure=True)
        counts[agent.username] = response.json()["known_calls"]

    assert counts == {"ada": 2, "stranger": 1, "root": 3}
