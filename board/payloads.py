"""The board as JSON: `Board` in docs/desk-protocol.md."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import reduce
from operator import add
from typing import Any

from board.day import DayRow
from board.figures import Figures, Goal, goal_of
from board.notices import notices_now
from board.selectors import Facts, Scope, WaitRow
from calls.models import Call
from calls.payloads import line_json, party_json, time_json
from calls.queues.payloads import queue_json
from core.days import desk_day
from routing.models import Line

# Of all teams together so many callers are shown, those on the line before who is to be called back, and of each the
# longest waiting; all are counted.
MOST_CALLERS = 50
# In these an agent's phone may ring. In the others something else is said of the agent first.
_MAY_RING = frozenset({"available", "busy", "away", "wrap-up", "not-reachable"})


def board_json(facts: Facts, scope: Scope) -> dict[str, Any]:
    shown = scope.shown
    may_see = _within(scope.team_ids)
    is_shown = _within(shown)
    day = [row for row in facts.day if is_shown(row.team_id)]
    waits = [row for row in facts.waits if is_shown(row.team_id)]
    lines = {line.pk: line for line in facts.lines}
    teams = [(pk, name) for pk, name in facts.teams if may_see(pk)]
    # A line that callers of these teams dialled is shown, and every line of theirs that is in use.
    dialled = {row.line_id for row in day} | {row.line_id for row in waits}
    listed = [line for line in facts.lines if line.pk in dialled or (line.is_active and is_shown(line.team_id))]
    return {
        "now": time_json(facts.now),
        "day": desk_day(facts.now).isoformat(),
        "team": scope.chosen,
        "teams": [{"id": pk, "name": name} for pk, name in teams],
        "all": _standing(listed, day, waits, lines),
        "by_team": [
            {
                "team": {"id": pk, "name": name},
                **_standing(
                    [line for line in facts.lines if line.is_active and line.team_id == pk],
                    [row for row in day if row.team_id == pk],
                    [row for row in waits if row.team_id == pk],
                    lines,
                ),
            }
            for pk, name in teams
            if is_shown(pk)
        ],
        "by_line": [
            {
                "line": line_json(line),
                **_standing(
                    [line],
                    [row for row in day if row.line_id == line.pk],
                    [row for row in waits if row.line_id == line.pk],
                    lines,
                ),
            }
            for line in listed
        ],
        "callers": _callers(facts, is_shown),
        "call_backs": sum(queue.call_backs for queue in facts.queues if is_shown(queue.team_id)),
        "notices": [{"text": one.text, "urgent": one.urgent} for one in notices_now()],
        "agents": [
            _agent(facts, now, may_see, scope.viewer_id)
            for now in _sorted(facts.presence)
            if _works_in(facts, now, is_shown)
        ],
    }


def _within(team_ids: frozenset[int] | None) -> Callable[[int | None], bool]:
    return lambda team_id: team_ids is None or team_id in team_ids


def _standing(own: list[Line], day: list[DayRow], waits: list[WaitRow], lines: dict[int, Line]) -> dict[str, Any]:
    """Of some lines: who waits now, how the day has gone, and what was wanted of both."""
    figures = reduce(add, (row.figures for row in day), Figures())
    # What others' lines brought counts with those lines' goals.
    dialled = {row.line_id for row in day} | {row.line_id for row in waits}
    meant = {line.pk: line for line in own} | {pk: lines[pk] for pk in dialled}
    goals = [(line.goal_percent, line.goal_seconds, line.goal_wait_seconds) for line in meant.values()]
    since = [row.longest_since for row in waits if row.longest_since]
    late = [
        row.longest_since + timedelta(seconds=lines[row.line_id].goal_wait_seconds)
        for row in waits
        if row.longest_since
    ]
    return {
        "waiting": sum(row.waiting for row in waits),
        "longest_since": time_json(min(since, default=None)),
        "late_at": time_json(min(late, default=None)),
        "goal": _goal(goal_of(goals, figures)),
        "figures": _figures(figures),
    }


def _goal(goal: Goal | None) -> dict[str, Any] | None:
    if goal is None:
        return None
    return {"percent": goal.percent, "seconds": goal.seconds, "wait_seconds": goal.wait_seconds}


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "calls": figures.calls,
        "answered": figures.answered,
        "answered_in_goal": figures.answered_in_goal,
        "counted": figures.counted,
        "service_level": figures.service_level,
        "voicemail": figures.voicemail,
        "missed": figures.missed,
        "abandoned": figures.abandoned,
        "abandoned_percent": figures.abandoned_percent,
        "abandoned_waited": figures.abandoned_waited_mean,
        "to_call_back": figures.to_call_back,
    }


def _callers(facts: Facts, is_shown: Callable[[int | None], bool]) -> list[dict[str, Any]]:
    """Those who wait and those for whom phones ring, then who is to be called back, of each the longest waiting first,
    each with when the goal is past."""
    found = []
    for queue in facts.queues:
        if is_shown(queue.team_id):
            shown = queue_json(queue)
            for caller, one in zip(queue.callers, shown["callers"], strict=True):
                since = caller.waiting_since or caller.call.start_time
                order = (one["state"] == "call-back", since, caller.pk)
                found.append((order, {**one, "team": shown["team"]}))
    return [one for _, one in sorted(found, key=lambda entry: entry[0])[:MOST_CALLERS]]


def _works_in(facts: Facts, now: dict[str, Any], is_shown: Callable[[int | None], bool]) -> bool:
    return any(is_shown(team_id) for team_id in facts.teams_of.get(now["agent"]["id"], ()))


def _sorted(presence: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By name, so that no row moves while somebody reads; who has finished comes last."""
    return sorted(
        presence, key=lambda now: (now["state"] == "offline", now["agent"]["name"].casefold(), now["agent"]["id"])
    )


def _call(call: Call, agent_id: int) -> dict[str, Any]:
    """With whom this agent talks, or who rings there."""
    viewer = call.colleague if call.came_to(agent_id) else None
    return {"sid": call.sid, "party": party_json(call, viewer), "line": line_json(call.line)}


def _agent(
    facts: Facts, now: dict[str, Any], may_see: Callable[[int | None], bool], viewer_id: int | None
) -> dict[str, Any]:
    """Whom the agent talks with, or is rung for, is not said of a call of a team that the viewer does not see."""
    agent_id = now["agent"]["id"]
    ring = facts.rings.get(agent_id) if now["state"] in _MAY_RING else None
    talk = facts.talks.get(agent_id) if now["state"] == "on-call" else None
    shown = ring or talk
    seen = shown if shown is not None and may_see(shown.team_id) else None
    call = seen.call if seen is not None else None
    return {
        **now,
        "state": "ringing" if ring else now["state"],
        "since": time_json(ring.since) if ring else now["since"],
        "call": _call(call, agent_id) if call else None,
        "calls": facts.calls_today.get(agent_id, 0),
        "talking": call is not None and ring is None and call.is_talked_on,
        "help_since": time_json(call.help_since) if call is not None and ring is None else None,
        "supervisors": facts.supervisors.get(call.sid, []) if call is not None and ring is None else [],
        "may_supervise": call is not None and ring is None and agent_id != viewer_id and not call.is_internal,
    }
