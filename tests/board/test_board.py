"""The board as its viewers get it: what it shows, and to whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Agent
from calls.models import Call, CallOffer, Participant, Room
from routing.models import Line
from tests import factories
from tests.board.days import answered, came, waited

pytestmark = pytest.mark.django_db
URL = "/api/v1/board/"


@pytest.fixture
def sales(db: None) -> Line:
    return factories.make_line(
        team=factories.make_team("Sales"), number="+12025550101", name="Sales", goal_wait_seconds=60
    )


@pytest.fixture
def hedy(team) -> Agent:
    return factories.make_agent("hedy", team=team, role="supervisor")


@pytest.fixture
def admin(db: None) -> Agent:
    return factories.make_agent("admin", is_superuser=True, is_staff=True)


def board_of(client, agent: Agent, **query: Any) -> Any:
    client.force_login(agent)
    return client.get(URL, query).json()


def waiting(line: Line, seconds: int, *, team: Any = None, state: str = "waiting", **values: Any) -> Any:
    since = timezone.now() - timedelta(seconds=seconds)
    call = came(line, since, status="in-progress", waiting_since=since, state=state, team=team or line.team, **values)
    call.conversation.waiting_since = call.conversation.place_at = since
    call.conversation.save()
    return call


def agent_in(board: Any, agent: Agent) -> Any:
    return next(one for one in board["agents"] if one["agent"]["id"] == agent.pk)


def test_a_supervisor_sees_the_own_teams_and_an_admin_all(client, line, sales, hedy, admin, ada, stranger):
    for one in (line, sales):
        answered(one, timezone.now(), after=2)
        waiting(one, 10)

    own, all_ = board_of(client, hedy), board_of(client, admin)

    assert [team["name"] for team in own["teams"]] == ["Support"]
    assert [team["name"] for team in all_["teams"]] == ["Sales", "Support"]
    assert (own["all"]["figures"]["calls"], all_["all"]["figures"]["calls"]) == (2, 4)
    assert (own["all"]["waiting"], all_["all"]["waiting"]) == (1, 2)
    assert [one["line"]["name"] for one in own["by_line"]] == ["Support"]
    assert [one["team"]["name"] for one in own["callers"]] == ["Support"]
    assert stranger.pk not in {one["agent"]["id"] for one in own["agents"]}
    assert stranger.pk in {one["agent"]["id"] for one in all_["agents"]}


def test_one_team_is_asked_for_and_the_others_can_be_chosen_still(client, line, sales, admin, stranger, ada):
    waiting(sales, 10)
    waiting(line, 10)

    board = board_of(client, admin, team=sales.team_id)

    assert board["team"] == sales.team_id
    assert len(board["teams"]) == 2
    assert [one["team"]["name"] for one in board["by_team"]] == ["Sales"]
    assert board["all"]["waiting"] == 1
    assert [one["agent"]["id"] for one in board["agents"]] == [stranger.pk]


@pytest.mark.parametrize("asked", ["0", "-1", "x", "9" * 30, "²", "1.0", "\x00"])
def test_a_team_that_there_is_not_is_a_wrong_field(client, hedy, asked):
    client.force_login(hedy)

    assert client.get(URL, {"team": asked}).status_code == 400


def test_a_team_of_others_is_as_if_it_were_not_there(client, hedy, sales):
    client.force_login(hedy)

    assert client.get(URL, {"team": sales.team_id}).status_code == 400


def test_agents_see_no_board(client, ada):
    client.force_login(ada)

    assert client.get(URL).status_code == 403


def test_who_waits_is_shown_with_when_the_lines_goal_is_past(client, line, sales, admin):
    first, second = waiting(line, 30), waiting(sales, 20)

    board = board_of(client, admin)

    assert [one["sid"] for one in board["callers"]] == [first.sid, second.sid]
    # Who called Sales waits a shorter time, and is late sooner.
    assert board["all"]["late_at"] == board["callers"][1]["late_at"]
    assert board["all"]["longest_since"] == board["callers"][0]["since"]
    assert board["all"]["goal"] == {"percent": 80, "seconds": 20, "wait_seconds": None}


def test_who_is_on_the_line_is_shown_however_many_are_to_be_called_back(client, line, admin):
    for number in range(51):
        waiting(line, 3600 + number, state="call-back")
    caller = waiting(line, 30)

    callers = board_of(client, admin)["callers"]

    assert (callers[0]["sid"], len(callers)) == (caller.sid, 50)


def test_of_many_who_wait_all_are_counted_and_the_first_fifty_shown(client, line, hedy):
    for seconds in range(60):
        waiting(line, 100 + seconds)

    board = board_of(client, hedy)

    assert (board["all"]["waiting"], len(board["callers"])) == (60, 50)
    assert board["by_line"][0]["waiting"] == 60


def test_a_caller_who_withholds_the_number_has_none(client, line, hedy):
    waiting(line, 10, caller="anonymous")

    (caller,) = board_of(client, hedy)["callers"]

    assert (caller["party"]["withheld"], caller["party"]["number"]) == (True, "")


def test_an_agent_who_talks_is_shown_with_whom_and_one_who_rings_for_whom(client, line, hedy, ada, grace):
    now = timezone.now()
    talk = came(line, now, agent=ada, status="in-progress", answer_time=now, caller="+12025550111")
    factories.make_call(5, parent=talk, agent=ada, status="in-progress", direction="outbound-dial", answer_time=now)
    ring = waiting(line, 9, state="offered", caller="+12025550112")
    CallOffer.objects.create(call=ring, agent=grace, state="ringing", rung_at=now)

    board = board_of(client, hedy)

    on_call, ringing = agent_in(board, ada), agent_in(board, grace)
    assert (on_call["state"], on_call["call"]["party"]["number"], on_call["calls"]) == ("on-call", "+12025550111", 1)
    assert (ringing["state"], ringing["call"]["party"]["number"]) == ("ringing", "+12025550112")
    assert ringing["since"][:19] == now.isoformat()[:19]
    assert board["callers"][0]["rings_at"][0]["since"][:19] == now.isoformat()[:19]


def test_of_a_call_for_another_team_the_board_says_only_that_there_is_one(client, line, sales, hedy, ada):
    ada.teams.add(sales.team)
    now = timezone.now()
    talk = came(sales, now, agent=ada, status="in-progress", answer_time=now)
    factories.make_call(5, parent=talk, agent=ada, status="in-progress", direction="outbound-dial", answer_time=now)

    assert agent_in(board_of(client, hedy), ada)["call"] is None
    hedy.teams.add(sales.team)
    assert agent_in(board_of(client, hedy), ada)["call"]["sid"] == talk.sid


def test_a_line_of_others_is_shown_when_its_callers_wait_here(client, sales, line, team, hedy):
    """A route of another team's line sends its callers to this team."""
    waited(sales, timezone.now(), 90, result="missed", state="abandoned", team=team)

    board = board_of(client, hedy)

    assert {one["line"]["name"]: one["figures"]["abandoned"] for one in board["by_line"]} == {"Sales": 1, "Support": 0}
    assert board["all"]["figures"]["abandoned"] == 1


