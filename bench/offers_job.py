"""What `bench.offers` has the product do, in processes of its own: `python -m bench.offers_job STEP JSON`."""

from __future__ import annotations

import json
import sys
from typing import Any

import django

WAITING, AGENTS, TEAMS = 1_000, 200, 8
# Of callers, the share who ask for a skill; of agents, those in two teams.
SKILLED, IN_TWO_TEAMS = 0.1, 0.5


def main() -> None:
    django.setup()
    step, told = sys.argv[1], json.loads(sys.argv[2])
    print(json.dumps(_STEPS[step](**told)))


def _prepare(seed: int) -> dict[str, Any]:
    """1,000 who wait for one of eight teams, 200 agents, all of them on the phone."""
    import random
    from datetime import timedelta

    from django.utils import timezone

    from agents.models import Team
    from bench import offers_rows as rows

    rng, now = random.Random(seed), timezone.now()
    team_ids = rows.make_teams(TEAMS)
    names = dict(Team.objects.values_list("pk", "name"))
    agent_ids = rows.make_agents(AGENTS, team_ids, second=IN_TWO_TEAMS)
    rows.make_talks(agent_ids, [rows.sid_of(number) for number in range(AGENTS)], team_ids)
    waiting = [
        (rows.sid_of(AGENTS + number), *drawn(rng, team_ids, names, now - timedelta(seconds=rng.uniform(0, 120))))
        for number in range(WAITING)
    ]
    rows.make_waiting(waiting)
    return {"agents": agent_ids, "teams": team_ids}


def drawn(rng: Any, team_ids: list[int], names: dict[int, str], since: Any) -> tuple[int, Any, str]:
    """A caller's team, since when, and the skill that is asked for."""
    team_id = rng.choice(team_ids)
    skill = names[rng.choice(team_ids)] if rng.random() < SKILLED else ""
    return team_id, since, skill


def _decide(**told: Any) -> dict[str, Any]:
    from bench.offers_decide import Office

    return Office(**told).run()


def _collect(began: float, until: float) -> dict[str, Any]:
    """How long callers waited, and how long they would have with the same calls and an ideal scheduler."""
    from bench.offers_decide import compare

    return compare(began, until)


def _ring(**told: Any) -> dict[str, Any]:
    from bench.offers_ring import ring

    return ring(**told)


_STEPS = {"prepare": _prepare, "decide": _decide, "collect": _collect, "ring": _ring}

if __name__ == "__main__":
    main()
