"""The day's figures against a hand-made log. What each means: docs/board.md."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from board.day import calls_by_agent, day_rows, day_start
from board.figures import Figures, goal_of
from calls.models import CallOffer, Conversation, Transfer
from tests import factories
from tests.board.days import answered, came, hung_up_while_ringing, waited

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def figures(**only: Any) -> Figures:
    """Of all rows that fit."""
    total = Figures()
    for row in day_rows(NOW, None):
        if all(getattr(row, name) == value for name, value in only.items()):
            total += row.figures
    return total


def at(minutes: int) -> datetime:
    return MORNING + timedelta(minutes=minutes)


def test_calls_are_counted_by_what_came_of_them(line, ada):
    answered(line, at(0), after=5, agent=ada)
    answered(line, at(1), after=45, agent=ada)
    came(line, at(2), result="voicemail", end_time=at(3))
    came(line, at(3), result="missed", end_time=at(4))
    hung_up_while_ringing(line, at(4), 25, ada)

    found = figures()

    assert (found.calls, found.answered, found.answered_in_goal) == (5, 2, 1)
    assert (found.voicemail, found.missed, found.abandoned, found.abandoned_waited_mean) == (1, 2, 1, 25)


@pytest.mark.parametrize(("after", "in_goal"), [(20, 1), (21, 0)])
def test_in_time_is_up_to_the_last_second_of_the_lines_own_goal(line, ada, after, in_goal):
    answered(line, at(0), after=after, agent=ada)

    assert figures().answered_in_goal == in_goal


def test_each_line_is_measured_by_its_own_goal(line, team, ada):
    slow = factories.make_line(team=team, number="+12025550188", name="Slow", goal_seconds=60, goal_percent=50)
    for one in (line, slow):
        answered(one, at(0), after=40, agent=ada)

    assert figures(line_id=line.pk).answered_in_goal == 0
    assert figures(line_id=slow.pk).answered_in_goal == 1


def test_on_a_route_the_time_counts_from_when_the_caller_came_to_the_team(line, team, ada):
    answered(
        line, at(0), after=70, agent=ada, waiting_since=at(1), waited=10, state="ended", team=team
    )  # fmt: skip

    assert figures().answered_in_goal == 1


def test_a_call_that_is_talked_on_is_answered_already(line, ada):
    came(line, at(0), agent=ada, status="in-progress", answer_time=at(0) + timedelta(seconds=9))
    came(line, at(1), status="ringing")

    found = figures()
    assert (found.calls, found.answered, found.answered_in_goal, found.counted) == (2, 1, 1, 1)


def test_who_hangs_up_within_the_goal_is_not_in_the_service_level_and_whoever_does_later_is(line, team, ada):
    answered(line, at(0), after=5, agent=ada)
    waited(line, at(1), 8, result="missed", state="abandoned", team=team)
    waited(line, at(2), 90, result="missed", state="abandoned", team=team)

    found = figures()

    assert (found.abandoned, found.abandoned_in_goal, found.counted) == (2, 1, 2)
    assert (found.service_level, found.abandoned_percent, found.abandoned_waited_mean) == (50.0, 66.7, 49)


def test_who_waited_and_left_a_message_was_not_answered_in_time(line, team, ada):
    answered(line, at(0), after=5, agent=ada)
    waited(line, at(1), 120, result="voicemail", state="ended")

    assert figures().service_level == 50.0
    assert figures().abandoned == 0


def test_who_came_to_a_team_in_which_nobody_was_there_was_not_answered_in_time(line, ada):
    answered(line, at(0), after=5, agent=ada)
    waited(line, at(1), 0, result="voicemail", state="message")

    assert figures().service_level == 50.0


@pytest.mark.parametrize(("after", "in_goal"), [(12, 1), (50, 0)])
def test_who_could_not_wait_for_a_team_waited_until_somebody_else_answered(line, ada, after, in_goal):
    answered(line, at(0), after=after, agent=ada, waiting_since=at(0), waited=0, state="ended")

    assert figures().answered_in_goal == in_goal


def test_who_never_came_to_a_team_is_in_no_service_level(line, ada):
    answered(line, at(0), after=5, agent=ada)
    # Closed, as the route says; and one whom a spam rule refuses.
    came(line, at(1), result="voicemail", state="message")
    came(line, at(2), result="missed", state="ended")

    found = figures()
    assert (found.calls, found.counted, found.service_level) == (3, 1, 100.0)


def test_who_was_answered_past_every_team_is_in_no_service_level(line, ada):
    answered(line, at(0), after=5, agent=ada, waiting_since=at(0), waited=5, state="ended")
    # A menu of 25 seconds, and then an agent's own step; and one who hung up while that agent rang.
    answered(line, at(1), after=27, agent=ada, state="ended")
    came(line, at(2), result="missed", state="abandoned")

    found = figures()
    assert (found.answered, found.abandoned) == (2, 1)
    assert (found.counted, found.service_level, found.abandoned_percent) == (1, 100.0, 0.0)


def test_nothing_is_said_of_a_day_without_calls(line):
    assert day_rows(NOW, None) == []
    assert (Figures().service_level, Figures().abandoned_percent, Figures().abandoned_waited_mean) == (None, None, None)


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        ("UTC", datetime(2026, 11, 24, 0, 0, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 24, 5, 0, tzinfo=UTC)),
        ("Asia/Tokyo", datetime(2026, 11, 24, 15, 0, tzinfo=UTC)),
        ("Asia/Kolkata", datetime(2026, 11, 23, 18, 30, tzinfo=UTC)),
    ],
)
def test_the_day_begins_at_midnight_by_the_desks_clock(line, ada, settings, zone, begins):
    settings.TIME_ZONE = zone
    assert day_start(NOW) == begins
    answered(line, begins - timedelta(seconds=1), after=1, agent=ada)
    answered(line, begins, after=1, agent=ada)

    assert figures().calls == 1


def test_a_call_over_midnight_counts_on_the_day_on_which_it_came(line, ada):
    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    answered(line, midnight - timedelta(seconds=30), after=60, agent=ada)

    assert figures().calls == 0


def test_a_day_on_which_clocks_change_begins_at_its_own_midnight(settings):
    settings.TIME_ZONE = "Europe/Berlin"

    assert day_start(datetime(2026, 10, 25, 20, tzinfo=UTC)) == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert day_start(datetime(2026, 10, 26, 20, tzinfo=UTC)) == datetime(2026, 10, 25, 23, tzinfo=UTC)


def test_a_caller_whom_a_route_sends_to_another_team_counts_for_that_team_and_on_the_line_that_was_dialled(line, team):
    sales = factories.make_team("Sales")
    waited(line, at(0), 30, result="missed", state="abandoned", team=sales)
    waited(line, at(1), 30, result="missed", state="abandoned", team=team)

    assert [(row.line_id, row.team_id, row.figures.abandoned) for row in day_rows(NOW, {sales.pk})] == [
        (line.pk, sales.pk, 1)
    ]
    assert figures(line_id=line.pk).calls == 2
    assert figures(team_id=team.pk).calls == 1


def test_who_waited_and_went_on_to_a_mailbox_counts_for_the_lines_team(line, team):
    waited(line, at(0), 120, result="voicemail", state="message", team=None)

    assert [row.team_id for row in day_rows(NOW, None)] == [team.pk]


def test_other_teams_are_not_read(line, team, stranger):
    other = factories.make_line(team=factories.make_team("Sales"), number="+12025550101", name="Sales")
    answered(line, at(0), after=1)
    answered(other, at(0), after=1)

    assert [row.line_id for row in day_rows(NOW, {team.pk})] == [line.pk]
    assert day_rows(NOW, set()) == []


def test_what_we_dialled_and_calls_to_no_line_of_ours_are_not_calls_that_came(line, ada):
    came(line, at(0), caller=f"client:{ada.identity}", result="reached", agent=ada)
    came(line, at(0), direction="outbound-api", result="reached")
    leg_of = answered(line, at(0), after=3)
    came(line, at(0), parent=leg_of, direction="outbound-dial")
    factories.make_call(7, direction="inbound", start_time=at(0), result="missed")

    assert figures().calls == 1


def test_of_those_who_were_missed_it_is_known_who_is_still_to_be_called_back(line, team):
    now = datetime.now(UTC)
    waited(line, now, 40, result="missed", state="abandoned", team=team, caller="+12025550177")
    # Called again and was answered; and one whose number nobody knows.
    waited(line, now, 40, result="missed", state="abandoned", team=team, caller="+12025550178")
    answered(line, now + timedelta(seconds=50), after=2, caller="+12025550178")
    waited(line, now, 40, result="missed", state="abandoned", team=team, caller="anonymous")

    (row,) = day_rows(now, None)

    assert (row.figures.missed, row.figures.to_call_back) == (3, 1)


def test_agents_are_counted_with_whom_they_talked_whoever_called(line, ada, grace):
    answered(line, at(0), after=2, agent=ada)
    came(line, at(1), caller=f"client:{ada.identity}", result="reached", agent=ada, answer_time=at(1))
    came(line, at(2), caller=f"client:{ada.identity}", result="no-answer", agent=ada)
    came(line, at(3), agent=grace, status="in-progress", answer_time=at(3))
    answered(line, MORNING - timedelta(days=1), after=2, agent=grace)

    assert calls_by_agent(NOW, [ada.pk, grace.pk]) == {ada.pk: 2, grace.pk: 1}


def test_whoever_gave_a_call_away_has_talked_in_it_too(line, ada, grace):
    """By a first ring, by calling, and by having been given it; a colleague who did not take it has not."""
    hedy, root = factories.make_agent("hedy"), factories.make_agent("root")
    came_to_ada = answered(line, at(0), after=2, agent=grace, is_handled=True)
    for agent, state in ((ada, "answered"), (grace, "answered"), (root, "ended")):
        CallOffer.objects.create(call=came_to_ada, agent=agent, state=state)
    made = {"caller": f"client:{ada.identity}", "result": "reached", "answer_time": at(1), "is_handled": True}
    by_ada = came(line, at(1), agent=hedy, **made)
    Transfer.objects.create(call=by_ada, mode="warm", state="handed-over", from_agent=ada, to_agent=grace)
    Transfer.objects.create(call=by_ada, mode="warm", state="cancelled", from_agent=grace, to_agent=root)

    counts = calls_by_agent(NOW, [ada.pk, grace.pk, hedy.pk, root.pk])

    assert counts == {ada.pk: 2, grace.pk: 2, hedy.pk: 1}
    assert calls_by_agent(NOW, [ada.pk]) == {ada.pk: 2}


def test_a_call_that_was_called_back_is_still_one_that_came(line, team, ada):
    """It is a leg of the call back by then, which came from nobody outside."""
    back = came(line, at(9), caller=f"client:{ada.identity}", result="reached", agent=ada, answer_time=at(9))
    first = waited(line, at(0), 40, result="missed", state="ended", team=team, parent=back)
    Conversation.objects.filter(pk=first.pk).update(call_back_asked_at=at(0))

    assert (figures().calls, figures().missed, figures().answered) == (1, 1, 0)


def test_goals_of_lines_together():
    counts = Figures(answered=1, wanted=80) + Figures(answered=3, wanted=3 * 60)

    same = goal_of([(80, 20, 120), (80, 20, 120)], counts)
    mixed = goal_of([(80, 20, 120), (60, 30, 120)], counts)

    assert (same.percent, same.seconds, same.wait_seconds) == (80, 20, 120)
    assert (mixed.percent, mixed.seconds, mixed.wait_seconds) == (65, None, 120)
    assert goal_of([], counts) is None
    assert goal_of([(80, 20, 120), (60, 30, 120)], Figures()).percent == 70