def test_a_message_counts_for_the_team_in_whose_box_it_is(client, sales, line, team, hedy):
    waited(sales, timezone.now(), 90, result="voicemail", led_to=team)

    board = board_of(client, hedy)

    assert {one["line"]["name"]: one["figures"]["voicemail"] for one in board["by_line"]} == {"Sales": 1, "Support": 0}
    assert board["all"]["figures"]["voicemail"] == 1


def test_a_line_that_is_not_in_use_is_shown_only_on_a_day_on_which_somebody_called_it(client, line, hedy):
    line.is_active = False
    line.save()

    assert board_of(client, hedy)["by_line"] == []
    answered(line, timezone.now(), after=1)
    assert len(board_of(client, hedy)["by_line"]) == 1


def test_rows_stay_where_they_are_whatever_agents_do_but_those_who_have_finished(client, team, hedy):
    for name, availability in (("zoe", "available"), ("ben", "away"), ("amy", "offline")):
        factories.make_agent(name, team=team, availability=availability, reachable=True)

    names = [one["agent"]["name"] for one in board_of(client, hedy)["agents"]]

    assert names == ["Ben", "Hedy", "Zoe", "Amy"]


def test_a_supervisor_of_no_team_sees_an_empty_board(client, db):
    nobody = factories.make_agent("nobody", role="supervisor")

    board = board_of(client, nobody)

    assert (board["teams"], board["agents"], board["all"]["goal"]) == ([], [], None)
    assert board["all"]["figures"]["service_level"] is None


def test_who_is_to_be_called_back_is_counted_however_many_are_shown(client, sales, line, hedy, admin):
    for one in (line, line, sales):
        waiting(one, 10, state="call-back")
    waiting(line, 20)

    assert board_of(client, hedy)["call_backs"] == 2
    assert board_of(client, admin)["call_backs"] == 3


@pytest.fixture
def talk(line, ada):
    """Ada's call, in a room."""
    now = timezone.now()
    call = came(line, now, agent=ada, status="in-progress", answer_time=now, is_handled=True)
    factories.make_call(5, parent=call, agent=ada, status="in-progress", direction="outbound-dial", answer_time=now)
    Room.objects.create(call=call, name="r" * 32, state="open")
    return call


def test_who_talks_can_be_supervised_and_who_does_is_shown(client, talk, hedy, admin, ada):
    Participant.objects.create(
        room_id=talk.pk, label="p1", leg_sid=talk.pk, role="supervisor", agent=hedy, mode="whisper", state="in",
        coaching=True,
    )  # fmt: skip
    Participant.objects.create(room_id=talk.pk, label="p2", role="supervisor", agent=admin, mode="listen", state="left")

    found = agent_in(board_of(client, hedy), ada)

    assert (found["talking"], found["may_supervise"], found["help_since"]) == (True, True, None)
    assert found["supervisors"] == [{"id": hedy.pk, "name": "Hedy", "mode": "whisper"}]


def test_who_asks_for_help_is_shown_with_since_when(client, talk, hedy, ada):
    Call.objects.filter(pk=talk.pk).update(help_since="2026-11-23T09:30:00Z")

    assert agent_in(board_of(client, hedy), ada)["help_since"] == "2026-11-23T09:30:00Z"


def test_nobody_is_offered_to_supervise_the_own_call_or_who_only_rings(client, talk, line, hedy, grace):
    Call.objects.filter(pk=talk.pk).update(agent=hedy)
    Call.objects.filter(parent=talk.pk).update(agent=hedy)
    ring = waiting(line, 9, state="offered", caller="+12025550112")
    CallOffer.objects.create(call=ring, agent=grace, state="ringing", rung_at=timezone.now())

    board = board_of(client, hedy)

    own, rings = agent_in(board, hedy), agent_in(board, grace)
    assert (own["call"]["sid"], own["talking"], own["may_supervise"]) == (talk.sid, True, False)
    assert (rings["talking"], rings["may_supervise"]) == (False, False)


def test_of_another_teams_call_nothing_is_said(client, talk, sales, hedy, ada):
    Call.objects.filter(pk=talk.pk).update(line=sales, help_since=timezone.now())

    found = agent_in(board_of(client, hedy), ada)

    assert [found[name] for name in ("call", "help_since", "supervisors", "talking", "may_supervise")] == [
        None, None, [], False, False,
    ]  # fmt: skip
