"""One soak from beginning to end: warm-up, load (with faults or kills), mending, and the comparison."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bench.soak import compare, compare_rooms, leaks
from bench.soak.asked import Asked
from bench.soak.compare import Discrepancy
from bench.soak.driver import Driver
from bench.soak.faults import Weather
from bench.soak.house import PASSWORD, House
from bench.soak.plan import Plan, make_plans
from bench.soak.record import Record
from bench.soak.restarts import Restarts
from bench.soak.robot import Plans, Robot

#: Calls before the first count of what the processes hold: the first ones load and open what all others use.
WARM_UP = 24
RECONCILE_ROUNDS = 12
MEND_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Options:
    seed: int = 1
    calls: int = 500
    at_once: int = 10
    robots: int = 14
    supervisors: int = 3
    sound: int = 2
    faults: float = 0.0
    restarts: int = 0
    warm_up: int = WARM_UP
    keep: bool = False
    #: Whether calls are held, handed over, joined by others and supervised.
    lives: bool = True


@dataclass
class Report:
    """What happened, and what is wrong."""

    options: Options
    seconds: float = 0.0
    kinds: dict[str, int] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    #: What was asked in calls beside talking, and the answers.
    handled: dict[str, int] = field(default_factory=dict)
    #: What came of it.
    outcomes: dict[str, int] = field(default_factory=dict)
    excuses: dict[str, int] = field(default_factory=dict)
    fired: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    reconciled: list[str] = field(default_factory=list)
    held: list[dict[str, Any]] = field(default_factory=list)
    discrepancies: list[Discrepancy] = field(default_factory=list)


class Soak:
    """Drives a house. Everything asynchronous lives in one event loop; the house is asked in threads."""

    def __init__(self, house: House, options: Options) -> None:
        self.house, self.options = house, options
        self.report = Report(options)
        self.plans = Plans()
        #: The record's calls and requests, to look into what went wrong.
        self.kept: dict[str, Any] = {}
        #: Agents; and who supervises them.
        self.agents = [self._robot(f"robot{n}", with_sound=n < options.sound) for n in range(options.robots)]
        self.supervisors = [self._robot(f"supervisor{n}") for n in range(options.supervisors)]
        self.robots = [*self.agents, *self.supervisors]
        for number, robot in enumerate(self.agents):
            robot.number, robot.mates, robot.supervisors = number, self.agents, self.supervisors

    def _robot(self, name: str, *, with_sound: bool = False) -> Robot:
        signal = self.house.settings["TWILIO_VOICE_SIGNALLING_URL"]
        robot = Robot(self.house.desk_url, signal, name, PASSWORD, self.plans, with_sound=with_sound)
        robot.agent_id, robot.team_id = self.house.ids[name]
        return robot

    async def run(self) -> Report:
        async with Record(self.house.bench_url) as record:
            self.kept = {"calls": record.calls, "requests": record.requests, "warnings": record.warnings}
            working = [asyncio.create_task(robot.run()) for robot in self.robots]
            driver = Driver(self.house.bench_url, record, self.agents, self.plans)
            for robot in self.agents:
                robot.callers = driver
            try:
                await self._wait_for_robots()
                await self._load(driver)
                await self._settle(record)
                await self._judge(record, driver)
            finally:
                await driver.close()
                for task in working:
                    task.cancel()
                outcomes = await asyncio.gather(*working, return_exceptions=True)
            self.report.discrepancies += [
                Discrepancy("robot", robot.username, str(outcome), "")
                for robot, outcome in zip(self.robots, outcomes, strict=True)
                if isinstance(outcome, Exception)
            ]
        return self.report

    async def _wait_for_robots(self) -> None:
        async with asyncio.timeout(60):
            while not all(robot.ready for robot in self.robots):  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    async def _load(self, driver: Driver) -> None:
        options = self.options
        plans: list[Plan] = make_plans(options.seed, options.warm_up + options.calls, lives=options.lives)
        await driver.run(plans[: options.warm_up], options.at_once)
        # As many at once as there are threads for them: a pool that fills later is no leak.
        await asyncio.gather(*(robot.read("/api/v1/calls/") for robot in self.robots for _ in range(3)))
        await asyncio.to_thread(self.house.quiet)
        self.report.held.append(await asyncio.to_thread(leaks.snapshot, self.house))
        began = time.monotonic()
        restarts = Restarts(self.house, options.seed, options.restarts, options.calls)
        weather = Weather(self.house, options.seed, options.faults)
        driver.gate = restarts.gate
        trouble = [
            asyncio.create_task(restarts.run(lambda: driver.done - options.warm_up)),
            asyncio.create_task(weather.run()),
            asyncio.create_task(self._mend_meanwhile()),
        ]
        try:
            await driver.run(plans[options.warm_up :], options.at_once)
        finally:
            await restarts.finish()
            for task in trouble:
                task.cancel()
            outcomes = await asyncio.gather(*trouble, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
        self.report.seconds = time.monotonic() - began
        self.report.counts |= {"kills": restarts.done}
        self.report.fired = dict(weather.fired)

    async def _mend_meanwhile(self) -> None:
        """The reconciler works under the same faults as everything else."""
        while self.options.faults or self.options.restarts:
            await asyncio.sleep(MEND_SECONDS)
            await self._reconcile("5")

    async def _reconcile(self, quiet_for: str) -> str:
        said = await asyncio.to_thread(self.house.manage, "calls_reconcile", "--quiet-for", quiet_for, "--limit", "500")
        self.report.reconciled.append(said.strip())
        return said

    # --- afterwards -------------------------------------------------------------------------------------------------

    async def _settle(self, record: Record) -> None:
        """Faults off, everything delivered, and the reconciler run until it finds nothing more to mend."""
        await self._wait_for_robots()
        health = await asyncio.to_thread(self.house.quiet)
        if health["legs"] or health["tasks"]:
            self.report.discrepancies.append(Discrepancy("never quiet", "", "", str(health)))
        for _ in range(RECONCILE_ROUNDS):
            await asyncio.sleep(1.1)  # `--quiet-for 1` asks about what did not change for a second
            if (await self._reconcile("1")).startswith("Asked about 0"):
                break

    async def _judge(self, record: Record, driver: Driver) -> None:
        report = self.report
        log = await asyncio.to_thread(compare.read_log, self.house)
        report.discrepancies += compare.compare_legs(record, log)
        asked = [one for robot in self.robots for one in robot.asked]
        rooms = await asyncio.to_thread(compare_rooms.read_rooms, self.house)
        report.discrepancies += compare_rooms.compare_rooms(record, log, rooms, asked)
        self._count_rooms(rooms, asked)
        silent, report.excuses = compare.compare_callers(record, driver.gone)
        report.discrepancies += silent + compare.compare_requests(record)
        for name in ("web", "worker"):
            report.discrepancies += compare.compare_product_log(self.house.whole_log(name))
        report.discrepancies += [Discrepancy("stuck", sid, "", "it had to be hung up") for sid in driver.stuck]
        report.discrepancies += await self._desks()
        await asyncio.sleep(2)  # peers say goodbye in the background
        report.held.append(await asyncio.to_thread(leaks.snapshot, self.house))
        if not self.options.restarts:
            grown = leaks.growth(*report.held)
            report.discrepancies += [Discrepancy("leak", "", sentence, "") for sentence in grown]
        self._count(record, driver, log)

    async def _desks(self) -> list[Discrepancy]:
        """Desks that still show a call, or an agent on one."""
        found = []
        for robot in self.robots:
            shown: dict[str, Any] = {}
            with contextlib.suppress(TimeoutError):
                shown = await robot.refresh()
            states = {entry["agent"]["name"]: entry["state"] for entry in shown.get("presence", [])}
            busy = [name for name, state in states.items() if name.startswith("Robot") and state != "available"]
            sids = [live["call"]["sid"] for live in shown.get("calls", [])]
            if not shown or sids or busy or shown.get("supervising"):
                found.append(Discrepancy("desk", ",".join(sids), f"{robot.username} sees {busy or 'nothing'}", ""))
            found += [Discrepancy("desk", "", f"{robot.username}: {problem}", "") for problem in robot.problems]
        return found

    def _count_rooms(self, rooms: compare_rooms.Rooms, asked: list[Asked]) -> None:
        """What came of transfers, and of what supervisors wanted."""
        outcomes = Counter(f"{one['mode']} {one['state']}" for each in rooms.transfers.values() for one in each)
        outcomes.update(f"{one.mode} {'came' if one.came else 'did not come'}" for one in asked if one.mode)
        self.report.outcomes = dict(outcomes)

    def _count(self, record: Record, driver: Driver, log: dict[str, Any]) -> None:
        report = self.report
        for plan in driver.made.values():
            report.kinds[plan.kind] = report.kinds.get(plan.kind, 0) + 1
        for leg in record.calls.values():
            end = f"{'root' if not leg['parent_call_sid'] else 'leg'} {leg['status']}"
            report.ends[end] = report.ends.get(end, 0) + 1
        for one in (one for robot in self.robots for one in robot.asked):
            did = " ".join(filter(None, (one.what.partition("/")[0], one.mode)))
            what = f"{one.life}: {did} {'taken' if one.taken else one.status or 'unanswered'}"
            report.handled[what] = report.handled.get(what, 0) + 1
        report.counts |= {
            "calls": len(driver.made),
            "skipped": sum(driver.skipped.values()),
            "legs": len(record.calls),
            "rows": len(log),
            "requests": len(record.requests),
            "asked for a message after talking": len(compare.asked_after_talking(record)),
            "signalling sockets lost": sum(len(robot.phone.losses) for robot in self.robots),
            "desk sockets lost": sum(robot.desk_drops for robot in self.robots),
        }
