"""Makes the planned calls: what callers, called telephones and calling agents do."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable

import httpx

from bench.soak.lives import third_party
from bench.soak.phone import PhoneCall
from bench.soak.plan import Incoming, Outgoing, Plan, colleague_answers, e164_of
from bench.soak.record import Record
from bench.soak.robot import Plans, Robot

#: Servers close idle connections after a few seconds, and a request on one just closed is lost.
NO_KEEP_ALIVE = httpx.Limits(max_keepalive_connections=0)
#: A call that lives longer than this, in seconds, is stuck. The longest planned one rings for 40.
LONGEST_CALL = 90.0
#: Nobody dials faster: else hundreds would call in the two seconds in which nothing answers.
LEAST_SECONDS = 2.0
GREETING_SECONDS = 40.0
#: How long a caller stays when the agent has hung up.
PARTING_SECONDS = 5.0
#: What is done in a call beside talking.
LONGEST_LIFE = 30.0
#: A caller whose message was lost on its way is asked for it again.
MOST_MESSAGES = 4


async def _no_gate() -> None: ...


class Driver:
    """Runs plans, several at once."""

    def __init__(self, bench_url: str, record: Record, robots: list[Robot], plans: Plans) -> None:
        self._http = httpx.AsyncClient(base_url=bench_url, trust_env=False, timeout=60, limits=NO_KEEP_ALIVE)
        self._record, self._robots, self._plans = record, robots, plans
        self._free = asyncio.Condition()
        #: The plan of every root call that was made.
        self.made: dict[str, Plan] = {}
        #: Callers who hung up themselves, by CallSid: what they heard is their own business.
        self.gone: set[str] = set()
        self.stuck: list[str] = []
        self.skipped: Counter[str] = Counter()
        self.done = 0
        #: Waited for before each call.
        self.gate: Callable[[], Awaitable[None]] = _no_gate

    async def close(self) -> None:
        await self._http.aclose()

    async def run(self, plans: list[Plan], at_once: int) -> None:
        waiting = iter(plans)

        async def work() -> None:
            for plan in waiting:
                await self.gate()
                breath = asyncio.create_task(asyncio.sleep(LEAST_SECONDS))
                if isinstance(plan, Incoming):
                    await self._incoming(plan)
                else:
                    await self._outgoing(plan)
                self.done += 1
                await breath

        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(work())

    # --- callers ----------------------------------------------------------------------------------------------------

    async def _incoming(self, plan: Incoming) -> None:
        if plan.life:
            await self._http.put(f"/sim/telephones/{third_party(plan)}", json={"behaviour": "answer", "delay": 0.3})
        sid = await self.rings(plan)
        if plan.gives_up is not None:
            await self._give_up(sid, plan.gives_up)
        else:
            await self._wait_and_speak(sid, plan)
        await self._until_over(sid)

    async def rings(self, plan: Incoming) -> str:
        """The CallSid of a caller who has just dialled."""
        speaks = plan.at_the_tone.startswith("message")
        voice = "tone:440" if speaks else "silence"
        answer = await self._http.post("/sim/calls", json={"from": plan.caller, "to": plan.line, "voice": voice})
        answer.raise_for_status()
        sid: str = answer.json()["sid"]
        self.made[sid] = plan
        self._plans.set(sid, plan)
        return sid

    async def _give_up(self, sid: str, after: float) -> None:
        if not await self._record.until(lambda: self._record.over(sid), after):
            await self.hang_up(sid)

    async def _wait_and_speak(self, sid: str, plan: Incoming) -> None:
        """Until somebody answers, or it ends; whenever a message is asked for, as the plan says."""
        calls = self._record

        def stage() -> str:
            if calls.over(sid):
                return "over"
            if any(child["answer_time"] for child in calls.children(sid)):
                return "answered"
            return "tone" if calls.calls.get(sid, {}).get("verb") == "Record" else ""

        for _ in range(MOST_MESSAGES):
            reached = await calls.until(stage, GREETING_SECONDS)
            if reached == "answered":
                await self._talk_with_agent(sid, plan)
            if reached != "tone":
                return
            await self._at_the_tone(sid, plan)
            await calls.until(lambda: stage() != "tone", GREETING_SECONDS)

    async def _talk_with_agent(self, sid: str, plan: Incoming) -> None:
        """Whoever of the two is to hang up does; a caller whose agent has gone does not wait for long."""
        if plan.life:
            wait = plan.talk if plan.interrupts else LONGEST_LIFE
            await self._record.until(lambda: self._record.over(sid) or sid in self._plans.lived, wait)
            await self._give_up(sid, 0 if plan.interrupts else plan.talk)
            return
        if not plan.agent_hangs_up:
            await self._give_up(sid, plan.talk)
            return
        parted = await self._record.until(
            lambda: all(child["end_time"] for child in self._record.children(sid)), LONGEST_CALL
        )
        if parted:
            await self._give_up(sid, PARTING_SECONDS)

    async def _at_the_tone(self, sid: str, plan: Incoming) -> None:
        if plan.at_the_tone == "silence":
            return
        await self._record.until(lambda: self._record.over(sid), min(plan.talk, 2.5))
        if plan.at_the_tone == "message-key":
            with contextlib.suppress(httpx.HTTPError):
                await self._http.post(f"/sim/calls/{sid}/digits", json={"digits": "#"})
        else:
            await self.hang_up(sid)

    async def hang_up(self, sid: str) -> None:
        """A caller does, who was not hung up on before."""
        if not self._record.over(sid):
            self.gone.add(sid)
            await self._http.post(f"/sim/calls/{sid}/hangup")

    async def _until_over(self, sid: str) -> None:
        if not await self._record.until(lambda: self._record.over(sid), LONGEST_CALL):
            self.stuck.append(sid)
            await self.hang_up(sid)

    # --- agents who call --------------------------------------------------------------------------------------------

    async def _outgoing(self, plan: Outgoing) -> None:
        number = e164_of(plan)
        await self._http.put(f"/sim/telephones/{number}", json={"behaviour": plan.behaviour, "delay": plan.delay})
        robot = await self._reserve(plan.number)
        if robot is None:
            self.skipped[plan.kind] += 1
            return
        try:
            await self._dial(robot, plan)
        finally:
            robot.reserved = False

    async def _reserve(self, number: int) -> Robot | None:
        """A robot with no call, which then takes none; None when there is none for a long while."""
        order = self._robots[number % len(self._robots) :] + self._robots[: number % len(self._robots)]
        for _ in range(300):
            for robot in order:
                if not robot.reserved and not robot.phone.busy and robot.phone.registered.is_set():
                    robot.reserved = True
                    return robot
            await asyncio.sleep(0.1)
        return None

    async def _dial(self, robot: Robot, plan: Outgoing) -> None:
        to = plan.to
        if plan.kind == "out-colleague":
            mate = self._colleague_of(robot, plan.number)
            if mate is None:
                self.skipped[plan.kind] += 1
                return
            to = f"client:agent_{mate.agent_id}"
        call = await robot.phone.connect({"To": to})
        if plan.kind == "out-colleague" and await call.named(seconds=LONGEST_CALL):
            self._plans.set(call.sid, colleague_answers(plan))
        if plan.gives_up is not None:
            if not await call.until("over", seconds=plan.gives_up):
                await robot.phone.hang_up(call)
        elif await call.until("open", "over", seconds=LONGEST_CALL) and call.state == "open":
            await self._talk(robot, call, plan)
        if not await call.until("over", seconds=LONGEST_CALL):
            self.stuck.append(call.sid)
            await robot.phone.hang_up(call)
        if not call.sid.startswith("TJS"):
            self.made[call.sid] = plan
            await self._until_over(call.sid)

    def _colleague_of(self, robot: Robot, number: int) -> Robot | None:
        free = [one for one in self._robots if one is not robot and not one.reserved and not one.phone.busy]
        return free[number % len(free)] if free else None

    async def _talk(self, robot: Robot, call: PhoneCall, plan: Outgoing) -> None:
        # A colleague hangs up by the own phone.
        by_telephone = not plan.agent_hangs_up and plan.kind != "out-colleague"
        if by_telephone and await self._telephone_ends(call.sid, plan):
            return
        await call.until("over", seconds=plan.talk)
        if plan.kind in ("out-reached", "out-colleague"):
            await robot.phone.hang_up(call)

    async def _telephone_ends(self, sid: str, plan: Outgoing) -> bool:
        """The called telephone hangs up. False when there is none in this call."""
        answered = [child["sid"] for child in self._record.children(sid) if child["answer_time"]]
        for child in answered:
            await self._record.until(lambda: self._record.over(sid), plan.talk)
            if not self._record.over(child):
                await self._http.post(f"/sim/calls/{child}/hangup")
        return bool(answered)
