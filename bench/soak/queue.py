"""`make soak-queue`: fifteen agents, a thousand callers in ten minutes, one queue; with faults, and with kills.

What comes of it stands beside what an ideal scheduler (`bench.ideal`) makes of the same callers and the same talks.
Ends with 1 when anything is not as it must be. docs/soak.md says how to read it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bench.soak.compare import Discrepancy, compare_product_log, compare_requests, no_server_at_all
from bench.soak.driver import NO_KEEP_ALIVE
from bench.soak.faults import Weather
from bench.soak.house import House
from bench.soak.plan import Incoming
from bench.soak.queue_figures import Figures, figures_of, silences
from bench.soak.queue_house import SUPPORT, ListeningRecord, queue_house, queue_robot
from bench.soak.robot import Plans

MOST_SILENCE = 5.0
#: How much longer callers may wait than with an ideal scheduler; and what Twilio and a busy machine take of each call.
MOST_LOSS, ON_THE_WAY = 1.05, 1.0
#: The simulator ends a talk in which it hears no sound after 15 seconds (`bench.soak.sdp`).
LONGEST_TALK = 14.0
KILL_EVERY, MEND_EVERY = 60.0, 10.0
#: How long the product has to find out what became of a conversation whose end nobody told.
MEND_WITHIN = 40.0
_OVER = frozenset({"ended", "abandoned", "lost", "message"})


@dataclass(frozen=True, slots=True)
class QueueOptions:
    """`talk` and `patience`: means, in seconds. `load`: how many agents' worth of talks come, of those there are."""

    agents: int = 15
    callers: int = 1_000
    seconds: float = 600.0
    load: float = 1.15
    patience: float = 240.0
    answer_after: float = 0.5
    faults: float = 0.0
    kills: bool = False
    seed: int = 1

    @property
    def talk(self) -> float:
        return self.load * self.agents * self.seconds / self.callers


@dataclass(frozen=True, slots=True)
class Caller:
    at: float
    number: str
    talk: float
    patience: float


def callers_of(options: QueueOptions) -> list[Caller]:
    """The same seed gives the same callers."""
    rng = random.Random(options.seed)
    times = sorted(rng.uniform(0, options.seconds) for _ in range(options.callers))
    return [
        Caller(
            at=at,
            number=f"+1301{2_000_000 + number}",
            talk=min(LONGEST_TALK, options.talk * rng.uniform(0.6, 1.4)),
            patience=5.0 + rng.expovariate(1 / options.patience),
        )
        for number, at in enumerate(times)
    ]


@dataclass
class QueueReport:
    options: QueueOptions
    figures: Figures | None = None
    kills: int = 0
    fired: dict[str, int] = field(default_factory=dict)
    discrepancies: list[Discrepancy] = field(default_factory=list)


