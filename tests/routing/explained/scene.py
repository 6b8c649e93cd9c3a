"""Makes what was drawn, in the product's own settings: a line of JSON each."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any

import django

ROBOTS = 3


def line_of(lane: int) -> str:
    return f"+1202555040{lane}"


def caller_of(lane: int, kind: str) -> str:
    if kind == "anonymous":
        return kind
    # Spam rules are for beginnings.
    begins = {"refused": "+1212", "voicemail-only": "+1213", "marked": "+1214", "owned": "+1301", "known": "+1302"}
    return f"{begins.get(kind, '+1303')}555010{lane}"


def robot_name(lane: int, number: int) -> str:
    return f"lane{lane}robot{number}"


def main() -> None:
    django.setup()
    for text in sys.stdin:
        told = json.loads(text)
        found = {"begin": begin, "make": make}[told.pop("do")](**told)
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


def begin(lanes: int) -> dict[str, Any]:
    """Lines, teams and agents, a supervisor, and spam rules. Names are not in the order of ids.
    Returns everybody's session, by name."""
    from agents.models import Agent
    from bench.seed import session_of
    from routing.models import SpamRule

    Agent.objects.create(username="boss", is_superuser=True)
    for begins, action in (("+1212", "refuse"), ("+1213", "voicemail"), ("+1214", "mark")):
        SpamRule.objects.create(kind="prefix", number=begins, action=action)
    for lane in range(lanes):
        _begin(lane)
    people = Agent.objects.filter(is_demo=False)
    return {agent.username: session_of(agent) for agent in people}


def _begin(lane: int) -> None:
    from agents.models import Agent, Team
    from calls.models import Call
    from contacts.models import Contact, ContactNumber
    from routing.models import Line, OpeningHours, Route

    team, skilled = Team.objects.create(name=f"Lane {lane}"), Team.objects.create(name=f"Skill {lane}")
    Team.objects.create(name=f"Nobody {lane}")
    line = Line.objects.create(name=f"Lane {lane}", number=line_of(lane), team=team)
    agents = []
    for number, name in zip(range(ROBOTS), "CAB", strict=True):
        agent = Agent.objects.create(username=robot_name(lane, number), first_name=f"{name} {lane}")
        agent.teams.add(team, *([skilled] if number else []))
        agents.append(agent)
        OpeningHours.objects.create(name=f"Hours {lane} {number}", time_zone="UTC")
        _talked(
            f"CA{900 + lane * 10 + number:032x}", agent, line, caller="+13035559999", ago=30 + 7 * (number % 2) - number
        )
    for kind in ("Route", "Other"):
        Route.objects.create(name=f"{kind} {lane}")
    contact = Contact.objects.create(name=f"Owned {lane}", owner=agents[1])
    ContactNumber.objects.create(contact=contact, number=caller_of(lane, "owned"))
    assert Call.objects.filter(agent__in=agents).count() == ROBOTS
    _talked(f"CA{990 + lane:032x}", agents[2], line, caller=caller_of(lane, "known"), ago=60 * 20)


def _talked(sid: str, agent: Any, line: Any, *, caller: str, ago: int) -> None:
    from django.utils import timezone

    from calls.models import Call

    at = timezone.now() - timedelta(minutes=ago)
    Call.objects.create(
        sid=sid, caller=caller, called=line.number, line=line, agent=agent, status="completed", result="answered",
        start_time=at, answer_time=at, end_time=at + timedelta(minutes=1),
    )  # fmt: skip


def make(
    lane: int,
    steps: list[dict[str, Any]] | None,
    other: list[dict[str, Any]],
    opening: list[str],
    states: list[str],
) -> dict[str, Any]:
    """The names of steps' rows are replaced by their ids. Returns the agents' ids, in the robots' order."""
    from agents.models import Agent, Desk
    from routing.models import Line, Route

    agents = [Agent.objects.get(username=robot_name(lane, number)) for number in range(ROBOTS)]
    for number, how in enumerate(opening):
        _open(f"Hours {lane} {number}", how)
    for agent, state in zip(agents, states, strict=True):
        Agent.objects.filter(pk=agent.pk).update(availability="available" if state == "no-phone" else state)
        # As if its microphone had been taken away: the socket stays.
        Desk.objects.filter(agent=agent).update(registered=state != "no-phone")
    line = Line.objects.get(number=line_of(lane))
    rows = _rows(lane, agents)
    other_route, route = Route.objects.get(name=f"Other {lane}"), Route.objects.get(name=f"Route {lane}")
    _save(other_route, other, rows)
    if steps is not None:
        _save(route, steps, rows)
    Line.objects.filter(pk=line.pk).update(route=route if steps is not None else None)
    return {"agents": [agent.pk for agent in agents]}


def _rows(lane: int, agents: list[Any]) -> dict[str, Any]:
    from agents.models import Team
    from routing.models import OpeningHours, Route

    rows: dict[str, Any] = {
        "@team": Team.objects.get(name=f"Lane {lane}").pk,
        "@empty": Team.objects.get(name=f"Nobody {lane}").pk,
        "@gone": 99_999,
        "@other": Route.objects.get(name=f"Other {lane}").pk,
        "@skill": f"skill {lane}",
        "@rejects": f"+1304555010{lane}",
        "@busy": f"+1305555010{lane}",
        "@line": line_of(lane),
    }
    rows |= {f"@agent{number}": agent.pk for number, agent in enumerate(agents)}
    hours = OpeningHours.objects
    return rows | {f"@hours{number}": hours.get(name=f"Hours {lane} {number}").pk for number in range(ROBOTS)}


def _save(route: Any, steps: list[dict[str, Any]], rows: dict[str, Any]) -> None:
    from routing.models import RouteVersion

    named = [
        {name: rows.get(value, value) if isinstance(value, str) else value for name, value in step.items()}
        for step in steps
    ]
    document = {"first": steps[0]["id"], "steps": named}
    number = route.versions.count() + 1
    route.current = RouteVersion.objects.create(route=route, number=number, steps=document)
    route.save()


def _open(name: str, how: str) -> None:
    """So that it is open or closed for the hours to come, whatever the clock shows."""
    from django.utils import timezone

    from routing.models import OpeningHours

    today = timezone.now().date()
    whole = [["00:00", "24:00"]] if how not in ("closed", "switched-open") else []
    days = [(today + timedelta(days=offset)).isoformat() for offset in (-1, 0, 1)]
    dates = [{"date": day, "name": "A feast", "spans": whole if how == "own-date-open" else []} for day in days]
    OpeningHours.objects.filter(name=name).update(
        week=[[["18:00", "18:00"]]] * 7 if how == "night" else [whole] * 7,
        dates=dates if how.startswith("own-date") else [],
        switched=how.removeprefix("switched-") if how.startswith("switched-") else "",
        switched_until=None,
        time_zone="Nowhere/At all" if how == "gone" else "UTC",
    )


if __name__ == "__main__":
    main()
