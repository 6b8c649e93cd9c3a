"""Teams, agents on the phone and callers who wait, written at once: what `bench.offers` decides about."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

# A caller's name is the sid of the call: what the caller does follows from it, in whichever process it is asked.
TALK_SECONDS, PATIENCE_SECONDS, AFTERWARDS_SECONDS = 20.0, 900.0, 3.0


def sid_of(number: int) -> str:
    return f"CA{number:032x}"


def leg_of(sid: str) -> str:
    return f"CA1{sid[3:]}"


def talk_of(sid: str) -> float:
    return 2.0 + random.Random(f"talk {sid}").expovariate(1 / (TALK_SECONDS - 2.0))


def afterwards_of(sid: str) -> float:
    """Wrap-up."""
    return random.Random(f"afterwards {sid}").uniform(0.0, AFTERWARDS_SECONDS)


def patience_of(sid: str) -> float:
    return random.Random(f"patience {sid}").expovariate(1 / PATIENCE_SECONDS)


def make_teams(count: int) -> list[int]:
    from agents.models import Team
    from routing.models import Line

    found = []
    for number in range(count):
        team = Team.objects.create(name=f"Team {number}")
        Line.objects.create(name=f"Line {number}", number=f"+1202555{number:04d}", team=team)
        found.append(team.pk)
    return found


def make_agents(count: int, team_ids: list[int], *, second: float = 0.0) -> list[int]:
    """Agents whose phones can ring for as long as anybody measures. `second`: the share of them in two teams."""
    from django.utils import timezone

    from agents.models import Agent, Desk

    start = Agent.objects.count()
    agents = Agent.objects.bulk_create(
        [Agent(username=f"agent{start + number}", first_name=f"Agent {start + number}") for number in range(count)]
    )
    through: Any = Agent.teams.through
    rng = random.Random(count)
    pairs = []
    for number, agent in enumerate(agents):
        first = team_ids[number % len(team_ids)]
        chosen = {first, rng.choice(team_ids)} if rng.random() < second else {first}
        pairs += [through(agent_id=agent.pk, team_id=team_id) for team_id in chosen]
    through.objects.bulk_create(pairs)
    # Seen tomorrow: nobody has to keep it alive while others are measured.
    tomorrow = timezone.now() + timedelta(days=1)
    Desk.objects.bulk_create(
        [Desk(channel_name=f"bench-{agent.pk}", agent=agent, registered=True, seen_at=tomorrow) for agent in agents]
    )
    return [agent.pk for agent in agents]


def make_waiting(rows: list[tuple[str, int, datetime, str]]) -> None:
    """Callers who wait: each a sid, a team, since when, and the skill that is asked for."""
    from calls.models import Call, Conversation
    from routing.models import Line

    lines = dict(Line.objects.values_list("team_id", "pk"))
    Call.objects.bulk_create(
        [
            Call(
                sid=sid, caller=f"+1301{int(sid[2:], 16) % 10_000_000:07d}", called="+12025550000",
                status="in-progress", line_id=lines[team_id], start_time=since, waiting_since=since,
            )
            for sid, team_id, since, _ in rows
        ]
    )  # fmt: skip
    Conversation.objects.bulk_create(
        [
            Conversation(
                call_id=sid, state="waiting", team_id=team_id, waiting_since=since, place_at=since, skill=skill, turn=1,
                terms={"strategy": "longest-idle", "ring_seconds": 20, "wait_seconds": 7200},
            )
            for sid, team_id, since, skill in rows
        ]
    )  # fmt: skip


def make_talks(agent_ids: list[int], sids: list[str], team_ids: list[int]) -> None:
    """Each agent on the phone."""
    from django.utils import timezone

    from calls.models import Call
    from routing.models import Line

    lines, now = dict(Line.objects.values_list("team_id", "pk")), timezone.now()
    rows = []
    for number, (agent_id, sid) in enumerate(zip(agent_ids, sids, strict=True)):
        line_id = lines[team_ids[number % len(team_ids)]]
        more: dict[str, Any] = {"status": "in-progress", "agent_id": agent_id, "start_time": now, "answer_time": now}
        rows.append(Call(sid=sid, caller="+13015550000", called="+12025550000", line_id=line_id, **more))
        rows.append(
            Call(sid=leg_of(sid), parent_id=sid, called=f"client:agent_{agent_id}", direction="outbound-dial", **more)
        )
    Call.objects.bulk_create(rows)