class QueueSoak:
    """Callers who come when they come, and agents who answer whoever rings."""

    def __init__(self, house: House, sessions: list[str], options: QueueOptions) -> None:
        self.house, self.options, self._sessions = house, options, sessions
        self.report = QueueReport(options)
        self._http = httpx.AsyncClient(base_url=house.bench_url, trust_env=False, timeout=60, limits=NO_KEEP_ALIVE)
        self._plans = Plans()
        #: By sid: who called, and who gave up waiting.
        self._made: dict[str, Caller] = {}
        self._gave_up: set[str] = set()
        #: When web was down, by the monotonic clock.
        self._down: list[tuple[float, float]] = []

    async def run(self) -> QueueReport:
        signed_in = enumerate(self._sessions)
        robots = [queue_robot(self.house, number, session, self._plans) for number, session in signed_in]
        async with ListeningRecord(self.house.bench_url) as record:
            working = [asyncio.create_task(robot.run()) for robot in robots]
            try:
                async with asyncio.timeout(300):
                    while not all(robot.ready for robot in robots):  # noqa: ASYNC110
                        await asyncio.sleep(0.2)
                await self._load(record)
                await self._judge(record)
            finally:
                for task in working:
                    task.cancel()
                await asyncio.gather(*working, return_exceptions=True)
                await self._http.aclose()
        return self.report

    async def _load(self, record: ListeningRecord) -> None:
        weather = Weather(self.house, self.options.seed, self.options.faults, cuts=False)
        trouble = [asyncio.create_task(weather.run())]
        if self.options.kills:
            trouble.append(asyncio.create_task(self._kill()))
        if self.options.kills or self.options.faults:
            trouble.append(asyncio.create_task(self._mend()))
        began = time.monotonic()
        try:
            await asyncio.gather(*(self._call(one, began, record) for one in callers_of(self.options)))
        finally:
            for task in trouble:
                task.cancel()
            for outcome in await asyncio.gather(*trouble, return_exceptions=True):
                if isinstance(outcome, Exception):
                    raise outcome
        self.report.fired = dict(weather.fired)

    async def _call(self, caller: Caller, began: float, record: ListeningRecord) -> None:
        await asyncio.sleep(max(0.0, began + caller.at - time.monotonic()))
        body = {"from": caller.number, "to": SUPPORT, "voice": "silence"}
        sid = (await self._http.post("/sim/calls", json=body)).json()["sid"]
        self._made[sid] = caller
        self._plans.set(sid, self._plan(caller))

        def talks() -> bool:
            return record.over(sid) or any(leg["answer_time"] for leg in record.children(sid))

        if not await record.until(talks, caller.patience):
            self._gave_up.add(sid)
            await self._http.post(f"/sim/calls/{sid}/hangup")
        # Agents hang up; whoever is left then has heard all there is.
        if not await record.until(lambda: record.over(sid), caller.talk + 60):
            self.report.discrepancies.append(Discrepancy("stuck", sid, "", "it had to be hung up"))
            await self._http.post(f"/sim/calls/{sid}/hangup")

    def _plan(self, caller: Caller) -> Incoming:
        return Incoming(
            number=0, kind="answered", caller=caller.number, line=SUPPORT, agents="race", gives_up=None,
            answer_after=self.options.answer_after, talk=caller.talk, agent_hangs_up=True, by_rest=False,
            at_the_tone="hang-up",
        )  # fmt: skip

    async def _mend(self) -> None:
        """As a beat does in production: what was never told is asked for."""
        while True:
            await asyncio.sleep(MEND_EVERY)
            # While web is started, SQLite may be busy.
            with contextlib.suppress(AssertionError):
                await asyncio.to_thread(self.house.manage, "calls_reconcile", "--quiet-for", "5", "--limit", "500")

    async def _kill(self) -> None:
        while True:
            await asyncio.sleep(KILL_EVERY)
            down = time.monotonic()
            await asyncio.to_thread(self.house.kill_product)
            await asyncio.to_thread(self.house.start_product)
            self._down.append((down, time.monotonic()))
            self.report.kills += 1

    # --- afterwards -------------------------------------------------------------------------------------------------

    async def _judge(self, record: ListeningRecord) -> None:
        report = self.report
        await asyncio.to_thread(self.house.quiet)
        states = await self._states_in_the_end()
        met_nobody = {sid for sid in self._made if self._met_trouble(record, sid) or self._sent_on(record, sid, states)}
        report.figures = figures_of(
            record, self._made, self._gave_up, met_nobody, self.options, self._down_by_the_clock()
        )
        report.discrepancies += self._lost(record, met_nobody, states)
        for sid, seconds, what in silences(record, self._made, MOST_SILENCE):
            if not self._was_down(record.silence_began.get(sid)):
                report.discrepancies.append(Discrepancy("silence", sid, "", f"{seconds:.1f} s, {what}"))
        report.discrepancies += compare_requests(record)
        if not self.options.kills:
            report.discrepancies += compare_product_log(self.house.whole_log("web"))
        if report.figures.wait > MOST_LOSS * report.figures.ideal_wait + ON_THE_WAY:
            said = f"{report.figures.wait:.2f} s, ideally {report.figures.ideal_wait:.2f} s"
            report.discrepancies.append(Discrepancy("waits", "", said, ""))

    def _met_trouble(self, record: ListeningRecord, sid: str) -> bool:
        """Whether an answer to this caller got lost on purpose, or none could be given, so that Twilio asked the
        fallback: its answer is all that there is then. They are counted, and wait for nobody."""
        if any(leg["answer_time"] for leg in record.children(sid)) or sid in self._gave_up:
            return False
        asked = record.requests_of(sid)
        spoilt = any(one["fault"] and one["kind"] in ("twiml", "action") for one in asked)
        return self._was_down(record.since(sid)) or spoilt or no_server_at_all(record, sid) or self._died(record, sid)

    def _died(self, record: ListeningRecord, sid: str) -> bool:
        """Whether a request about this caller found no server."""
        return bool(self._down) and any(one["error"] and one["status"] is None for one in record.requests_of(sid))

    async def _states_in_the_end(self) -> dict[str, str]:
        """Once what was never told has been asked for, as a beat goes on to do; web may have been killed just now."""
        deadline = time.monotonic() + MEND_WITHIN
        while True:
            states = await asyncio.to_thread(self._states)
            if _OVER.issuperset(states.values()) or time.monotonic() > deadline:
                return states
            await asyncio.to_thread(self.house.manage, "calls_reconcile", "--quiet-for", "5", "--limit", "500")
            await asyncio.sleep(1)

    def _states(self) -> dict[str, str]:
        """Of each conversation, how it stands."""
        rows = json.loads(self.house.manage("dumpdata", "calls.conversation"))
        return {row["pk"]: row["fields"]["state"] for row in rows}

    def _sent_on(self, record: ListeningRecord, sid: str, states: dict[str, str]) -> bool:
        """Whether the route led this caller to the box, as it does when no phone of the team can ring: on a busy
        machine robots answer too late to count as there. They are counted with those who met nobody."""
        return states.get(sid) == "message" and not any(leg["answer_time"] for leg in record.children(sid))

    def _lost(self, record: ListeningRecord, met_nobody: set[str], states: dict[str, str]) -> list[Discrepancy]:
        """Callers who neither talked nor gave up; and conversations that are not over."""
        lost = []
        for sid in self._made:
            talked = any(leg["answer_time"] for leg in record.children(sid))
            if not talked and sid not in self._gave_up and sid not in met_nobody:
                leg = record.calls.get(sid, {})
                said = " ".join(caption["text"] for caption in leg.get("captions", []))
                lost.append(Discrepancy("lost", sid, "", f"{leg.get('status')}, the caller heard: {said[-200:]}"))
        lost += [Discrepancy("never over", sid, state, "") for sid, state in states.items() if state not in _OVER]
        return lost

    def _down_by_the_clock(self) -> list[tuple[float, float]]:
        began = time.time() - time.monotonic()
        return [(began + down, began + up) for down, up in self._down]

    def _was_down(self, at: float | None) -> bool:
        """Whether web was down at that moment, or about to be."""
        return at is not None and any(down - MOST_SILENCE <= at <= up + 1 for down, up in self._down)


