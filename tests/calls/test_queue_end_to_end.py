"""Four callers, three agents, the whole product and the simulator: nobody is lost."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from bench.soak.house import PASSWORD, House
from bench.soak.plan import Incoming
from bench.soak.robot import Plans, Robot
from tests.browser.stack import eventually

ROBOTS, SUPPORT = 3, "+12025550100"
_SET_UP = f"""
from agents.models import Agent, Team
from routing.models import Line, Route, RouteVersion
line = Line.objects.get(number="{SUPPORT}")
for number in range({ROBOTS}):
    agent = Agent.objects.create_user(f"queue{{number}}", password="{PASSWORD}", first_name=f"Queue {{number}}")
    agent.teams.add(line.team)
steps = [
    {{"id": "hello", "kind": "announcement", "prompt": {{"text": "Hello."}}, "next": "team"}},
    {{"id": "team", "kind": "team", "team": line.team_id, "strategy": "STRATEGY", "ring_seconds": 15,
      "wait_seconds": 120, "waited": "box", "nobody": "box"}},
    {{"id": "box", "kind": "voicemail"}},
]
route = Route.objects.create(name="Queue")
route.current = RouteVersion.objects.create(route=route, number=1, steps={{"first": "hello", "steps": steps}})
route.save()
line.route = route
line.save()
"""
_STATE = """
import json
from calls.models import Call, Conversation
print(json.dumps({
    row.pk: [row.state, row.call.result, row.call.waited, row.attempt, row.call.status]
    for row in Conversation.objects.select_related("call")
}))
"""


def plan(number: int, talk: float) -> Incoming:
    return Incoming(
        number=number, kind="answered", caller=f"+1202555018{number}", line=SUPPORT, agents="answer", gives_up=None,
        answer_after=0.5, talk=talk, agent_hangs_up=True, by_rest=False, at_the_tone="hang-up",
    )  # fmt: skip


async def talks(house: House, plans: Plans, calls: list[Incoming]) -> dict[str, Any]:
    """What became of each, by the caller's sid, in the order of the calls."""
    signal = house.settings["TWILIO_VOICE_SIGNALLING_URL"]
    robots = [Robot(house.desk_url, signal, f"queue{number}", PASSWORD, plans) for number in range(ROBOTS)]
    working = [asyncio.create_task(robot.run()) for robot in robots]
    try:
        async with asyncio.timeout(60):
            while not all(robot.ready for robot in robots):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        sids = []
        for one in calls:
            made = await asyncio.to_thread(
                house.bench, "POST", "/sim/calls", {"from": one.caller, "to": one.line, "voice": "silence"}
            )
            plans.set(made["sid"], one)
            sids.append(made["sid"])
        return await asyncio.to_thread(_outcome, house, sids)
    finally:
        for task in working:
            task.cancel()
        for task in working:
            with contextlib.suppress(asyncio.CancelledError):
                await task


def _outcome(house: House, sids: list[str]) -> dict[str, Any]:
    def over() -> dict[str, Any] | None:
        state = json.loads(house.shell(_STATE).strip().splitlines()[-1])
        done = all(sid in state and state[sid][4] == "completed" for sid in sids)
        return {sid: state[sid] for sid in sids} if done else None

    return eventually(over, "the end of all calls", seconds=90)


@pytest.mark.parametrize("strategy", ["longest-idle", pytest.param("all-at-once", marks=pytest.mark.once)])
def test_four_callers_and_three_agents_and_nobody_is_lost(tmp_path: Path, strategy: str) -> None:
    with House(tmp_path, agents=0) as house:
        house.shell(_SET_UP.replace("STRATEGY", strategy))

        found = asyncio.run(talks(house, Plans(), [plan(number, talk=4.0) for number in range(4)]))
        log = house.whole_log("web")

    assert [state for state, *_ in found.values()] == ["ended"] * 4
    assert [result for _, result, *_ in found.values()] == ["answered"] * 4
    assert max(waited for _, _, waited, *_ in found.values()) >= 2, "nobody waited"
    assert "Traceback" not in log
