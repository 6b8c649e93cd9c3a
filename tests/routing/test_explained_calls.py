"""What the explainer says of a call is what the simulator then does with it: routes, people, keys and hours drawn at
random. `EXPLAINED_CALLS=400` makes as many instead of a handful; `EXPLAINED_SEED` draws others.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from bench.soak.house import House
from bench.soak.plan import Incoming
from bench.soak.record import Record
from bench.soak.robot import Plans, Robot
from tests.browser.stack import ROOT
from tests.routing.explained import compare
from tests.routing.explained.drawn import Drawn, drawn_calls
from tests.routing.explained.scene import ROBOTS, caller_of, line_of, robot_name

# So many lines are called at the same time.
LANES = 4
CALLS = int(os.environ.get("EXPLAINED_CALLS", "12"))
PATIENCE = 60.0


class Scene:
    """The process that makes what was drawn."""

    def __init__(self, house: House) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.routing.explained.scene"],
            cwd=ROOT, env=house.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._lock = threading.Lock()

    def do(self, what: str, **told: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps({"do": what, **told}) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        assert answer, "the scene broke down: its last words are above"
        found: dict[str, Any] = json.loads(answer)
        return found

    def end(self) -> None:
        self._process.terminate()
        self._process.wait()


class Boss:
    """Somebody who may ask the explainer."""

    def __init__(self, url: str, session: str) -> None:
        self._http = httpx.Client(base_url=url, trust_env=False, timeout=30, follow_redirects=True)
        self._http.get("/accounts/login/")
        self._http.cookies.set("sessionid", session)

    def ask(self, **body: str) -> dict[str, Any]:
        token = {"X-CSRFToken": self._http.cookies["csrftoken"]}
        answer = self._http.post("/api/v1/routes/explain/", json=body, headers=token)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


class Decliners(Plans):
    """Whoever is rung declines at once, so that the next one rings."""

    async def get(self, sid: str) -> Incoming:
        return Incoming(
            number=0, kind="rejected", caller="", line="", agents="reject", gives_up=None, answer_after=0.05, talk=0,
            agent_hangs_up=True, by_rest=False, at_the_tone="hang-up",
        )  # fmt: skip


class World:
    """The product, the simulator and the robots, with an event loop in a thread of its own."""

    def __init__(self, house: House) -> None:
        self.house, self.scene = house, Scene(house)
        self._sessions = self.scene.do("begin", lanes=LANES)
        self.boss = Boss(house.desk_url, self._sessions["boss"])
        for lane in range(LANES):
            for number, behaviour in ((f"+1304555010{lane}", "reject"), (f"+1305555010{lane}", "busy")):
                house.bench("PUT", f"/sim/telephones/{number}", {"behaviour": behaviour})
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._run(self._open())

    def _run(self, work: Any, seconds: float = 120) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    async def _open(self) -> None:
        signal, plans = self.house.settings["TWILIO_VOICE_SIGNALLING_URL"], Decliners()
        names = [robot_name(lane, number) for lane in range(LANES) for number in range(ROBOTS)]
        self.robots = [
            Robot(self.house.desk_url, signal, name, "", plans, session=self._sessions[name]) for name in names
        ]
        self._working = [asyncio.create_task(robot.run()) for robot in self.robots]
        self.record = await Record(self.house.bench_url).__aenter__()
        async with asyncio.timeout(90):
            while not all(robot.ready for robot in self.robots):  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    async def _close(self) -> None:
        await self.record.__aexit__()
        for task in self._working:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def close(self) -> None:
        self._run(self._close())
        self._run(self._loop.shutdown_asyncgens())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self.scene.end()

    def play(self, calls: list[Drawn]) -> list[str]:
        """Makes them all at once, each on a line of its own; what differs."""

        async def all_of_them() -> list[list[str]]:
            return await asyncio.gather(
                *(asyncio.to_thread(self._play, lane, drawn) for lane, drawn in enumerate(calls))
            )

        return [problem for found in self._run(all_of_them(), 200) for problem in found]

    def _play(self, lane: int, drawn: Drawn) -> list[str]:
        for number, state in enumerate(drawn.states):
            # Else the desk's next sign of life would say that its phone can ring.
            said = self._tell_phone_state(self.robots[lane * ROBOTS + number], state != "no-phone")
            asyncio.run_coroutine_threadsafe(said, self._loop).result(PATIENCE)
        agents = self.scene.do(
            "make", lane=lane, steps=drawn.steps, other=drawn.other, opening=drawn.opening, states=drawn.states
        )["agents"]
        caller = caller_of(lane, drawn.caller)
        keys = self._keys(lane, drawn, caller)
        told = self._explain(lane, drawn, caller, "".join(keys))
        self._set_telephone(caller, keys)
        sid = self.house.telephone_calls(caller, line_of(lane), voice="silence")
        requests = self._until_over(sid)
        problems = compare_call(told, requests, self.record.children(sid), agents)
        self._hang_up(sid)
        return [f"{problem}\n{drawn}\n{json.dumps(told, indent=1)}" for problem in problems]

    async def _tell_phone_state(self, robot: Robot, can_ring: bool) -> None:
        await robot.tell_phone_state(can_ring)
        async with asyncio.timeout(PATIENCE):
            while robot.phone_state_kept is None:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    def _explain(self, lane: int, drawn: Drawn, caller: str, keys: str) -> dict[str, Any]:
        when = {"at": datetime.now(UTC).isoformat()} if drawn.says_when else {}
        return self.boss.ask(line=line_of(lane), keys=keys, **{"from": caller}, **when)

    def _keys(self, lane: int, drawn: Drawn, caller: str) -> str:
        """Those pressed before anybody rings, and then 1 for ever, or none."""
        if caller == "anonymous":
            # The simulator has no telephone that would press them.
            return ""
        before = compare.questions_before_rings(self._explain(lane, drawn, caller, drawn.keys))
        kept = drawn.keys[:before]
        # No key at all where keys have run out: then none later, either.
        return kept + "1" * 20 if drawn.leaves and len(kept) == before else kept

    def _set_telephone(self, caller: str, keys: str) -> None:
        if caller != "anonymous":
            press = [{"digits": key, "after": 0.2} for key in keys]
            self.house.bench("PUT", f"/sim/telephones/{caller}", {"press": press})

    def _until_over(self, sid: str) -> list[dict[str, Any]]:
        def over() -> bool:
            return self.record.over(sid) or compare.is_over(compare.met(self.record.requests_of(sid)))

        asyncio.run_coroutine_threadsafe(self.record.until(over, PATIENCE), self._loop).result(PATIENCE + 10)
        return self.record.requests_of(sid)

    def _hang_up(self, sid: str) -> None:
        if not self.record.over(sid):
            self.house.bench("POST", f"/sim/calls/{sid}/hangup")
        everything = [sid, *(leg["sid"] for leg in self.record.children(sid))]
        until = self.record.until(lambda: all(self.record.over(one) for one in everything), PATIENCE)
        assert asyncio.run_coroutine_threadsafe(until, self._loop).result(PATIENCE + 10), f"{sid} does not end"


def compare_call(
    told: dict[str, Any], requests: list[dict[str, Any]], legs: list[dict[str, Any]], agents: list[int]
) -> list[str]:
    """What the explainer said beside what was done; nothing when both are the same."""
    problems = []
    said, done = compare.explained(told), compare.met(requests)
    if said != done:
        problems.append(f"the explainer says {said}, the simulator does {done}")
    would = [f"agent_{one['agent']['id']}" for one in told["rings"]]
    rung = compare.attempts(requests)
    if bool(would) != bool(rung):
        problems.append(f"the explainer says that {would} ring, the simulator rings {rung}")
    elif would and len(rung[0]) > 1 and set(rung[0]) != set(would):
        problems.append(f"the explainer says that {would} ring at once, the simulator rings {rung}")
    elif would and len(rung[0]) == 1 and [name for names in rung for name in names][: len(would)] != would:
        problems.append(f"the explainer says that {would} ring in turn, the simulator rings {rung}")
    legs_of = {leg["to"].removeprefix("client:") for leg in legs if leg["party"] == "client"}
    if missing := {name for names in rung for name in names} - legs_of:
        problems.append(f"phones of {missing} never rang")
    if strangers := legs_of - {f"agent_{pk}" for pk in agents}:
        problems.append(f"phones of {strangers} rang, who are of no team here")
    return problems


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("WARNING", logger="httpx")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    numbers = ",".join(f"{line_of(lane)} Lane {lane}" for lane in range(LANES))
    changes = {"SIMULATOR_NUMBERS": numbers, "SIMULATOR_SPEED": "40"}
    with House(tmp_path_factory.mktemp("explained"), agents=0, **changes) as house:
        running = World(house)
        try:
            yield running
        finally:
            running.close()


def test_what_the_explainer_says_of_a_call_is_what_is_done_with_it(world: World) -> None:
    problems: list[str] = []

    @seed(int(os.environ.get("EXPLAINED_SEED", "1")))
    @settings(
        max_examples=max(1, CALLS // LANES),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(drawn_calls(), min_size=LANES, max_size=LANES))
    def afternoon(calls: list[Drawn]) -> None:
        problems.extend(world.play(calls))

    afternoon()

    assert not problems, f"{len(problems)} differences:\n" + "\n\n".join(problems[:6])