def run(folder: Path, options: QueueOptions) -> QueueReport:
    with queue_house(folder, options.agents) as (house, sessions):
        return asyncio.run(QueueSoak(house, sessions, options).run())


def print_report(report: QueueReport) -> int:
    """The report on the terminal, and the exit code."""
    options = report.options
    print(
        f"\nSeed {options.seed}: {options.callers} callers in {options.seconds:g} s, {options.agents} agents, ", end=""
    )
    print(f"talks of {options.talk:.0f} s, faults in {options.faults:.0%}, {report.kills} kills")
    if report.figures is not None:
        for line in report.figures.lines():
            print(f"  {line}")
    for kind, number in sorted(report.fired.items()):
        print(f"  fault {kind}: {number}")
    kinds = sorted({found.kind for found in report.discrepancies})
    for kind in kinds:
        found = [one for one in report.discrepancies if one.kind == kind]
        print(f"\n{len(found)} × {kind}")
        for one in found[:12]:
            print(f"  {one}")
    print(f"\n{'FAILED' if kinds else 'Nothing is wrong.'}\n", flush=True)
    return int(bool(kinds))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.soak.queue", description=__doc__)
    usual = QueueOptions()
    parser.add_argument("--agents", type=int, default=usual.agents)
    parser.add_argument("--callers", type=int, default=usual.callers)
    parser.add_argument("--seconds", type=float, default=usual.seconds)
    parser.add_argument("--load", type=float, default=usual.load, help="agents that the talks would keep busy, of all")
    parser.add_argument("--patience", type=float, default=usual.patience)
    parser.add_argument("--faults", type=float, default=0.05, help="share of requests that meet a fault; 0: none")
    parser.add_argument("--kills", action="store_true", help="kill web every minute")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where to keep database and logs (default: nowhere)")
    given = vars(parser.parse_args())
    folder = given.pop("folder")
    with contextlib.ExitStack() as stack:
        kept = folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        kept.mkdir(parents=True, exist_ok=True)
        return print_report(run(kept, QueueOptions(**given)))


if __name__ == "__main__":
    sys.exit(main())
