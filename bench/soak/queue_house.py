"""The house of a queue's soak: one team, one line whose callers wait for it, and agents who do nothing but answer."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.soak.house import House
from bench.soak.record import Json, Record
from bench.soak.robot import Plans, Robot

SUPPORT = "+12025550100"
_SET_UP = """
import json
from agents.models import Agent, Team
from bench.seed import session_of
from routing.models import Line, Route, RouteVersion
line = Line.objects.get(number="{line}")
line.team.agents.clear()
# The ideal scheduler, beside which this stands, knows no wrap-up.
Team.objects.filter(pk=line.team_id).update(wrap_up_seconds=0)
agents = [Agent(username=f"queue{{n}}", first_name=f"Queue {{n}}") for n in range({count})]
for agent in agents:
    agent.save()
line.team.agents.add(*agents)
steps = [
    {{"id": "team", "kind": "team", "team": line.team_id, "strategy": "longest-idle", "ring_seconds": 20,
      "wait_seconds": 3600, "waited": "box", "nobody": "box"}},
    {{"id": "box", "kind": "voicemail"}},
]
route = Route.objects.create(name="Queue")
route.current = RouteVersion.objects.create(route=route, number=1, steps={{"first": "team", "steps": steps}})
route.save()
line.route = route
line.save()
print(json.dumps([session_of(agent) for agent in agents]))
"""


@contextmanager
def queue_house(folder: Path, agents: int) -> Iterator[tuple[House, list[str]]]:
    """With the agents' sessions."""
    with House(folder, agents=0, SIMULATOR_SPEED="4") as house:
        said = house.shell(_SET_UP.format(line=SUPPORT, count=agents))
        yield house, json.loads(said.strip().splitlines()[-1])


def queue_robot(house: House, number: int, session: str, plans: Plans) -> Robot:
    signal = house.settings["TWILIO_VOICE_SIGNALLING_URL"]
    return Robot(house.desk_url, signal, f"queue{number}", "", plans, session=session)


class ListeningRecord(Record):
    """Notes since when each caller hears nothing, and what the longest silence of each was."""

    def __init__(self, bench_url: str) -> None:
        super().__init__(bench_url)
        self._since: dict[str, float] = {}
        self._silent_since: dict[str, float] = {}
        #: Of each caller, the longest silence, and when it began.
        self.longest: dict[str, tuple[float, str]] = {}
        self.silence_began: dict[str, float] = {}

    def since(self, sid: str) -> float | None:
        """When the call began, by the monotonic clock."""
        return self._since.get(sid)

    def _take(self, event: Json) -> None:
        if event["type"] == "call":
            self._listen(event["call"])
        super()._take(event)

    def _listen(self, call: dict[str, Any]) -> None:
        sid, now = call["sid"], time.monotonic()
        if call["parent_call_sid"] or call["party"] != "telephone":
            return
        self._since.setdefault(sid, now)
        # Whoever leaves a message is listened to.
        silent = call["status"] == "in-progress" and not call["hears"] and call["verb"] != "Record"
        if silent:
            self._silent_since.setdefault(sid, now)
        elif sid in self._silent_since:
            began = self._silent_since.pop(sid)
            if now - began > self.longest.get(sid, (0.0, ""))[0]:
                self.longest[sid] = (now - began, f"until {call['hears'] or call['status']}, in {call['verb']}")
                self.silence_began[sid] = began
